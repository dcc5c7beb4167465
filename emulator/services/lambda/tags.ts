/**
 * Tags of functions.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html
 */
import type * as sdk from "@aws-sdk/client-lambda";
import { UnsupportedError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { addressOf, invalid, LATEST } from "./function-name";
import { type FunctionRecord, functions, requireFunction, requireVersion, versions } from "./function-record";

const MAX_TAGS = 50;

/** @throws {AwsError} `InvalidParameterValueException` for too many of them */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length > MAX_TAGS) throw invalid("Number of tags exceeds resource tag limit.");
}

export function listTags(context: OperationContext, { Resource }: Wire<sdk.ListTagsRequest>) {
  return { Tags: requireTaggable(context, Resource).Tags };
}

export function tagResource(context: OperationContext, { Resource, Tags = {} }: Wire<sdk.TagResourceRequest>) {
  const found = requireTaggable(context, Resource);
  if (Object.keys(Tags).length === 0) throw invalid("An error occurred and the request cannot be processed.");
  setTags(context, found, { ...found.Tags, ...Tags });
}

export function untagResource(context: OperationContext, { Resource, TagKeys }: Wire<sdk.UntagResourceRequest>) {
  const found = requireTaggable(context, Resource);
  const kept = Object.entries(found.Tags).filter(([key]) => TagKeys?.includes(key) !== true);
  setTags(context, found, Object.fromEntries(kept));
}

function setTags(context: OperationContext, found: FunctionRecord, Tags: FunctionRecord["Tags"]): void {
  checkTags(Tags);
  functions.put(context, { ...found, Tags });
  const { FunctionName: name, FunctionArn: arn } = found;
  const latest = requireVersion(context, { name, arn, qualifier: LATEST, qualifiedArn: arn });
  versions.put(context, { ...latest, RevisionId: context.account.uuid() });
}

function requireTaggable(context: OperationContext, arn: string | undefined): FunctionRecord {
  if (arn?.split(":")[5] !== "function") throw new UnsupportedError("Only functions are emulated here.");
  const address = addressOf(context, { FunctionName: arn });
  if (address.qualifier !== undefined) {
    throw invalid("Tags on function aliases and versions are not supported. Please specify a function ARN.");
  }
  return requireFunction(context, address);
}
