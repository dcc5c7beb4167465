/**
 * What a `FunctionName` and a `Qualifier` name together. A name may be an ARN or a part of one, with a qualifier or
 * without.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
 */

import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";

export const LATEST = "$LATEST";

const NAME =
  /^(?:arn:aws[\w-]*:lambda:)?(?:(?<region>[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[\w-]+)(?::(?<qualifier>\$LATEST|[\w-]+))?$/;

/** A function, or a version or an alias of it. It need not exist. */
export interface FunctionAddress {
  readonly name: string;
  /** ARN of the function itself. */
  readonly arn: string;
  /** As it was asked for; `undefined` for the function itself. */
  readonly qualifier: string | undefined;
  /** The ARN with the qualifier, if there is one. */
  readonly qualifiedArn: string;
}

/** Members that name a function. */
export interface FunctionReference {
  readonly FunctionName: string | undefined;
  readonly Qualifier?: string | undefined;
}

export const invalid = (message: string) => new AwsError("InvalidParameterValueException", message);
/** The same from a part of Lambda that does not say whose fault it is. */
export const invalidUntyped = (message: string) =>
  new AwsError("InvalidParameterValueException", message, 400, { Type: undefined });
export const notFound = (message: string) => new AwsError("ResourceNotFoundException", message, 404);
export const noFunction = (arn: string) => notFound(`Function not found: ${arn}`);
export const noAlias = (arn: string) => notFound(`Cannot find alias arn: ${arn}`);

/** @throws {AwsError} for another region or account, and for two qualifiers */
export function addressOf(
  { account, accountId, region }: OperationContext,
  { FunctionName = "", Qualifier }: FunctionReference,
): FunctionAddress {
  const found = NAME.exec(FunctionName)?.groups ?? {};
  const { name = FunctionName, region: named = region, account: owner = accountId, qualifier: derived } = found;
  if (named !== region) {
    throw notFound(`Functions from '${named}' are not reachable in this region ('${region}')`);
  }
  if (owner !== accountId && !account.ids.includes(owner)) throw new AwsError("AccessDeniedException", "", 403);
  if (derived !== undefined && Qualifier !== undefined && derived !== Qualifier) {
    throw invalid("The derived qualifier from the function name does not match the specified qualifier.");
  }
  const arn = `arn:aws:lambda:${region}:${owner}:function:${name}`;
  const qualifier = Qualifier ?? derived;
  return { name, arn, qualifier, qualifiedArn: qualifier === undefined ? arn : `${arn}:${qualifier}` };
}

/** Whether the qualifier has the form of a version's. */
export function isVersion(qualifier: string): boolean {
  return /^(?:\$LATEST|\d+)$/.test(qualifier);
}

/** Whether the qualifier has the form of an alias's name. */
export function isAliasName(qualifier: string): boolean {
  return /^(?!\d+$)[\w-]+$/.test(qualifier);
}
