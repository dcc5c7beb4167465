/**
 * Policy documents as the data source `aws_iam_policy_document` writes them: down to the order of keys and values, since
 * the text ends up in plans.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/data-sources/iam_policy_document
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/iam/policy_model.go
 */
import { crc32 } from "node:zlib";
import { AwsError } from "../../errors";
import { type Attributes, blocks, isObject, optionalText, text, texts, type Value } from "../../terraform/attributes";
import { defineDataSource } from "../../terraform/data-source";

/** A policy; what is left out is not written. */
interface Policy {
  readonly Version: string | undefined;
  readonly Id: string | undefined;
  readonly Statement: readonly Statement[];
}

/** A statement, with its keys in the order in which they are written. */
type Statement = Attributes;

const KEYS = [
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "NotPrincipal",
  "Condition",
];

const invalid = (message: string) => new AwsError("writing IAM Policy Document", message);

const EMPTY: Policy = { Version: undefined, Id: undefined, Statement: [] };

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

/** The first policy with the second one's statements, which take the place of those with their Sid. */
function merged(policy: Policy, other: Policy): Policy {
  const statements = [...policy.Statement];
  for (const statement of other.Statement) {
    const same = statements.findIndex(({ Sid }) => Sid === statement["Sid"] && Sid !== undefined);
    if (same < 0) statements.push(statement);
    else statements[same] = statement;
  }
  // A version is a date, such as 2012-10-17.
  const newest = [policy.Version ?? "", other.Version ?? ""].toSorted().at(-1);
  return {
    Version: newest || undefined,
    Id: other.Id ?? policy.Id,
    Statement: statements,
  };
}

/** The policy's JSON. @param indent spaces; none writes everything in one line */
function policyJson({ Version, Id, Statement }: Policy, indent?: number): string {
  const document = { Version, Id, ...(Statement.length === 0 ? {} : { Statement }) };
  // As Go writes JSON, so that it may stand in HTML.
  return JSON.stringify(document, null, indent).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A policy that was written by others. @param what names it @throws {AwsError} when it is none */
function parsePolicy(json: string, what: string): Policy {
  let policy: Value;
  try {
    policy = JSON.parse(json);
  } catch (cause) {
    throw invalid(`${what} is not JSON: ${String(cause)}`);
  }
  const statements = isObject(policy) ? (policy["Statement"] ?? []) : null;
  if (!isObject(policy) || !Array.isArray(statements) || !statements.every(isObject)) {
    throw invalid(`${what} is not a policy with a list of statements`);
  }
  return {
    Version: optionalText(policy, "Version"),
    Id: optionalText(policy, "Id"),
    Statement: (statements as readonly Attributes[]).map((statement) => ordered(normalized(statement))),
  };
}

/** The statement of a block `statement`. @throws {AwsError} when it cannot be written in this version */
function statementOf(block: Attributes, version: string): Statement {
  const replaced = (value: string) => withVariables(value, version);
  const listed = (name: string, change = (value: string) => value) => oneOrMore(texts(block, name).map(change));
  return ordered({
    Sid: optionalText(block, "sid"),
    Effect: optionalText(block, "effect") ?? "Allow",
    Action: listed("actions"),
    NotAction: listed("not_actions"),
    Resource: listed("resources", replaced),
    NotResource: listed("not_resources", replaced),
    Principal: principalsOf(blocks(block, "principals"), replaced),
    NotPrincipal: principalsOf(blocks(block, "not_principals"), replaced),
    Condition: conditionsOf(
      blocks(block, "condition").map((condition) => ({
        test: text(condition, "test"),
        variable: text(condition, "variable"),
        values: texts(condition, "values").map(replaced),
      })),
    ),
  });
}

/** `&{` stands for `${`, which Terraform would take for its own. */
function withVariables(value: string, version: string): string {
  if (version !== "2008-10-17" || !value.includes("&{")) return value.replaceAll("&{", "${");
  throw invalid(`found &{ sequence in (${value}), which is not supported in document version 2008-10-17`);
}

/** One value stands alone; several are sorted backwards. */
function oneOrMore(values: readonly string[]): Value | undefined {
  return values.length < 2 ? values[0] : backwards(values);
}

function backwards(values: readonly string[]): readonly string[] {
  return [...values].sort().reverse();
}

function principalsOf(found: readonly Attributes[], replaced: (value: string) => string): Value | undefined {
  const [first] = found;
  if (first === undefined) return undefined;
  const identifiers = (block: Attributes) => texts(block, "identifiers").map(replaced);
  if (found.length === 1 && text(first, "type") === "*" && identifiers(first).join() === "*") return "*";
  const byType = new Map<string, readonly string[]>();
  for (const block of found) {
    const type = text(block, "type");
    byType.set(type, [...(byType.get(type) ?? []), ...backwards(identifiers(block))]);
  }
  return sortedObject([...byType].map(([type, all]) => [type, all.length === 1 ? (all[0] ?? "") : all]));
}

interface Condition {
  readonly test: string;
  readonly variable: string;
  readonly values: readonly string[];
}

/** Values keep their order; one alone is written without a list. */
function conditionsOf(conditions: readonly Condition[]): Value | undefined {
  const byTest = new Map<string, Map<string, readonly string[]>>();
  for (const { test, variable, values } of conditions) {
    const byVariable = byTest.get(test) ?? new Map<string, readonly string[]>();
    byTest.set(test, byVariable.set(variable, [...(byVariable.get(variable) ?? []), ...values]));
  }
  if (byTest.size === 0) return undefined;
  const flat = (values: readonly string[]) => (values.length === 1 ? (values[0] ?? "") : values);
  const tests = [...byTest].map(([test, byVariable]): [string, Value] => [
    test,
    sortedObject([...byVariable].map(([variable, values]) => [variable, flat(values)])),
  ]);
  return sortedObject(tests);
}

/** A statement as it is after the real provider has read and written it. */
function normalized(statement: Attributes): Readonly<Record<string, Value | undefined>> {
  const { Principal, NotPrincipal, Condition } = statement;
  const principals = (value: Value | undefined): Value | undefined => {
    if (!isObject(value)) return typeof value === "string" ? "*" : undefined;
    const all = Object.entries(value).map(([type, of]): [string, Value] => [
      type,
      Array.isArray(of) ? backwards(texts(value, type)) : of,
    ]);
    return sortedObject(all);
  };
  const conditions = Object.entries(isObject(Condition) ? Condition : {}).flatMap(([test, variables]) =>
    Object.entries(isObject(variables) ? variables : {}).map(([variable, values]): Condition => {
      const list = Array.isArray(values) ? values : [values];
      return { test, variable, values: list.map(String) };
    }),
  );
  return {
    ...statement,
    Principal: principals(Principal),
    NotPrincipal: principals(NotPrincipal),
    Condition: conditionsOf(conditions),
  };
}

/** What a statement has of its keys, in their order. */
function ordered(statement: Readonly<Record<string, Value | undefined>>): Statement {
  return Object.fromEntries(
    KEYS.flatMap((key): (readonly [string, Value])[] => {
      const value = statement[key];
      const isLeftOut = value === "" && ["Sid", "Effect"].includes(key);
      return value === undefined || value === null || isLeftOut ? [] : [[key, value]];
    }),
  );
}

function sortedObject(entries: readonly (readonly [string, Value])[]): Attributes {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
