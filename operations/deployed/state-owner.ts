/** Whose resources a state holds: projects can share a bucket, and a key can be copied from another project. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { STATE_PREFIX } from "../../constructs/contract/contract";
import { StackJson } from "../../constructs/contract/stack-json";
import { copyable } from "../../platform/local-command";
import { statePlaceOf } from "../../platform/state-place";
import { UserError } from "../../platform/user-error";
import { managedResources, type StateValues } from "../plan-file/state-json";

/** Types whose names are the prefix, or begin with it. */
const NAMED = ["aws_cognito_user_pool", "aws_api_gateway_rest_api"];

/**
 * The prefix that the state's resources carry; `undefined` when it is that of the code, or unknown. A state of earlier
 * versions has no record of it, and is known by the names of user pool and API.
 *
 * @param json content of the stack's `cdk.tf.json`
 */
export function otherPrefixIn(json: unknown, state: StateValues): string | undefined {
  const resources = managedResources(state);
  const stack = new StackJson(json);
  const own = prefixIn(stack.ofType("terraform_data").find(({ name }) => name === STATE_PREFIX)?.attributes);
  const recorded = prefixIn(
    resources.find(({ type, name }) => type === "terraform_data" && name === STATE_PREFIX)?.values,
  );
  if (own !== undefined && recorded !== undefined) return own === recorded ? undefined : recorded;
  for (const type of NAMED) {
    const written = stack.ofType(type).map(({ attributes }) => attributes["name"]);
    const found = resources.filter((one) => one.type === type).map(({ values }) => values["name"]);
    if (written.length === 0 || found.length === 0) continue;
    return found.some((name) => written.includes(name)) ? undefined : String(found[0]);
  }
  return undefined;
}

/**
 * @param folder folder of the stack
 * @throws {UserError} when the state's resources carry another prefix than the code has
 */
export function requireOwnState(environment: string, folder: string, state: StateValues): void {
  const other = otherPrefixIn(JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")), state);
  if (other === undefined) return;
  const what = `the state of ${environment} holds resources of ${JSON.stringify(other)}, which is not its prefix in access.yaml`;
  throw new UserError(
    [`${what}: ${statePlaceOf(folder)}. Nothing was changed.`, ...ownStateRemedy(environment)].join("\n"),
  );
}

/** What to do about a state of another prefix. */
export function ownStateRemedy(environment: string): readonly string[] {
  return [
    "If another project deployed them, give the environment a state of its own: another key or workspace of its backend.",
    "If its domainPrefix or tokenDomain was changed, restore it and destroy the environment before you deploy the new one:",
    "  npx cdktf synth",
    `  ${copyable(`npx access teardown ${environment}`)}`,
  ];
}

/**
 * Where earlier versions kept a state that now has the default key, for a message about an empty state.
 * @param json content of the stack's `cdk.tf.json`
 */
export function formerKeyOf(json: unknown): string | undefined {
  const [kind, { key = "" } = {}] = new StackJson(json).backend ?? [];
  const [, name] = /^machine-access\/[^/]+\/[^/]+\/([^/]+)\.tfstate$/.exec(String(key)) ?? [];
  return kind === "s3" && name !== undefined ? `machine-access/${name}.tfstate` : undefined;
}

function prefixIn(attributes: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const { prefix } = Object(attributes?.["input"]) as { readonly prefix?: unknown };
  return typeof prefix === "string" ? prefix : undefined;
}
