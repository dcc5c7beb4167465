/** Runs commands of the project in the current folder in this process, one after the other. */
const { resolve } = require("node:path");

require(resolve("cli/typescript.cjs"));
const { main } = require(resolve("cli/program.ts"));
const { GROUPS } = require(resolve("cli/command-list.ts"));

/** The command's own name, which is that of its file. */
const nameOf = (word) => GROUPS.flatMap(({ entries }) => entries).find(({ alias }) => alias === word)?.name ?? word;

/** Thrown in the place of the end of the process. */
class Exit extends Error {
  constructor(code) {
    super(`exit ${code}`);
    this.code = code;
  }
}

const write = process.stdout.write.bind(process.stdout);
/** What is written, and to which stream, in order. */
let pieces = [];
for (const name of ["stdout", "stderr"]) {
  process[name].write = (chunk, ...rest) => {
    pieces.push([name, String(chunk)]);
    rest.find((one) => typeof one === "function")?.();
    return true;
  };
}
const exit = process.exit;
process.exit = (code) => {
  throw new Exit(code);
};

/** The exit code of a command, and what it wrote: to each stream, and as pieces with the names of their streams. */
async function run(args) {
  pieces = [];
  process.argv = [process.argv[0], resolve("cli/access.cjs"), ...args];
  process.exitCode = undefined;
  // The program adds to a command what it adds once in a process of its own.
  delete require.cache[resolve("cli", `${nameOf(args[0])}.ts`)];
  let thrown;
  await main(args).catch((error) => {
    if (error instanceof Exit) thrown = error.code;
    else {
      thrown = 1;
      process.stderr.write(error.stack);
    }
  });
  const writtenTo = (stream) => pieces.map(([name, text]) => (name === stream ? text : "")).join("");
  const code = thrown ?? process.exitCode ?? 0;
  return { code, stdout: writtenTo("stdout"), stderr: writtenTo("stderr"), pieces };
}

module.exports = { run, write, exit };
