/**
 * Authorizers of a REST API: who is asked whether a request may pass.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_authorizer
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { TablePlace } from "../../account/table";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { type Attributes, optionalText } from "../../terraform/attributes";
import { defineResource } from "../../terraform/resource";
import { pageOfItems } from "./pages";
import { byPatches, items, listingTexts, type PatchRules, patched, replacing } from "./patch";
import { resources } from "./resource";
import { requireApi, restApis } from "./rest-api";
import { type ApiPart, ApiPartTable, badRequest, conflict, limitExceeded, notFound, requireEmulated } from "./rules";

const POOL = /^arn:aws:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/[\w-]+_[0-9a-zA-Z]+$/;
/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAX_AUTHORIZERS = 10;
/** Seconds that the real provider has for what AWS leaves out. */
const DEFAULT_TTL = 300;
const TYPES: readonly string[] = ["COGNITO_USER_POOLS"];

/** An authorizer as the account keeps it. */
export interface AuthorizerRecord extends Wire<sdk.Authorizer>, ApiPart {
  readonly id: string;
  readonly name: string;
}

export const authorizers = new ApiPartTable<AuthorizerRecord>("Authorizer", ({ id }) => id);

interface AuthorizerKey {
  readonly restApiId: string | undefined;
  readonly authorizerId: string | undefined;
}

function requireAuthorizer(context: OperationContext, { restApiId, authorizerId }: AuthorizerKey): AuthorizerRecord {
  const { id } = requireApi(context, restApiId);
  const found = authorizers.find(context, id, authorizerId);
  if (found === undefined) throw notFound("Authorizer identifier");
  return found;
}

const describe = ({ restApiId: _, ...authorizer }: AuthorizerRecord): Wire<sdk.Authorizer> => authorizer;

export function createAuthorizer(context: OperationContext, input: Wire<sdk.CreateAuthorizerRequest>) {
  const restApiId = input.restApiId ?? "";
  if (restApis.get(context, restApiId) === undefined) {
    throw conflict("Unable to complete operation due to concurrent modification. Please try again later.");
  }
  requireEmulated("type", input.type, TYPES);
  if (authorizers.ofApi(context, restApiId).length >= MAX_AUTHORIZERS) throw limitExceeded("Authorizers");
  return put(context, {
    restApiId,
    id: context.account.randomId(6),
    name: input.name ?? "",
    type: input.type,
    providerARNs: input.providerARNs ?? [],
    authType: input.authType ?? "cognito_user_pools",
    identitySource: input.identitySource,
    authorizerResultTtlInSeconds: input.authorizerResultTtlInSeconds,
  });
}

/** Sets the authorizer, if AWS takes it. @throws {AwsError} `BadRequestException` */
function put(context: TablePlace, authorizer: AuthorizerRecord): Wire<sdk.Authorizer> {
  const { restApiId, id, name, providerARNs = [] } = authorizer;
  const invalid = providerARNs.filter((arn) => !POOL.test(arn));
  if (invalid.length > 0 || providerARNs.length === 0) {
    throw badRequest(`ProviderARNs need to be valid Cognito Userpools. Invalid ARNs- ${invalid.join(", ")}`);
  }
  if (authorizers.ofApi(context, restApiId).some((other) => other.name === name && other.id !== id)) {
    throw badRequest(`Authorizer name must be unique. Authorizer ${name} already exists in this RestApi.`);
  }
  return describe(authorizers.put(context, present(authorizer)));
}

export function getAuthorizer(context: OperationContext, input: Wire<sdk.GetAuthorizerRequest>) {
  return describe(requireAuthorizer(context, input));
}

export function getAuthorizers(context: OperationContext, input: Wire<sdk.GetAuthorizersRequest>) {
  const { id } = requireApi(context, input.restApiId);
  return pageOfItems(authorizers.ofApi(context, id).map(describe), input);
}

const PATCHES: PatchRules<AuthorizerRecord> = {
  "/name": replacing("name", (name) => name),
  "/identitySource": replacing("identitySource"),
  "/providerARNs": items("providerARNs", "value", true),
  "/authorizerResultTtlInSeconds": replacing("authorizerResultTtlInSeconds", Number),
};

export function updateAuthorizer(context: OperationContext, input: Wire<sdk.UpdateAuthorizerRequest>) {
  const authorizer = requireAuthorizer(context, input);
  return put(context, patched(authorizer, input.patchOperations, PATCHES, listingTexts));
}

/** Deletes the authorizer; methods must not refer to it. */
export function deleteAuthorizer(context: OperationContext, input: Wire<sdk.DeleteAuthorizerRequest>) {
  const authorizer = requireAuthorizer(context, input);
  for (const { path, resourceMethods } of resources.ofApi(context, authorizer.restApiId)) {
    for (const [httpMethod, { authorizerId }] of Object.entries(resourceMethods)) {
      if (authorizerId !== authorizer.id) continue;
      throw conflict(`Cannot delete authorizer '${authorizer.name}', is referenced in method: ${httpMethod}/${path}`);
    }
  }
  authorizers.delete(context, authorizer);
  return {};
}

/** As the real provider refuses it. @throws {AwsError} without a user pool */
function requireProviders({ provider_arns = null }: Attributes): string | undefined {
  const isMissing = provider_arns === null || (Array.isArray(provider_arns) && provider_arns.length === 0);
  return isMissing ? "provider_arns must be set non-empty when authorizer type is COGNITO_USER_POOLS" : undefined;
}

const updateByPatches = byPatches("UpdateAuthorizer", {
  name: "/name",
  identity_source: "/identitySource",
  provider_arns: "/providerARNs",
  authorizer_result_ttl_in_seconds: "/authorizerResultTtlInSeconds",
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
  checkPlan: requireProviders,
  create: async (planned, aws) => {
    const output = await aws.call("CreateAuthorizer", aws.inputOf("CreateAuthorizer", planned));
    return { id: String(output["id"]) };
  },
  read: "GetAuthorizer",
  refine: ({ id, rest_api_id }, { authorizerResultTtlInSeconds }, { region }) => ({
    arn: `arn:aws:apigateway:${region}::/restapis/${rest_api_id}/authorizers/${id}`,
    authorizer_result_ttl_in_seconds: Number(authorizerResultTtlInSeconds ?? DEFAULT_TTL),
  }),
  update: updateByPatches,
  delete: "DeleteAuthorizer",
});
