/**
 * Integrations: what answers a method.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_integration
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { AwsError, UnsupportedError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { type Attributes, optionalText, textMap } from "../../terraform/attributes";
import { defineResource } from "../../terraform/resource";
import { checkRequestMappings, checkTemplates } from "./mappings";
import { byPatches, entries, items, type PatchRules, patched, replacing } from "./patch";
import { type MethodKey, type PlacedMethod, putMethodAt, requireMethod } from "./resource";
import { badRequest, notFound, requireEmulated } from "./rules";

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

/** The integration that the input names, with where it is. @throws {AwsError} `NotFoundException` */
export function requireIntegration(context: OperationContext, input: MethodKey) {
  const placed = requireMethod(context, input);
  const integration = placed.method.methodIntegration;
  if (integration === undefined) throw notFound("Integration identifier");
  return { ...placed, integration };
}

/** Templates as AWS keeps them: of an empty one, null. */
export function keptTemplates(templates: Readonly<Record<string, string>> | undefined) {
  if (templates === undefined) return undefined;
  const kept = Object.entries(templates).map(([contentType, template]) => [contentType, template || null]);
  return Object.fromEntries(kept) as Readonly<Record<string, string>>;
}

/** Templates as Terraform's state has them: an empty one is empty. */
export function stateTemplates(found: Attributes, name: string): Attributes {
  const templates = found[name];
  if (typeof templates !== "object" || templates === null) return {};
  return { [name]: Object.fromEntries(Object.entries(templates).map(([type, text]) => [type, text ?? ""])) };
}

/** In place of the integration that the method may have. Its responses stay, which is unconfirmed. */
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
  const [, , , , service = "", kind = ""] = uri.split(":");
  if (!/^(path|action)\//.test(kind)) throw badRequest("AWS ARN for integration must contain path or action");
  const isFunction = /^path\/2015-03-31\/functions\/arn:aws[\w-]*:lambda:.+\/invocations$/.test(
    uri.split(":").slice(5).join(":"),
  );
  if (service === "lambda" && isFunction) return;
  if (type === "AWS") throw new UnsupportedError(`type AWS is emulated for functions only, and not for ${uri}`);
  throw badRequest(
    "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
  );
}

export function getIntegration(context: OperationContext, input: Wire<sdk.GetIntegrationRequest>) {
  return requireIntegration(context, input).integration;
}

const missing = (what: string) => () => new AwsError("NotFoundException", `Invalid ${what} specified`, 404);

const PATCHES: PatchRules<Integration> = {
  "/type": replacing("type"),
  "/httpMethod": replacing("httpMethod"),
  "/uri": replacing("uri"),
  "/connectionType": replacing("connectionType"),
  "/passthroughBehavior": replacing("passthroughBehavior"),
  "/timeoutInMillis": replacing("timeoutInMillis", (value) => timeoutOf(Number(value))),
  "/cacheNamespace": replacing("cacheNamespace"),
  "/cacheKeyParameters/*": items("cacheKeyParameters", "key", true),
  "/requestParameters/*": entries("requestParameters", missing("parameter name")),
  "/requestTemplates/*": entries("requestTemplates", missing("content type"), (value) => value || null),
  ...Object.fromEntries(
    ["/credentials", "/contentHandling", "/connectionId", "/tlsConfig/insecureSkipVerification"].map((path) => [
      path,
      {
        replace(value: string) {
          if (value === "" || value === "false") return {};
          throw new UnsupportedError(`${path} is not emulated`);
        },
      },
    ]),
  ),
};

export function updateIntegration(context: OperationContext, input: Wire<sdk.UpdateIntegrationRequest>) {
  const { integration, ...placed } = requireIntegration(context, input);
  return put(context, placed, patched(integration, input.patchOperations, PATCHES));
}

/** Deletes the integration with its responses. */
export function deleteIntegration(context: OperationContext, input: Wire<sdk.DeleteIntegrationRequest>) {
  const { resource, method } = requireIntegration(context, input);
  putMethodAt(context, resource, { ...method, methodIntegration: undefined });
  return {};
}

const TERRAFORM_TYPE = "aws_api_gateway_integration";

export const integrationResource = defineResource(TERRAFORM_TYPE, {
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
    requireEmulated(`${TERRAFORM_TYPE}.connection_type`, optionalText(config, "connection_type"), ["INTERNET"]);
    const mode = optionalText(config, "response_transfer_mode");
    requireEmulated(`${TERRAFORM_TYPE}.response_transfer_mode`, mode, ["BUFFERED"]);
    checkTemplates(`${TERRAFORM_TYPE}.request_templates`, textMap(config, "request_templates"));
  },
  create: async (planned, aws) => {
    await aws.call("PutIntegration", aws.inputOf("PutIntegration", planned));
    return {};
  },
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
