/**
 * Tags of everything in API Gateway that has an ARN of its own.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
 */
import { Table } from "../../account/table";
import { tagOperations } from "../../protocols/tags";
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

/** @throws {AwsError} `NotFoundException` */
export const {
  tag: tagResource,
  untag: untagResource,
  list: getTags,
} = tagOperations(
  (context, { resourceArn = "" }: { readonly resourceArn?: string }) => {
    const path = /^arn:aws[\w-]*:apigateway:[a-z0-9-]+::(\/.+)$/.exec(resourceArn)?.[1] ?? "";
    for (const [pattern, type] of TABLES) {
      const key = pattern.exec(path)?.slice(1).join("/");
      const table = new Table<Tagged>(type, () => key ?? "");
      const record = key === undefined ? undefined : table.get(context, key);
      if (record === undefined) continue;
      return {
        tags: record.tags ?? {},
        put: (tags: NonNullable<Tagged["tags"]>) => void table.put(context, { ...record, tags }),
      };
    }
    throw notFound("resource ARN");
  },
  { tags: "tags", keys: "tagKeys" },
);
