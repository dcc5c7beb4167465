/**
 * Whether an identity's policy allows a request, as IAM evaluates it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { isAboutAction, matchesPattern, readPolicy, type Statement } from "../../iam/policy";

/** What IAM decides on. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  /** Values of condition keys; a key that is left out is not in the request. */
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

/** @throws {Error} for a policy that is not one, and for an operator that is not known here */
export function isAllowed(policy: unknown, request: IamRequest): boolean {
  const statements = readPolicy(policy);
  if (statements === undefined) throw new Error("not a policy");
  const matching = statements.filter((statement) => isAbout(statement, request));
  return matching.length > 0 && matching.every(({ effect }) => effect === "Allow");
}

function isAbout(statement: Statement, { action, resource, context = {} }: IamRequest): boolean {
  return (
    isAboutAction(statement, action) &&
    statement.resources.some((pattern) => matchesPattern(pattern, resource)) &&
    Object.entries(statement.conditions).every(([operator, keys]) =>
      Object.entries(keys).every(([key, patterns]) => holds(operator, context[key], patterns)),
    )
  );
}

function holds(operator: string, values: readonly string[] | undefined, patterns: readonly string[]): boolean {
  const isLike = (value: string) => patterns.some((pattern) => matchesPattern(pattern, value));
  switch (operator) {
    case "StringEquals":
      return values?.length === 1 && patterns.includes(values.join());
    case "ForAllValues:StringLike":
      return (values ?? []).every(isLike);
    default:
      throw new Error(`${operator} is not known`);
  }
}
