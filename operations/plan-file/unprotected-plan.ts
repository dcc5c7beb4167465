/** Plans without `prevent_destroy`: for destroying what is to be destroyed, and for showing what Terraform refuses. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LEDGER } from "../../constructs/contract/contract";
import {
  type Attributes,
  blocksOf,
  mapped,
  type NormalizedStack,
  normalizedStack,
} from "../../constructs/contract/stack-json";
import { withCopyOf } from "../../platform/stack-copy";

/**
 * The stack with `prevent_destroy` taken off every resource, and without the moves out of the ledger: Terraform refuses
 * them in a plan with `-target`.
 * @param json content of its `cdk.tf.json`
 */
export function withoutPreventDestroy(json: unknown): Attributes & Pick<NormalizedStack, "resource"> {
  const resource = mapped(normalizedStack(json).resource, (named) =>
    mapped(named, (one) => {
      const [block] = blocksOf(one["lifecycle"]);
      if (block === undefined) return one;
      const { prevent_destroy: _, ...lifecycle } = block;
      return { ...one, lifecycle };
    }),
  );
  const { moved, ...others } = Object(json) as Attributes;
  const moves = blocksOf(moved).filter(({ from }) => !String(from).startsWith(`terraform_data.${LEDGER.protected}[`));
  // Blocks that are empty in the normalized form are refused by Terraform.
  return { ...others, ...(moves.length === 0 ? {} : { moved: moves }), resource };
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
