/** What Terraform asks of a resource, done by the operations of its service: create, read, update, delete, import. */
import type { Account, Operation } from "../account/account";
import { AwsError } from "../errors";
import { type Attributes, optionalText, type Value, withoutUnknown } from "./attributes";
import { type AwsPlace, awsOf, callAndConvert } from "./aws";
import { conformBlock } from "./dynamic-value";
import { parseId, renderId } from "./id-template";
import type { TagSettings } from "./planned-tags";
import type { Resource } from "./resource";
import { updateTags, withTags } from "./resource-tags";

/** Where a resource is, and what all resources share. */
export interface LifecyclePlace extends AwsPlace, TagSettings {}

/** What AWS calls a thing that is not there. */
const NOT_FOUND = /^(NoSuch\w*|.*NotFound(Exception|Error)?|WAFNonexistentItemException|404)$/;

/**
 * Creates, changes or deletes the resource, and has it on disk before it returns.
 *
 * @param planned the resource afterwards; `null` to delete it
 * @param acknowledged resolves when Terraform has the response; see {@link Account.change}
 * @returns the resource as AWS has it now
 * @throws {AwsError} when AWS refuses; the account is then as before
 */
export function applyResource(
  resource: Resource,
  place: LifecyclePlace,
  prior: Attributes | null,
  planned: Attributes | null,
  acknowledged?: () => Promise<void>,
): Promise<Attributes | null> {
  const { account } = place;
  return account.change(async () => {
    if (planned === null) return { result: null, operation: await remove(resource, place, prior) };
    const given = withoutUnknown(planned) as Attributes;
    const state = prior === null ? await create(resource, place, given) : await update(resource, place, given, prior);
    const key = operationKey(resource, state);
    return { result: state, operation: { action: prior === null ? "create" : "update", type: resource.type, key } };
  }, acknowledged);
}

/** The resource as AWS has it; `null` when it is gone. Terraform is known to know of it from now on. */
export async function readResource(
  resource: Resource,
  place: LifecyclePlace,
  state: Attributes,
): Promise<Attributes | null> {
  // State that 5.x of the provider wrote has no region: the resource is then in the provider's.
  const known = { ...state, ...regionOf(resource, placeOf(place, state).region) };
  place.account.confirm(resource.type, operationKey(resource, known));
  return await whileReading(resource, place, () =>
    read(resource, { ...placeOf(place, known), isRefresh: true }, known),
  );
}

/** Runs what reads the resource; as a change of the account, where reading changes it. */
function whileReading<Result>(
  { changesOnRead = false }: Resource,
  { account }: LifecyclePlace,
  run: () => Promise<Result>,
): Promise<Result> {
  return changesOnRead ? account.change(async () => ({ result: await run(), operation: null })) : run();
}

/**
 * What the import id says of the resource. Whether there is one, Terraform finds out by reading it.
 *
 * @param id in the form of the resource's import id; `@<region>` may follow it
 * @throws {AwsError} for an id of another form
 */
export function importResource(resource: Resource, place: LifecyclePlace, id: string): Attributes {
  const [, name = id, region = place.region] = /^(.+)@([a-z]{2}(?:-[a-z]+)+-\d+)$/.exec(id) ?? [];
  const named = parseId(resource.importId ?? "<id>", name);
  if (named !== undefined) return identify(resource, { ...emptyOf(resource), ...named, ...regionOf(resource, region) });
  throw new AwsError(
    "InvalidId",
    `unexpected format of ID (${id}), expected ${resource.importId?.replaceAll(/[<>]/g, "")}`,
  );
}

async function findByKey(resource: Resource, place: LifecyclePlace, key: string): Promise<Attributes | null> {
  const slash = key.indexOf("/");
  try {
    const known = importResource(resource, { ...place, region: key.slice(0, slash) }, key.slice(slash + 1));
    return await read(resource, placeOf(place, known), known);
  } catch (error) {
    if (error instanceof AwsError) return null;
    throw error;
  }
}

/** What an operation is recorded by: region and import id. */
function operationKey(resource: Resource, state: Attributes): string {
  return `${optionalText(state, "region") ?? ""}/${renderId(resource.importId ?? "<id>", state)}`;
}

/**
 * A creation that was cut off may stand in the way of the same creation. What was not acknowledged gives way to what is
 * asked for now.
 */
async function create(resource: Resource, place: LifecyclePlace, given: Attributes): Promise<Attributes> {
  const { account } = place;
  try {
    return await account.attempt(() => createOnce(resource, place, given));
  } catch (refusal) {
    if (!(refusal instanceof AwsError)) throw refusal;
    for (const operation of account.leftovers.filter(({ type }) => type === resource.type)) {
      const state = await createInPlaceOf(operation, resource, place, given);
      if (state !== undefined) return state;
    }
    throw refusal;
  }
}

async function createInPlaceOf(operation: Operation, resource: Resource, place: LifecyclePlace, given: Attributes) {
  try {
    return await place.account.attempt(async () => {
      const old = await findByKey(resource, place, operation.key);
      if (old === null) return undefined;
      await remove(resource, place, old);
      const state = await createOnce(resource, place, given);
      place.account.confirm(resource.type, operation.key);
      return state;
    });
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

async function createOnce(resource: Resource, place: LifecyclePlace, given: Attributes): Promise<Attributes> {
  const at = placeOf(place, given);
  const aws = awsOf(resource, at);
  const identity =
    typeof resource.create === "string"
      ? await callAndConvert(resource, aws, resource.create, given)
      : await resource.create(given, aws);
  const state = await read(resource, at, identify(resource, { ...given, ...identity }));
  if (state !== null) return state;
  throw new Error(`${resource.type} is not there after its creation`);
}

async function update(
  resource: Resource,
  place: LifecyclePlace,
  given: Attributes,
  prior: Attributes,
): Promise<Attributes> {
  const at = placeOf(place, prior);
  const aws = awsOf(resource, at);
  if (typeof resource.update === "string") await aws.call(resource.update, aws.inputOf(resource.update, given));
  else await resource.update?.(given, prior, aws);
  await updateTags(resource, aws, given, prior);
  const state = await read(resource, at, given);
  if (state !== null) return state;
  throw new AwsError("ResourceNotFoundException", `${optionalText(prior, "id")} does not exist`, 404);
}

async function remove(resource: Resource, place: LifecyclePlace, prior: Attributes | null): Promise<Operation | null> {
  if (prior === null) return null;
  const aws = awsOf(resource, placeOf(place, prior));
  try {
    await place.account.attempt(async () => {
      if (typeof resource.delete === "string") await aws.call(resource.delete, aws.inputOf(resource.delete, prior));
      else await resource.delete(prior, aws);
    });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return { action: "delete", type: resource.type, key: operationKey(resource, prior) };
}

/** The resource as the read operation has it; what the operation does not tell stays as it is known. */
async function read(resource: Resource, place: LifecyclePlace, known: Attributes): Promise<Attributes | null> {
  const aws = awsOf(resource, place);
  try {
    const found =
      typeof resource.read === "string"
        ? await callAndConvert(resource, aws, resource.read, known)
        : await resource.read(known, aws);
    if (found === null) return null;
    const filled = identify(resource, { ...known, ...settled(resource, known, found) });
    return conformBlock(resource.schema, await withTags(resource, aws, place, known, filled));
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** What says the same as what is known stays as it is known; other texts are rewritten as a plan rewrites them. */
function settled({ json = {} }: Resource, known: Attributes, found: Attributes): Attributes {
  const rewritten = Object.entries(found).map(([name, value]): [string, Value] => {
    const [before, text] = [known[name] ?? null, json[name]];
    if (text === undefined || typeof value !== "string" || value === "") return [name, value];
    return [name, typeof before === "string" && text.areSame(before, value) ? before : text.rewrite(value)];
  });
  return Object.fromEntries(rewritten);
}

/** With the `id` that is made of other attributes, where it is. */
function identify({ id }: Resource, attributes: Attributes): Attributes {
  return id === undefined ? attributes : { ...attributes, id: renderId(id, attributes) };
}

function isNotFound(error: unknown): boolean {
  return error instanceof AwsError && NOT_FOUND.test(error.name);
}

function emptyOf({ schema }: Resource): Attributes {
  return conformBlock(schema, {});
}

function regionOf({ schema }: Resource, region: string): Attributes {
  return schema.attributes["region"] === undefined ? {} : { region };
}

function placeOf(place: LifecyclePlace, attributes: Attributes): LifecyclePlace {
  return { ...place, region: optionalText(attributes, "region") ?? place.region };
}
