/** The parts of a REST API that a path names, and what is told of an API. */
import { type Attributes, blocks, optionalText, text, textMap, texts } from "../../attributes";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import { apiResource, restApi } from "../../resources/apigateway";
import { badRequest, notFound } from "../../resources/apigateway-rules";
import { type ApiPlace, epochSeconds, type Json, present } from "./aws-api";
import type { RestCall, RestOperation } from "./rest-api";

const USUAL_LIMIT = 25;
const MOST = 500;

/** An operation of API Gateway. */
export type ApiGatewayOperation = RestOperation<ApiPlace>;

/** The API of the path. @throws {AwsError} `NotFoundException` */
export function findApi({ account, region }: ApiPlace, { parts: { restapi_id = "" } }: RestCall): Attributes {
  const found = account.get(restApi.type, `${region}/${restapi_id}`);
  if (found !== undefined) return found.attributes;
  throw new AwsError("NotFoundException", `Invalid API identifier specified ${account.id}:${restapi_id}`, 404);
}

/** Things of a type that belong to the API of the path. @throws {AwsError} `NotFoundException` when there is no such API */
export function ofApi(place: ApiPlace, call: RestCall, type: string): readonly Attributes[] {
  const id = findApi(place, call)["id"];
  const isOfApi = (part: Attributes) => part["rest_api_id"] === id && part["region"] === place.region;
  return place.account.list(type).filter(isOfApi);
}

/** The resource of the path, or the root, which is no resource of Terraform's. @throws {AwsError} `NotFoundException` */
export function findResource(place: ApiPlace, call: RestCall): Attributes {
  const root = text(findApi(place, call), "root_resource_id");
  const id = call.parts["resource_id"];
  const found = id === root ? { id, path: "/" } : ofApi(place, call, apiResource.type).find((one) => one["id"] === id);
  if (found === undefined) throw notFound("Resource identifier");
  return found;
}

/** `GetRestApi`. */
export const getRestApi: ApiGatewayOperation = async (place, call) => describeApi(findApi(place, call));

/** `GetRestApis`. */
export const getRestApis: ApiGatewayOperation = async ({ account, region }, call) => {
  const apis = account.list(restApi.type).filter((api) => api["region"] === region);
  return pageOfItems(apis.map(describeApi), call);
};

/** A page of a list, as every list of API Gateway has it. @throws {AwsError} `BadRequestException` */
export function pageOfItems(items: readonly object[], { query }: RestCall): object {
  const limit = Number(query["limit"] ?? USUAL_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) throw badRequest("Invalid value for limit");
  const page = pageOf(items, limit, query["position"], "BadRequestException");
  return present({ item: page.items, position: page.next });
}

function describeApi(api: Attributes): Json {
  const [configuration] = blocks(api, "endpoint_configuration");
  return present({
    id: text(api, "id"),
    name: text(api, "name"),
    description: optionalText(api, "description"),
    createdDate: epochSeconds(api["created_date"]),
    apiKeySource: text(api, "api_key_source"),
    endpointConfiguration: {
      types: configuration === undefined ? ["EDGE"] : texts(configuration, "types"),
      ipAddressType: configuration?.["ip_address_type"] ?? "ipv4",
    },
    tags: textMap(api, "tags_all"),
    disableExecuteApiEndpoint: api["disable_execute_api_endpoint"],
    rootResourceId: text(api, "root_resource_id"),
  });
}
