/**
 * The IAM policies of the roles that workflows take on, from a table of what each resource kind and each command needs. The
 * table has one entry a kind, so that a new kind in the stack is a new entry here. Pure.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { z } from "zod";

const grant = z.object({
  /** ARNs, with `<account>`, `<region>`, `<prefix>`, `<bucket>` and `<key>` in them. */
  on: z.array(z.string()).min(1),
  /** What planning needs. */
  read: z.array(z.string()),
  /** What applying needs besides. */
  write: z.array(z.string()),
  condition: z.record(z.string(), z.record(z.string(), z.string())).optional(),
  /** Where it is limited besides, if the policy has that limit: see {@link Limits}. */
  limit: z.enum(["boundary", "only-with-boundary", "only-without-boundary", "resource-tag", "request-tag"]).optional(),
  /** Whether only custom domains need it, which previews do not have. */
  ofDomain: z.literal(true).optional(),
  /** Why it is wider than one would wish. */
  why: z.string().optional(),
});

/** What is needed, by resource kind and by command. */
export const actionsShape = z.object({
  kinds: z.record(z.string(), z.array(grant)),
  commands: z.record(z.string(), z.array(grant)),
  /** Of commands that only the role that plans runs. AWS's limit leaves the other one no room for them. */
  planOnly: z.record(z.string(), z.array(grant)),
  /** Of rotating secrets, for which there is a role of its own. */
  rotation: z.record(z.string(), z.array(grant)),
  /** What the roles of the stack itself need: the permissions boundary. */
  boundary: z.record(z.string(), z.array(grant)),
});

export type Actions = Readonly<z.infer<typeof actionsShape>>;

type Grant = z.infer<typeof grant>;

/** What a policy is limited by besides names. */
export interface Limits {
  /** ARN of the permissions boundary without which no role is created and no role's policies are changed. */
  readonly boundary?: string;
  /** The tag of every user pool, API and domain name that may be used: their ARNs hold ids and not the prefix. */
  readonly tag?: { readonly key: string; readonly value: string };
  /** Whether custom domains are left out. */
  readonly hasNoDomains?: boolean;
}

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

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const MAX_MANAGED_CHARACTERS = 6144;
/** Of all inline policies of a role together. */
export const MAX_INLINE_CHARACTERS = 10_240;

/** Characters of a policy as AWS counts them: without white space. */
export function lengthOf(policy: string): number {
  return policy.replaceAll(/\s/g, "").length;
}

/**
 * A role that plans and looks for drift; one that applies, which includes planning; one that rotates a client's secret and
 * reads the state for it; the permissions boundary of the roles that the stack itself has.
 */
export type Role = "plan" | "apply" | "rotate" | "boundary";

/** The policy of a role. */
export function policyOf(role: Role, actions: Actions, limits: Limits = {}): Policy {
  const { kinds, commands, planOnly, rotation, boundary } = actions;
  const grants = {
    plan: [kinds, commands, planOnly],
    apply: [kinds, commands],
    rotate: [rotation, { state: commands["state"] ?? [] }],
    boundary: [boundary],
  };
  const needed = grants[role]
    .flatMap((one) => Object.values(one).flat())
    .filter((one) => isNeeded(one, limits))
    .flatMap((one) => {
      const allowed = role === "plan" ? one.read : [...one.read, ...one.write];
      return one.on.map((resource) => ({ resource, actions: allowed, condition: conditionOf(one, limits) }));
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

/** A role that workflows assume. */
export type TrustedRole = "plan" | "apply" | "rotate";

/**
 * Who may take on the role: jobs of the repository; for applying only those of the protected environment, and for rotating,
 * which waits for no approval, only those of main.
 */
export function trustOf(role: TrustedRole): object {
  const issuer = "token.actions.githubusercontent.com";
  const main = "<subject>:ref:refs/heads/main";
  const subjects = {
    plan: ["<subject>:pull_request", main],
    apply: ["<subject>:environment:<environment>"],
    rotate: [main],
  };
  const StringEquals = {
    [`${issuer}:aud`]: "sts.amazonaws.com",
    [`${issuer}:sub`]: subjects[role],
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

function isNeeded({ limit, ofDomain }: Grant, { boundary, hasNoDomains }: Limits): boolean {
  if (hasNoDomains && ofDomain) return false;
  return limit !== (boundary === undefined ? "only-with-boundary" : "only-without-boundary");
}

function conditionOf({ limit, condition }: Grant, { boundary, tag }: Limits): Grant["condition"] {
  if (boundary !== undefined && (limit === "boundary" || limit === "only-with-boundary")) {
    return { StringEquals: { "iam:PermissionsBoundary": boundary } };
  }
  if (tag === undefined || (limit !== "resource-tag" && limit !== "request-tag")) return condition;
  const key = limit === "resource-tag" ? "aws:ResourceTag" : "aws:RequestTag";
  return { StringEquals: { [`${key}/${tag.key}`]: tag.value } };
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
