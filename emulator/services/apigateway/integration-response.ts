/**
 * Integration responses: what becomes of an integration's answer.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_IntegrationResponse.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_integration_response
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { AwsError, UnsupportedError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import type { Attributes } from "../../terraform/attributes";
import { textMap } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { defineResource } from "../../terraform/resource";
import { keptTemplates, requireIntegration, stateTemplates } from "./integration";
import { checkResponse, checkTemplates } from "./mappings";
import { entries, type PatchRules, patched, replacing } from "./patch";
import { type MethodKey, type PlacedMethod, putMethodAt, requireResource } from "./resource";
import { notFound } from "./rules";

type Response = Wire<sdk.IntegrationResponse>;

/** The response that the input names, with where it is. @throws {AwsError} `NotFoundException` */
function requireResponse(context: OperationContext, input: MethodKey & { readonly statusCode: string | undefined }) {
  const placed = requireIntegration(context, input);
  const response = placed.integration.integrationResponses?.[input.statusCode ?? ""];
  if (response === undefined) throw notFound("Response status code");
  return { ...placed, response };
}

/** As recorded, the deletion calls a missing method a missing integration. */
function requireForDeletion(context: OperationContext, input: Wire<sdk.DeleteIntegrationResponseRequest>) {
  const { resourceMethods } = requireResource(context, input);
  if (!Object.hasOwn(resourceMethods, input.httpMethod ?? "")) throw notFound("Integration identifier");
  return requireResponse(context, input);
}

/** Sets the responses of the method's integration. */
function putResponses(
  context: OperationContext,
  { resource, method }: PlacedMethod,
  integrationResponses: Readonly<Record<string, Response>> | undefined,
): void {
  const methodIntegration = present({ ...method.methodIntegration, integrationResponses });
  putMethodAt(context, resource, { ...method, methodIntegration });
}

function put(context: OperationContext, placed: PlacedMethod, response: Response): Response {
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
  return put(context, placed, present({ statusCode, selectionPattern, responseParameters, responseTemplates }));
}

export function getIntegrationResponse(context: OperationContext, input: Wire<sdk.GetIntegrationResponseRequest>) {
  return requireResponse(context, input).response;
}

const missing = (what: string) => () => new AwsError("NotFoundException", `Invalid ${what} specified`, 404);

const PATCHES: PatchRules<Response> = {
  "/selectionPattern": replacing("selectionPattern", (value) => value),
  "/responseParameters/*": entries("responseParameters", missing("parameter name")),
  "/responseTemplates/*": entries("responseTemplates", missing("content type"), (value) => value || null),
};

export function updateIntegrationResponse(
  context: OperationContext,
  input: Wire<sdk.UpdateIntegrationResponseRequest>,
) {
  const { response, ...placed } = requireResponse(context, input);
  return put(context, placed, patched(response, input.patchOperations, PATCHES));
}

export function deleteIntegrationResponse(
  context: OperationContext,
  input: Wire<sdk.DeleteIntegrationResponseRequest>,
) {
  const { integration, response, ...placed } = requireForDeletion(context, input);
  const { [response.statusCode ?? ""]: _, ...others } = integration.integrationResponses ?? {};
  putResponses(context, placed, Object.keys(others).length === 0 ? undefined : others);
  return {};
}

const TERRAFORM_TYPE = "aws_api_gateway_integration_response";

async function putByOperation(planned: Attributes, aws: Aws): Promise<Attributes> {
  await aws.call("PutIntegrationResponse", aws.inputOf("PutIntegrationResponse", planned));
  return {};
}

export const integrationResponseResource = defineResource(TERRAFORM_TYPE, {
  service: "apigateway",
  id: "agir-<rest_api_id>-<resource_id>-<http_method>-<status_code>",
  importId: "<rest_api_id>/<resource_id>/<http_method>/<status_code>",
  forceNew: ["http_method", "resource_id", "rest_api_id"],
  refused: ["content_handling"],
  validate(config) {
    checkTemplates(`${TERRAFORM_TYPE}.response_templates`, textMap(config, "response_templates"));
  },
  create: putByOperation,
  read: "GetIntegrationResponse",
  refine: (found) => stateTemplates(found, "response_templates"),
  update: async (planned, prior, aws) => {
    if (planned["status_code"] !== prior["status_code"]) {
      throw new UnsupportedError(
        `${TERRAFORM_TYPE}.status_code does not change in place: on AWS, the response for ${prior["status_code"]} would stay behind. Use terraform apply -replace=<address>.`,
      );
    }
    await putByOperation(planned, aws);
  },
  delete: "DeleteIntegrationResponse",
});
