/** Values that the real provider takes for roles and their policies. */
import type { ValuePath, ValueRule, ValueRules } from "../../terraform/kind-values";
import { all, arn, between, json, jsonMistake, length, must, oneOfWords, pattern } from "../../terraform/value-rule";

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/iam/validate.go */
const resourceName = (max: number) => all(length(1, max), pattern(/^[\w+=,.@-]*$/, "must match [\\w+=,.@-]"));

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/verify/validate.go */
const policyJson: ValueRule = (value, { key }) => {
  const given = String(value);
  if (given === "") return [{ summary: `"${key}" is an empty string, which is not a valid JSON value` }];
  const why = given.startsWith("{") ? jsonMistake(given) : notAnObject(given);
  return why === undefined ? [] : [{ summary: `"${key}" contains an invalid JSON policy: ${why}` }];
};

function notAnObject(given: string): string {
  if (/^[ \t\r\n]/.test(given)) return "leading space characters are not allowed";
  if (given.startsWith("[")) return "contains a JSON array, not a JSON object";
  if (!given.startsWith('"')) return "not a JSON object";
  return `contains a JSON-encoded string, not a JSON-encoded object${hintOf(given)}`;
}

/** The two ways in which a string comes to stand where an object should. */
function hintOf(given: string): string {
  if (jsonMistake(given) !== undefined) return "";
  const content: unknown = JSON.parse(given);
  if (typeof content !== "string") return "";
  if (content.endsWith(".json")) {
    return " (have you passed a JSON-encoded filename instead of the content of that file?)";
  }
  return jsonMistake(content) === undefined ? " (have you double-encoded your JSON data?)" : "";
}

/** What only may be set to nothing any more. */
const removed = must(
  (value) => value === "",
  (value, { key }) => `expected "${key}" to be an empty string: got ${value}`,
);

const notEmpty = must(
  (value) => value !== "",
  (value, { key }) => `expected "${key}" to not be an empty string, got ${value}`,
);

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/iam/role.go */
const role: ValueRules = {
  assume_role_policy: policyJson,
  description: all(
    length(0, 1000),
    pattern(/^[^“‘]*$/, "cannot contain specially formatted single or double quotes: [“‘]"),
  ),
  "inline_policy.name": all(notEmpty, resourceName(128)),
  "inline_policy.policy": policyJson,
  max_session_duration: between(3600, 43_200),
  name: resourceName(64),
  name_prefix: resourceName(38),
  path: length(0, 512),
};

/** For a rule that is only asked whether it is kept. */
const NOWHERE: ValuePath = { name: "", key: "", path: "" };

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/iam/role_policy.go */
const rolePolicy: ValueRules = {
  name: resourceName(128),
  name_prefix: resourceName(102),
  policy: policyJson,
  role: all(
    length(1, 128),
    must(
      (value) => /[\w+=,.@-]+/.test(String(value)),
      (value, { key }) => `expected value of ${key} to match regular expression "[\\\\w+=,.@-]+", got ${value}`,
    ),
    must(
      (value) => arn(value, NOWHERE).length > 0,
      (_value, { key }) => `"${key}" must be the role's name not its ARN`,
    ),
  ),
};

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/iam/policy_document_data_source.go */
const policyDocument: ValueRules = {
  override_json: removed,
  "override_policy_documents[]": json,
  source_json: removed,
  "source_policy_documents[]": json,
  "statement.effect": oneOfWords("Allow", "Deny"),
  "statement.sid": pattern(/^[0-9A-Za-z]*$/, "must only include alphanumeric characters"),
  version: oneOfWords("2008-10-17", "2012-10-17"),
};

/** By Terraform type; that of a data source begins with `data.`. */
export const iamRules: Readonly<Record<string, ValueRules>> = {
  aws_iam_role: role,
  aws_iam_role_policy: rolePolicy,
  "data.aws_iam_policy_document": policyDocument,
};
