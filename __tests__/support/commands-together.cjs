/** Runs several commands of the project in the current folder, one after the other in this one process. */
const { readFileSync } = require("node:fs");
const { resolve } = require("node:path");

require(resolve("cli/typescript.cjs"));
const { main } = require(resolve("cli/program.ts"));

/** Thrown in the place of the end of the process. */
class Exit extends Error {
  constructor(code) {
    super(`exit ${code}`);
    this.code = code;
  }
}

const write = process.stdout.write.bind(process.stdout);
const STREAMS = ["stdout", "stderr"];
/** What is written to each and, on a terminal, to both. */
const written = {};
for (const name of STREAMS) {
  process[name].write = (chunk, ...rest) => {
    written[name] += chunk;
    if (process.stdout.isTTY) written.output += chunk;
    rest.find((one) => typeof one === "function")?.();
    return true;
  };
}
const exit = process.exit;
process.exit = (code) => {
  throw new Exit(code);
};

async function run(args) {
  Object.assign(written, { stdout: "", stderr: "", ...(process.stdout.isTTY && { output: "" }) });
  process.argv = [process.argv[0], resolve("cli/access.cjs"), ...args];
  process.exitCode = undefined;
  // The program adds to a command what it adds once in a process of its own.
  delete require.cache[resolve("cli", `${args[0]}.ts`)];
  let thrown;
  await main(args).catch((error) => {
    if (error instanceof Exit) thrown = error.code;
    else {
      thrown = 1;
      process.stderr.write(error.stack);
    }
  });
  return { code: thrown ?? process.exitCode ?? 0, ...written };
}

async function runAll(all) {
  const results = [];
  for (const args of all) results.push(await run(args));
  write(JSON.stringify(results), () => exit(0));
}

void runAll(JSON.parse(readFileSync(process.argv[2], "utf8")));
