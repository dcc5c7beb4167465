/** Jest reporter: lists the test files that took longest, after a run of many. */
const { relative } = require("node:path");

const SHOWN = 20;

module.exports = class SlowestFiles {
  constructor({ rootDir }) {
    this.rootDir = rootDir;
  }

  onRunComplete(_contexts, { testResults }) {
    if (testResults.length > SHOWN) process.stderr.write(`\n${slowest(testResults, this.rootDir)}\n`);
  }
};

function slowest(testResults, rootDir) {
  const files = testResults
    .map(({ testFilePath, perfStats }) => ({
      name: relative(rootDir, testFilePath),
      seconds: perfStats.runtime / 1000,
    }))
    .toSorted((one, other) => other.seconds - one.seconds);
  const sum = (of) => of.reduce((seconds, file) => seconds + file.seconds, 0);
  const shown = files.slice(0, SHOWN);
  const share = Math.round((100 * sum(shown)) / sum(files));
  return [
    `Slowest ${SHOWN} of ${files.length} files, ${share} % of the time:`,
    ...shown.map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}`),
  ].join("\n");
}
