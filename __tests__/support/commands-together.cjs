/**
 * Runs several commands of the project in the current folder, one after the other in this one process: those of a file or,
 * without one, those that arrive on standard input, one a line, each of which is answered by a line.
 */
const { readFileSync } = require("node:fs");
const { resolve } = require("node:path");
const { createInterface } = require("node:readline");

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
/** The same in the order in which it was written. */
let pieces = [];
for (const name of STREAMS) {
  process[name].write = (chunk, ...rest) => {
    written[name] += chunk;
    pieces.push([name, String(chunk)]);
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
  pieces = [];
  process.argv = [process.argv[0], resolve("cli/access.cjs"), ...args];
  process.exitCode = undefined;
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

async function runArriving() {
  for await (const line of createInterface({ input: process.stdin })) {
    const result = await run(JSON.parse(line));
    write(`${JSON.stringify({ ...result, pieces })}\n`);
  }
  exit(0);
}

const [, , file] = process.argv;
void (file === undefined ? runArriving() : runAll(JSON.parse(readFileSync(file, "utf8"))));
