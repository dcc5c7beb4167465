/** Files of a stack's folder that a plan needs: read where it is made, written where it is applied. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Parts, PLAN } from "./bundle";

const STACK = "cdk.tf.json";
const LOCK = ".terraform.lock.hcl";

/** The stack, what it refers to, and the lock file of its providers where there is one. @param folder the stack's */
export function stackFiles(folder: string): Parts {
  const stack = readFileSync(join(folder, STACK));
  const assets = assetsIn(JSON.parse(stack.toString("utf8")));
  const paths = [...new Set([...assets, LOCK])].filter((path) => existsSync(join(folder, path)));
  return { [STACK]: stack, ...Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path))])) };
}

/**
 * Writes the files where Terraform reads them; a missing folder is created.
 * @returns a function that restores the folder
 */
export function restoreStack(folder: string, parts: Parts): () => void {
  const files = Object.entries(parts).filter(([path]) => path !== PLAN);
  const before = files.map(([path]) => {
    const file = join(folder, path);
    return [file, existsSync(file) ? readFileSync(file) : undefined] as const;
  });
  const isNew = !existsSync(folder);
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return () => {
    for (const [file, bytes] of before)
      bytes === undefined ? rmSync(file, { force: true }) : writeFileSync(file, bytes);
    if (isNew) rmSync(folder, { recursive: true, force: true });
  };
}

/** Paths of files that the stack's settings name. */
function assetsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return /^assets\/[^$]+$/.test(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(assetsIn);
}
