/** One folder for everything temporary of a test run, so that nothing of it stays behind. Run by Jest before all tests. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes it what tests and all that they start find as the system's folder for temporary files. */
export default function makeTemporaryFolder(): void {
  process.env["TMPDIR"] = mkdtempSync(join(tmpdir(), "machine-access-"));
}
