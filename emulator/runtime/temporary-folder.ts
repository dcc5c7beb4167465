/**
 * Folders for sockets and for the code of functions, in the system's folder for temporary files: the path of a socket
 * may have about 100 characters, and a function must not find the packages of the project above its code.
 */
import { lstatSync, mkdtempSync, readdirSync } from "node:fs";
import { chmod, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "access-aws-";

/** Makes a folder that no other user of this machine can enter. */
export function makeTemporaryFolder(parent = tmpdir()): string {
  return mkdtempSync(join(parent, PREFIX));
}

/**
 * Removes the folders of this user whose process was killed: those with a socket on which nothing listens. A process id
 * would not tell, because it may be in use again, or belong to another container that shares the folder.
 */
export async function removeAbandonedFolders(parent = tmpdir()): Promise<void> {
  const folders = readdirSync(parent)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => join(parent, name));
  await Promise.all(folders.map(async (folder) => (await isAbandoned(folder)) && removeFolder(folder)));
}

/** Removes a folder with all that is in it. What lies in a folder that cannot be written to cannot be removed. */
export async function removeFolder(folder: string): Promise<void> {
  await makeWritable(folder).catch(() => undefined);
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}

async function isAbandoned(folder: string): Promise<boolean> {
  try {
    const found = lstatSync(folder);
    if (!found.isDirectory() || found.uid !== process.geteuid?.()) return false;
    const sockets = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isSocket());
    const listening = await Promise.all(sockets.map(({ name }) => isListening(join(folder, name))));
    return sockets.length > 0 && !listening.includes(true);
  } catch {
    // Another process has removed it.
    return false;
  }
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => resolve(true)).once("connect", () => socket.destroy());
    // Any other error, such as too many callers that wait, is one of a socket in use.
    socket.once("error", (error) => resolve(!("code" in error && error.code === "ECONNREFUSED")));
  });
}
