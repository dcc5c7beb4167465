/**
 * REST APIs and the tree of their resources. What is configured here answers nobody before a deployment freezes it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html
 */
import type { Account } from "../account";
import { type Attributes, text, type Value } from "../attributes";
import { AwsError } from "../errors";
import { defineKind, type Kind, keyOf, type Place } from "../provider/kind";
import { badRequest, conflict, notFound, slashed } from "./apigateway-rules";

const PATH_PART = /^(?:[a-zA-Z0-9._:-]+|\{[a-zA-Z0-9._:-]+\+?\})$/;
const RESOURCE_ID_LENGTH = 6;

/** Kinds whose resources belong to an API, and go with it. */
const parts = new Set<Kind>();

/** Notes a kind whose resources go with the API, or the API's resource, that they belong to. */
export function partOfApi(kind: Kind): Kind {
  parts.add(kind);
  return kind;
}

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_rest_api */
export const restApi = defineKind("aws_api_gateway_rest_api", {
  // Each of them decides who is answered, or what: an API described elsewhere, a resource policy, binary bodies.
  refused: ["body", "policy", "binary_media_types", "minimum_compression_size", "disable_execute_api_endpoint"],
  create(given, { account, region }) {
    const id = account.randomId(10);
    return {
      id,
      arn: `arn:aws:apigateway:${region}::/restapis/${id}`,
      execution_arn: `arn:aws:execute-api:${region}:${account.id}:${id}`,
      root_resource_id: account.randomId(10),
      created_date: account.timestamp(),
      api_key_source: given["api_key_source"] ?? "HEADER",
      binary_media_types: [],
      description: given["description"] ?? "",
      disable_execute_api_endpoint: false,
      minimum_compression_size: "",
      policy: "",
      endpoint_configuration: withAddressType(given["endpoint_configuration"]),
    };
  },
  update: (given) => ({ endpoint_configuration: withAddressType(given["endpoint_configuration"]) }),
  remove: ({ id }, { account }) => removeParts(account, "rest_api_id", id),
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_resource */
export const apiResource = defineKind("aws_api_gateway_resource", {
  forceNew: ["rest_api_id"],
  volatile: ["path"],
  importId: slashed("rest_api_id", "id"),
  create(given, place) {
    const path = pathOf(given, place);
    return { id: place.account.randomId(RESOURCE_ID_LENGTH), path };
  },
  update: (given, _prior, place) => ({ path: pathOf(given, place) }),
  remove: ({ id }, { account }) => removeParts(account, "resource_id", id),
});

partOfApi(apiResource);

/** The API of an attribute `rest_api_id`. @throws {AwsError} `NotFoundException` */
export function requireApi(given: Attributes, { account, region }: Pick<Place, "account" | "region">): Attributes {
  const id = text(given, "rest_api_id");
  const api = account.get(restApi.type, `${region}/${id}`);
  if (api === undefined) {
    throw new AwsError("NotFoundException", `Invalid API identifier specified ${account.id}:${id}`, 404);
  }
  return api.attributes;
}

/** Makes sure that the resource of an attribute `resource_id` is there. @throws {AwsError} `NotFoundException` */
export function requireResource(given: Attributes, place: Place): void {
  const api = requireApi(given, place);
  const id = text(given, "resource_id");
  if (id === api["root_resource_id"]) return;
  if (place.account.get(apiResource.type, `${place.region}/${id}`) === undefined) throw notFound("Resource");
}

function removeParts(account: Account, reference: "rest_api_id" | "resource_id", id: Value | undefined): void {
  for (const kind of parts) {
    for (const part of account.list(kind.type)) {
      if (part[reference] === id) account.delete(kind.type, keyOf(kind, part));
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
  if (part.startsWith("{") && siblings.some((sibling) => text(sibling, "path_part").startsWith("{"))) {
    throw badRequest("A sibling of this resource already has a variable path part -- only one is allowed");
  }
  if (given["parent_id"] === api["root_resource_id"]) return `/${part}`;
  const parent = place.account.get(apiResource.type, `${place.region}/${text(given, "parent_id")}`);
  if (parent === undefined) throw notFound("Resource");
  return `${text(parent.attributes, "path")}/${part}`;
}
