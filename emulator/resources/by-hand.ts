/**
 * What somebody does to a resource over AWS's own API, behind Terraform's back: it meets the checks that Terraform
 * meets, and Terraform hears of it with its next refresh.
 */
import type { Account } from "../account";
import type { Attributes, Value } from "../attributes";
import { UnsupportedError } from "../errors";
import { conformBlock } from "../provider/dynamic-value";
import { type Kind, keyOf, type Place } from "../provider/kind";

/** Where it happens. */
export type Where = Pick<Place, "account" | "region">;

/** Runs a change as a whole or not at all. Nobody but the caller has to be told of it. */
export function byHand<Result>({ account }: Where, change: () => Result | Promise<Result>): Promise<Result> {
  return account.change(async () => ({ result: await change(), operation: null }));
}

/** Attributes as a refresh shows them. */
export function readAsRefreshed(kind: Kind, account: Account, attributes: Attributes): Attributes {
  return { ...attributes, ...kind.read?.(attributes, account) };
}

/**
 * Creates a resource, within {@link byHand}.
 * @throws {AwsError} when AWS refuses
 * @throws {UnsupportedError} when something is set that is not played
 */
export async function createByHand(kind: Kind, where: Where, given: Attributes): Promise<Attributes> {
  const asked = conformBlock(kind.schema, { region: where.region, ...defaultsOf(kind), ...given });
  check(kind, asked, given);
  return await put(kind, where, { ...asked, ...(await kind.create(asked, placeOf(where))) }, undefined);
}

/**
 * Changes a resource in place, within {@link byHand}. What is not among the changes stays.
 * @throws {AwsError} when AWS refuses
 * @throws {UnsupportedError} when something is set that is not played
 */
export async function changeByHand(
  kind: Kind,
  where: Where,
  before: Attributes,
  changes: Attributes,
): Promise<Attributes> {
  const asked = conformBlock(kind.schema, { ...before, ...changes });
  check(kind, asked, changes);
  const entry = where.account.get(kind.type, keyOf(kind, before));
  return await put(kind, where, { ...asked, ...(await kind.update?.(asked, before, placeOf(where))) }, entry?.internal);
}

/** Deletes a resource and what hangs on it, within {@link byHand}. @throws {AwsError} when AWS refuses */
export function removeByHand(kind: Kind, where: Where, existing: Attributes): void {
  kind.remove?.(existing, placeOf(where));
  where.account.delete(kind.type, keyOf(kind, existing));
}

async function put(kind: Kind, where: Where, filled: Attributes, before: unknown): Promise<Attributes> {
  const attributes = conformBlock(kind.schema, filled);
  const internal = kind.internal === undefined ? before : await kind.internal(attributes, placeOf(where), before);
  const entry = { attributes, ...(internal === undefined ? {} : { internal }) };
  where.account.put(kind.type, keyOf(kind, attributes), entry);
  return attributes;
}

function check(kind: Kind, asked: Attributes, given: Attributes): void {
  const set = kind.refused?.find((name) => !isOff(given[name] ?? null));
  if (set !== undefined) throw new UnsupportedError(`${kind.type}.${set} is not emulated: it would change an answer.`);
  kind.validate?.(asked);
}

/** Whether the value says the same as leaving it out. */
function isOff(value: Value): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === null || value === false || value === "";
}

/** Defaults outside of blocks: Terraform's plan fills in the same. */
function defaultsOf({ defaults = {} }: Kind): Attributes {
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => !name.includes(".")));
}

/** Nothing that is done by hand names a file. */
function placeOf({ account, region }: Where): Place {
  return { account, region, accountId: account.id, readFiles: () => [] };
}
