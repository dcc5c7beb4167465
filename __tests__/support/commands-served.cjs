/**
 * Runs commands of the project in the current folder for scripts, all in this one process. It prints its port. Whoever
 * connects has written the files `args` and `env` to the folder that is named, and reads `stdout` and `stderr` there after
 * the exit code has come.
 */
const { readFileSync, writeFileSync } = require("node:fs");
const { createServer } = require("node:net");
const { join } = require("node:path");
const { run, write } = require("./command-here.cjs");

const folder = process.argv[2];
const wordsOf = (name) => readFileSync(join(folder, name), "utf8").split("\0").slice(0, -1);

async function answer(socket) {
  process.env = Object.fromEntries(wordsOf("env").map((pair) => pair.split(/=(.*)/s, 2)));
  const { code, stdout, stderr } = await run(wordsOf("args"));
  for (const [name, text] of Object.entries({ stdout, stderr })) writeFileSync(join(folder, name), text);
  socket.end(`${code}\n`);
}

const server = createServer((socket) => void answer(socket));
server.listen(0, "127.0.0.1", () => write(`port ${server.address().port}\n`));
