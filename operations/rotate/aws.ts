/** AWS's JSON APIs as a rotation calls them: an answer, or an error that says what was refused and nothing secret. */
import type { z } from "zod";
import { type CallAws, codeOf } from "../../platform/patient-call";
import { UserError } from "../../platform/user-error";

/** AWS said no: the call changed nothing. */
export class AwsRefusal extends UserError {
  /** @param code AWS's name of the exception */
  constructor(
    operation: string,
    readonly code: string,
    status: number,
  ) {
    super(`AWS refused ${operation}: ${code} (${status})${adviceOn(code, operation)}`);
  }
}

const TARGETS = {
  "cognito-idp": "AWSCognitoIdentityProviderService",
  secretsmanager: "secretsmanager",
} as const;

/**
 * Calls an operation.
 *
 * @param service also the name that permissions begin with
 * @returns what the shape says of the answer
 * @throws {AwsRefusal} when AWS says no; the answer's text is left out, since nobody knows what it repeats
 */
export async function operate<Shape extends z.ZodType>(
  call: CallAws,
  { service, region }: { readonly service: keyof typeof TARGETS; readonly region: string },
  operation: string,
  input: object,
  shape: Shape,
): Promise<z.infer<Shape>> {
  const { status, body } = await call({
    service,
    region,
    method: "POST",
    headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": `${TARGETS[service]}.${operation}` },
    body: JSON.stringify(input),
  });
  if (status === 200) return shape.parse(body === "" ? {} : JSON.parse(body));
  const named = `${service}:${operation}`;
  if (status >= 500) throw new UserError(`AWS could not do ${named} at the moment (${status}). Run the command again.`);
  throw new AwsRefusal(named, codeOf({ body }), status);
}

function adviceOn(code: string, operation: string): string {
  if (!code.startsWith("AccessDenied")) return "";
  return `. The credentials of the environment need the permission ${operation}`;
}
