/** Messages to and from the parent, one line of JSON each. Runs inside a function's process. */
"use strict";

const { writeSync } = require("node:fs");
const { Socket } = require("node:net");
const { Worker } = require("node:worker_threads");

const CHANNEL = 3;
const { exit, kill, pid, ppid } = process;
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

/**
 * Run by a thread, also while the function keeps the main one busy: notices the parent's death, and ends the process when
 * it uses more memory than the function has, as Lambda does. Looks rarely once no request has come since its last look,
 * and is then waked by the next one; waking it for each request would take longer than many a request.
 */
const WATCH = `
  const { writeSync } = require("node:fs");
  const { channel, mostBytes, pid, ppid, shared, RUNNING, REQUESTS, ASLEEP, NEVER } = require("node:worker_threads").workerData;
  const { rss } = process.memoryUsage;
  const state = new Int32Array(shared);
  let seen = -1;
  while (process.ppid === ppid) {
    if (rss() > mostBytes) {
      try {
        writeSync(channel, "\\n" + JSON.stringify({ type: "outOfMemory", memoryBytes: mostBytes }) + "\\n");
      } catch {
        // The parent is behind with reading.
      }
      break;
    }
    const requests = Atomics.load(state, REQUESTS);
    if (requests !== seen || Atomics.load(state, RUNNING) === 1) {
      seen = requests;
      Atomics.wait(state, NEVER, 0, 20);
    } else {
      Atomics.store(state, ASLEEP, 1);
      Atomics.wait(state, RUNNING, 0, 500);
      Atomics.store(state, ASLEEP, 0);
    }
  }
  process.kill(pid, "SIGKILL");
`;

/** Places of what the two threads share; nothing ever happens at the last one. */
const [RUNNING, REQUESTS, ASLEEP, NEVER] = [0, 1, 2, 3];

/** Starts the thread. @returns a function that sets whether a request is running */
function watch(megabytes) {
  const state = new Int32Array(new SharedArrayBuffer(16));
  state[RUNNING] = 1;
  const places = { RUNNING, REQUESTS, ASLEEP, NEVER };
  const workerData = { channel: CHANNEL, mostBytes: megabytes * 2 ** 20, pid, ppid, shared: state.buffer, ...places };
  const thread = new Worker(WATCH, { eval: true, env: {}, execArgv: [], workerData });
  thread.on("error", () => undefined).unref();
  return (isRunning) => {
    Atomics.store(state, RUNNING, isRunning ? 1 : 0);
    if (!isRunning) return;
    Atomics.add(state, REQUESTS, 1);
    if (Atomics.load(state, ASLEEP) === 1) Atomics.notify(state, RUNNING);
  };
}

module.exports = { endAll, openChannel, send, watch };
