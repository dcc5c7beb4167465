/**
 * The grammar of a role's policies, as far as AWS refuses what breaks it. Actions and resources are not looked up.
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

/** Checks who may take a role. For a missing action, wording unconfirmed. @throws {AwsError} `MalformedPolicyDocument` */
export function checkTrustPolicy(policy: string): void {
  for (const statement of statementsOf(policy)) {
    const missing = ["Principal", "Action"].find((name) => !has(statement, name));
    if (missing !== undefined) throw malformed(`Missing required field ${missing}`);
    if (has(statement, "Resource")) throw malformed("Has prohibited field Resource");
  }
}

/** Checks what a role may do. @throws {AwsError} `MalformedPolicyDocument` */
export function checkRolePolicy(policy: string): void {
  for (const statement of statementsOf(policy)) {
    if (has(statement, "Principal")) throw malformed("Policy document should not specify a principal.");
    if (!has(statement, "Action")) throw malformed("Policy statement must contain actions.");
    if (!has(statement, "Resource")) throw malformed("Policy statement must contain resources.");
  }
}

function statementsOf(policy: string): readonly Attributes[] {
  const document = parse(policy);
  const { Statement = null, Version = "2008-10-17" } = document;
  const statements: readonly Value[] = Array.isArray(Statement) ? Statement : [Statement];
  const isVersion = ["2008-10-17", "2012-10-17"].some((version) => version === Version);
  if (isVersion && hasOnly(document, OF_POLICY) && statements.every(isStatement)) return statements;
  throw malformed("Syntax errors in policy.");
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
  return isEffect && !areBoth && hasOnly(statement, [...OF_STATEMENT, ...OPERANDS, ...opposites]);
}

function hasOnly(element: Attributes, names: readonly string[]): boolean {
  return Object.keys(element).every((name) => names.includes(name));
}

function has(statement: Attributes, name: string): boolean {
  return name in statement || `Not${name}` in statement;
}

/** The document as IAM's APIs answer it: percent-encoded as RFC 3986 has it. */
export function encodeDocument(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
