/**
 * Runs several commands of the project in the current folder, one after the other in this one process: those of a file or,
 * without one, those that arrive on standard input, one a line, each of which is answered by a line. What those of a file
 * did replaces them in the file, because a terminal loses what is written to it last.
 */
const { readFileSync, writeFileSync } = require("node:fs");
const { resolve } = require("node:path");
const { createInterface } = require("node:readline");
const { exit, run, write } = require("./command-here.cjs");

// The project's own, whose TypeScript is loaded now.
const { jsonText } = require(resolve("platform/json.ts"));

async function runAll(file) {
  const results = [];
  for (const args of JSON.parse(readFileSync(file, "utf8"))) results.push(await run(args));
  writeFileSync(file, JSON.stringify(results));
  exit(0);
}

async function runArriving() {
  for await (const line of createInterface({ input: process.stdin })) {
    write(`${jsonText(await run(JSON.parse(line)), 0)}\n`);
  }
  exit(0);
}

const [, , file] = process.argv;
void (file === undefined ? runArriving() : runAll(file));
