/**
 * Runs several commands of the project in the current folder, one after the other in this one process: those of a file or,
 * without one, those that arrive on standard input, one a line, each of which is answered by a line.
 */
const { readFileSync } = require("node:fs");
const { createInterface } = require("node:readline");
const { exit, run, write } = require("./command-here.cjs");

async function runAll(all) {
  const results = [];
  for (const args of all) results.push(await run(args));
  write(JSON.stringify(results), () => exit(0));
}

async function runArriving() {
  for await (const line of createInterface({ input: process.stdin }))
    write(`${JSON.stringify(await run(JSON.parse(line)))}\n`);
  exit(0);
}

const [, , file] = process.argv;
void (file === undefined ? runArriving() : runAll(JSON.parse(readFileSync(file, "utf8"))));
