/**
 * REST APIs and the tree of their resources. What is configured here answers nobody before a deployment freezes it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html
 */
import type { Account } from "../account";
import { type Attributes, blocks, text, texts, type Value } from "../attributes";
import { AwsError } from "../errors";
import { defineKind, type Kind, keyOf, type Place } from "../provider/kind";
import { releaseStage } from "../services/wafv2";
import { badRequest, conflict, notFound, requireEmulated, slashed } from "./apigateway-rules";
import { LIMITS } from "./limits";

const PATH_PART = /^(?:[a-zA-Z0-9._:-]+|\{[a-zA-Z0-9._:-]+\+?\})$/;
const RESOURCE_ID_LENGTH = 6;

/** Whether something belongs to the API, or the API's resource, of that id. */
type BelongsTo = (part: Attributes, reference: "rest_api_id" | "resource_id", id: Value | undefined) => boolean;

/** Kinds whose resources belong to an API, and go with it. */
const parts = new Map<Kind, BelongsTo>();

/** Notes a kind whose resources go with the API, or the API's resource, that they belong to. */
export function partOfApi(kind: Kind, isOf: BelongsTo = (part, reference, id) => part[reference] === id): Kind {
  parts.set(kind, isOf);
  return kind;
}

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_rest_api */
export const restApi = defineKind("aws_api_gateway_rest_api", {
  // Each of them decides who is answered, or what: an API described elsewhere, a resource policy, binary bodies.
  refused: ["body", "policy", "binary_media_types", "minimum_compression_size"],
  validate(config) {
    const [configuration = {}] = blocks(config, "endpoint_configuration");
    // A private API answers inside a network only.
    for (const types of texts(configuration, "types")) {
      requireEmulated(restApi.type, "types", { types }, ["EDGE", "REGIONAL"]);
    }
  },
  create(given, { account, accountId, region }) {
    const id = account.randomId(10);
    return {
      id,
      arn: `arn:aws:apigateway:${region}::/restapis/${id}`,
      execution_arn: `arn:aws:execute-api:${region}:${accountId}:${id}`,
      root_resource_id: account.randomId(10),
      created_date: account.timestamp(),
      api_key_source: given["api_key_source"] ?? "HEADER",
      binary_media_types: [],
      description: given["description"] ?? "",
      disable_execute_api_endpoint: given["disable_execute_api_endpoint"] ?? false,
      minimum_compression_size: "",
      policy: "",
      endpoint_configuration: withAddressType(given["endpoint_configuration"]),
    };
  },
  update: (given) => ({ endpoint_configuration: withAddressType(given["endpoint_configuration"]) }),
  remove(existing, { account }) {
    refuseMapped(account, { rest_api_id: existing["id"] ?? null }, "RestApi");
    for (const stage of account.list("aws_api_gateway_stage")) {
      const isOfApi = stage["rest_api_id"] === existing["id"];
      if (isOfApi) releaseStage({ account, region: text(stage, "region") }, text(stage, "arn"));
    }
    removeParts(account, "rest_api_id", existing["id"]);
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_resource */
export const apiResource = defineKind("aws_api_gateway_resource", {
  forceNew: ["rest_api_id"],
  limits: LIMITS.aws_api_gateway_resource,
  volatile: ["path"],
  importId: slashed("rest_api_id", "id"),
  create(given, place) {
    const path = pathOf(given, place);
    return { id: place.account.randomId(RESOURCE_ID_LENGTH), path };
  },
  update(given, _prior, place) {
    const path = pathOf(given, place);
    moveChildren(place, text(given, "id"), path);
    return { path };
  },
  remove({ id }, place) {
    removeParts(place.account, "resource_id", id);
    for (const child of childrenOf(place, id)) {
      apiResource.remove?.(child, place);
      place.account.delete(apiResource.type, keyOf(apiResource, child));
    }
  },
});

partOfApi(apiResource);

/**
 * Refuses to delete what custom domains lead to.
 * @throws {AwsError} `BadRequestException` naming the domains
 */
export function refuseMapped(
  account: Account,
  { rest_api_id = null }: Attributes,
  what: "RestApi" | "stage",
  isMapped: (mapping: Attributes) => boolean = () => true,
): void {
  const mappings = account.list("aws_api_gateway_base_path_mapping").filter(({ api_id }) => api_id === rest_api_id);
  const domains = mappings.filter(isMapped).map((mapping) => text(mapping, "domain_name"));
  if (domains.length === 0) return;
  throw badRequest(
    `Deleting ${what} failed. Please remove all base path mappings related to the ${what} in your domains: ${domains.join(", ")}`,
  );
}

/** The API of an attribute `rest_api_id`. @throws {AwsError} `NotFoundException` */
export function requireApi(given: Attributes, { account, accountId, region }: Place): Attributes {
  const id = text(given, "rest_api_id");
  const api = account.get(restApi.type, `${region}/${id}`);
  if (api === undefined) {
    throw new AwsError("NotFoundException", `Invalid API identifier specified ${accountId}:${id}`, 404);
  }
  return api.attributes;
}

/** Makes sure that the resource of an attribute `resource_id` is there. @throws {AwsError} `NotFoundException` */
export function requireResource(given: Attributes, place: Place): void {
  const api = requireApi(given, place);
  const id = text(given, "resource_id");
  if (id === api["root_resource_id"]) return;
  requireOfApi(id, given, place);
}

/** The resource of that id, when it is the API's. @throws {AwsError} `NotFoundException` */
function requireOfApi(id: string, { rest_api_id }: Attributes, { account, region }: Place): Attributes {
  const found = account.get(apiResource.type, `${region}/${id}`)?.attributes;
  if (found === undefined || found["rest_api_id"] !== rest_api_id) throw notFound("Resource identifier");
  return found;
}

function childrenOf({ account }: Place, id: Value | undefined): readonly Attributes[] {
  return account.list(apiResource.type).filter(({ parent_id }) => parent_id === id);
}

/** Gives everything below a resource its new path. */
function moveChildren(place: Place, id: string, path: string): void {
  for (const child of childrenOf(place, id)) {
    const moved = { ...child, path: `${path}/${text(child, "path_part")}` };
    place.account.put(apiResource.type, keyOf(apiResource, child), { attributes: moved });
    moveChildren(place, text(child, "id"), moved.path);
  }
}

function removeParts(account: Account, reference: "rest_api_id" | "resource_id", id: Value | undefined): void {
  for (const [kind, isOf] of parts) {
    for (const part of account.list(kind.type)) {
      if (isOf(part, reference, id)) account.delete(kind.type, keyOf(kind, part));
    }
  }
}

function withAddressType(configuration: Attributes[string] | undefined): Attributes[string] {
  if (!Array.isArray(configuration)) return [];
  return (configuration as readonly Attributes[]).map((given) => ({
    ...given,
    ip_address_type: given["ip_address_type"] ?? "ipv4",
    vpc_endpoint_ids: given["vpc_endpoint_ids"] ?? [],
  }));
}

/** Path of a new or moved resource. @throws {AwsError} when AWS refuses its part or has a sibling of that name */
function pathOf(given: Attributes, place: Place): string {
  const api = requireApi(given, place);
  const part = text(given, "path_part");
  if (!PATH_PART.test(part)) {
    throw badRequest(
      "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
    );
  }
  const siblings = place.account
    .list(apiResource.type)
    .filter((other) => other["parent_id"] === given["parent_id"] && other["id"] !== given["id"]);
  if (siblings.some((sibling) => sibling["path_part"] === part)) {
    throw conflict(`Another resource with the same parent already has this name: ${part}`);
  }
  const variable = siblings.map((sibling) => text(sibling, "path_part")).find((other) => other.startsWith("{"));
  if (part.startsWith("{") && variable !== undefined) {
    throw badRequest(
      `A sibling (${variable}) of this resource already has a variable path part -- only one is allowed`,
    );
  }
  return `${parentPath(given, api, place)}/${part}`;
}

function parentPath(given: Attributes, api: Attributes, place: Place): string {
  if (given["parent_id"] === api["root_resource_id"]) return "";
  const parent = requireOfApi(text(given, "parent_id"), given, place);
  const part = text(parent, "path_part");
  if (part.endsWith("+}")) throw badRequest(`Cannot create a child of a resource with a greedy path variable: ${part}`);
  for (let above: Attributes | undefined = parent; above !== undefined; ) {
    if (above["id"] === given["id"]) throw badRequest("A resource cannot be moved below itself");
    above = place.account.get(apiResource.type, `${place.region}/${above["parent_id"]}`)?.attributes;
  }
  return text(parent, "path");
}
