/**
 * Policies as they are synthesized: JSON text, or a reference to an `aws_iam_policy_document` of the same stack.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
import { blocksOf, isUnset, listOf } from "./attribute-value";
import type { Attributes, SynthesizedStack } from "./synthesized-stack";

const NEGATIONS = ["NotAction", "NotResource", "NotPrincipal"];

/** A statement that allows something. */
export interface AllowStatement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Whom it allows; empty in a policy that belongs to an identity. */
  readonly principals: readonly string[];
  /** Elements that allow all but what they name: `NotAction`, `NotResource`, `NotPrincipal`. */
  readonly negations: readonly string[];
}

/** Statements that allow something; `undefined` when the policy cannot be read before it is deployed. */
export function allowStatements(policy: unknown, stack: SynthesizedStack): readonly AllowStatement[] | undefined {
  const text = String(policy);
  const [, name] = /^\$\{data\.aws_iam_policy_document\.([^.]+)\.json\}$/.exec(text) ?? [];
  if (name !== undefined) return fromDocument(stack.dataSource("aws_iam_policy_document", name), stack);
  try {
    const document: unknown = JSON.parse(text, withLowerCaseKeys);
    return blocksOf(document).flatMap(({ statement }) => blocksOf(statement).filter(isAllow).map(fromJson));
  } catch {
    return undefined;
  }
}

/** IAM does not mind how an element's name is spelled. */
function withLowerCaseKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), inner]));
}

function isAllow({ effect }: Attributes): boolean {
  return effect !== "Deny";
}

function fromJson(statement: Attributes): AllowStatement {
  const { action, resource, principal } = statement;
  return {
    actions: texts(action),
    resources: texts(resource),
    principals: typeof principal === "object" ? Object.values(principal ?? {}).flatMap(texts) : texts(principal),
    negations: NEGATIONS.filter((element) => texts(statement[element.toLowerCase()]).length > 0),
  };
}

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/data-sources/iam_policy_document */
function fromDocument(
  document: Attributes | undefined,
  stack: SynthesizedStack,
): readonly AllowStatement[] | undefined {
  if (document === undefined || !isUnset(document["dynamic"])) return undefined;
  const merged = [...listOf(document["source_policy_documents"]), ...listOf(document["override_policy_documents"])];
  const others = merged.map((other) => allowStatements(other, stack));
  if (others.includes(undefined)) return undefined;
  const own = blocksOf(document["statement"]).filter(isAllow);
  return [...own.map(fromBlock), ...others.flatMap((statements) => statements ?? [])];
}

function fromBlock(statement: Attributes): AllowStatement {
  return {
    actions: texts(statement["actions"]),
    resources: texts(statement["resources"]),
    principals: blocksOf(statement["principals"]).flatMap(({ identifiers }) => texts(identifiers)),
    negations: NEGATIONS.filter((element) => texts(statement[`${snakeCase(element)}s`]).length > 0),
  };
}

/** `NotAction` as `not_action`. */
function snakeCase(element: string): string {
  return element.replace("Not", "not_").toLowerCase();
}

function texts(value: unknown): readonly string[] {
  return listOf(value).map(String);
}
