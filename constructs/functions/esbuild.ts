/** esbuild for a synthesis, in the faster of its two ways to work. */

/** For as many functions it takes less time to start a process for each than to start a thread that keeps one. */
const FEW_FUNCTIONS = 3;

/** Is called before {@link loadEsbuild}. @param count functions that are going to be bundled */
export function expectFunctions(count: number): void {
  // esbuild reads it when it is loaded.
  if (count <= FEW_FUNCTIONS) process.env["ESBUILD_WORKER_THREADS"] ??= "0";
}

/** Loads esbuild when it is first called. */
export function loadEsbuild(): typeof import("esbuild") {
  return require("esbuild");
}
