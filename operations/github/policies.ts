/**
 * The IAM policies of the roles that workflows take on, from a table of what each resource kind and each command needs. The
 * table has one entry a kind, so that a new kind in the stack is a new entry here. Pure.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { z } from "zod";
import type { Environment } from "../../access/access-model";
import { UserError } from "../../platform/user-error";
import { previewKey, previewName } from "./preview";

const grant = z.object({
  /** ARNs, with `<account>`, `<region>`, `<prefix>`, `<bucket>` and `<key>` in them. */
  on: z.array(z.string()).min(1),
  /** What planning needs. */
  read: z.array(z.string()),
  /** What applying needs besides. */
  write: z.array(z.string()),
  condition: z.record(z.string(), z.record(z.string(), z.string())).optional(),
  /** Why it is wider than one would wish. */
  why: z.string().optional(),
});

/** What is needed, by resource kind and by command. */
export const actionsShape = z.object({
  kinds: z.record(z.string(), z.array(grant)),
  commands: z.record(z.string(), z.array(grant)),
  /** Of commands that only the role that plans runs. AWS's limit leaves the other one no room for them. */
  planOnly: z.record(z.string(), z.array(grant)),
  /** Of commands that no workflow runs. */
  byHand: z.record(z.string(), z.array(grant)),
});

export type Actions = Readonly<z.infer<typeof actionsShape>>;

/** One statement of a policy. */
export interface Statement {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, unknown>>;
}

/** A policy of a role. */
export interface Policy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/** AWS takes no longer managed policies; white space does not count. */
export const MAX_CHARACTERS = 6144;

/** A role that plans and looks for drift; one that applies, which includes planning; one that rotates a client's secret and reads the state for it. */
export type Role = "plan" | "apply" | "rotate";

/** The policy of a role. */
export function policyOf(role: Role, { kinds, commands, planOnly, byHand }: Actions): Policy {
  const grants = {
    plan: [kinds, commands, planOnly],
    apply: [kinds, commands],
    rotate: [byHand, { state: commands["state"] ?? [] }],
  };
  const needed = grants[role]
    .flatMap((one) => Object.values(one).flat())
    .flatMap((one) => {
      const actions = role === "plan" ? one.read : [...one.read, ...one.write];
      return one.on.map((resource) => ({ resource, actions, condition: one.condition }));
    });
  // What may be done to each ARN first, then the ARNs to which the same may be done.
  const byResource = grouped(needed, ({ resource, condition }) => JSON.stringify([resource, condition]));
  const merged = byResource.map((same) => ({
    resource: same[0]?.resource ?? "",
    condition: same[0]?.condition,
    actions: [...new Set(same.flatMap(({ actions }) => actions))].toSorted(),
  }));
  const byActions = grouped(
    merged.filter(({ actions }) => actions.length > 0),
    ({ actions, condition }) => JSON.stringify([actions, condition]),
  );
  return { Version: "2012-10-17", Statement: byActions.map(statementOf) };
}

/** Who may take on the role: jobs of the repository, and for applying only those of the protected environment. */
export function trustOf(role: "plan" | "apply"): object {
  const issuer = "token.actions.githubusercontent.com";
  const plan = ["<subject>:pull_request", "<subject>:ref:refs/heads/main"];
  const StringEquals = {
    [`${issuer}:aud`]: "sts.amazonaws.com",
    [`${issuer}:sub`]: role === "plan" ? plan : ["<subject>:environment:<environment>"],
  };
  const Principal = { Federated: `arn:aws:iam::<account>:oidc-provider/${issuer}` };
  const statement = {
    Effect: "Allow",
    Principal,
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: { StringEquals },
  };
  return { Version: "2012-10-17", Statement: [statement] };
}

/**
 * The policy as text, with values in place of what is in angle brackets. Lists of one are written without brackets, as
 * AWS counts every character.
 */
export function filledIn(json: object, values: Readonly<Record<string, string>>): string {
  const text = JSON.stringify(json, shortened, 2);
  return text.replaceAll(/<([a-z]+)>/g, (placeholder, name: string) => values[name] ?? placeholder);
}

/** What access.yaml does not say. */
export interface PolicyOptions {
  /** Where it is not in access.yaml. */
  readonly account?: string;
  /** What GitHub's tokens are about, up to the last part, such as `repo:acme/access`. */
  readonly subject?: string;
  /** Whether it is for the previews that are copied from the environment. */
  readonly preview?: true;
}

/** @throws {UserError} when the account is not known */
export function policyValues(
  environment: Environment,
  { account, subject, preview }: PolicyOptions,
): Readonly<Record<string, string>> {
  const { name, region, prefix, accountId, backend } = environment;
  const known = account ?? accountId;
  if (known === undefined || !/^\d{12}$/.test(known)) {
    throw new UserError(
      `the account of ${name} is unknown. Set accountId in access.yaml, or add --account with 12 digits.`,
    );
  }
  const any = previewName("*");
  const state =
    backend.kind === "s3"
      ? { bucket: backend.bucket, key: preview ? previewKey(backend.key, name, any) : backend.key }
      : {};
  return {
    account: known,
    region,
    prefix: preview ? `${prefix}-${any}` : prefix,
    environment: preview ? "preview" : name,
    ...state,
    ...(subject === undefined ? {} : { subject }),
  };
}

/**
 * The policy for an environment: with its values, and without the state's bucket where the state is elsewhere. A key that
 * encrypts the state is one statement more.
 */
export function policyFor(policy: Policy, environment: Environment, values: Readonly<Record<string, string>>): string {
  const { backend } = environment;
  const own = policy.Statement.filter(
    ({ Resource }) => backend.kind === "s3" || !Resource.some((arn) => arn.includes("<bucket>")),
  );
  const key = backend.kind === "s3" ? backend.kmsKeyArn : undefined;
  const keyStatements: readonly Statement[] =
    key === undefined ? [] : [{ Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: [key] }];
  return filledIn({ ...policy, Statement: [...own, ...keyStatements] }, values);
}

function statementOf(
  same: readonly {
    readonly resource: string;
    readonly actions: readonly string[];
    readonly condition?: object | undefined;
  }[],
): Statement {
  const { actions = [], condition } = same[0] ?? {};
  const Resource = same.map(({ resource }) => resource).toSorted();
  const limited = condition === undefined ? {} : { Condition: { ...condition } };
  return { Effect: "Allow", Action: actions, Resource, ...limited };
}

function shortened(name: string, value: unknown): unknown {
  const isOne = ["Action", "Resource"].includes(name) && Array.isArray(value) && value.length === 1;
  return isOne ? value[0] : value;
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly (readonly Item[])[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
}
