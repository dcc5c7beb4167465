/** The data source that writes policy documents; it asks nothing of the account. */
import { crc32 } from "node:zlib";
import { AwsError } from "../../errors";
import { type Attributes, blocks, optionalText, texts } from "../../terraform/attributes";
import { defineDataSource } from "../../terraform/data-source";
import { merged, type Policy, parsePolicy, policyJson, statementOf } from "./policy-document";

const EMPTY: Policy = { Version: undefined, Id: undefined, Statement: [] };

const invalid = (message: string) => new AwsError("writing IAM Policy Document", message);

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/data-sources/iam_policy_document */
export const policyDocument = defineDataSource("aws_iam_policy_document", { read: readPolicyDocument });

/** The document with its id and its text, indented and in one line. @throws {AwsError} for what cannot be written */
export function readPolicyDocument(config: Attributes): Attributes {
  checkPlan(config);
  const version = optionalText(config, "version") ?? "2012-10-17";
  const statement = blocks(config, "statement").map((block) => ({
    ...block,
    effect: optionalText(block, "effect") ?? "Allow",
  }));
  const own: Policy = {
    Version: version,
    Id: optionalText(config, "policy_id"),
    Statement: statement.map((block) => statementOf(block, version)),
  };
  requireUnique([own], (sid) => `duplicate Sid (${sid}). Remove the Sid or ensure the Sid is unique.`);
  const sources = parsed(config, "source_policy_documents");
  requireUnique(
    sources,
    (sid) => `duplicate Sid (${sid}) in source_policy_documents. Remove the Sid or ensure Sids are unique.`,
  );
  const policy = [...sources, own, ...parsed(config, "override_policy_documents")].reduce(merged, EMPTY);
  const json = policyJson(policy, 2);
  return { id: String(crc32(json)), json, minified_json: policyJson(policy), version, statement };
}

function parsed(config: Attributes, name: string): readonly Policy[] {
  return texts(config, name).flatMap((json, index) => (json === "" ? [] : [parsePolicy(json, `${name}.${index}`)]));
}

/** @throws {AwsError} for a Sid that more than one statement has */
function requireUnique(policies: readonly Policy[], complaint: (sid: string) => string): void {
  const seen = new Set<string>();
  for (const { Sid } of policies.flatMap(({ Statement }) => Statement)) {
    if (typeof Sid !== "string") continue;
    if (seen.has(Sid)) throw invalid(complaint(Sid));
    seen.add(Sid);
  }
}

/** What the real provider checks of the configuration alone. */
function checkPlan(config: Attributes): void {
  requireOneOf("version", optionalText(config, "version"), ["2008-10-17", "2012-10-17"]);
  for (const name of ["override_json", "source_json"]) {
    if (optionalText(config, name) !== undefined) throw invalid(`expected ${name} to be an empty string`);
  }
  for (const [index, block] of blocks(config, "statement").entries()) {
    requireOneOf(`statement.${index}.effect`, optionalText(block, "effect"), ["Allow", "Deny"]);
    if (!/^[a-zA-Z0-9]*$/.test(optionalText(block, "sid") ?? "")) {
      throw invalid(`invalid value for statement.${index}.sid (must only include alphanumeric characters)`);
    }
  }
}

function requireOneOf(name: string, value: string | undefined, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value)) return;
  throw invalid(`expected ${name} to be one of ${allowed.map((one) => JSON.stringify(one)).join(", ")}, got ${value}`);
}
