/** What a `provider "aws"` block says to all of its resources, and whether it may be used here. */

import { AwsError, UnsupportedError } from "../errors";
import { type Attributes, blocks, optionalText, texts } from "./attributes";
import type { TagSettings } from "./planned-tags";

/** What the `provider` block says to every resource. */
export interface ProviderSettings extends TagSettings {
  /** Region of every resource that does not name its own. */
  readonly region: string;
  /** Id of the AWS account that resources are made in. */
  readonly accountId: string;
}

/** The account is not one that the configuration may be used with; the text is the real provider's. */
export class AccountNotAllowedError extends Error {
  override readonly name = "AccountNotAllowedError";

  constructor(
    accountId: string,
    /** What to do about it. */
    readonly detail: string,
  ) {
    super(`AWS account ID not allowed: ${accountId}`);
  }
}

/** The role is not one of an account that there is; the summary is the real provider's. */
export class RoleNotAssumableError extends Error {
  override readonly name = "RoleNotAssumableError";

  constructor(
    roleArn: string,
    accountIds: readonly string[],
    /** What to do about it. */
    readonly detail = `IAM Role (${roleArn}) cannot be assumed. The embedded AWS stands for ${accountIds.join(", ")}; a role must be in one of these accounts: arn:aws:iam::<account>:role/<name>.`,
  ) {
    super("Cannot assume IAM Role");
  }
}

/** The region is none of AWS's; the text is the real provider's. */
export class UnknownRegionError extends Error {
  override readonly name = "UnknownRegionError";

  constructor(region: string, regions: readonly string[]) {
    super(`invalid AWS Region: ${region}`);
    this.detail = `Regions are ${regions.join(", ")}; skip_region_validation lets in any other.`;
  }

  /** What to do about it. */
  readonly detail: string;
}

/** Settings that would change plans or send calls elsewhere, and are not emulated. */
const REFUSED = ["endpoints", "tag_policy_compliance"];

/**
 * Reads the block.
 *
 * @param accountIds accounts of the caller that runs Terraform; at least one
 * @param regions names of AWS's regions
 * @throws {AwsError} without a region
 * @throws {UnknownRegionError} for one that AWS does not have
 * @throws {UnsupportedError} for a setting that is not emulated
 * @throws {RoleNotAssumableError} when a role to be assumed is in no account of this embedded AWS
 * @throws {AccountNotAllowedError} when `allowed_account_ids` or `forbidden_account_ids` rules the account out
 */
export function readSettings(
  config: Attributes,
  accountIds: readonly string[],
  regions: readonly string[],
): ProviderSettings {
  const refused = REFUSED.find((name) => blocks(config, name).length > 0 || optionalText(config, name) !== undefined);
  if (refused !== undefined) throw new UnsupportedError(`${refused} of provider "aws" is not emulated.`);
  const region = optionalText(config, "region") ?? process.env["AWS_REGION"];
  if (region === undefined) throw new AwsError("MissingRegion", 'provider "aws" needs a region');
  if (!regions.includes(region) && config["skip_region_validation"] !== true)
    throw new UnknownRegionError(region, regions);
  const [defaults = {}] = blocks(config, "default_tags");
  return {
    region,
    accountId: accountOf(config, accountIds),
    defaultTags: defaults["tags"] ?? null,
    isIgnoredTag: ignoredTags(config),
  };
}

function ignoredTags(config: Attributes): (key: string) => boolean {
  const [ignored = {}] = blocks(config, "ignore_tags");
  const [keys, prefixes] = [texts(ignored, "keys"), texts(ignored, "key_prefixes")];
  return (key) => keys.includes(key) || prefixes.some((prefix) => key.startsWith(prefix));
}

/**
 * On AWS, credentials decide which account it is. There are none here: the caller is taken to have those of the role
 * that the block assumes, or of the account that it asks for, if it is one of this embedded AWS, and else of the first.
 */
function accountOf(config: Attributes, accountIds: readonly string[]): string {
  const allowed = texts(config, "allowed_account_ids");
  const [first = ""] = accountIds;
  const ofRole = accountOfRole(config, accountIds);
  const id = ofRole ?? accountIds.find((candidate) => allowed.includes(candidate)) ?? first;
  const isAllowed = allowed.length === 0 || allowed.includes(id);
  if (isAllowed && !texts(config, "forbidden_account_ids").includes(id)) return id;
  const accounts = `The embedded AWS stands for ${accountIds.join(", ")}`;
  throw new AccountNotAllowedError(
    id,
    `${accounts}; allowed_account_ids of provider "aws" must name one of them, and forbidden_account_ids must not.`,
  );
}

/** Whether a trust policy lets the caller in is not checked: the caller is unknown. */
function accountOfRole(config: Attributes, accountIds: readonly string[]): string | undefined {
  const steps = [...blocks(config, "assume_role_with_web_identity"), ...blocks(config, "assume_role")];
  const roles = steps.flatMap((step) => optionalText(step, "role_arn") ?? []);
  const accounts = roles.map((role) => {
    const id = /^arn:aws:iam::(\d{12}):role\/.*[^/]$/.exec(role)?.[1];
    if (id === undefined || !accountIds.includes(id)) throw new RoleNotAssumableError(role, accountIds);
    return id;
  });
  // Each role is assumed with the credentials of the one before.
  return accounts.at(-1);
}
