/**
 * An environment for one pull request, made from an ephemeral one: the same settings, under names, and with a state, of its
 * own. It is written into the access.yaml of the runner and never committed, so that nothing is left in the code when the
 * pull request is closed. Pure.
 */
import { type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap } from "yaml";
import { z } from "zod";
import { type AccessModel, chainOf, type Environment, PREVIEW_NAME } from "../../access/access-model";
import { findEnvironment } from "../../platform/project";
import { UserError } from "../../platform/user-error";
import type { GitHub } from "./github";

const MAX_PREFIX = 63;

/** Tag of every resource of a preview; its value is the prefix of the environment that is copied. */
export const PREVIEW_TAG = "machine-access-preview";

/** Name of a pull request's environment; that of `*` matches all of them. */
export function previewName(number: number | "*"): string {
  return `pr-${number}`;
}

/**
 * The access.yaml with one more environment.
 *
 * @param text the file
 * @param model what it says
 * @param from name of the environment to copy
 * @param number of the pull request
 * @throws {UserError} when the environment cannot be copied
 */
export function withPreview(text: string, model: AccessModel, from: string, number: number): string {
  const copied = findEnvironment(model, from);
  const name = previewName(number);
  requireCopyable(copied, model, name);
  const document = parseDocument(text);
  const original = document.getIn(["environments", from]);
  if (!isMap(original))
    throw new UserError(
      `environment "${from}" is an alias or merge in access.yaml, so it cannot be copied. Write it as a map.`,
    );
  const copy = original.clone() as YAMLMap;
  // An alias within it would be looked up where it is not yet known.
  document.setIn(["environments", name], document.createNode(copy.toJS(document)));
  rename(document, copied, name);
  letClientsIn(document, from, name);
  return document.toString();
}

/** A team's file whose clients of the copied environment are clients of the copy as well. */
export function withPreviewClients(text: string, from: string, number: number): string {
  const document = parseDocument(text);
  letClientsIn(document, from, previewName(number));
  return document.toString();
}

function requireCopyable(
  { name, isEphemeral, backend, prefix }: Environment,
  model: AccessModel,
  preview: string,
): void {
  const refuse = (why: string) => new UserError(`environment "${name}" cannot be copied for a pull request: ${why}`);
  if (!isEphemeral) throw refuse("it is not ephemeral, so the copy could not be destroyed.");
  if (backend.kind === "local") throw refuse("its state is on one machine. Add a backend.");
  if (model.environments.some((other) => other.name === preview)) throw refuse(`"${preview}" already exists.`);
  const length = `${prefix}-${preview}`.length;
  if (length > MAX_PREFIX) throw refuse(`"${prefix}-${preview}" has ${length} characters; ${MAX_PREFIX} are allowed.`);
}

/** What two environments cannot share. */
function rename(document: Document, { name: from, prefix, backend }: Environment, name: string): void {
  const at = (...path: readonly string[]) => ["environments", name, ...path];
  document.setIn(at("domainPrefix"), `${prefix}-${name}`);
  document.deleteIn(at("after"));
  document.setIn(at("tags", PREVIEW_TAG), prefix);
  // Domains of one's own need a certificate and a DNS record each.
  for (const domain of ["tokenDomain", "apiDomain"]) document.deleteIn(at(domain));
  if (backend.kind === "s3") document.setIn(at("backend", "s3", "key"), previewKey(backend.key, from, name));
  if (backend.kind === "hcp") document.setIn(at("backend", "hcp", "workspace"), `${backend.workspace}-${name}`);
}

/** Where a preview's state is: never where that of another environment is, whatever it is called. */
export function previewKey(key: string, from: string, name: string): string {
  const folder = key.includes("/") ? key.slice(0, key.lastIndexOf("/") + 1) : "";
  return `${folder}${from}-${name}.tfstate`;
}

/** Clients that are limited to the copied environment are clients of the copy. */
function letClientsIn(document: Document, from: string, name: string): void {
  const clients = document.get("clients", true);
  if (!isMap(clients)) return;
  for (const { value } of clients.items) {
    const limits = isMap(value) ? value.get("environments", true) : undefined;
    if (!isSeq(limits)) continue;
    if (limits.items.some((item) => isScalar(item) && item.value === from)) limits.add(name);
  }
}

/** Label of pull requests that have, or shall have, a preview environment. */
export const PREVIEW_LABEL = "preview";

const issue = z.object({ number: z.number(), pull_request: z.unknown().optional() });

/** Their numbers, the oldest first. @throws {UserError} when GitHub refuses */
export async function closedPreviews(github: GitHub): Promise<readonly number[]> {
  const found = await github.all(`/issues?labels=${PREVIEW_LABEL}&state=closed`, issue);
  const numbers = found.filter(({ pull_request }) => pull_request !== undefined).map(({ number }) => number);
  return numbers.toSorted((a, b) => a - b);
}

/** Takes the label off; nothing happens when it is off already. */
export async function endPreview(github: GitHub, number: number): Promise<void> {
  await github.call("DELETE", `/issues/${number}/labels/${PREVIEW_LABEL}`, z.unknown(), { missing: null });
}

/** What a workflow needs to know of an environment. */
export interface WorkflowEnvironment {
  readonly name: string;
  readonly region: string;
  /** Whether verify may call its functions with tokens: it holds no production data. */
  readonly ephemeral: boolean;
  /** Name of the repository's variable with the ARN of the role that plans. */
  readonly planRole: string;
  /** Name of the repository's variable with the ARN of the role that rotates. */
  readonly rotateRole: string;
}

/**
 * Those whose state is not on one machine, and so is there when the next job starts.
 * @throws {UserError} a committed environment has the name of a preview, which the teardown of previews would destroy
 */
export function workflowEnvironments({ environments }: AccessModel): readonly WorkflowEnvironment[] {
  const preview = environments.find(({ name }) => PREVIEW_NAME.test(name));
  if (preview !== undefined) {
    throw new UserError(
      `environment "${preview.name}" has the name of the preview of a pull request. Remove it from access.yaml, or use another name.`,
    );
  }
  return environments.filter(({ backend }) => backend.kind !== "local").map(workflowEnvironment);
}

/**
 * Those that a list names.
 * @param list names, separated by commas or spaces
 * @throws {UserError} when workflows cannot deploy an environment of a name in the list
 */
export function namedEnvironments(model: AccessModel, list: string): readonly WorkflowEnvironment[] {
  const deployable = workflowEnvironments(model);
  const names = list.split(/[\s,]+/).filter((name) => name !== "");
  return [...new Set(names)].map((name) => {
    const found = deployable.find((one) => one.name === name);
    if (found !== undefined) return found;
    const known = deployable.map((one) => one.name).join(", ");
    throw new UserError(`workflows can deploy no environment "${name}". They can deploy: ${known || "none"}.`);
  });
}

/**
 * Those that are deployed together: in wave 1 those after none, in wave 2 those after one of wave 1, and so on.
 * @throws {UserError} one is deployed after an environment that no workflow can deploy
 */
export function waveOf(model: AccessModel, wave: number): readonly WorkflowEnvironment[] {
  const all = Object.fromEntries(
    model.environments.map(({ name, after }) => [name, after === undefined ? {} : { after }]),
  );
  const deployable = workflowEnvironments(model);
  return deployable.filter(({ name }) => {
    const { chain } = chainOf(name, all);
    const missing = chain.find((other) => deployable.every((one) => one.name !== other));
    if (missing === undefined) return chain.length === wave;
    throw new UserError(
      `environment "${name}" is deployed after "${missing}", which stores its state on one machine, so workflows cannot deploy it. Give "${missing}" a backend in access.yaml, or remove "after".`,
    );
  });
}

/** Those that no workflow can plan, since their state would be gone with the runner. */
export function localEnvironments({ environments }: AccessModel): readonly string[] {
  return environments.filter(({ backend }) => backend.kind === "local").map(({ name }) => name);
}

function workflowEnvironment({ name, region, isEphemeral }: Environment): WorkflowEnvironment {
  // Names of variables have letters, digits and underscores.
  const roleOf = (role: string) => `AWS_${role}_ROLE_${name.toUpperCase().replaceAll("-", "_")}`;
  return { name, region, ephemeral: isEphemeral, planRole: roleOf("PLAN"), rotateRole: roleOf("ROTATE") };
}
