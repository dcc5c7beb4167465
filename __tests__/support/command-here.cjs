/**
 * Runs commands of the project in the current folder in this process, one after the other. What they synthesize is
 * synthesized here as well: most of what main.ts costs is loading CDKTF.
 */
const childProcess = require("node:child_process");
const Module = require("node:module");
const { dirname, resolve } = require("node:path");
const { promisify } = require("node:util");

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

const { execFile } = childProcess;
const inOwnProcess = promisify(execFile);
childProcess.execFile = Object.assign((...args) => execFile(...args), {
  [promisify.custom]: (file, args, options) => {
    const isApp = file === process.execPath && args[0] === "--require" && args[2] === resolve("main.ts");
    return isApp ? synthesize(args[2], options) : inOwnProcess(file, args, options);
  },
});

/** Runs main.ts as the main module of a process of its own, which has these variables. */
async function synthesize(file, { cwd, env }) {
  const [outer, ownCwd, ownEnv, ownCode] = [pieces, process.cwd(), process.env, process.exitCode];
  pieces = [];
  process.exitCode = undefined;
  process.env = { ...env };
  process.chdir(cwd);
  try {
    process.mainModule = Object.assign(new Module(file), {
      filename: file,
      paths: Module._nodeModulePaths(dirname(file)),
    });
    Module._extensions[".ts"](process.mainModule, file);
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(`${error.stack}\n`);
  }
  const [written, code] = [pieces, process.exitCode ?? 0];
  pieces = outer;
  process.exitCode = ownCode;
  process.env = ownEnv;
  process.chdir(ownCwd);
  const [stdout, stderr] = ["stdout", "stderr"].map((name) => textOf(written, name));
  if (code !== 0) throw Object.assign(new Error(`main.ts ended with ${code}`), { code, stdout, stderr });
  return { stdout, stderr };
}

const textOf = (written, stream) => written.map(([name, text]) => (name === stream ? text : "")).join("");

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
  const code = thrown ?? process.exitCode ?? 0;
  return { code, stdout: textOf(pieces, "stdout"), stderr: textOf(pieces, "stderr"), pieces };
}

module.exports = { run, write, exit };
