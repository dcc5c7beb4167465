/**
 * Deployments: each freezes the API's configuration, and a stage answers with what its deployment froze.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Deployment.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_deployment
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { defineResource } from "../../terraform/resource";
import { pageOfItems } from "./pages";
import { byPatches, patched, replacing } from "./patch";
import { requireApi } from "./rest-api";
import { type ApiPart, ApiPartTable, badRequest, notFound } from "./rules";
import { type ApiSnapshot, snapshotOf } from "./snapshot";
import { deployToStage, requireCanaryStage, type StageRecord, stages } from "./stage";

/** A deployment as the account keeps it. */
export interface DeploymentRecord extends Wire<sdk.Deployment>, ApiPart {
  readonly id: string;
  /** Seconds since 1970. */
  readonly createdDate: number;
  readonly snapshot: ApiSnapshot;
}

export const deployments = new ApiPartTable<DeploymentRecord>("Deployment", ({ id }) => id);

/** The deployment that the input names. @throws {AwsError} `NotFoundException` */
export function requireDeployment(
  context: OperationContext,
  { restApiId, deploymentId }: { readonly restApiId: string | undefined; readonly deploymentId: string | undefined },
): DeploymentRecord {
  const { id } = requireApi(context, restApiId);
  const found = deployments.find(context, id, deploymentId);
  if (found === undefined) throw notFound("Deployment identifier");
  return found;
}

/** With `stageName`, that stage answers with the deployment at once, and is created when it does not exist. */
export function createDeployment(context: OperationContext, input: Wire<sdk.CreateDeploymentRequest>) {
  const { account } = context;
  const restApiId = requireApi(context, input.restApiId).id;
  const snapshot = snapshotOf(context, restApiId);
  requireDeployable(snapshot);
  requireCanaryStage(context, input);
  const deployment = deployments.put(
    context,
    present({
      restApiId,
      id: account.randomId(6),
      description: input.description || undefined,
      createdDate: Math.floor(account.now() / 1000),
      snapshot,
    }),
  );
  if (input.stageName) deployToStage(context, { ...input, restApiId, deploymentId: deployment.id });
  return describe(deployment);
}

function requireDeployable({ resources }: ApiSnapshot): void {
  const methods = resources.flatMap(({ resourceMethods }) => Object.values(resourceMethods));
  if (methods.length === 0) throw badRequest("The REST API doesn't contain any methods");
  if (methods.some(({ methodIntegration }) => methodIntegration === undefined)) {
    throw badRequest("No integration defined for method");
  }
}

function describe({ restApiId: _, snapshot: __, ...deployment }: DeploymentRecord): Wire<sdk.Deployment> {
  return deployment;
}

/** With `embed=apisummary`, it tells who may call each method of what was frozen. */
export function getDeployment(context: OperationContext, input: Wire<sdk.GetDeploymentRequest>) {
  const deployment = requireDeployment(context, input);
  const isEmbedded = input.embed?.includes("apisummary") === true;
  return { ...describe(deployment), ...(isEmbedded ? { apiSummary: summaryOf(deployment.snapshot) } : {}) };
}

function summaryOf({ resources }: ApiSnapshot): Wire<sdk.Deployment>["apiSummary"] {
  return Object.fromEntries(
    resources.flatMap(({ path, resourceMethods }) => {
      const methods = Object.entries(resourceMethods).map(([name, { authorizationType, apiKeyRequired }]) => {
        return [name, { authorizationType, apiKeyRequired: apiKeyRequired === true }] as const;
      });
      return methods.length === 0 ? [] : [[path, Object.fromEntries(methods)] as const];
    }),
  );
}

export function getDeployments(context: OperationContext, input: Wire<sdk.GetDeploymentsRequest>) {
  const { id } = requireApi(context, input.restApiId);
  return pageOfItems(deployments.ofApi(context, id).map(describe), input);
}

const PATCHES = { "/description": replacing<DeploymentRecord>("description") };

export function updateDeployment(context: OperationContext, input: Wire<sdk.UpdateDeploymentRequest>) {
  const deployment = requireDeployment(context, input);
  return describe(deployments.put(context, patched(deployment, input.patchOperations, PATCHES)));
}

const isActive = ({ deploymentId, canarySettings }: StageRecord, id: string) =>
  deploymentId === id || canarySettings?.deploymentId === id;

export function deleteDeployment(context: OperationContext, input: Wire<sdk.DeleteDeploymentRequest>) {
  const deployment = requireDeployment(context, input);
  if (stages.ofApi(context, deployment.restApiId).some((stage) => isActive(stage, deployment.id))) {
    throw badRequest("Active stages pointing to this deployment must be moved or deleted");
  }
  deployments.delete(context, deployment);
  return {};
}

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
