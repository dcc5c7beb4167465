/** Messages to and from the parent, one line of JSON each. Runs inside a function's process. */
"use strict";

const { writeSync } = require("node:fs");
const { Socket } = require("node:net");

const CHANNEL = 3;
const { exit, kill, pid } = process;
const { rss } = process.memoryUsage;
const clock = new Int32Array(new SharedArrayBuffer(4));

/** The socket to the parent, which calls back with every message. */
function openChannel(onMessage) {
  let parts = [];
  return new Socket({ fd: CHANNEL, readable: true, writable: true }).setEncoding("utf8").on("data", (text) => {
    const lines = text.split("\n");
    const rest = lines.pop();
    for (const line of lines) {
      onMessage(JSON.parse(parts.join("") + line));
      parts = [];
    }
    parts.push(rest);
  });
}

/** Returns when all is written, because a function may end its process at any time. Reports the memory in use as well. */
function send(message, payloadJson) {
  const json = JSON.stringify({ ...message, memoryBytes: rss() });
  const whole = payloadJson === undefined ? json : `${json.slice(0, -1)},"payload":${payloadJson}}`;
  // The line's end in front closes whatever the function itself may have written there.
  let rest = Buffer.from(`\n${whole}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(CHANNEL, rest));
    } catch (error) {
      if (error.code !== "EAGAIN") endAll();
      else Atomics.wait(clock, 0, 0, 1); // The parent is behind with reading.
    }
  }
}

/** The parent is gone: ends this process and all that the function started. */
function endAll() {
  try {
    kill.call(process, -pid, "SIGKILL");
  } catch {
    exit.call(process, 1); // There is no process group.
  }
}

module.exports = { endAll, openChannel, send };
