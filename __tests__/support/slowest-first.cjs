/**
 * Order of the test files, and their distribution with `--shard`. Jest knows how long each took from its cache; a clean
 * checkout has none, and there the folders decide, so that no worker is left alone with a slow file at the end.
 */
const { relative } = require("node:path");
const { default: Sequencer } = require("@jest/test-sequencer");

/** Folders whose files take longest, slowest first: they start Terraform and processes of Node.js. */
const SLOW_FOLDERS = ["__tests__/parity/", "__tests__/e2e/", "__tests__/"];

const rankOf = ({ path, context }) => {
  const name = relative(context.config.rootDir, path);
  return SLOW_FOLDERS.findIndex((folder) => name.startsWith(folder));
};
const sizeOf = ({ path, context }) => context.hasteFS.getSize(path) ?? 0;
const byWeight = (one, other) =>
  rankOf(one) - rankOf(other) || sizeOf(other) - sizeOf(one) || (one.path < other.path ? -1 : 1);

module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort([...tests]);
    if (sorted.every(({ duration }) => duration !== undefined)) return sorted;
    return sorted.sort((one, other) => this.hasFailed(other) - this.hasFailed(one) || byWeight(one, other));
  }

  /** Deals the files to and fro, slowest first. Each machine finds the same, so nothing depends on the cache. */
  shard(tests, { shardIndex, shardCount }) {
    const isOurs = (place) => {
      const seat = place % shardCount;
      const isBack = Math.floor(place / shardCount) % 2 === 1;
      return (isBack ? shardCount - 1 - seat : seat) === shardIndex - 1;
    };
    return [...tests].sort(byWeight).filter((_test, place) => isOurs(place));
  }
};
