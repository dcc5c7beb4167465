/**
 * Tags of everything in API Gateway that has an ARN of its own.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
 */
import { Table } from "../../account/table";
import { tagOperations } from "../../protocols/tags";
import { notFound } from "./refusals";

interface Tagged {
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Types of records by the form of the ARNs; the groups make the key of a record. */
const TYPES: readonly (readonly [RegExp, string])[] = [
  [/^\/restapis\/([^/]+)$/, "RestApi"],
  [/^\/restapis\/([^/]+)\/stages\/([^/]+)$/, "Stage"],
  [/^\/domainnames\/([^/]+)$/, "DomainName"],
  [/^\/usageplans\/([^/]+)$/, "UsagePlan"],
  [/^\/apikeys\/([^/]+)$/, "ApiKey"],
];

/** @throws {AwsError} `NotFoundException` */
export const {
  tag: tagResource,
  untag: untagResource,
  list: getTags,
} = tagOperations(
  (context, { resourceArn = "" }: { readonly resourceArn?: string }) => {
    const path = /^arn:aws[\w-]*:apigateway:[a-z0-9-]+::(\/.+)$/.exec(resourceArn)?.[1] ?? "";
    const [pattern, type] = TYPES.find(([form]) => form.test(path)) ?? [];
    const key = pattern?.exec(path)?.slice(1).join("/") ?? "";
    const table = new Table<Tagged>(`apigateway/${type}`, () => key);
    const record = table.get(context, key);
    if (record === undefined) throw notFound("resource ARN");
    return {
      tags: record.tags ?? {},
      put: (tags: NonNullable<Tagged["tags"]>) => void table.put(context, { ...record, tags }),
    };
  },
  { tags: "tags", keys: "tagKeys" },
);
