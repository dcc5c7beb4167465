/** THIRD-PARTY.md, and the licenses of what the project runs with. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isPermitted, notice, noticeFile, runtimePackages } from "./support/third-party";

/** The license that an installed package names, in the current or the older form. */
function installedLicense(path: string): string | undefined {
  const file = join(__dirname, "..", path, "package.json");
  if (!existsSync(file)) return undefined;
  const { license, licenses } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly license?: string | { readonly type: string };
    readonly licenses?: readonly { readonly type: string }[];
  };
  const named = license ?? licenses?.[0];
  return typeof named === "object" ? named.type : named;
}

it("is current (npm run third-party updates it)", () => {
  expect(readFileSync(noticeFile, "utf8")).toBe(notice());
});

it("has no package whose license is unknown or puts conditions on the project's own code", () => {
  const packages = runtimePackages();

  expect(packages.length).toBeGreaterThan(300);
  expect(packages.filter(({ license }) => !isPermitted(license))).toEqual([]);
});

it("has the licenses that the installed packages name", () => {
  const installed = runtimePackages().map((one) => ({ ...one, found: installedLicense(one.path) }));
  const known = installed.filter(({ found }) => found !== undefined);

  expect(known.length).toBeGreaterThan(300);
  expect(known.filter(({ license, found }) => license !== found)).toEqual([]);
});

it.each([
  undefined,
  "",
  "GPL-3.0-only",
  "UNLICENSED",
  "SEE LICENSE IN LICENSE.md",
  "(GPL-2.0 OR AGPL-3.0)",
  "MIT AND GPL-3.0-only",
])("refuses the license %s", (license) => expect(isPermitted(license)).toBe(false));

it.each(["MIT", "(MIT OR GPL-3.0-or-later)"])("permits the license %s", (license) =>
  expect(isPermitted(license)).toBe(true),
);
