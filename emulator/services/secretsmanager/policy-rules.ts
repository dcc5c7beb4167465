/** Whether a secret's resource policy lets in everybody. Pure. */
import { AwsError, UnsupportedError } from "../../errors";

/**
 * Checks what AWS checks when a policy is put on a secret.
 *
 * @param isPublicBlocked whether a policy that lets in every principal is refused
 * @throws {AwsError} `MalformedPolicyDocumentException`, or `PublicPolicyException` when public policies are blocked
 * @throws {UnsupportedError} when only a condition could keep the policy from being public
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html
 */
export function checkSecretPolicy(policy: string, isPublicBlocked: boolean): void {
  const statements = statementsOf(policy);
  if (!isPublicBlocked) return;
  const open = statements.filter(({ Effect, Principal, NotPrincipal }) => {
    return Effect === "Allow" && (NotPrincipal !== undefined || isEverybody(Principal));
  });
  if (open.some(({ Condition }) => Condition === undefined)) {
    throw new AwsError(
      "PublicPolicyException",
      "The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret.",
    );
  }
  if (open.length === 0) return;
  throw new UnsupportedError(
    "a secret's policy for every principal under a condition is not emulated: whether it is public is AWS's to say",
  );
}

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: unknown;
}

function statementsOf(policy: string): readonly Statement[] {
  const document = parse(policy);
  const statement = isRecord(document) ? document["Statement"] : undefined;
  const statements: readonly unknown[] = Array.isArray(statement) ? statement : [statement];
  if (!statements.every(isRecord)) throw malformed();
  if (!statements.every(({ Effect }) => Effect === "Allow" || Effect === "Deny")) throw malformed();
  return statements;
}

function parse(policy: string): unknown {
  try {
    return JSON.parse(policy);
  } catch {
    throw malformed();
  }
}

/** `"*"`, `{"AWS": "*"}`, or a list with `"*"` in it. */
function isEverybody(principal: unknown): boolean {
  if (Array.isArray(principal)) return principal.some(isEverybody);
  return isRecord(principal) ? Object.values(principal).some(isEverybody) : principal === "*";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(): AwsError {
  return new AwsError("MalformedPolicyDocumentException", "This resource policy contains invalid Json");
}
