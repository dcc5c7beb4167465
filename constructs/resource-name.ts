/** Names of AWS resources, which have limited length and characters, ids of constructs, and addresses. */
import { createHash } from "node:crypto";
import type { TerraformResource } from "cdktf";

const SUFFIX_LENGTH = 8;

const MAX_LAMBDA_NAME = 64;

/**
 * Joins the parts with hyphens. A name that would be too long is cut and ends in a hash of all of it, so that two
 * long names never meet.
 *
 * @param maxLength greatest length that AWS allows, in characters
 */
export function resourceName(parts: readonly string[], maxLength: number): string {
  const name = parts.join("-");
  if (name.length <= maxLength) return name;
  return `${name.slice(0, maxLength - SUFFIX_LENGTH - 1)}-${suffixOf(name)}`;
}

/** Name of a Lambda function. */
export function lambdaName(parts: readonly string[]): string {
  return resourceName(parts, MAX_LAMBDA_NAME);
}

/**
 * The name with hyphens in place of what is not allowed. A name that changes ends in a hash of what it was, so that two
 * names never become one.
 *
 * @param forbidden with the flag `g`, such as `/[^A-Za-z0-9]/g`
 */
export function allowedName(name: string, forbidden: RegExp): string {
  const allowed = name.replace(forbidden, "-");
  return allowed === name ? name : `${allowed}-${suffixOf(name)}`;
}

/**
 * Terraform's address of a resource, such as `aws_lambda_function.access`. What CDKTF makes of a resource is an
 * interpolation, which Terraform does not take in a lifecycle.
 */
export function addressOf({ terraformResourceType, friendlyUniqueId }: TerraformResource): string {
  return `${terraformResourceType}.${friendlyUniqueId}`;
}

function suffixOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, SUFFIX_LENGTH);
}

/**
 * Construct id of a text without spaces, another one for every text. Constructs writes a slash as two hyphens, so hyphens
 * beside each other, beside a slash or at the end are set apart.
 */
export function constructIdOf(text: string): string {
  return text.replace(/-(?=[-/]|$)/g, "- ").replace(/(?<=\/)-/g, " -");
}
