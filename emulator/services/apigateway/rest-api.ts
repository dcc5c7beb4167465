/**
 * REST APIs. What is configured here answers nobody before a deployment freezes it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_RestApi.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_rest_api
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { Table, type TablePlace } from "../../account/table";
import { AwsError, UnsupportedError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import type { Attributes, Value } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { POLICY } from "../../terraform/policy-texts";
import { defineResource } from "../../terraform/resource";
import { refuseMapped } from "./mapped-domains";
import { addDefaultModels } from "./model";
import { pageOfItems } from "./pages";
import { byPatches, isTrue, items, type PatchRules, patched, replacing } from "./patch";
import { resources } from "./resource";
import { badRequest, deletePartsOf } from "./rules";

const MAX_COMPRESSION_SIZE = 10_485_760;

type Endpoint = Wire<sdk.EndpointConfiguration>;

/** A REST API as the account keeps it. */
export interface RestApiRecord extends Wire<sdk.RestApi> {
  readonly id: string;
  readonly name: string;
  readonly rootResourceId: string;
  readonly endpointConfiguration: Endpoint;
}

export const restApis = new Table<RestApiRecord>("apigateway/RestApi", ({ id }) => id);

/** The API of the id. @throws {AwsError} `NotFoundException` */
export function requireApi(
  context: TablePlace & Pick<OperationContext, "accountId">,
  id: string | undefined,
): RestApiRecord {
  const api = restApis.get(context, id ?? "");
  if (api !== undefined) return api;
  throw new AwsError("NotFoundException", `Invalid API identifier specified ${context.accountId}:${id}`, 404);
}

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

/** AWS tells an API with its tags even when there are none, but not in lists and when it was just created. */
function withoutEmptyTags({ tags = {}, ...api }: RestApiRecord): Wire<sdk.RestApi> {
  return Object.keys(tags).length === 0 ? api : { ...api, tags };
}

const describe = (api: RestApiRecord): Wire<sdk.RestApi> => ({ ...api, tags: api.tags ?? {} });

export function getRestApi(context: OperationContext, { restApiId }: Wire<sdk.GetRestApiRequest>) {
  return describe(requireApi(context, restApiId));
}

export function getRestApis(context: OperationContext, input: Wire<sdk.GetRestApisRequest>) {
  return pageOfItems(restApis.list(context).map(withoutEmptyTags), input);
}

const ENDPOINT_TYPES: readonly string[] = ["REGIONAL", "EDGE", "PRIVATE"];

const PATCHES: PatchRules<RestApiRecord> = {
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
      if (!ENDPOINT_TYPES.includes(value)) {
        throw badRequest(`Invalid EndpointTypes specified. Valid options are ${ENDPOINT_TYPES}`);
      }
      const types = [value as sdk.EndpointType];
      return {
        endpointConfiguration: endpointOf({ types, ipAddressType: value === "PRIVATE" ? "dualstack" : ipAddressType }),
      };
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

export function updateRestApi(context: OperationContext, input: Wire<sdk.UpdateRestApiRequest>) {
  const api = requireApi(context, input.restApiId);
  return describe(restApis.put(context, patched(api, input.patchOperations, PATCHES)));
}

/** Deletes the API with all that belongs to it; the mapping of a custom domain must be deleted before. */
export function deleteRestApi(context: OperationContext, { restApiId }: Wire<sdk.DeleteRestApiRequest>) {
  const api = requireApi(context, restApiId);
  refuseMapped(context, api.id, "RestApi");
  deletePartsOf(context, api.id);
  restApis.delete(context, api);
  return {};
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
export function arnsOf(id: string, { accountId, region }: Pick<Aws, "accountId" | "region">): Attributes {
  return {
    arn: `arn:aws:apigateway:${region}::/restapis/${id}`,
    execution_arn: `arn:aws:execute-api:${region}:${accountId}:${id}`,
  };
}

/** What stands for no compression. */
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
