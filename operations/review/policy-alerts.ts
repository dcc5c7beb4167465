/** Alerts about policies that grant more than before, and about who else may invoke functions and read secrets. Pure. */

import { BASIC_POLICIES } from "../../constructs/contract/contract";
import { accountOf, addedGrants, type Grants, isEveryAction, type OtherPolicies } from "../../iam/policy";
import { code, codes } from "../../platform/markdown";
import { actionOf, type ResourceChange } from "../plan-file/plan-json";
import { type Alert, critical, info, warning } from "./alert";
import type { PlanContext } from "./plan-context";
import { isThere, shown, valuesIn } from "./predicates";
import { isUnknown } from "./resource-changes";

const ROLE = "aws_iam_role";
const INLINE = "aws_iam_role_policy";
const ATTACHMENT = "aws_iam_role_policy_attachment";
const SECRET_POLICY = "aws_secretsmanager_secret_policy";
const API_GATEWAY = "apigateway.amazonaws.com";

/** The attribute with the policy, how a sentence begins, and the attribute that follows there, by type. */
export const POLICIES: Readonly<Record<string, readonly [attribute: string, label: string, owner: string]>> = {
  [SECRET_POLICY]: ["policy", "The policy of the secret", "secret_arn"],
  [ROLE]: ["assume_role_policy", "The trust policy of the role", "name"],
  [INLINE]: ["policy", "The policy of the role", "role"],
  aws_iam_policy: ["policy", "The policy", "name"],
  aws_api_gateway_rest_api: ["policy", "The policy of the API", "name"],
  aws_api_gateway_rest_api_policy: ["policy", "The policy of the API", "rest_api_id"],
  aws_kms_key: ["policy", "The policy of the key", "id"],
  aws_kms_key_policy: ["policy", "The policy of the key", "key_id"],
};

/** Managed policies that allow everything, or everything of a service. @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html */
const SWEEPING = /\/(?:AdministratorAccess|PowerUserAccess|\w*FullAccess)(?:[-_]\w+)*$/;

const UNKNOWN = "what exactly is unknown";

export function policyAlerts(context: PlanContext): readonly Alert[] {
  return [
    ...context.paired.flatMap((changed) => [
      ...changedPolicy(changed, context),
      ...newPolicy(changed, context),
      ...newTrust(changed),
      ...permission(changed),
    ]),
    ...newReaders(context),
  ];
}

/** A policy that is destroyed may have denied something, unless what it protects is destroyed as well. */
function changedPolicy({ type, change }: ResourceChange, context: PlanContext): readonly Alert[] {
  const { paired, account } = context;
  const [attribute = "", label, owner = ""] = POLICIES[type] ?? [];
  const { before, after } = change;
  if (label === undefined || before === null || actionOf(change) === "forget") return [];
  const isOwnerGone = paired.some(
    (one) =>
      one.change !== change &&
      actionOf(one.change) === "destroy" &&
      ["name", "id", "arn"].some((id) => one.change.before?.[id] === before[owner]),
  );
  if (after === null && isOwnerGone) return [];
  const isKnown = !isUnknown(change, attribute);
  // An API without a policy is open to all: a first one grants nothing, and the loss of one is reported as such.
  const isOpen = !isThere(before[attribute]) || (isKnown && !isThere(after?.[attribute]));
  if (type.startsWith("aws_api_gateway_") && isOpen) return [];
  const subject = `${label} ${shown(before[owner])}`;
  if (!isKnown) return [warning(`What ${subject.replace(/^T/, "t")} grants is known only after apply.`)];
  const others = type === INLINE ? otherPolicies(before["role"], change, context) : undefined;
  const grants = addedGrants(before[attribute], after?.[attribute], others);
  // The policy of a resource is about that resource.
  const isOfIdentity = type === INLINE || type === "aws_iam_policy";
  return grants === undefined
    ? []
    : [grantAlert(subject, isOfIdentity ? grants : { ...grants, resources: [] }, account)];
}

/**
 * The other inline policies of the role, of which what one grants another one may have granted before.
 * @returns `undefined` where a managed policy is attached as well: what it allows is unknown
 */
function otherPolicies(
  role: unknown,
  own: unknown,
  { plan, paired, code: stack }: PlanContext,
): OtherPolicies | undefined {
  const replaced = new Map(paired.map((one) => [one.address, one]));
  const all = plan.resource_changes.map((one) => replaced.get(one.address) ?? one);
  const isOfRole = (values: unknown) => isThere(role) && Object(values)["role"] === role;
  if (all.some(({ type, change }) => type === ATTACHMENT && isOfRole(change.after))) return undefined;
  const others = all.filter(({ type, change }) => type === INLINE && change !== own);
  const before = others.flatMap(({ change }) => (isOfRole(change.before) ? [change.before?.["policy"]] : []));
  const after = others.flatMap(({ name, change }) =>
    isOfRole(change.after) ? [change.after?.["policy"] ?? stack[INLINE]?.[name]?.["policy"]] : [],
  );
  return { before, after };
}

function grantAlert(subject: string, grants: Grants, account: string | undefined): Alert {
  const { principals, actions } = grants;
  if (actions.length === 0) return warning(`${subject} grants more; ${UNKNOWN}.`);
  const to = principals.length > 0 ? ` to ${codes(principals)}` : "";
  const foreign = foreignIn(principals, account);
  const others = foreign.length > 0 ? ` Of another account: ${codes(foreign)}.` : "";
  const text = `${subject} grants more${to}: ${codes(actions)}${onResources(grants)}.${others}`;
  return principals.includes("*") || isSweeping(grants) ? critical(text) : warning(text);
}

function isSweeping({ actions, reachesEveryRole }: Grants): boolean {
  return actions.some(isEveryAction) || reachesEveryRole === true;
}

function onResources({ resources }: Grants): string {
  return resources.length > 0 ? ` on ${codes(resources.map(readable))}` : "";
}

/** What a role gets by a policy that it did not have; of a role that is new itself, an info unless it is everything. */
function newPolicy({ address, type, name, change }: ResourceChange, context: PlanContext): readonly Alert[] {
  const { paired, code: stack, plan } = context;
  const { before, after } = change;
  const isOther = [type === ATTACHMENT ? "policy_arn" : "role", "role"].some((id) => before?.[id] !== after?.[id]);
  if ((type !== INLINE && type !== ATTACHMENT) || after === null || !isOther) return [];
  if (before !== null && actionOf(change) !== "replace") return [];
  const written = stack[type]?.[name] ?? {};
  const created = paired.filter((one) => one.type === ROLE && actionOf(one.change) === "create");
  const isNewRole = !isThere(after["role"]) || created.some((one) => one.change.after?.["name"] === after["role"]);
  const role = shown(after["role"] ?? written["role"]);
  if (type === ATTACHMENT) {
    const arn = after["policy_arn"];
    const isAll = SWEEPING.test(String(arn));
    const policy = isThere(arn) ? shown(arn) : "a policy that is created with it";
    const text = `The role ${role} is granted all permissions of a managed policy: ${policy}.`;
    if (isAll) return [critical(text)];
    return isNewRole ? [] : [warning(text)];
  }
  const others = otherPolicies(after["role"], change, context);
  const grants = addedGrants(undefined, after["policy"] ?? written["policy"], others);
  if (grants === undefined) return [];
  const why = valuesIn(written["//"])["reason"];
  const reason = typeof why === "string" ? ` Reason: ${code(why)}.` : "";
  const what = grants.actions.length === 0 ? UNKNOWN : `${codes(grants.actions)}${onResources(grants)}`;
  if (isNewRole && !isSweeping(grants)) {
    const isBasic = Object.values<unknown>(BASIC_POLICIES).includes(after["name"]);
    return isBasic ? [] : [info(`The new role ${role} is granted ${what}.${reason}`)];
  }
  const isRestored = plan.resource_drift.some((drift) => drift.address === address && drift.change.after === null);
  const policy = isRestored ? "A policy that was deleted outside Terraform is created again and" : "A new policy";
  const text = `${policy} grants more to the role ${role}: ${what}.${reason}`;
  return [isSweeping(grants) ? critical(text) : warning(text)];
}

/** A reference within a resource's ARN, such as `<arn of aws_cloudwatch_log_group.orders>`. */
function readable(resource: string): string {
  return resource.replaceAll(/\$\{([\w-]+\.[\w-]+)\.(\w+)\}/g, "<$2 of $1>");
}

function newTrust({ type, change }: ResourceChange): readonly Alert[] {
  if (type !== ROLE || change.before !== null) return [];
  const principals = addedGrants(undefined, change.after?.["assume_role_policy"])?.principals ?? [];
  return principals.includes("*")
    ? [critical(`The new role ${shown(change.after?.["name"])} can be assumed by anyone.`)]
    : [];
}

/** Only API Gateway invokes functions, for one API. */
function permission({ type, change }: ResourceChange): readonly Alert[] {
  if (type !== "aws_lambda_permission" || change.after === null) return [];
  const { principal, source_arn, function_name } = change.after;
  const fn = `The function ${shown(function_name ?? change.before?.["function_name"])}`;
  if (principal !== API_GATEWAY) {
    const text = `${fn} can be invoked by ${shown(principal)}, bypassing API Gateway.`;
    return [principal === "*" ? critical(text) : warning(text)];
  }
  return isUnknown(change, "source_arn") || isThere(source_arn) ? [] : [warning(`${fn} can be invoked by every API.`)];
}

/** Readers of secrets whose policy is new: those of other accounts, and everyone. */
function newReaders({ changes, paired, code: stack, account }: PlanContext): readonly Alert[] {
  const unknown = new Set<string>();
  const alerts = paired.flatMap(({ type, name, change }) => {
    if (type !== SECRET_POLICY || change.before !== null) return [];
    const written = stack[type]?.[name] ?? {};
    const grants = addedGrants(undefined, change.after?.["policy"] ?? written["policy"]);
    const [, secretName] = /\baws_secretsmanager_secret\.([\w-]+)\./.exec(String(written["secret_arn"])) ?? [];
    const made = changes.find((one) => one.type === "aws_secretsmanager_secret" && one.name === secretName);
    const secret = `The new secret ${shown(change.after?.["secret_arn"] ?? made?.change.after?.["name"])}`;
    if (grants === undefined) return [];
    if (grants.actions.length === 0)
      return [warning(`${secret} has a policy that cannot be read: its readers are unknown.`)];
    if (grants.principals.includes("*")) return [critical(`${secret} can be read by anyone.`)];
    const foreign = foreignIn(grants.principals, account);
    if (account === undefined) {
      for (const one of grants.principals.filter((principal) => accountOf(principal) !== undefined)) unknown.add(one);
    }
    return foreign.length === 0 ? [] : [warning(`${secret} can be read by other accounts: ${codes(foreign)}.`)];
  });
  if (unknown.size === 0) return alerts;
  const readers = codes([...unknown].toSorted());
  return [
    ...alerts,
    warning(
      `The account of the stack is unknown, so these readers of new secrets may belong to another account: ${readers}.`,
    ),
  ];
}

function foreignIn(principals: readonly string[], own: string | undefined): readonly string[] {
  return principals.filter((principal) => {
    const account = accountOf(principal);
    return account !== undefined && own !== undefined && account !== own;
  });
}
