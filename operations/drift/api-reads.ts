/**
 * What a REST API has by AWS's own account, whoever made it; deployed or not.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetResources.html
 */
import { z } from "zod";
import type { AwsReader } from "./aws-read";

/** A REST API. */
export interface RestApi {
  readonly region: string;
  readonly restApiId: string;
}

const method = z.object({
  authorizationType: z.string().default("NONE"),
  authorizationScopes: z.array(z.string()).default([]),
  authorizerId: z.string().optional(),
  methodIntegration: z.object({ type: z.string().default("") }).default({ type: "" }),
});
const resource = z.object({
  id: z.string(),
  parentId: z.string().optional(),
  path: z.string(),
  resourceMethods: z.record(z.string(), method).default({}),
});
const authorizer = z.object({ id: z.string(), name: z.string().default("") });
const stage = z.object({ stageName: z.string(), deploymentId: z.string().default("") });

/** A resource with its methods by their verbs. */
export type ApiResource = Readonly<z.infer<typeof resource>>;

/** As many as API Gateway gives at once. */
const MOST = 500;

/** Each of them finds nothing on what is gone, and throws a {@link UserError} when AWS refuses to tell. */
export class ApiReads {
  constructor(private readonly reader: AwsReader) {}

  /** All resources with their methods. */
  resources(api: RestApi): Promise<readonly ApiResource[]> {
    return this.items(api, "resources", `embed=methods&limit=${MOST}`, resource);
  }

  authorizers(api: RestApi): Promise<readonly z.infer<typeof authorizer>[]> {
    return this.items(api, "authorizers", `limit=${MOST}`, authorizer);
  }

  stages(api: RestApi): Promise<readonly z.infer<typeof stage>[]> {
    return this.items(api, "stages", "", stage);
  }

  private async items<Item>(
    { region, restApiId }: RestApi,
    what: string,
    query: string,
    shape: z.ZodType<Item>,
  ): Promise<readonly Item[]> {
    const page = z.object({ item: z.array(shape).default([]), position: z.string().optional() });
    const found: Item[] = [];
    for (let position: string | undefined = ""; position !== undefined; ) {
      const asked = [query, position && `position=${encodeURIComponent(position)}`].filter((part) => part !== "");
      const body = await this.reader.read({
        operation: "apigateway:GET",
        service: "apigateway",
        region,
        method: "GET",
        path: `/restapis/${restApiId}/${what}${asked.length === 0 ? "" : `?${asked.join("&")}`}`,
        headers: { Accept: "application/json" },
      });
      if (body === undefined) return [];
      const read: z.infer<typeof page> = page.parse(JSON.parse(body));
      found.push(...read.item);
      position = read.position || undefined;
    }
    return found;
  }
}
