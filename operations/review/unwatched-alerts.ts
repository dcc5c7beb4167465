/** A quiet line about what no table of the review knows. Pure. */

import { codes } from "../../platform/markdown";
import { type Action, actionOf, type ResourceChange } from "../plan-file/plan-json";
import { type Alert, note } from "./alert";
import { POLICIES } from "./policy-alerts";
import { PROTECTIONS } from "./protections";
import { SHOWN_ATTRIBUTES } from "./shown-attributes";

/** Types that are looked at as part of others, or that protect nothing. */
const PARTS: readonly string[] = [
  "aws_api_gateway_account",
  "aws_api_gateway_deployment",
  "aws_api_gateway_method_response",
  "aws_api_gateway_request_validator",
  "aws_iam_role_policy_attachment",
  "aws_lambda_function_url",
  "aws_secretsmanager_secret_version",
  "terraform_data",
];

const KNOWN: ReadonlySet<string> = new Set([
  ...[PROTECTIONS, POLICIES, SHOWN_ATTRIBUTES].flatMap(Object.keys),
  ...PARTS,
]);

const LOOKED_AT: readonly Action[] = ["create", "update", "replace"];

/** Types of which nothing is compared, in one line. */
export function unwatchedAlerts(changes: readonly ResourceChange[]): readonly Alert[] {
  const touched = changes.filter(({ change }) => LOOKED_AT.includes(actionOf(change)));
  const types = [...new Set(touched.map(({ type }) => type))].filter((type) => !KNOWN.has(type)).toSorted();
  return types.length === 0
    ? []
    : [note(`Not looked into, since the review knows nothing of their type: ${codes(types)}.`)];
}
