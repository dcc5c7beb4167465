/**
 * Tags of functions.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html
 */
import type * as sdk from "@aws-sdk/client-lambda";
import { UnsupportedError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { tagOperations } from "../../protocols/tags";
import type { Wire } from "../../protocols/values";
import {
  addressOf,
  type FunctionRecord,
  functions,
  invalid,
  LATEST,
  notFound,
  requireFunction,
  requireVersion,
  versions,
} from "./records";

const MAX_TAGS = 50;
/** Other kinds that have tags on AWS, and are not emulated. */
const OTHER_KINDS = new Map([
  ["capacity-provider", "Capacity provider"],
  ["event-source-mapping", "Event source mapping"],
]);

/** @throws {AwsError} `InvalidParameterValueException` for too many of them */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length > MAX_TAGS) throw invalid("Number of tags exceeds resource tag limit.");
}

const functionTags = tagOperations((context, { Resource }: { readonly Resource?: string }) => {
  const found = requireTaggable(context, Resource);
  return { tags: found.Tags, put: (tags: FunctionRecord["Tags"]) => setTags(context, found, tags) };
});

export const { untag: untagResource, list: listTags } = functionTags;

export function tagResource(context: OperationContext, input: Wire<sdk.TagResourceRequest>) {
  requireTaggable(context, input.Resource);
  if (Object.keys(input.Tags ?? {}).length === 0)
    throw invalid("An error occurred and the request cannot be processed.");
  return functionTags.tag(context, input as never);
}

function setTags(context: OperationContext, found: FunctionRecord, Tags: FunctionRecord["Tags"]): void {
  checkTags(Tags);
  functions.put(context, { ...found, Tags });
  const { FunctionName: name, FunctionArn: arn } = found;
  const latest = requireVersion(context, { name, arn, qualifier: LATEST, qualifiedArn: arn });
  versions.put(context, { ...latest, RevisionId: context.account.uuid() });
}

function requireTaggable(context: OperationContext, arn: string | undefined): FunctionRecord {
  const kind = arn?.split(":")[5] ?? "";
  const missing = OTHER_KINDS.get(kind);
  if (missing !== undefined) throw notFound(`${missing} not found: ${arn}`);
  if (kind !== "function") throw new UnsupportedError("Tags are emulated for functions only.");
  const address = addressOf(context, { FunctionName: arn });
  if (address.qualifier !== undefined) {
    throw invalid("Tags on function aliases and versions are not supported. Please specify a function ARN.");
  }
  return requireFunction(context, address);
}
