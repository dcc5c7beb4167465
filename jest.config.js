/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "<rootDir>/__tests__/support/one-realm-environment.cjs",
  runtime: "<rootDir>/__tests__/support/kept-modules-runtime.cjs",
  testMatch: ["<rootDir>/__tests__/**/*-test.ts"],
  // Jest runs what it finds there. Its default is a folder of a predictable name below the shared one for temporary files.
  cacheDirectory: "<rootDir>/node_modules/.cache/jest",
  globalSetup: "<rootDir>/__tests__/support/temporary-folder.ts",
  globalTeardown: "<rootDir>/__tests__/support/temporary-folder-end.ts",
  transform: {
    "^.+\\.[cm]?[jt]s$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  // cdktf takes a stack trace for each token, and Jest looks up each line of it in a source map.
  moduleNameMapper: { "/stack-trace$": "<rootDir>/__tests__/support/no-stack-trace.cjs" },
  modulePathIgnorePatterns: ["<rootDir>/cdktf.out", "<rootDir>/.local"],
  // One more than the cores of the smallest machine: a test of a lifecycle waits for other processes a third of its time.
  maxWorkers: 3,
  testSequencer: "<rootDir>/__tests__/support/slowest-first.cjs",
  reporters: ["default", "<rootDir>/__tests__/support/slowest-files.cjs"],
  // A machine may have more to do than the tests.
  testTimeout: 30_000,
};
