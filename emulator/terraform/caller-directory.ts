/**
 * Working directory of the process at the other end of the provider's socket.
 *
 * Terraform resolves relative paths in its working directory, which `-chdir` changes, and does not send it to a provider
 * that it did not start. The operating system has it: on Linux, `SO_PEERCRED` names the process and `/proc` its folder.
 * Node cannot read that option of a socket; Perl can, which nearly every Linux has. Without Perl, the processes of
 * Terraform whose environment names the socket are the candidates.
 *
 * @see https://man7.org/linux/man-pages/man7/unix.7.html
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Socket } from "node:net";
import { basename } from "node:path";

/** Prints the process id of the peer of the socket that is file descriptor 3. */
const PRINT_PEER = 'open(my $socket, "+<&=", 3) or exit 1; print unpack("i", getsockopt($socket, 1, 17))';
const PERL_TIMEOUT_MS = 2000;

/** How the peer's process is found; replaced in tests. */
export interface PeerLookup {
  /** Process id of the socket's peer; `undefined` when it is unknown. */
  peerOf(socket: Socket): number | undefined;
}

const perl: PeerLookup = { peerOf: askPerl };

/**
 * Working directories that the socket's peer may have: one when the peer is known, several when several processes of
 * Terraform use the provider and the peer cannot be distinguished from the others.
 *
 * @param path of the unix socket that the provider listens on
 * @returns `undefined` when the operating system does not tell, as on macOS
 */
export function callerDirectories(
  socket: Socket,
  path: string,
  lookup: PeerLookup = perl,
): readonly string[] | undefined {
  if (process.platform !== "linux") return undefined;
  const peer = lookup.peerOf(socket);
  const directory = peer === undefined ? undefined : directoryOf(peer);
  if (directory !== undefined) return [directory];
  const directories = new Set(attachedProcesses(path).flatMap((pid) => directoryOf(pid) ?? []));
  return directories.size === 0 ? undefined : [...directories];
}

function askPerl(socket: Socket): number | undefined {
  const { _handle: handle } = socket as unknown as { readonly _handle?: { readonly fd?: number } | null };
  if (handle?.fd === undefined || handle.fd < 0) return undefined;
  // Not standard input: libuv would make it blocking, and with it the socket of this process.
  const { status, stdout } = spawnSync("perl", ["-e", PRINT_PEER], {
    stdio: ["ignore", "pipe", "ignore", handle.fd],
    timeout: PERL_TIMEOUT_MS,
    encoding: "utf8",
  });
  const pid = Number(stdout);
  return status === 0 && Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

function directoryOf(pid: number): string | undefined {
  return unlessGone(() => readlinkSync(`/proc/${pid}/cwd`));
}

/** Processes of Terraform or OpenTofu whose environment names the provider's socket. */
function attachedProcesses(path: string): readonly number[] {
  const pids = (unlessGone(() => readdirSync("/proc")) ?? []).filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.filter((pid) => {
    const program = basename(unlessGone(() => readlinkSync(`/proc/${pid}/exe`)) ?? "");
    if (!/terraform|tofu/i.test(program)) return false;
    return unlessGone(() => readFileSync(`/proc/${pid}/environ`, "latin1"))?.includes(path) ?? false;
  });
}

/** `undefined` for a process that has ended, or is another user's. */
function unlessGone<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
