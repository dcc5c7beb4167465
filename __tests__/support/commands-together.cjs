/** Runs several commands of the project in the current folder, one after the other in this one process. */
const { readFileSync } = require("node:fs");
const { exit, run, write } = require("./command-here.cjs");

async function runAll(all) {
  const results = [];
  for (const args of all) results.push(await run(args));
  write(JSON.stringify(results), () => exit(0));
}

void runAll(JSON.parse(readFileSync(process.argv[2], "utf8")));
