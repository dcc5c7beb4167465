/**
 * One folder for everything temporary of a test run, so that nothing of it stays behind, and settings of what tests start.
 * Run by Jest before all tests.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes it what tests and all that they start find as the system's folder for temporary files. */
export default function makeTemporaryFolder(): void {
  process.env["TMPDIR"] = mkdtempSync(join(tmpdir(), "machine-access-"));
  // No test depends on the day on which it runs.
  process.env["ACCESS_TODAY"] = "2026-11-30";
  // Terraform and the real provider live for seconds: a fourth of that is Go's garbage collection, unless it waits longer.
  process.env["GOGC"] ??= "400";
  process.env["GOMEMLIMIT"] ??= "1GiB";
}
