/**
 * Authorizers of a REST API, which decide whether a request may pass.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_authorizer
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { TablePlace } from "../../account/table";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { optionalText } from "../../terraform/attributes";
import { defineResource } from "../../terraform/resource";
import { byPatches, items, listingText, replacing } from "./patch";
import { type AuthorizerRecord, authorizers, requireApi, resources, restApis } from "./records";
import { badRequest, conflict, limitExceeded, requireEmulated } from "./refusals";
import { partTraits, sharedOperations, withoutApi } from "./shared-operations";

const POOL = /^arn:aws:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/[\w-]+_[0-9a-zA-Z]+$/;
/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAX_AUTHORIZERS = 10;
/** Seconds that the real provider has for what AWS leaves out. */
const DEFAULT_TTL = 300;
const TYPES: readonly string[] = ["COGNITO_USER_POOLS"];

export function createAuthorizer(context: OperationContext, input: Wire<sdk.CreateAuthorizerRequest>) {
  const { restApiId = "", name = "", type, providerARNs = [], authType = "cognito_user_pools" } = input;
  if (restApis.get(context, restApiId) === undefined) {
    throw conflict("Unable to complete operation due to concurrent modification. Please try again later.");
  }
  requireEmulated("type", type, TYPES);
  if (authorizers.ofApi(context, restApiId).length >= MAX_AUTHORIZERS) throw limitExceeded("Authorizers");
  const { identitySource, authorizerResultTtlInSeconds } = input;
  const given = { name, type, providerARNs, authType, identitySource, authorizerResultTtlInSeconds };
  return withoutApi(put(context, { restApiId, id: context.account.randomId(6), ...given }));
}

/** Keeps the authorizer, if AWS takes it. @throws {AwsError} `BadRequestException` */
function put(context: TablePlace, authorizer: AuthorizerRecord): AuthorizerRecord {
  const { restApiId, id, name, providerARNs = [] } = authorizer;
  const invalid = providerARNs.filter((arn) => !POOL.test(arn));
  if (invalid.length > 0 || providerARNs.length === 0) {
    throw badRequest(`ProviderARNs need to be valid Cognito Userpools. Invalid ARNs- ${invalid.join(", ")}`);
  }
  if (authorizers.ofApi(context, restApiId).some((other) => other.name === name && other.id !== id)) {
    throw badRequest(`Authorizer name must be unique. Authorizer ${name} already exists in this RestApi.`);
  }
  return authorizers.put(context, present(authorizer));
}

interface AuthorizerKey {
  readonly restApiId: string | undefined;
  readonly authorizerId: string | undefined;
}

export const operations = sharedOperations<AuthorizerRecord, AuthorizerKey>({
  ...partTraits("Authorizer", authorizers),
  require: (context, { restApiId, authorizerId }) =>
    authorizers.require(context, requireApi(context, restApiId).id, authorizerId),
  rules: {
    "/name": replacing("name", (name) => name),
    "/identitySource": replacing("identitySource"),
    "/providerARNs": items("providerARNs", "value", true),
    "/authorizerResultTtlInSeconds": replacing("authorizerResultTtlInSeconds", Number),
  },
  text: listingText,
  put,
  beforeDelete(context, { id, name, restApiId }) {
    for (const { path, resourceMethods } of resources.ofApi(context, restApiId)) {
      for (const [httpMethod, { authorizerId }] of Object.entries(resourceMethods)) {
        if (authorizerId !== id) continue;
        throw conflict(`Cannot delete authorizer '${name}', is referenced in method: ${httpMethod}/${path}`);
      }
    }
  },
});

export const authorizerResource = defineResource("aws_api_gateway_authorizer", {
  service: "apigateway",
  names: { id: ["id", "authorizerId"], provider_arns: "providerARNs" },
  importId: "<rest_api_id>/<id>",
  // The real provider replaces it when the type changes from or to COGNITO_USER_POOLS, the only one emulated here.
  forceNew: ["rest_api_id", "type"],
  defaults: {
    authorizer_result_ttl_in_seconds: DEFAULT_TTL,
    identity_source: "method.request.header.Authorization",
    type: "TOKEN",
  },
  refused: ["authorizer_uri", "authorizer_credentials", "identity_validation_expression"],
  validate(config) {
    requireEmulated("aws_api_gateway_authorizer.type", optionalText(config, "type") ?? "TOKEN", TYPES);
  },
  sendEmpty: ["authorizer_result_ttl_in_seconds"],
  checkPlan({ provider_arns = null }) {
    const isMissing = provider_arns === null || (Array.isArray(provider_arns) && provider_arns.length === 0);
    return isMissing ? "provider_arns must be set non-empty when authorizer type is COGNITO_USER_POOLS" : undefined;
  },
  create: async (planned, aws) => {
    const { id } = await aws.call("CreateAuthorizer", aws.inputOf("CreateAuthorizer", planned));
    return { id: String(id) };
  },
  read: "GetAuthorizer",
  refine: ({ id, rest_api_id }, { authorizerResultTtlInSeconds }, { region }) => ({
    arn: `arn:aws:apigateway:${region}::/restapis/${rest_api_id}/authorizers/${id}`,
    authorizer_result_ttl_in_seconds: Number(authorizerResultTtlInSeconds ?? DEFAULT_TTL),
  }),
  update: byPatches("UpdateAuthorizer", {
    name: "/name",
    identity_source: "/identitySource",
    provider_arns: "/providerARNs",
    authorizer_result_ttl_in_seconds: "/authorizerResultTtlInSeconds",
  }),
  delete: "DeleteAuthorizer",
});
