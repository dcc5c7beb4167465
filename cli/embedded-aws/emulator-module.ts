/** The embedded AWS itself. It is more than half of what a command loads, and one that joins it does without. */

/** Loads it when it is first called. */
export function loadEmulator(): typeof import("../../emulator/index") {
  return require("../../emulator/index");
}
