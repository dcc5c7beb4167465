/** What Terraform asks of REST APIs that it does not manage. */
import { AwsError } from "../../errors";
import type { Attributes } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { type DataSource, defineDataSource } from "../../terraform/data-source";
import { arnsOf } from "./rest-api";

/** The size that stands for no compression. */
const NO_COMPRESSION = -1;

const MULTIPLE =
  "multiple API Gateway REST APIs matched; use additional constraints to reduce matches to a single API Gateway REST API";

/** The one API of the name. @throws {AwsError} in the real provider's words when there is none, or more than one */
async function readRestApi(config: Attributes, aws: Aws): Promise<Attributes> {
  const named = await apisNamed(config["name"], aws);
  const [api, ...others] = named;
  if (api === undefined) throw new AwsError("no matching API Gateway REST API found", "");
  if (others.length > 0) throw new AwsError(MULTIPLE, "");
  const found = aws.attributesOf("GetRestApi", api, config);
  return { minimum_compression_size: NO_COMPRESSION, ...found, ...arnsOf(String(api["id"]), aws) };
}

async function apisNamed(name: unknown, aws: Aws) {
  const items: Readonly<Record<string, unknown>>[] = [];
  for (let position: unknown, isFirst = true; isFirst || position !== undefined; isFirst = false) {
    const page = await aws.call("GetRestApis", { limit: 500, ...(position === undefined ? {} : { position }) });
    items.push(...(page["items"] as typeof items));
    position = page["position"];
  }
  return items.filter((item) => item["name"] === name);
}

export const apigatewayDataSources: readonly DataSource[] = [
  defineDataSource("aws_api_gateway_rest_api", { service: "apigateway", read: readRestApi }),
];
