/**
 * Tags of everything in API Gateway that has an ARN of its own.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { Table, type TablePlace } from "../../account/table";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { notFound } from "./rules";

interface Tagged {
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Tables by the form of the ARNs; what the groups find is the key of a record. */
const TABLES: readonly (readonly [RegExp, string])[] = [
  [/^\/restapis\/([^/]+)$/, "apigateway/RestApi"],
  [/^\/restapis\/([^/]+)\/stages\/([^/]+)$/, "apigateway/Stage"],
  [/^\/domainnames\/([^/]+)$/, "apigateway/DomainName"],
  [/^\/usageplans\/([^/]+)$/, "apigateway/UsagePlan"],
  [/^\/apikeys\/([^/]+)$/, "apigateway/ApiKey"],
];

/** What the ARN names, with how its tags are set. @throws {AwsError} `NotFoundException` */
function requireTagged(place: TablePlace, arn = ""): readonly [Tagged, (tags: Tagged["tags"]) => void] {
  const path = /^arn:aws[\w-]*:apigateway:[a-z0-9-]+::(\/.+)$/.exec(arn)?.[1] ?? "";
  for (const [pattern, type] of TABLES) {
    const key = pattern.exec(path)?.slice(1).join("/");
    const table = new Table<Tagged>(type, () => key ?? "");
    const record = key === undefined ? undefined : table.get(place, key);
    if (record !== undefined) return [record, (tags) => void table.put(place, { ...record, tags })];
  }
  throw notFound("resource ARN");
}

export function getTags(context: OperationContext, { resourceArn }: Wire<sdk.GetTagsRequest>) {
  return { tags: requireTagged(context, resourceArn)[0].tags ?? {} };
}

export function tagResource(context: OperationContext, { resourceArn, tags }: Wire<sdk.TagResourceRequest>) {
  const [record, put] = requireTagged(context, resourceArn);
  put({ ...record.tags, ...tags });
  return {};
}

export function untagResource(context: OperationContext, { resourceArn, tagKeys }: Wire<sdk.UntagResourceRequest>) {
  const [record, put] = requireTagged(context, resourceArn);
  put(Object.fromEntries(Object.entries(record.tags ?? {}).filter(([key]) => !tagKeys?.includes(key))));
  return {};
}
