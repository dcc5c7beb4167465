/** Alerts about policies that grant more than before, and about who else may invoke functions and read secrets. Pure. */
import { accountOf, addedGrants, type Grants, isEveryAction } from "../../iam/policy";
import { codes } from "../../platform/markdown";
import { actionOf, type ResourceChange } from "../plan-file/plan-json";
import { type Alert, critical, warning } from "./alert";
import type { PlanContext } from "./plan-context";
import { isThere, shown } from "./predicates";
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
function changedPolicy({ type, change }: ResourceChange, { paired, account }: PlanContext): readonly Alert[] {
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
  const grants = addedGrants(before[attribute], after?.[attribute]);
  return grants === undefined ? [] : [grantAlert(subject, grants, account)];
}

function grantAlert(subject: string, { principals, actions }: Grants, account: string | undefined): Alert {
  if (actions.length === 0) return warning(`${subject} grants more; ${UNKNOWN}.`);
  const to = principals.length > 0 ? ` to ${codes(principals)}` : "";
  const foreign = foreignIn(principals, account);
  const others = foreign.length > 0 ? ` Of another account: ${codes(foreign)}.` : "";
  const text = `${subject} grants more${to}: ${codes(actions)}.${others}`;
  return principals.includes("*") || actions.some(isEveryAction) ? critical(text) : warning(text);
}

/** What a role gets by a policy that it did not have; of a role that is new itself, only if it is everything. */
function newPolicy({ address, type, name, change }: ResourceChange, { paired, code: stack, plan }: PlanContext) {
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
    return alertUnless(isNewRole, isAll, `The role ${role} is granted all permissions of a managed policy: ${policy}.`);
  }
  const grants = addedGrants(undefined, after["policy"] ?? written["policy"]);
  if (grants === undefined) return [];
  const isRestored = plan.resource_drift.some((drift) => drift.address === address && drift.change.after === null);
  const policy = isRestored ? "A policy that was deleted outside Terraform is created again and" : "A new policy";
  const on = grants.resources.length > 0 ? ` on ${codes(grants.resources.map(readable))}` : "";
  const what = grants.actions.length === 0 ? UNKNOWN : `${codes(grants.actions)}${on}`;
  return alertUnless(
    isNewRole,
    grants.actions.some(isEveryAction),
    `${policy} grants more to the role ${role}: ${what}.`,
  );
}

function alertUnless(isHarmless: boolean, isAll: boolean, text: string): readonly Alert[] {
  if (isAll) return [critical(text)];
  return isHarmless ? [] : [warning(text)];
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
