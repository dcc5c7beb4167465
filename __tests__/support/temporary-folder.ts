/**
 * One folder for everything temporary of a test run, so that nothing of it stays behind, and settings of what tests start.
 * Run by Jest before all tests.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRunning } from "../../platform/child";

const PREFIX = "machine-access-";

/** A file system in memory, where nothing waits for a disk: tests take a sixth less time. */
const MEMORY = "/dev/shm";
const REQUIRED_BYTES = 2 ** 32;

/** Makes it what tests and all that they start find as the system's folder for temporary files. */
export default function makeTemporaryFolder(): void {
  const parent = process.env["TMPDIR"] === undefined && isMemoryFit() ? MEMORY : tmpdir();
  removeAbandoned(parent);
  process.env["TMPDIR"] = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
  // No test depends on the day on which it runs.
  process.env["ACCESS_TODAY"] = "2026-11-30";
  // Terraform and the real provider live for seconds: a fourth of that is Go's garbage collection, unless it waits longer.
  process.env["GOGC"] ??= "400";
  process.env["GOMEMLIMIT"] ??= "1GiB";
}

/** Whether there is such a file system, with enough space, from which programs can be started. */
function isMemoryFit(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    const [, options] = /^\S+ \/dev\/shm \S+ (\S+)/m.exec(readFileSync("/proc/mounts", "utf8")) ?? [];
    return bavail * bsize >= REQUIRED_BYTES && options !== undefined && !options.split(",").includes("noexec");
  } catch {
    return false;
  }
}

/** Removes what this user's runs of Jest left that were killed. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
    const folder = join(parent, name);
    if (pid === undefined || isRunning(Number(pid)) || statSync(folder).uid !== process.geteuid?.()) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}
