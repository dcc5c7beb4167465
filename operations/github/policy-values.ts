/** What stands in the place of a policy's placeholders for an environment. Pure. */
import type { Environment } from "../../access/access-model";
import { UserError } from "../../platform/user-error";
import { filledIn, type Policy, type Statement } from "./policies";
import { previewKey, previewName } from "./preview";

/** What access.yaml does not say. */
export interface PolicyOptions {
  /** Where it is not in access.yaml. */
  readonly account?: string;
  /** What GitHub's tokens are about, up to the last part, such as `repo:acme/access`. */
  readonly subject?: string;
  /** Whether it is for the previews that are copied from the environment. */
  readonly preview?: true;
}

/** @throws {UserError} when the account is not known */
export function policyValues(
  environment: Environment,
  { account, subject, preview }: PolicyOptions,
): Readonly<Record<string, string>> {
  const { name, region, prefix, accountId, backend } = environment;
  const known = account ?? accountId;
  if (known === undefined || !/^\d{12}$/.test(known)) {
    throw new UserError(`in which account is ${name}? Say accountId in access.yaml, or add --account with 12 digits.`);
  }
  const any = previewName("*");
  const state =
    backend.kind === "s3"
      ? { bucket: backend.bucket, key: preview ? previewKey(backend.key, name, any) : backend.key }
      : {};
  return {
    account: known,
    region,
    prefix: preview ? `${prefix}-${any}` : prefix,
    environment: preview ? "preview" : name,
    ...state,
    ...(subject === undefined ? {} : { subject }),
  };
}

/**
 * The policy for an environment: with its values, and without the state's bucket where the state is elsewhere. A key that
 * encrypts the state is one statement more.
 */
export function policyFor(policy: Policy, environment: Environment, values: Readonly<Record<string, string>>): string {
  const { backend } = environment;
  const own = policy.Statement.filter(
    ({ Resource }) => backend.kind === "s3" || !Resource.some((arn) => arn.includes("<bucket>")),
  );
  const key = backend.kind === "s3" ? backend.kmsKeyArn : undefined;
  const keyStatements: readonly Statement[] =
    key === undefined ? [] : [{ Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: [key] }];
  return filledIn({ ...policy, Statement: [...own, ...keyStatements] }, values);
}
