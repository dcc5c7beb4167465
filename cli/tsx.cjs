/**
 * Loads the TypeScript runner without its cache: `node --require ./cli/tsx.cjs <file>.ts`. The cache is in the temporary
 * folder, which all users share, in a subfolder of a predictable name whose owner is not checked: another user could
 * place code there, and this user would run it. The runner also connects to a socket in that subfolder.
 */
const temporary = process.env.TMPDIR;

// Kept for child processes.
process.env.TSX_DISABLE_CACHE = "1";
// The runner asks for the temporary folder only while it is loaded; below this file there is no socket.
process.env.TMPDIR = "/dev/null";
require("tsx/cjs");
if (temporary === undefined) delete process.env.TMPDIR;
else process.env.TMPDIR = temporary;
