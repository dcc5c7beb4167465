/**
 * Deployments: each freezes the API's configuration, and a stage answers with what its deployment froze.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Deployment.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_deployment
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { UnsupportedError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { defineResource } from "../../terraform/resource";
import { byPatches, replacing } from "./patch";
import {
  type ApiSnapshot,
  authorizers,
  type DeploymentRecord,
  deployments,
  gatewayResponses,
  models,
  requestValidators,
  requireApi,
  requireDeployment,
  resources,
  stages,
} from "./records";
import { badRequest } from "./refusals";
import { partTraits, sharedOperations } from "./shared-operations";
import { deployToStage, requireCanaryStage } from "./stage";

/** With `stageName`, that stage answers with the deployment at once, and is created when it does not exist. */
export function createDeployment(context: OperationContext, input: Wire<sdk.CreateDeploymentRequest>) {
  const { account } = context;
  const snapshot = snapshotOf(context, input.restApiId);
  const restApiId = snapshot.restApi.id;
  requireCanaryStage(context, input);
  const deployment = present({
    restApiId,
    id: account.randomId(6),
    description: input.description || undefined,
    createdDate: Math.floor(account.now() / 1000),
    snapshot,
  });
  deployments.put(context, deployment);
  if (input.stageName) deployToStage(context, { ...input, restApiId, deploymentId: deployment.id });
  return describe(deployment);
}

/**
 * The API as it is configured now: a copy of plain JSON.
 * @throws {AwsError} `BadRequestException` for an API that has no methods, or one without an integration
 * @throws {UnsupportedError} for settings that would change what callers get, and that a stage does not emulate
 */
function snapshotOf(context: OperationContext, id: string | undefined): ApiSnapshot {
  const restApi = requireApi(context, id);
  const snapshot = {
    restApi,
    resources: resources.ofApi(context, id),
    authorizers: authorizers.ofApi(context, id),
    gatewayResponses: gatewayResponses.ofApi(context, id),
    requestValidators: requestValidators.ofApi(context, id),
    models: models.ofApi(context, id),
  };
  const methods = snapshot.resources.flatMap(({ resourceMethods }) => Object.values(resourceMethods));
  const bodies = snapshot.requestValidators.flatMap((one) => (one.validateRequestBody ? [one.id] : []));
  const isChecked = ({ requestModels, requestValidatorId = "" }: Wire<sdk.Method>) =>
    requestModels !== undefined && bodies.includes(requestValidatorId);
  const refused: Readonly<Record<string, boolean | undefined>> = {
    binaryMediaTypes: restApi.binaryMediaTypes !== undefined,
    minimumCompressionSize: restApi.minimumCompressionSize !== undefined,
    "a private endpoint": restApi.endpointConfiguration.types?.includes("PRIVATE"),
    "API keys from an authorizer":
      restApi.apiKeySource === "AUTHORIZER" && methods.some(({ apiKeyRequired }) => apiKeyRequired),
    "a model that request bodies are checked against": methods.some(isChecked),
  };
  const found = Object.keys(refused).find((what) => refused[what]);
  if (found !== undefined) throw new UnsupportedError(`a deployment with ${found} is not emulated`);
  if (methods.length === 0) throw badRequest("The REST API doesn't contain any methods");
  if (methods.some(({ methodIntegration }) => methodIntegration === undefined)) {
    throw badRequest("No integration defined for method");
  }
  return structuredClone(snapshot);
}

function describe({ restApiId: _, snapshot: __, ...deployment }: DeploymentRecord): Wire<sdk.Deployment> {
  return deployment;
}

/** With `embed=apisummary`, the output has the authorization of each method. */
function getDeployment(context: OperationContext, input: Wire<sdk.GetDeploymentRequest>) {
  const deployment = requireDeployment(context, input);
  if (input.embed?.includes("apisummary") !== true) return describe(deployment);
  const apiSummary = deployment.snapshot.resources.flatMap(({ path, resourceMethods }) => {
    const methods = Object.entries(resourceMethods).map(([name, { authorizationType, apiKeyRequired }]) => {
      return [name, { authorizationType, apiKeyRequired: apiKeyRequired === true }] as const;
    });
    return methods.length === 0 ? [] : [[path, Object.fromEntries(methods)] as const];
  });
  return { ...describe(deployment), apiSummary: Object.fromEntries(apiSummary) };
}

interface DeploymentKey {
  readonly restApiId: string | undefined;
  readonly deploymentId: string | undefined;
}

const shared = sharedOperations<DeploymentRecord, DeploymentKey>({
  ...partTraits("Deployment", deployments),
  require: requireDeployment,
  describe,
  rules: { "/description": replacing("description") },
  beforeDelete(context, { restApiId, id }) {
    const isActive = stages
      .ofApi(context, restApiId)
      .some(({ deploymentId, canarySettings }) => [deploymentId, canarySettings?.deploymentId].includes(id));
    if (isActive) throw badRequest("Active stages pointing to this deployment must be moved or deleted");
  },
});

export const operations = { ...shared, GetDeployment: getDeployment };

export const deploymentResource = defineResource("aws_api_gateway_deployment", {
  service: "apigateway",
  names: { id: ["id", "deploymentId"] },
  importId: "<rest_api_id>/<id>",
  forceNew: ["rest_api_id", "triggers", "variables"],
  create: "CreateDeployment",
  read: "GetDeployment",
  update: byPatches("UpdateDeployment", { description: "/description" }),
  delete: "DeleteDeployment",
});
