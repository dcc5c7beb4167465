/** Removes what {@link makeTemporaryFolder} made. Run by Jest after all tests. */
import { rmSync } from "node:fs";

export default function removeTemporaryFolder(): void {
  const folder = process.env["TMPDIR"];
  if (folder?.includes("machine-access-")) rmSync(folder, { recursive: true, force: true });
}
