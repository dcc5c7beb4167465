/** The policies of one environment: their limits, their values, and what its backend needs. Pure. */
import type { AccessModel, Environment } from "../../access/access-model";
import { UserError } from "../../platform/user-error";
import { filledIn, type Limits, type Policy, type Statement } from "./policies";
import { PREVIEW_TAG, previewKey, previewName } from "./preview";

/**
 * Names of other environments that the policy of an environment reaches as well: what their resources' names begin with
 * begins with its own prefix. Another account is out of reach.
 */
export function othersReached({ environments }: AccessModel, environment: Environment): readonly string[] {
  const { name, prefix, accountId } = environment;
  const isApart = (other: Environment) =>
    accountId !== undefined && other.accountId !== undefined && accountId !== other.accountId;
  return environments
    .filter((other) => other.name !== name && other.prefix.startsWith(`${prefix}-`) && !isApart(other))
    .map((other) => other.name);
}

/** What access.yaml does not say. */
export interface PolicyOptions {
  /** Key of the tag that limits what names cannot; its value is the environment's. */
  readonly tag?: string;
  /** Where it is not in access.yaml. */
  readonly account?: string;
  /** What GitHub's tokens are about, up to the last part, such as `repo:acme/access`. */
  readonly subject?: string;
  /** Whether it is for the previews that are copied from the environment. */
  readonly preview?: true;
}

/**
 * The limits of the policies of an environment.
 * @throws {UserError} when previews would have no boundary, or the environment does not have the tag
 */
export function limitsOf(environment: Environment, { tag, preview }: PolicyOptions): Limits {
  const { name, permissionsBoundary: boundary, tags, prefix } = environment;
  const bounded = boundary === undefined ? {} : { boundary };
  if (preview) {
    if (boundary === undefined) {
      throw new UserError(
        `environment "${name}" has no permissionsBoundary in access.yaml, so its previews could give their roles any permission. Create an IAM policy from this output, and set its ARN as permissionsBoundary:\n  npx access policy boundary --env ${name}`,
      );
    }
    return { boundary, tag: { key: PREVIEW_TAG, value: prefix }, hasNoDomains: true };
  }
  if (tag === undefined) return bounded;
  const value = tags[tag];
  if (value === undefined) {
    throw new UserError(
      `environment "${name}" has no tag "${tag}" in access.yaml, so no resource has it. Add it to tags, and deploy it first.`,
    );
  }
  return { ...bounded, tag: { key: tag, value } };
}

/** Limits of the previews' policy with placeholders in place of values. */
export const PREVIEW_LIMITS: Limits = {
  boundary: "<boundary>",
  tag: { key: PREVIEW_TAG, value: "<copied>" },
  hasNoDomains: true,
};

/** @throws {UserError} when the account is not known */
export function policyValues(
  environment: Environment,
  { account, subject, preview }: PolicyOptions,
): Readonly<Record<string, string>> {
  const { name, region, prefix, accountId, backend } = environment;
  const known = account ?? accountId;
  if (known === undefined || !/^\d{12}$/.test(known)) {
    throw new UserError(
      `the account of ${name} is unknown. Set accountId in access.yaml, or add --account with 12 digits.`,
    );
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
