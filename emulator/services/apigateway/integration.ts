/**
 * Integrations, which answer methods, and integration responses, which make responses of what they answer.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_IntegrationResponse.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_integration
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { UnsupportedError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { type Attributes, optionalText, textMap } from "../../terraform/attributes";
import { defineResource } from "../../terraform/resource";
import { checkRequestMappings, checkResponse, checkTemplates } from "./mappings";
import { type MethodKey, type PlacedMethod, putMethodAt, requireMethod } from "./method";
import { byPatches, entries, items, type PatchRules, patched, replacing, without } from "./patch";
import { badRequest, notFound, requireEmulated } from "./refusals";
import { requireResource } from "./resource";
import { creating } from "./shared-operations";

type Integration = Wire<sdk.Integration>;

/** Members that would change what a function or backend receives, or how it is reached. */
export const NOT_EMULATED = [
  "connectionId",
  "contentHandling",
  "credentials",
  "integrationTarget",
  "tlsConfig",
] as const;

const MIN_TIMEOUT = 50;
const MAX_TIMEOUT = 29_000;

/** The integration that the input names, with its method. @throws {AwsError} `NotFoundException` */
function requireIntegration(context: OperationContext, input: MethodKey) {
  const placed = requireMethod(context, input);
  const integration = placed.method.methodIntegration;
  if (integration === undefined) throw notFound("Integration identifier");
  return { ...placed, integration };
}

/** Templates as AWS keeps them: of an empty one, null. */
function keptTemplates(templates: Readonly<Record<string, string>> | undefined) {
  if (templates === undefined) return undefined;
  const kept = Object.entries(templates).map(([contentType, template]) => [contentType, template || null]);
  return Object.fromEntries(kept) as Readonly<Record<string, string>>;
}

/** Templates as Terraform's state has them: an empty one is empty. */
function stateTemplates(found: Attributes, name: string): Attributes {
  const templates = found[name];
  if (typeof templates !== "object" || templates === null) return {};
  return { [name]: Object.fromEntries(Object.entries(templates).map(([type, text]) => [type, text ?? ""])) };
}

/** In place of the integration that the method may have. That the responses of an integration that is replaced stay is unconfirmed. */
export function putIntegration(context: OperationContext, input: Wire<sdk.PutIntegrationRequest>) {
  const placed = requireMethod(context, input);
  const isHttp = input.type === "HTTP" || input.type === "HTTP_PROXY";
  return put(context, placed, {
    type: input.type,
    httpMethod: input.integrationHttpMethod,
    uri: input.uri,
    connectionType: input.connectionType ?? (isHttp ? "INTERNET" : undefined),
    requestParameters: input.requestParameters,
    requestTemplates: keptTemplates(input.requestTemplates),
    passthroughBehavior: input.passthroughBehavior ?? "WHEN_NO_MATCH",
    timeoutInMillis: timeoutOf(input.timeoutInMillis ?? MAX_TIMEOUT),
    cacheNamespace: input.cacheNamespace ?? placed.resource.id,
    cacheKeyParameters: input.cacheKeyParameters ?? [],
    responseTransferMode: input.responseTransferMode ?? "BUFFERED",
    integrationResponses: placed.method.methodIntegration?.integrationResponses,
  });
}

function put(context: OperationContext, { resource, method }: PlacedMethod, given: Integration): Integration {
  // As recorded, a mock keeps neither of them.
  const target = given.type === "MOCK" ? { httpMethod: undefined, uri: undefined } : {};
  const methodIntegration = present({ ...given, ...target });
  checkTarget(methodIntegration);
  requireEmulated("connectionType", methodIntegration.connectionType, ["INTERNET"]);
  requireEmulated("responseTransferMode", methodIntegration.responseTransferMode, ["BUFFERED"]);
  checkRequestMappings(methodIntegration, method);
  putMethodAt(context, resource, { ...method, methodIntegration });
  return methodIntegration;
}

function timeoutOf(milliseconds: number): number {
  if (milliseconds >= MIN_TIMEOUT && milliseconds <= MAX_TIMEOUT) return milliseconds;
  throw badRequest(`Timeout should be between ${MIN_TIMEOUT} ms and ${MAX_TIMEOUT} ms`);
}

/** Checks where requests go, in AWS's order. @throws {AwsError} `BadRequestException` */
function checkTarget({ type, httpMethod = "", uri = "" }: Integration): void {
  if (type === "MOCK") return;
  if (httpMethod === "") throw badRequest("Enumeration value for HttpMethod must be non-empty");
  if (type === "HTTP" || type === "HTTP_PROXY") {
    if (/^https?:\/\/[^/?#\s]+(?:[/?]\S*)?$/.test(uri)) return;
    throw badRequest("Invalid HTTP endpoint specified for URI");
  }
  if (!uri.startsWith("arn:")) throw badRequest("Invalid ARN specified in the request");
  const [, service, target = ""] = /^(?:[^:]*:){4}([^:]*):(.*)$/s.exec(uri) ?? [];
  if (!/^(path|action)\//.test(target)) throw badRequest("AWS ARN for integration must contain path or action");
  const isFunction = /^path\/2015-03-31\/functions\/arn:aws[\w-]*:lambda:.+\/invocations$/.test(target);
  if (service === "lambda" && isFunction) return;
  if (type === "AWS") throw new UnsupportedError(`type AWS is emulated for functions only, and not for ${uri}`);
  throw badRequest(
    "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
  );
}

export function getIntegration(context: OperationContext, input: Wire<sdk.GetIntegrationRequest>) {
  return requireIntegration(context, input).integration;
}

const noParameter = () => notFound("parameter name");
const templates = <T extends object>(member: keyof T & string) =>
  entries<T>(
    member,
    () => notFound("content type"),
    (value) => value || null,
  );

const refused = (path: string) => ({
  replace(value: string) {
    if (value === "" || value === "false") return {};
    throw new UnsupportedError(`${path} is not emulated`);
  },
});

const RULES: PatchRules<Integration> = {
  "/type": replacing("type"),
  "/httpMethod": replacing("httpMethod"),
  "/uri": replacing("uri"),
  "/connectionType": replacing("connectionType"),
  "/passthroughBehavior": replacing("passthroughBehavior"),
  "/timeoutInMillis": replacing("timeoutInMillis", (value) => timeoutOf(Number(value))),
  "/cacheNamespace": replacing("cacheNamespace"),
  "/cacheKeyParameters/*": items("cacheKeyParameters", "key", true),
  "/requestParameters/*": entries("requestParameters", noParameter),
  "/requestTemplates/*": templates("requestTemplates"),
  ...Object.fromEntries(
    ["/credentials", "/contentHandling", "/connectionId", "/tlsConfig/insecureSkipVerification"].map((path) => [
      path,
      refused(path),
    ]),
  ),
};

export function updateIntegration(context: OperationContext, input: Wire<sdk.UpdateIntegrationRequest>) {
  const { integration, ...placed } = requireIntegration(context, input);
  return put(context, placed, patched(integration, input.patchOperations, RULES));
}

/** Deletes the integration with its responses. */
export function deleteIntegration(context: OperationContext, input: Wire<sdk.DeleteIntegrationRequest>) {
  const { resource, method } = requireIntegration(context, input);
  putMethodAt(context, resource, { ...method, methodIntegration: undefined });
  return {};
}

type Response = Wire<sdk.IntegrationResponse>;
type ResponseKey = MethodKey & { readonly statusCode: string | undefined };

/** The response that the input names, with its integration. @throws {AwsError} `NotFoundException` */
function requireResponse(context: OperationContext, input: ResponseKey) {
  const placed = requireIntegration(context, input);
  const response = placed.integration.integrationResponses?.[input.statusCode ?? ""];
  if (response === undefined) throw notFound("Response status code");
  return { ...placed, response };
}

/** Sets the responses of the method's integration. */
function putResponses(
  context: OperationContext,
  { resource, method }: PlacedMethod,
  integrationResponses: Integration["integrationResponses"],
): void {
  const methodIntegration = present({ ...method.methodIntegration, integrationResponses });
  putMethodAt(context, resource, { ...method, methodIntegration });
}

function putResponse(context: OperationContext, placed: PlacedMethod, response: Response): Response {
  const { methodIntegration, methodResponses } = placed.method;
  const { statusCode = "" } = response;
  checkResponse(response, methodResponses?.[statusCode]);
  putResponses(context, placed, { ...methodIntegration?.integrationResponses, [statusCode]: response });
  return response;
}

/** In place of the response that the integration may have for the status. */
export function putIntegrationResponse(context: OperationContext, input: Wire<sdk.PutIntegrationResponseRequest>) {
  const placed = requireIntegration(context, input);
  const { statusCode, selectionPattern, responseParameters } = input;
  const responseTemplates = keptTemplates(input.responseTemplates);
  return putResponse(context, placed, present({ statusCode, selectionPattern, responseParameters, responseTemplates }));
}

export function getIntegrationResponse(context: OperationContext, input: Wire<sdk.GetIntegrationResponseRequest>) {
  return requireResponse(context, input).response;
}

const RESPONSE_RULES: PatchRules<Response> = {
  "/selectionPattern": replacing("selectionPattern", (value) => value),
  "/responseParameters/*": entries("responseParameters", noParameter),
  "/responseTemplates/*": templates("responseTemplates"),
};

export function updateIntegrationResponse(
  context: OperationContext,
  input: Wire<sdk.UpdateIntegrationResponseRequest>,
) {
  const { response, ...placed } = requireResponse(context, input);
  return putResponse(context, placed, patched(response, input.patchOperations, RESPONSE_RULES));
}

/** As recorded, it calls a missing method a missing integration. */
export function deleteIntegrationResponse(
  context: OperationContext,
  input: Wire<sdk.DeleteIntegrationResponseRequest>,
) {
  const { resourceMethods } = requireResource(context, input);
  if (!Object.hasOwn(resourceMethods, input.httpMethod ?? "")) throw notFound("Integration identifier");
  const { integration, response, ...placed } = requireResponse(context, input);
  putResponses(context, placed, without(integration.integrationResponses, response.statusCode ?? ""));
  return {};
}

const TYPE = "aws_api_gateway_integration";

export const integrationResource = defineResource(TYPE, {
  service: "apigateway",
  names: { integration_http_method: ["integrationHttpMethod"], timeout_milliseconds: "timeoutInMillis" },
  id: "agi-<rest_api_id>-<resource_id>-<http_method>",
  importId: "<rest_api_id>/<resource_id>/<http_method>",
  forceNew: [
    "credentials",
    "http_method",
    "integration_http_method",
    "passthrough_behavior",
    "resource_id",
    "rest_api_id",
    "type",
  ],
  defaults: { connection_type: "INTERNET", timeout_milliseconds: MAX_TIMEOUT },
  refused: ["connection_id", "content_handling", "credentials", "integration_target", "tls_config"],
  validate(config) {
    requireEmulated(`${TYPE}.connection_type`, optionalText(config, "connection_type"), ["INTERNET"]);
    requireEmulated(`${TYPE}.response_transfer_mode`, optionalText(config, "response_transfer_mode"), ["BUFFERED"]);
    checkTemplates(`${TYPE}.request_templates`, textMap(config, "request_templates"));
  },
  create: creating("PutIntegration"),
  read: async (known, aws) => {
    const output = await aws.call("GetIntegration", aws.inputOf("GetIntegration", known));
    const found = aws.attributesOf("GetIntegration", output, known);
    return {
      ...found,
      ...stateTemplates(found, "request_templates"),
      // In outputs, the method of the integration has the name that the method itself has in inputs.
      http_method: known["http_method"] ?? null,
      integration_http_method: (output["httpMethod"] as string | undefined) ?? "",
      connection_type: found["connection_type"] || "INTERNET",
    };
  },
  update: byPatches("UpdateIntegration", {
    request_templates: "/requestTemplates",
    request_parameters: "/requestParameters",
    cache_key_parameters: "/cacheKeyParameters/*",
    cache_namespace: "/cacheNamespace",
    uri: "/uri",
    connection_type: "/connectionType",
    timeout_milliseconds: "/timeoutInMillis",
  }),
  delete: "DeleteIntegration",
});

const RESPONSE_TYPE = "aws_api_gateway_integration_response";
const putWhole = creating("PutIntegrationResponse");

export const integrationResponseResource = defineResource(RESPONSE_TYPE, {
  service: "apigateway",
  id: "agir-<rest_api_id>-<resource_id>-<http_method>-<status_code>",
  importId: "<rest_api_id>/<resource_id>/<http_method>/<status_code>",
  forceNew: ["http_method", "resource_id", "rest_api_id"],
  refused: ["content_handling"],
  validate(config) {
    checkTemplates(`${RESPONSE_TYPE}.response_templates`, textMap(config, "response_templates"));
  },
  create: putWhole,
  read: "GetIntegrationResponse",
  refine: (found) => stateTemplates(found, "response_templates"),
  update: async (planned, { status_code: before }, aws) => {
    if (planned["status_code"] !== before) {
      const stays = `on AWS, the response for ${before} would stay behind. Use terraform apply -replace=<address>.`;
      throw new UnsupportedError(`${RESPONSE_TYPE}.status_code does not change in place: ${stays}`);
    }
    await putWhole(planned, aws);
  },
  delete: "DeleteIntegrationResponse",
});
