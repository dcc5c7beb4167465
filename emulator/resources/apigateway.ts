/**
 * REST APIs: what they consist of. What is configured here answers nobody before a deployment freezes it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html
 */
import type { Account } from "../account";
import { type Attributes, text } from "../attributes";
import { AwsError } from "../errors";
import { defineKind, type Kind, keyOf, type Place } from "../provider/kind";

const PATH_PART = /^(?:[a-zA-Z0-9._:-]+|\{[a-zA-Z0-9._:-]+\+?\})$/;
const RESOURCE_ID_LENGTH = 6;

export const notFound = (what: string) =>
  new AwsError("NotFoundException", `Invalid ${what} identifier specified`, 404);
const conflict = (message: string) => new AwsError("ConflictException", message, 409);
export const badRequest = (message: string) => new AwsError("BadRequestException", message, 400);

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
  remove(prior, { account }) {
    for (const kind of childKinds()) {
      for (const child of account.list(kind.type)) {
        if (child["rest_api_id"] === prior["id"]) account.delete(kind.type, keyOf(kind, child));
      }
    }
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_resource */
export const apiResource = defineKind("aws_api_gateway_resource", {
  forceNew: ["rest_api_id"],
  volatile: ["path"],
  importId: (attributes) => `${text(attributes, "rest_api_id")}/${text(attributes, "id")}`,
  create(given, place) {
    const path = pathOf(given, place);
    return { id: place.account.randomId(RESOURCE_ID_LENGTH), path };
  },
  update: (given, _prior, place) => ({ path: pathOf(given, place) }),
  remove({ id }, { account }) {
    for (const kind of childKinds()) {
      for (const child of account.list(kind.type)) {
        if (child["resource_id"] === id) account.delete(kind.type, keyOf(kind, child));
      }
    }
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_method */
export const method = defineKind("aws_api_gateway_method", {
  forceNew: ["http_method", "resource_id", "rest_api_id"],
  defaults: { api_key_required: false },
  refused: ["request_models", "request_validator_id"],
  importId: slashed("rest_api_id", "resource_id", "http_method"),
  create(given, place) {
    requireResource(given, place);
    checkAuthorization(given, place);
    const id = composedId("agm", given, "http_method");
    refuseExisting(method, id, place, "Method already exists for this resource");
    return { id };
  },
  update(given, _prior, place) {
    checkAuthorization(given, place);
    return {};
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_method_response */
export const methodResponse = defineKind("aws_api_gateway_method_response", {
  forceNew: ["http_method", "resource_id", "rest_api_id", "status_code"],
  importId: slashed("rest_api_id", "resource_id", "http_method", "status_code"),
  create(given, place) {
    requireMethod(given, place);
    const id = composedId("agmr", given, "http_method", "status_code");
    refuseExisting(methodResponse, id, place, "Response already exists for this resource");
    return { id };
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_integration */
export const integration = defineKind("aws_api_gateway_integration", {
  forceNew: [
    "credentials",
    "http_method",
    "integration_http_method",
    "passthrough_behavior",
    "resource_id",
    "rest_api_id",
    "type",
  ],
  defaults: { connection_type: "INTERNET", timeout_milliseconds: 29_000 },
  refused: [
    "connection_id",
    "content_handling",
    "credentials",
    "request_parameters",
    "cache_key_parameters",
    "tls_config",
  ],
  importId: slashed("rest_api_id", "resource_id", "http_method"),
  validate({ type }) {
    if (typeof type !== "string" || ["AWS_PROXY", "MOCK"].includes(type)) return;
    throw badRequest(`integration type ${type} is not emulated; emulated are AWS_PROXY and MOCK`);
  },
  create(given, place) {
    requireMethod(given, place);
    checkIntegration(given);
    return {
      id: composedId("agi", given, "http_method"),
      cache_namespace: given["cache_namespace"] ?? text(given, "resource_id"),
      passthrough_behavior: given["passthrough_behavior"] ?? "WHEN_NO_MATCH",
    };
  },
  update(given) {
    checkIntegration(given);
    return {};
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_integration_response */
export const integrationResponse = defineKind("aws_api_gateway_integration_response", {
  forceNew: ["http_method", "resource_id", "rest_api_id", "status_code"],
  refused: ["content_handling", "selection_pattern"],
  importId: slashed("rest_api_id", "resource_id", "http_method", "status_code"),
  create(given, place) {
    requireMethod(given, place);
    const { account, region } = place;
    if (account.get(integration.type, `${region}/${composedId("agi", given, "http_method")}`) === undefined) {
      throw notFound("Integration");
    }
    return { id: composedId("agir", given, "http_method", "status_code") };
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_authorizer */
export const authorizer = defineKind("aws_api_gateway_authorizer", {
  forceNew: ["rest_api_id"],
  defaults: {
    authorizer_result_ttl_in_seconds: 300,
    identity_source: "method.request.header.Authorization",
    type: "TOKEN",
  },
  refused: ["authorizer_uri", "authorizer_credentials", "identity_validation_expression"],
  importId: (attributes) => `${text(attributes, "rest_api_id")}/${text(attributes, "id")}`,
  validate({ type }) {
    if (typeof type !== "string" || type === "COGNITO_USER_POOLS") return;
    throw badRequest(`authorizer type ${type} is not emulated; emulated is COGNITO_USER_POOLS`);
  },
  create(given, place) {
    const api = requireApi(given, place);
    const id = place.account.randomId(RESOURCE_ID_LENGTH);
    return { id, arn: `${text(api, "arn")}/authorizers/${id}` };
  },
  remove({ id }, { account }) {
    if (account.list(method.type).some(({ authorizer_id }) => authorizer_id === id)) {
      throw conflict("Authorizer is referenced in method");
    }
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_gateway_response */
export const gatewayResponse = defineKind("aws_api_gateway_gateway_response", {
  forceNew: ["response_type", "rest_api_id"],
  importId: slashed("rest_api_id", "response_type"),
  create(given, place) {
    requireApi(given, place);
    return { id: `aggr-${text(given, "rest_api_id")}-${text(given, "response_type")}` };
  },
});

/** What a deployment freezes, by resource type. */
export type Snapshot = Readonly<Record<string, readonly Attributes[]>>;

/** Everything of the API that a deployment freezes. */
export function snapshotOf(account: Account, restApiId: string): Snapshot {
  const ofApi = (kind: Kind) => account.list(kind.type).filter(({ rest_api_id }) => rest_api_id === restApiId);
  return Object.fromEntries(configurationKinds().map((kind) => [kind.type, ofApi(kind)]));
}

/** The API of an attribute `rest_api_id`. @throws {AwsError} `NotFoundException` */
export function requireApi(given: Attributes, { account, region }: Pick<Place, "account" | "region">): Attributes {
  const id = text(given, "rest_api_id");
  const api = account.get(restApi.type, `${region}/${id}`);
  if (api === undefined) {
    throw new AwsError("NotFoundException", `Invalid API identifier specified ${account.id}:${id}`, 404);
  }
  return api.attributes;
}

const childTypes = new Set<Kind>();

/** Notes a kind whose resources go with their API. */
export function goesWithApi(kind: Kind): Kind {
  childTypes.add(kind);
  return kind;
}

function childKinds(): readonly Kind[] {
  return [apiResource, ...configurationKinds(), ...childTypes];
}

function configurationKinds(): readonly Kind[] {
  return [apiResource, method, methodResponse, integration, integrationResponse, authorizer, gatewayResponse];
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

function requireResource(given: Attributes, place: Place): void {
  const api = requireApi(given, place);
  const id = text(given, "resource_id");
  if (id === api["root_resource_id"]) return;
  if (place.account.get(apiResource.type, `${place.region}/${id}`) === undefined) throw notFound("Resource");
}

function requireMethod(given: Attributes, place: Place): void {
  requireResource(given, place);
  const id = composedId("agm", given, "http_method");
  if (place.account.get(method.type, `${place.region}/${id}`) === undefined) throw notFound("Method");
}

function checkAuthorization(given: Attributes, place: Place): void {
  const kind = text(given, "authorization");
  if (kind === "NONE") return;
  if (kind !== "COGNITO_USER_POOLS") throw badRequest(`authorization ${kind} is not emulated`);
  const id = given["authorizer_id"];
  const found = typeof id === "string" ? place.account.get(authorizer.type, `${place.region}/${id}`) : undefined;
  if (found === undefined || found.attributes["rest_api_id"] !== given["rest_api_id"]) {
    throw badRequest(
      "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.",
    );
  }
}

function checkIntegration(given: Attributes): void {
  if (given["type"] !== "AWS_PROXY") return;
  if (given["integration_http_method"] !== "POST") {
    throw badRequest("Enumeration value for HttpMethod must be non-empty: Lambda functions are invoked by POST");
  }
  if (!/:lambda:path\/.*\/functions\/arn:aws:lambda:.*\/invocations$/.test(`${given["uri"]}`)) {
    throw badRequest("Invalid ARN specified in the request");
  }
}

function refuseExisting(kind: Kind, id: string, { account, region }: Place, message: string): void {
  if (account.get(kind.type, `${region}/${id}`) !== undefined) throw conflict(message);
}

function composedId(prefix: string, given: Attributes, ...names: readonly string[]): string {
  return [prefix, ...["rest_api_id", "resource_id", ...names].map((name) => text(given, name))].join("-");
}

function slashed(...names: readonly string[]): (attributes: Attributes) => string {
  return (attributes) => names.map((name) => text(attributes, name)).join("/");
}
