/** Bundles functions again and again while their files change, beside other work. */
import { dirname, join, resolve, sep } from "node:path";
import { type BuildResult, build, type Plugin, stop } from "esbuild";
import type { AccessModel } from "../../access/access-model";
import { lambdaName } from "../resource-name";
import {
  type BundleOptions,
  bundleError,
  bundleOptions,
  ENTRY,
  type FunctionBundle,
  LOADING_HANDLER,
  OWN_FOLDERS,
  packageOf,
} from "./function-bundle";

/** A function of access.yaml. */
export interface FunctionSource {
  /** Its TypeScript file. */
  readonly entry: string;
  /** Its names in AWS, one for each environment. */
  readonly functionNames: readonly string[];
}

/** The functions that routes name, by that name. @param folder of the functions, `<name>.ts` each */
export function functionSources(
  { environments, routes }: Pick<AccessModel, "environments" | "routes">,
  folder: string,
): ReadonlyMap<string, FunctionSource> {
  const names = routes.flatMap(({ backend }) => (backend.kind === "lambda" ? [backend.lambda] : []));
  const sourceOf = (name: string): FunctionSource => ({
    entry: join(folder, `${name}.ts`),
    functionNames: environments.map(({ prefix }) => lambdaName([prefix, name])),
  });
  return new Map([...new Set(names)].map((name) => [name, sourceOf(name)]));
}

/** What came of {@link tryBundle}. */
export type BundleAttempt = {
  /**
   * Files and folders on whose state it depends: the sources, the folders that they are in, and the lists of installed
   * packages.
   */
  readonly files: readonly string[];
} & ({ readonly bundle: FunctionBundle } | { readonly bundle?: undefined; readonly error: Error });

/**
 * Makes the same code as `bundleFunction`, or the same error, with what reads variables: functions without references make
 * no use of it. It starts esbuild as a process, which lasts until
 * {@link stopBundling}.
 */
export async function tryBundle(entry: string): Promise<BundleAttempt> {
  try {
    const result = await buildInProcess(bundleOptions(entry));
    const sources = Object.keys(result.metafile.inputs).map((input) => resolve(dirname(entry), input));
    return { bundle: packageOf(entry, LOADING_HANDLER, result), files: dependencies(entry, sources) };
  } catch (caught) {
    const error = bundleError(entry, caught);
    return {
      error: error instanceof Error ? error : new Error(String(error)),
      files: dependencies(entry, await sourcesOf(entry)),
    };
  }
}

/** Ends esbuild's process. */
export async function stopBundling(): Promise<void> {
  await stop();
}

/** A Ctrl-C reaches esbuild's process as well, while this one may go on. */
async function buildInProcess(options: BundleOptions): Promise<BuildResult<BundleOptions>> {
  try {
    return await build(options);
  } catch (error) {
    if (error instanceof Error && "errors" in error) throw error;
    await stop();
    return await build(options);
  }
}

/** All files that esbuild reads until it fails, and folders where it looks for files that are not there. */
async function sourcesOf(entry: string): Promise<readonly string[]> {
  const found: string[] = [];
  const recorder: Plugin = {
    name: "recorder",
    setup({ onLoad, onResolve }) {
      onLoad({ filter: /.*/ }, ({ path }) => void found.push(path));
      onResolve({ filter: /^\.\.?(?:\/|$)/ }, ({ path, resolveDir }) => void found.push(resolve(resolveDir, path)));
    },
  };
  try {
    await build({ ...bundleOptions(entry), plugins: [recorder] });
  } catch {
    // The error is known.
  }
  return found;
}

/** Without the files of packages, which change by an installation only. */
function dependencies(entry: string, sources: readonly string[]): readonly string[] {
  const own = sources.filter(
    (file) => !file.includes(`${sep}node_modules${sep}`) && !OWN_FOLDERS.some((folder) => file.startsWith(folder)),
  );
  const files = [entry, ...own].filter((file) => !file.endsWith(ENTRY));
  const installed = foldersAbove(entry).map((folder) => join(folder, "node_modules", ".package-lock.json"));
  return [...new Set([...files, ...files.map((file) => dirname(file)), ...installed])];
}

function foldersAbove(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...foldersAbove(folder)];
}
