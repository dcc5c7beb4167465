/**
 * Patches of API Gateway's updates: what to replace, add or remove, by path.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 */
import { UnsupportedError } from "../../errors";
import { badRequest } from "../../resources/apigateway-rules";
import { optionalStructures, optionalText } from "./api-input";
import type { Json } from "./aws-api";

const OPERATIONS = ["add", "remove", "replace", "move", "copy", "test"];

/** One patch. */
export interface Patch {
  readonly op: string;
  /** Such as `/authorizationScopes`. */
  readonly path: string;
  /** Empty when it was left out. */
  readonly value: string;
}

/** Patches of the input, in order. @throws {AwsError} for what is none */
export function patchesIn(input: Json): readonly Patch[] {
  return (optionalStructures(input, "patchOperations") ?? []).map((patch) => {
    const [op = "", path = "", value = ""] = ["op", "path", "value"].map((member) => optionalText(patch, member));
    if (!OPERATIONS.includes(op)) throw badRequest(`Invalid patch operation specified. Must be one of: ${OPERATIONS}`);
    return { op, path, value };
  });
}

/**
 * Makes of patches what is to change.
 *
 * @param played for each path, what each operation makes of a value, given what earlier patches changed
 * @throws {AwsError} `BadRequestException` for an operation that the path does not know
 * @throws {UnsupportedError} for a path that is not played
 */
export function changesOf<Changes extends object>(
  patches: readonly Patch[],
  before: Changes,
  played: Readonly<Record<string, Readonly<Record<string, (value: string, sofar: Changes) => Partial<Changes>>>>>,
): Changes {
  let changes = before;
  for (const { op, path, value } of patches) {
    const operations = Object.hasOwn(played, path) ? played[path] : undefined;
    if (operations === undefined) {
      throw new UnsupportedError(
        `a patch of ${path || "no path"} is not emulated. Emulated: ${Object.keys(played).join(", ")}.`,
      );
    }
    const change = Object.hasOwn(operations, op) ? operations[op] : undefined;
    if (change === undefined) {
      throw badRequest(`Invalid patch path  '${path}' specified for op '${op}'. Please choose supported operations`);
    }
    changes = { ...changes, ...change(value, changes) };
  }
  return changes;
}
