/** What Terraform asks of a provider, in terms of kinds and the account: no protocol, no bytes. */
import type { Account, Operation } from "../account";
import { type Attributes, text, withoutUnknown } from "../attributes";
import { AwsError } from "../errors";
import {
  applyResource,
  importResource as importByOperations,
  type LifecyclePlace,
  readResource as readByOperations,
} from "../terraform/lifecycle";
import type { Resource } from "../terraform/resource";
import { conformBlock } from "./dynamic-value";
import { type Kind, keyOf, type Place } from "./kind";

/** A resource type, by itself or as the face of AWS's operations. */
export type AnyKind = Kind | Resource;

/** Whether the resource is made up of AWS's operations. */
export function isResource(kind: AnyKind): kind is Resource {
  return "service" in kind;
}

/** The resource as the account has it; `null` when it is gone. Whoever asks for it knows of it. */
export async function readResource(
  kind: AnyKind,
  place: LifecyclePlace,
  state: Attributes,
): Promise<Attributes | null> {
  if (isResource(kind)) return await readByOperations(kind, place, state);
  return readKind(kind, place.account, state);
}

function readKind(kind: Kind, account: Account, state: Attributes): Attributes | null {
  const key = keyOf(kind, state);
  account.confirm(kind.type, key);
  const entry = account.get(kind.type, key);
  if (entry === undefined) return null;
  return conformBlock(kind.schema, { ...entry.attributes, ...kind.read?.(entry.attributes, account) });
}

/**
 * Finds the resource that `terraform import` names.
 *
 * @param place where it is looked for, unless the id ends in `@<region>`
 * @throws {AwsError} when there is none
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/guides/enhanced-region-support
 */
export async function importResource(kind: AnyKind, place: LifecyclePlace, id: string): Promise<Attributes> {
  if (isResource(kind)) return await importByOperations(kind, place, id);
  const { account, region } = place;
  const [, name = id, ofRegion = region] = /^(.+)@([a-z]{2}(?:-[a-z]+)+-\d+)$/.exec(id) ?? [];
  const isNamed = (attributes: Attributes) =>
    (kind.importId?.(attributes) ?? text(attributes, "id")) === name && (attributes["region"] ?? ofRegion) === ofRegion;
  const found = account.list(kind.type).find(isNamed);
  const resource = found === undefined ? null : readKind(kind, account, found);
  if (resource === null) {
    throw new AwsError("ResourceNotFoundException", `there is no ${kind.type} "${name}" in ${ofRegion}`, 404);
  }
  return resource;
}

/**
 * Creates, changes or deletes the resource, and has it on disk before it returns.
 * @param planned the resource afterwards; `null` to delete it
 * @param told resolves when Terraform was told of it; see {@link Account.change}
 * @returns the resource as it is now
 * @throws {AwsError} when AWS refuses; the account is then as before
 */
export function applyChange(
  kind: AnyKind,
  place: LifecyclePlace,
  prior: Attributes | null,
  planned: Attributes | null,
  told?: () => Promise<void>,
): Promise<Attributes | null> {
  if (isResource(kind)) return applyResource(kind, place, prior, planned, told);
  return place.account.change(async () => {
    if (planned === null) return { result: null, operation: remove(kind, place, prior) };
    const given = withoutUnknown(planned) as Attributes;
    const filled =
      prior === null ? await create(kind, withTagsAll(given), place) : await update(kind, given, prior, place);
    const attributes = conformBlock(kind.schema, filled);
    const key = keyOf(kind, attributes);
    const before = place.account.get(kind.type, key)?.internal;
    const internal = kind.internal === undefined ? before : await kind.internal(attributes, place, before);
    place.account.put(kind.type, key, { attributes, ...(internal === undefined ? {} : { internal }) });
    return { result: attributes, operation: { action: prior === null ? "create" : "update", type: kind.type, key } };
  }, told);
}

/** Without any tags, the plan of a creation leaves open which there are. */
function withTagsAll(given: Attributes): Attributes {
  return given["tags_all"] === null ? { ...given, tags_all: {} } : given;
}

function remove(kind: Kind, place: Place, prior: Attributes | null): Operation | null {
  if (prior === null) return null;
  const key = keyOf(kind, prior);
  const entry = place.account.get(kind.type, key);
  if (entry !== undefined) kind.remove?.(entry.attributes, place);
  place.account.delete(kind.type, key);
  return { action: "delete", type: kind.type, key };
}

/**
 * A creation that was cut off may stand in the way of being made again. What nobody was told of is given up for what
 * is asked for now; on AWS, that is what a person would have to do by hand.
 */
async function create(kind: Kind, given: Attributes, place: Place): Promise<Attributes> {
  try {
    return { ...given, ...(await kind.create(given, place)) };
  } catch (refusal) {
    if (!(refusal instanceof AwsError)) throw refusal;
    for (const leftover of place.account.leftovers.filter(({ type }) => type === kind.type)) {
      const made = await createInPlaceOf(leftover, kind, given, place);
      if (made !== undefined) return made;
    }
    throw refusal;
  }
}

/** @returns `undefined` when the leftover was not what is in the way; it is then still there */
async function createInPlaceOf(leftover: Operation, kind: Kind, given: Attributes, place: Place) {
  const { account } = place;
  const entry = account.get(leftover.type, leftover.key);
  if (entry === undefined) return undefined;
  account.delete(leftover.type, leftover.key);
  try {
    const made = { ...given, ...(await kind.create(given, place)) };
    // From now on the name stands for what was made here, which must not give way to a third.
    account.confirm(leftover.type, leftover.key);
    return made;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    account.put(leftover.type, leftover.key, entry);
    return undefined;
  }
}

async function update(kind: Kind, given: Attributes, prior: Attributes, place: Place): Promise<Attributes> {
  if (place.account.get(kind.type, keyOf(kind, prior)) === undefined) {
    throw new AwsError("ResourceNotFoundException", `${text(prior, "id")} does not exist`, 404);
  }
  return { ...given, ...(await kind.update?.(given, prior, place)) };
}
