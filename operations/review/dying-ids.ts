/**
 * Loud lines about ids and addresses that die with their resources, or died by somebody's hand: whoever was given them
 * has to be given new ones. Pure.
 */

import { code, counted } from "../../platform/markdown";
import { type Action, actionOf, type ResourceChange } from "../plan-file/plan-json";
import { type Alert, caution } from "./alert";

const CLIENT = "aws_cognito_user_pool_client";
const DOMAIN = "aws_cognito_user_pool_domain";
const POOL = "aws_cognito_user_pool";

const BY_HAND = "deleted outside of the code";
const NEXT = "It gets a new id and a new secret, which its owner needs before the next call.";
const NO_TOKEN = "Whoever uses it gets no token any more.";

/** What is lost with a resource of the type. */
const LOST: Readonly<
  Record<string, (values: Readonly<Record<string, unknown>>) => readonly [what: string, loss: string]>
> = {
  aws_cognito_user_pool_domain: ({ domain }) => [
    `The token domain ${named(domain)}`,
    "No client gets a token until it is there again.",
  ],
  aws_cognito_resource_server: ({ identifier }) => [
    `The resource server ${named(identifier)}`,
    "Tokens with its scopes are issued no more, and clients lose these scopes until they are given them again.",
  ],
  aws_kms_key: ({ description, id }) => [
    `The key ${named(description || id)}`,
    "What it encrypts, nobody can read any more.",
  ],
  aws_api_gateway_rest_api: ({ name, id }) => [`The API ${named(name)}`, `Every URL with its id ${named(id)} dies.`],
  aws_secretsmanager_secret: ({ name }) => [
    `The secret ${named(name)}`,
    "What reads its credentials there finds them no more.",
  ],
};

/** What goes on letting callers in when Terraform forgets it. */
const LIVING: Readonly<
  Record<string, (values: Readonly<Record<string, unknown>>) => readonly [what: string, life: string]>
> = {
  [CLIENT]: ({ name, id }) => [
    `The client ${named(name)} (${named(id)})`,
    "its secret goes on getting tokens with the scopes that it has",
  ],
  aws_cognito_user_pool: ({ name, id }) => [`The user pool ${named(name)} (${named(id)})`, "its tokens stay good"],
  aws_cognito_user_pool_domain: ({ domain }) => [`The token domain ${named(domain)}`, "it goes on issuing tokens"],
  aws_api_gateway_rest_api: ({ name, id }) => [`The API ${named(name)} (${named(id)})`, "it goes on answering"],
  aws_lambda_function_url: ({ function_name }) => [
    `The URL of the function ${named(function_name)}`,
    "it goes on answering",
  ],
  aws_lambda_permission: ({ function_name }) => [
    `A permission to invoke the function ${named(function_name)}`,
    "it goes on holding",
  ],
  aws_iam_role_policy: ({ role }) => [`A policy of the role ${named(role)}`, "it goes on holding"],
  aws_secretsmanager_secret: ({ name }) => [`The secret ${named(name)}`, "its readers go on reading it"],
};

/**
 * User pools, app clients, resource servers, token domains, APIs, keys and secrets that are replaced or destroyed, and
 * what is only forgotten: it lives on.
 */
export function dyingIds(changes: readonly ResourceChange[]): readonly Alert[] {
  const ending = changes.filter(({ change }) => ["replace", "destroy"].includes(actionOf(change)));
  return [
    ...pools(ending),
    ...clients(ending),
    ...ending.flatMap((one) => movedDomain(one, changes) ?? others(one)),
    ...changes.flatMap(forgotten),
  ];
}

/** What somebody deleted behind Terraform's back, and whether the plan makes it anew. */
export function deadIds(drifts: readonly ResourceChange[], changes: readonly ResourceChange[]): readonly Alert[] {
  const made = new Set(changes.map(({ address }) => address));
  const deleted = drifts.filter(({ change }) => actionOf(change) === "destroy");
  return deleted.flatMap(({ address, type, change }) => {
    const anew = made.has(address);
    const values = change.before ?? {};
    if (type === CLIENT) {
      const next = anew ? NEXT : NO_TOKEN;
      return [
        caution(`The client ${named(values["name"])} was ${BY_HAND}: its id ${named(values["id"])} is dead. ${next}`),
      ];
    }
    const lost = type === POOL ? lostPool : LOST[type];
    if (lost === undefined) return [];
    const [what, loss] = lost(values);
    return [caution(`${what} was ${BY_HAND}${anew ? ", and will be made anew" : ""}. ${loss}`)];
  });
}

function lostPool({ name, id }: Readonly<Record<string, unknown>>): readonly [what: string, loss: string] {
  return [`The user pool ${named(name)} (${named(id)})`, "Every client id died with it."];
}

function forgotten({ type, change }: ResourceChange): readonly Alert[] {
  const told = LIVING[type];
  if (told === undefined || actionOf(change) !== "forget") return [];
  const [what, life] = told(change.before ?? {});
  return [caution(`${what} will only be forgotten: ${life}, and nobody manages it any more.`)];
}

function pools(ending: readonly ResourceChange[]): readonly Alert[] {
  return ofType(ending, POOL).map(({ change }) => {
    const { name, id } = change.before ?? {};
    const count = ofType(ending, CLIENT).length;
    const dying =
      count === 0 ? "Every client id dies with it." : `All its client ids die with it: ${counted(count, "client")}.`;
    return caution(`The user pool ${named(name)} (${named(id)}) will be ${done(actionOf(change))}. ${dying}`);
  });
}

function clients(ending: readonly ResourceChange[]): readonly Alert[] {
  return ofType(ending, CLIENT).map(({ change }) => {
    const { name, id } = change.before ?? {};
    const action = actionOf(change);
    const next = action === "replace" ? NEXT : NO_TOKEN;
    return caution(`The client ${named(name)} will be ${done(action)}: its id ${named(id)} dies. ${next}`);
  });
}

/** Another name is another URL; the old one never comes back. */
function movedDomain(
  { type, change }: ResourceChange,
  changes: readonly ResourceChange[],
): readonly Alert[] | undefined {
  if (type !== DOMAIN) return undefined;
  const made = changes.find((one) => one.type === DOMAIN && one.change.before === null);
  const [old, now] = [change.before?.["domain"], (change.after ?? made?.change.after)?.["domain"]];
  if (typeof now !== "string" || now === old) return undefined;
  const what = `The token domain ${named(old)} will be ${done(actionOf(change))}, and ${named(now)} takes its place`;
  return [caution(`${what}: every client has to ask for tokens at the new token URL.`)];
}

function others({ type, change }: ResourceChange): readonly Alert[] {
  const lost = LOST[type];
  if (lost === undefined) return [];
  const [what, loss] = lost(change.before ?? {});
  return [caution(`${what} will be ${done(actionOf(change))}. ${loss}`)];
}

function ofType(changes: readonly ResourceChange[], wanted: string): readonly ResourceChange[] {
  return changes.filter(({ type }) => type === wanted);
}

function done(action: Action): string {
  return action === "replace" ? "replaced" : "destroyed";
}

/** What a resource is called, as code. */
function named(value: unknown): string {
  return code(typeof value === "string" ? value : "?");
}
