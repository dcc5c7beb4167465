import { SourceMap, type SourceMapping } from "node:module";
import { buildSync } from "esbuild";
import { renameSources, type SourceMap as SourceMapJson } from "../../../constructs/functions/source-map";

/** A map with many lines and columns, of which Node's own reader says what it maps. */
const { outputFiles } = buildSync({
  entryPoints: [require.resolve("yaml"), require.resolve("fflate")],
  bundle: true,
  write: false,
  outdir: "/out",
  sourcemap: "linked",
  minify: true,
  format: "cjs",
});
const maps = outputFiles
  .filter(({ path }) => path.endsWith(".map"))
  .map(({ text }) => JSON.parse(text) as SourceMapJson);

function mappingsIn(map: SourceMapJson, columns: readonly number[]) {
  const read = new SourceMap({
    file: "",
    sourceRoot: "",
    sourcesContent: [],
    ...map,
    sources: [...map.sources],
    names: [...map.names],
  });
  return columns.map((column) => {
    const entry = read.findEntry(0, column);
    const { originalSource, originalLine, originalColumn, name } = entry as Partial<SourceMapping> & { name?: string };
    return originalSource === undefined ? undefined : [originalSource, originalLine, originalColumn, name];
  });
}

const columns = Array.from({ length: 3000 }, (_, index) => index * 5);

describe("renameSources", () => {
  it.each(maps.map((map) => [map.sources.length, map] as const))("keeps every mapping of %d sources", (_count, map) => {
    const same = renameSources(map, (source) => source);

    expect(mappingsIn(same, columns)).toEqual(mappingsIn(map, columns));
    expect(same.names.length).toBeLessThanOrEqual(map.names.length);
  });

  it("maps nothing of the sources that are left out, and the others as before", () => {
    const map = maps.find(({ sources }) => sources.length > 3) as SourceMapJson;
    const [kept = "", left = ""] = map.sources;
    const renamed = renameSources(map, (source) => (source === left ? undefined : `renamed/${source}`));
    const before = mappingsIn(map, columns);
    const after = mappingsIn(renamed, columns);

    expect(before.some((mapping) => mapping?.[0] === left)).toBe(true);
    expect(after).toEqual(
      before.map((mapping) =>
        mapping === undefined || mapping[0] === left ? undefined : [`renamed/${mapping[0]}`, ...mapping.slice(1)],
      ),
    );
    expect(renamed.sources).toContain(`renamed/${kept}`);
    expect(renamed.sources).not.toContain(`renamed/${left}`);
  });
});
