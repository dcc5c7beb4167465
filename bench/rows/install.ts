/** What comes before the first command, and after the last change. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../row";
import { projectFolder, scratchFolder, secondsOf } from "../timed";

const npmCi = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"];

/** A folder with what `npm ci` reads. */
function packageFolder(): string {
  const folder = scratchFolder();
  for (const name of ["package.json", "package-lock.json", ".npmrc"]) {
    if (existsSync(join(projectFolder, name))) copyFileSync(join(projectFolder, name), join(folder, name));
  }
  return folder;
}

export const installRows: readonly Row[] = [
  {
    name: "install",
    ours: "npm ci",
    unit: "s",
    runs: 3,
    prepare: async () => {
      const folder = packageFolder();
      return {
        ours: () => secondsOf({ command: npmCi, cwd: folder }),
        end: async () => rmSync(folder, { recursive: true }),
      };
    },
  },
  {
    name: "install-size",
    ours: "size of node_modules",
    unit: "MB",
    runs: 1,
    prepare: async () => {
      const folder = packageFolder();
      await secondsOf({ command: npmCi, cwd: folder });
      const sizeOf = (path: string) => Number(execFileSync("du", ["-sk", path], { encoding: "utf8" }).split("\t")[0]);
      const modules = join(folder, "node_modules");
      return {
        ours: async () => sizeOf(modules) / 1000,
        note: () => `@cdktf/provider-aws ${Math.round(sizeOf(join(modules, "@cdktf", "provider-aws")) / 1000)} MB`,
        end: async () => rmSync(folder, { recursive: true }),
      };
    },
  },
  {
    name: "suite",
    ours: "npm test",
    unit: "s",
    runs: 1,
    prepare: async () => ({ ours: () => secondsOf({ command: ["npm", "test"] }) }),
  },
];
