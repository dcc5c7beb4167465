/** Loud lines about policies that allow more than before. Pure. */
import { actionOf, type ResourceChange } from "../plan-json";
import { type Alert, caution, warning } from "./alert";
import { code, codes } from "./markdown-text";
import { type Widening, widening } from "./policy-changes";

/** Where policies are, and what they are called, by type: attribute, and words with the resource's name. */
const POLICIES: Readonly<Record<string, readonly [attribute: string, what: string, nameAttribute: string]>> = {
  aws_secretsmanager_secret_policy: ["policy", "the policy of the secret", "secret_arn"],
  aws_iam_role: ["assume_role_policy", "the trust policy of the role", "name"],
  aws_iam_role_policy: ["policy", "the policy of the role", "role"],
  aws_api_gateway_rest_api: ["policy", "the policy of the API", "name"],
};

const API_GATEWAY = "apigateway.amazonaws.com";

/** What a changed policy allows beyond what it did, and who else may invoke a function. */
export function policyAlerts(changed: ResourceChange): readonly Alert[] {
  return [...policyAlert(changed), ...permissionAlert(changed)];
}

/** A policy that comes with a new resource widens nothing. */
function policyAlert({ type, change }: ResourceChange): readonly Alert[] {
  const found = POLICIES[type];
  if (found === undefined || change.before === null || change.after === null) return [];
  const [attribute, what, nameAttribute] = found;
  const name = code(String(change.before[nameAttribute] ?? "?"));
  if (isUnknown(change, attribute)) return [warning(`What ${what} ${name} allows is known only when it is applied.`)];
  const widened = widening(change.before[attribute], change.after[attribute]);
  return widened === undefined ? [] : [policyLine(`${what} ${name}`, widened)];
}

function policyLine(what: string, { principals, actions }: Widening): Alert {
  const who = principals.length > 0 ? ` to ${codes(principals)}` : "";
  const line = `More is allowed by ${what}${who}: ${actions.length > 0 ? codes(actions) : "it cannot be told what"}.`;
  return principals.includes("*") ? caution(line) : warning(line);
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

function isUnknown({ after_unknown }: ResourceChange["change"], attribute: string): boolean {
  return after_unknown === true || (typeof after_unknown === "object" && after_unknown[attribute] === true);
}
