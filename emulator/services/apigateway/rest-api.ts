/**
 * REST APIs. Their configuration has no effect on callers before a deployment freezes it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_RestApi.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_rest_api
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { TablePlace } from "../../account/table";
import { AwsError, UnsupportedError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import type { Attributes, Value } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { type DataSource, defineDataSource } from "../../terraform/data-source";
import { POLICY } from "../../terraform/policy-texts";
import { defineResource } from "../../terraform/resource";
import { releaseStage } from "../wafv2";
import { refuseMapped } from "./base-path-mapping";
import { addDefaultModels } from "./model";
import { byPatches, isTrue, items, type PatchRules, replacing } from "./patch";
import { deletePartsOf, type RestApiRecord, requireApi, resources, restApis, stageArn, stages } from "./records";
import { badRequest } from "./refusals";
import { sharedOperations } from "./shared-operations";

const MAX_COMPRESSION_SIZE = 10_485_760;

type Endpoint = Wire<sdk.EndpointConfiguration>;

export function createRestApi(context: OperationContext, input: Wire<sdk.CreateRestApiRequest>) {
  const { account } = context;
  if (input.description === "") throw badRequest("Description cannot be an empty string");
  const endpointConfiguration = endpointOf(input.endpointConfiguration);
  const api = restApis.put(
    context,
    present({
      id: account.randomId(10),
      name: requiredName(input.name),
      description: input.description,
      createdDate: Math.floor(account.now() / 1000),
      version: input.version,
      binaryMediaTypes: input.binaryMediaTypes?.length === 0 ? undefined : input.binaryMediaTypes,
      minimumCompressionSize: compressionSize(input.minimumCompressionSize),
      apiKeySource: input.apiKeySource ?? ("HEADER" as const),
      endpointConfiguration,
      tags: input.tags,
      disableExecuteApiEndpoint: input.disableExecuteApiEndpoint ?? false,
      rootResourceId: account.randomId(10),
    }),
  );
  resources.put(context, { restApiId: api.id, id: api.rootResourceId, path: "/", resourceMethods: {} });
  addDefaultModels(context, api.id);
  return withoutEmptyTags(api);
}

/** Outputs have tags even when there are none, but for lists and the output of the creation. */
function withoutEmptyTags({ tags = {}, ...api }: RestApiRecord): Wire<sdk.RestApi> {
  return Object.keys(tags).length === 0 ? api : { ...api, tags };
}

const ENDPOINT_TYPES: readonly sdk.EndpointType[] = ["REGIONAL", "EDGE", "PRIVATE"];

const RULES: PatchRules<RestApiRecord> = {
  "/name": replacing("name", requiredName),
  "/description": { ...replacing("description"), remove: () => ({ description: undefined }) },
  "/apiKeySource": replacing("apiKeySource"),
  "/disableExecuteApiEndpoint": replacing("disableExecuteApiEndpoint", isTrue),
  "/minimumCompressionSize": {
    replace: (value) => ({ minimumCompressionSize: value === "" ? undefined : compressionSize(Number(value)) }),
  },
  "/binaryMediaTypes/*": items("binaryMediaTypes", "key"),
  "/policy": {
    replace(value) {
      if (value === "") return {};
      throw new UnsupportedError("policy is not emulated: it would decide who may call");
    },
  },
  "/endpointConfiguration/types/0": {
    // As recorded, although it is this operation that is refused.
    remove() {
      throw badRequest("Invalid patch operation specified. Must be 'add'|'remove'|'replace'");
    },
    replace(value, { endpointConfiguration: { ipAddressType } }) {
      const types = ENDPOINT_TYPES.filter((type) => type === value);
      if (types.length === 0) throw badRequest(`Invalid EndpointTypes specified. Valid options are ${ENDPOINT_TYPES}`);
      const address = value === "PRIVATE" ? "dualstack" : ipAddressType;
      return { endpointConfiguration: endpointOf({ types, ipAddressType: address }) };
    },
  },
  "/endpointConfiguration/ipAddressType": {
    replace(value, { endpointConfiguration }) {
      if (value !== "ipv4" && value !== "dualstack") {
        throw badRequest("ipAddressType must be either ipv4 or dualstack.");
      }
      return { endpointConfiguration: endpointOf({ ...endpointConfiguration, ipAddressType: value }) };
    },
  },
};

export const operations = sharedOperations<RestApiRecord, { readonly restApiId: string | undefined }>({
  type: "RestApi",
  table: restApis,
  require: (context, { restApiId }) => requireApi(context, restApiId),
  list: (context) => restApis.list(context),
  describe: (api, isListed) => (isListed ? withoutEmptyTags(api) : { ...api, tags: api.tags ?? {} }),
  rules: RULES,
  beforeDelete: deleteParts,
});

/** Deletes all that belongs to the API; the mapping of a custom domain must be deleted before. */
function deleteParts(context: TablePlace, { id }: RestApiRecord): void {
  refuseMapped(context, id, "RestApi");
  for (const stage of stages.ofApi(context, id)) releaseStage(context, stageArn(context.region, stage));
  deletePartsOf(context, id);
}

function requiredName(name: string | undefined): string {
  if (name === undefined || name === "") throw badRequest("Name cannot be empty");
  return name;
}

/** @throws {AwsError} `BadRequestException` for what is not a number of bytes */
function compressionSize(size: number | undefined): number | undefined {
  if (size === undefined || (Number.isInteger(size) && size >= 0 && size <= MAX_COMPRESSION_SIZE)) return size;
  throw badRequest(`Invalid minimum compression size, must be between 0 and ${MAX_COMPRESSION_SIZE}`);
}

/** The configuration with AWS's defaults. @throws {AwsError} `BadRequestException` */
function endpointOf({ types = ["EDGE"], ipAddressType, vpcEndpointIds }: Endpoint = {}): Endpoint {
  const isPrivate = types.includes("PRIVATE");
  if (types.length === 0) throw badRequest("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.");
  if (types.length > 1) throw badRequest("Cannot create an api with multiple Endpoint Types.");
  if (isPrivate && ipAddressType === "ipv4") {
    throw badRequest("Only dualstack ipAddressType is supported for Private APIs.");
  }
  return present({ types, ipAddressType: ipAddressType ?? (isPrivate ? "dualstack" : "ipv4"), vpcEndpointIds });
}

/** ARNs of the API itself, and of what is called. */
function arnsOf(id: string, { accountId, region }: Pick<Aws, "accountId" | "region">): Attributes {
  return {
    arn: `arn:aws:apigateway:${region}::/restapis/${id}`,
    execution_arn: `arn:aws:execute-api:${region}:${accountId}:${id}`,
  };
}

/** Sizes that mean no compression. */
const NO_SIZE: readonly Value[] = [null, "", "-1"];

const update = byPatches("UpdateRestApi", {
  name: "/name",
  description: "/description",
  api_key_source: "/apiKeySource",
  binary_media_types: "/binaryMediaTypes/*",
  disable_execute_api_endpoint: "/disableExecuteApiEndpoint",
  "endpoint_configuration.ip_address_type": "/endpointConfiguration/ipAddressType",
  "endpoint_configuration.types": "/endpointConfiguration/types/0",
  minimum_compression_size: "/minimumCompressionSize",
});

export const restApiResource = defineResource("aws_api_gateway_rest_api", {
  service: "apigateway",
  names: { id: ["id", "restApiId"], tags_all: "tags" },
  tagging: { tag: "TagResource", untag: "UntagResource" },
  computedBlocks: ["endpoint_configuration"],
  json: { policy: POLICY },
  suppress({ minimum_compression_size: now = null }, prior) {
    const before = prior?.["minimum_compression_size"] ?? null;
    return prior !== null && [before, now].every((size) => NO_SIZE.includes(size))
      ? { minimum_compression_size: before }
      : {};
  },
  // Each of them decides who is answered, or what: an API described elsewhere, a resource policy.
  refused: ["body", "policy"],
  create: "CreateRestApi",
  read: "GetRestApi",
  update: (planned, prior, aws) => {
    const { minimum_compression_size: size = null } = planned;
    return update({ ...planned, minimum_compression_size: NO_SIZE.includes(size) ? "" : size }, prior, aws);
  },
  delete: "DeleteRestApi",
  refine: ({ id }, _output, aws) => arnsOf(String(id), aws),
});

const MULTIPLE =
  "multiple API Gateway REST APIs matched; use additional constraints to reduce matches to a single API Gateway REST API";

/** The one API of the name. @throws {AwsError} in the real provider's words when there is none, or more than one */
async function readRestApi(config: Attributes, aws: Aws): Promise<Attributes> {
  const found: Readonly<Record<string, unknown>>[] = [];
  for (let page: { position?: unknown } | undefined = {}; page !== undefined; ) {
    const { items: apis, position } = await aws.call("GetRestApis", { limit: 500, ...page });
    found.push(...(apis as typeof found).filter(({ name }) => name === config["name"]));
    page = position === undefined ? undefined : { position };
  }
  const [api, ...others] = found;
  if (api === undefined) throw new AwsError("no matching API Gateway REST API found", "");
  if (others.length > 0) throw new AwsError(MULTIPLE, "");
  const attributes = aws.attributesOf("GetRestApi", api, config);
  return { minimum_compression_size: -1, ...attributes, ...arnsOf(String(api["id"]), aws) };
}

export const apigatewayDataSources: readonly DataSource[] = [
  defineDataSource("aws_api_gateway_rest_api", { service: "apigateway", read: readRestApi }),
];
