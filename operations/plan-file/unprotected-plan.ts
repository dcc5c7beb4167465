/** Plans without `prevent_destroy`: for destroying what is to be destroyed, and for showing what Terraform refuses. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { withCopyOf } from "../../platform/stack-copy";

const attributes = z.record(z.string(), z.unknown());
const stack = z.looseObject({ resource: z.record(z.string(), z.record(z.string(), attributes)).default({}) });

/**
 * The stack with `prevent_destroy` taken off every resource.
 * @param json content of its `cdk.tf.json`
 */
export function withoutPreventDestroy(json: unknown): z.infer<typeof stack> {
  const parsed = stack.parse(json);
  const resource = mapped(parsed.resource, (named) =>
    mapped(named, (one) => {
      const { prevent_destroy: _, ...lifecycle } = Object(one["lifecycle"]) as Readonly<Record<string, unknown>>;
      return "lifecycle" in one ? { ...one, lifecycle } : one;
    }),
  );
  return { ...parsed, resource };
}

/**
 * Hands over a copy of a stack's folder without `prevent_destroy`; the stack itself stays protected.
 * @param folder folder of the stack, initialized
 */
export async function withUnprotectedCopy<Result>(
  folder: string,
  body: (copy: string) => Promise<Result>,
): Promise<Result> {
  const json: unknown = JSON.parse(await readFile(join(folder, "cdk.tf.json"), "utf8"));
  return await withCopyOf(folder, withoutPreventDestroy(json), body);
}

function mapped<T, R>(entries: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, change(value)]));
}
