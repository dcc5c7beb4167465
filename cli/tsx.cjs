/**
 * Loads the TypeScript runner with a cache of its own: `node --require ./cli/tsx.cjs <file>.ts`. The runner's usual cache
 * is in the temporary folder, which all users share, in a subfolder of a predictable name whose owner is not checked:
 * another user could place code there, and this user would run it. The runner also connects to a socket in that
 * subfolder. So it is told another temporary folder, which is beside the packages and is this user's alone; without such
 * a folder, it has no cache.
 */
const { mkdirSync, statSync } = require("node:fs");
const { join } = require("node:path");

const folder = join(__dirname, "..", "node_modules", ".cache", "machine-access");

/** Whether the folder is there and nobody else may write to it. */
function isOwn() {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(folder);
    return uid === (process.geteuid?.() ?? uid) && (process.platform === "win32" || (mode & 0o022) === 0);
  } catch {
    return false;
  }
}

const temporary = process.env.TMPDIR;
const hasCache = isOwn();
// Kept for child processes.
if (!hasCache) process.env.TSX_DISABLE_CACHE = "1";
// The runner asks for the temporary folder only while it is loaded; below this file there is no socket.
process.env.TMPDIR = hasCache ? folder : "/dev/null";
require("tsx/cjs");
if (temporary === undefined) delete process.env.TMPDIR;
else process.env.TMPDIR = temporary;
