/**
 * Writes `THIRD-PARTY.md`: the packages that the project runs with, and their licenses, as package-lock.json has them.
 *
 *     node --require ./cli/typescript.cjs __tests__/support/third-party.ts
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const project = join(__dirname, "..", "..");

/** Where the notice is. */
export const noticeFile = join(project, "THIRD-PARTY.md");

/** A package of package-lock.json. */
export interface LockedPackage {
  /** Path of its folder, such as `node_modules/zod`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** SPDX expression; `undefined` when the package names none. */
  readonly license: string | undefined;
}

/** Licenses that put no condition on the project's own code. The MPL's are on changes of the package's own files. */
const PERMITTED = new Set([
  ...["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "CC0-1.0", "ISC", "MIT", "MPL-2.0"],
  ...["Public Domain", "Unlicense"],
]);

/** Whether one of the expression's alternatives is permitted. */
export function isPermitted(license: string | undefined): boolean {
  const alternatives = license?.replace(/^\((.*)\)$/, "$1").split(" OR ") ?? [];
  return alternatives.some((one) => PERMITTED.has(one));
}

/** Packages that the project runs with, those for other platforms included. */
export function runtimePackages(): readonly LockedPackage[] {
  const lock = JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { version: string; license?: string; name?: string; dev?: boolean }>>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== "" && dev !== true)
    .map(([path, { version, license, name = path.slice(path.lastIndexOf("node_modules/") + 13) }]) => {
      return { path, name, version, license };
    });
}

/** The notice: a table of packages by license. */
export function notice(): string {
  const lines = runtimePackages().map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`);
  return `# Third-party packages

Packages that this project runs with, and their licenses. \`npm run third-party\` generates this file from package-lock.json.
Terraform (BUSL-1.1) and OpenTofu (MPL-2.0) are not part of the project.

| package | version | license |
| --- | --- | --- |
${[...new Set(lines)].sort().join("\n")}
`;
}

if (require.main === module) writeFileSync(noticeFile, notice());
