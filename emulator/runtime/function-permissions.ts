/**
 * Which files a function's process may use by Node's functions: those that it has on AWS, and none of the user's, such as
 * credentials and the authority's key. This stops paths that callers choose. It does not stop code that starts other
 * programs or brings its own machine code, which AWS permits.
 *
 * @see https://nodejs.org/docs/latest-v20.x/api/permissions.html
 */
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** The system, which a function finds on AWS as well, and the folder that it may write to there. */
const READABLE = ["/bin", "/dev", "/etc", "/lib", "/lib64", "/sbin", "/tmp", "/usr"];
const READABLE_OF_PROCESSES = ["cpuinfo", "loadavg", "meminfo", "stat", "uptime", "version"];
const WRITABLE = ["/tmp", "/dev/null", "/dev/stderr", "/dev/stdout"];

/**
 * Options of Node for a function's process.
 * @param folder where the function's code is unpacked
 * @param runtimeFolder folder of the runtime's own files
 * @param packagesFolder folder from which packages of Lambda's runtime are resolved
 * @param version of Node
 */
export function permissionOptions(
  folder: string,
  runtimeFolder: string,
  packagesFolder: string,
  version = process.versions.node,
): readonly string[] {
  // Paths of Windows are not those of AWS.
  if (process.platform === "win32") return [];
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isStable = major > 23 || (major === 23 && minor >= 5) || (major === 22 && minor >= 13);
  const readable = [
    ...READABLE,
    ...READABLE_OF_PROCESSES.map((name) => `/proc/${name}`),
    folder,
    runtimeFolder,
    ...packageFolders(packagesFolder),
  ];
  return [
    isStable ? "--permission" : "--experimental-permission",
    // It would be in the function's log.
    "--disable-warning=ExperimentalWarning",
    "--disable-warning=SecurityWarning",
    "--allow-addons",
    "--allow-child-process",
    "--allow-worker",
    ...(major >= 25 ? ["--allow-net"] : []),
    ...outermost(readable).map((path) => `--allow-fs-read=${path}`),
    ...WRITABLE.map((path) => `--allow-fs-write=${path}`),
  ];
}

/** Without paths below others and duplicates: Node then refuses the outer folder itself, and Node 20 ends with an assertion. */
function outermost(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)].filter((path, _at, all) => !all.some((other) => path.startsWith(`${other}/`)));
}

/** Folders with the packages that Lambda's runtime contains, as Node looks for them, also behind a link. */
function packageFolders(folder: string): readonly string[] {
  const parent = dirname(folder);
  const own = join(folder, "node_modules");
  const found = existsSync(own) ? [own, realpathSync(own)] : [];
  return parent === folder ? found : [...found, ...packageFolders(parent)];
}
