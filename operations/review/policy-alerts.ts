/** Loud lines about policies that allow more than before. Pure. */

import { code, codes } from "../../platform/markdown";
import { actionOf, type ResourceChange } from "../plan-file/plan-json";
import { type Alert, caution, warning } from "./alert";
import { isEverything, isOfAnotherAccount, type Widening, widening } from "./policy-changes";
import { isThere, shown } from "./protected-values";

/** Where policies are, and what they are called, by type: attribute, and words with the resource's name. */
export const POLICIES: Readonly<Record<string, readonly [attribute: string, what: string, nameAttribute: string]>> = {
  aws_secretsmanager_secret_policy: ["policy", "the policy of the secret", "secret_arn"],
  aws_iam_role: ["assume_role_policy", "the trust policy of the role", "name"],
  aws_iam_role_policy: ["policy", "the policy of the role", "role"],
  aws_iam_policy: ["policy", "the policy", "name"],
  aws_api_gateway_rest_api: ["policy", "the policy of the API", "name"],
  aws_api_gateway_rest_api_policy: ["policy", "the policy of the API", "rest_api_id"],
  aws_kms_key: ["policy", "the policy of the key", "id"],
  aws_kms_key_policy: ["policy", "the policy of the key", "key_id"],
};

const OPEN_WITHOUT: readonly string[] = ["aws_api_gateway_rest_api", "aws_api_gateway_rest_api_policy"];

const API_GATEWAY = "apigateway.amazonaws.com";

/** What a policy is judged by besides itself. */
export interface PolicySurroundings {
  /** The stack's own account; `undefined` when nothing tells it. */
  readonly account: string | undefined;
  /** Names, ids and ARNs of what is destroyed: a policy that goes away with it denies nothing that could be done. */
  readonly gone: ReadonlySet<unknown>;
}

/** What a changed policy allows beyond what it did, and who else may invoke a function. */
export function policyAlerts(changed: ResourceChange, around: PolicySurroundings): readonly Alert[] {
  return [
    ...policyAlert(changed, around),
    ...newRoleAlert(changed),
    ...permissionAlert(changed),
    ...functionUrlAlert(changed),
  ];
}

/** A policy that comes with a new resource widens nothing; one that goes away may have denied something. */
function policyAlert({ type, change }: ResourceChange, { account, gone }: PolicySurroundings): readonly Alert[] {
  const found = POLICIES[type];
  const { before, after } = change;
  if (found === undefined || before === null || actionOf(change) === "forget") return [];
  const [attribute, what, nameAttribute] = found;
  if (after === null && gone.has(before[nameAttribute])) return [];
  const isKnown = !isUnknown(change, attribute);
  // An API without a policy is open to all: losing one is told as such, and none before could not be widened.
  const isOpen = !isThere(before[attribute]) || (isKnown && !isThere(after?.[attribute]));
  if (OPEN_WITHOUT.includes(type) && isOpen) return [];
  const name = shown(before[nameAttribute]);
  if (!isKnown) return [warning(`What ${what} ${name} allows is known only when it is applied.`)];
  const widened = widening(before[attribute], after?.[attribute]);
  return widened === undefined ? [] : [policyLine(`${what} ${name}`, widened, account)];
}

function policyLine(what: string, { principals, actions }: Widening, account: string | undefined): Alert {
  const who = principals.length > 0 ? ` to ${codes(principals)}` : "";
  const foreign = principals.filter((principal) => isOfAnotherAccount(principal, account));
  const others = foreign.length > 0 ? ` Of another account: ${codes(foreign)}.` : "";
  const told = actions.length > 0 ? codes(actions) : "it cannot be told what";
  const line = `More is allowed by ${what}${who}: ${told}.${others}`;
  return principals.includes("*") || actions.some(isEverything) ? caution(line) : warning(line);
}

/** A new role whose trust names nobody lets everybody be it, in any account. */
function newRoleAlert({ type, change }: ResourceChange): readonly Alert[] {
  if (type !== "aws_iam_role" || actionOf(change) !== "create") return [];
  const trusted = widening(undefined, change.after?.["assume_role_policy"])?.principals ?? [];
  return trusted.includes("*") ? [caution(`Everybody may take the new role ${shown(change.after?.["name"])}.`)] : [];
}

/** API Gateway may invoke functions, for one API; everybody else is worth a look. */
function permissionAlert({ type, change }: ResourceChange): readonly Alert[] {
  if (type !== "aws_lambda_permission" || actionOf(change) === "nothing" || change.after === null) return [];
  const { principal, source_arn, function_name } = change.after;
  const fn = code(String(function_name ?? change.before?.["function_name"] ?? "?"));
  if (principal !== API_GATEWAY) {
    const line = `${code(String(principal))} will be allowed to invoke the function ${fn}, past API Gateway.`;
    return [principal === "*" ? caution(line) : warning(line)];
  }
  const isBound = isUnknown(change, "source_arn") || (typeof source_arn === "string" && source_arn !== "");
  return isBound ? [] : [warning(`Every API of anybody will be allowed to invoke the function ${fn}.`)];
}

/** One whose authorization is turned off is compared with what it was elsewhere. */
function functionUrlAlert({ type, change }: ResourceChange): readonly Alert[] {
  if (type !== "aws_lambda_function_url" || actionOf(change) !== "create") return [];
  const fn = shown(change.after?.["function_name"]);
  return change.after?.["authorization_type"] === "AWS_IAM"
    ? [warning(`Whoever IAM allows will be able to call the function ${fn} by its own URL, past API Gateway.`)]
    : [caution(`Anybody will be able to call the function ${fn} by its own URL, past API Gateway.`)];
}

function isUnknown({ after_unknown }: ResourceChange["change"], attribute: string): boolean {
  return after_unknown === true || (typeof after_unknown === "object" && after_unknown[attribute] === true);
}
