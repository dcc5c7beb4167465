/**
 * The grammar of a role's policies, as far as AWS refuses what breaks it. Of actions and resources, only the form is looked at.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */

import { AwsError } from "../../errors";
import { type Attributes, isObject, type Value } from "../../terraform/attributes";

const OF_POLICY = ["Version", "Id", "Statement"];
const OF_STATEMENT = ["Sid", "Effect", "Condition"];
/** Each of them, or its opposite, `NotAction` and so on. */
const OPERANDS = ["Action", "Principal", "Resource"];

const malformed = (message: string) => new AwsError("MalformedPolicyDocument", message);

/** Checks who may take a role. The wording for a missing action is unconfirmed. @throws {AwsError} `MalformedPolicyDocument` */
export function checkTrustPolicy(policy: string, isKnown: (principal: string) => boolean): void {
  for (const statement of statementsOf(policy)) {
    const missing = ["Principal", "Action"].find((name) => !has(statement, name));
    if (missing !== undefined) throw malformed(`Missing required field ${missing}`);
    if (has(statement, "Resource")) throw malformed("Has prohibited field Resource");
    checkActions(statement);
    if (!valuesOf(statement, "Action").every((action) => /^(?:\*$|sts:)/i.test(action))) {
      throw malformed("AssumeRole policy may only specify STS AssumeRole actions.");
    }
    checkPrincipals(statement, isKnown);
  }
}

/** Roles are looked up, for AWS keeps their ids; other principals are believed. */
function checkPrincipals({ Principal, NotPrincipal }: Attributes, isKnown: (principal: string) => boolean): void {
  const principals = Principal ?? NotPrincipal ?? null;
  if (!isObject(principals)) return;
  const named = Object.keys(principals).flatMap((kind) =>
    valuesOf(principals, kind).map((one) => [kind, one] as const),
  );
  if (named.length === 0) throw malformed("The passed in policy has a statement with no principals!");
  const unknown = named.find(([, principal]) => !isKnown(principal));
  if (unknown !== undefined) throw malformed(`Invalid principal in policy: "${unknown[0]}":"${unknown[1]}"`);
}

/** Checks what a role may do. @throws {AwsError} `MalformedPolicyDocument` */
export function checkRolePolicy(policy: string): void {
  for (const statement of statementsOf(policy)) {
    if (has(statement, "Principal")) throw malformed("Policy document should not specify a principal.");
    if (!has(statement, "Action")) throw malformed("Policy statement must contain actions.");
    if (!has(statement, "Resource")) throw malformed("Policy statement must contain resources.");
    checkActions(statement);
    const resource = valuesOf(statement, "Resource").find((one) => !/^(?:\*|arn:)/.test(one));
    if (resource !== undefined) throw malformed(`Resource ${resource} must be in ARN format or "*".`);
  }
}

function checkActions(statement: Attributes): void {
  for (const action of valuesOf(statement, "Action")) {
    const colons = action.split(":").length - 1;
    if (colons > 1) throw malformed("Actions/Condition can contain only one colon.");
    if (colons === 0 && action !== "*") {
      throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    }
  }
}

function statementsOf(policy: string): readonly Attributes[] {
  const document = parse(policy);
  const { Statement = null, Version = "2008-10-17" } = document;
  const statements: readonly Value[] = Array.isArray(Statement) ? Statement : [Statement];
  const isVersion = ["2008-10-17", "2012-10-17"].some((version) => version === Version);
  if (!isVersion || !hasOnly(document, OF_POLICY) || !statements.every(isStatement)) {
    throw malformed("Syntax errors in policy.");
  }
  const ids = statements.flatMap(({ Sid = "" }) => (Sid === "" ? [] : [String(Sid)]));
  if (new Set(ids).size < ids.length) throw malformed("Statement IDs (SID) in a single policy must be unique.");
  if (ids.every((id) => /^[0-9A-Za-z]+$/.test(id))) return statements;
  throw malformed(
    "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
  );
}

/** @throws {AwsError} `MalformedPolicyDocument` when the text is not a JSON object */
function parse(policy: string): Attributes {
  try {
    const document: Value = JSON.parse(policy);
    if (isObject(document)) return document;
  } catch {
    // AWS does not say what is wrong with the JSON either.
  }
  throw malformed("This policy contains invalid Json");
}

function isStatement(statement: Value): statement is Attributes {
  if (!isObject(statement)) return false;
  const opposites = OPERANDS.map((name) => `Not${name}`);
  const isEffect = ["Allow", "Deny"].some((effect) => effect === statement["Effect"]);
  const areBoth = OPERANDS.some((name) => name in statement && `Not${name}` in statement);
  const areTexts = ["Action", "NotAction", "Resource", "NotResource"].every((name) =>
    isOneOrMore(statement[name] ?? []),
  );
  return isEffect && !areBoth && areTexts && hasOnly(statement, [...OF_STATEMENT, ...OPERANDS, ...opposites]);
}

function isOneOrMore(value: Value): boolean {
  return (Array.isArray(value) ? value : [value]).every((one) => typeof one === "string");
}

/** What stands under the name or its opposite, as one text or as a list. */
function valuesOf(element: Attributes, name: string): readonly string[] {
  const value = element[name] ?? element[`Not${name}`] ?? [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

function hasOnly(element: Attributes, names: readonly string[]): boolean {
  return Object.keys(element).every((name) => names.includes(name));
}

function has(statement: Attributes, name: string): boolean {
  return name in statement || `Not${name}` in statement;
}
