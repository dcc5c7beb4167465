/** What goes live: a deployment freezes the API's configuration, a stage answers with what its deployment froze. */
import type { Account } from "../account";
import { type Attributes, text } from "../attributes";
import { AwsError } from "../errors";
import { defineKind, type Kind, type Place } from "../provider/kind";
import { apiResource, partOfApi, requireApi } from "./apigateway";
import { authorizer, gatewayResponse } from "./apigateway-access";
import { integration, integrationResponse, method, methodResponse } from "./apigateway-method";
import { badRequest, notFound, slashed } from "./apigateway-rules";

const STAGE_NAME = /^[A-Za-z0-9_-]{1,128}$/;

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_deployment */
export const deployment = defineKind("aws_api_gateway_deployment", {
  forceNew: ["rest_api_id", "triggers", "variables"],
  refused: ["variables"],
  importId: slashed("rest_api_id", "id"),
  create(given, place) {
    requireApi(given, place);
    checkDeployable(snapshotOf(place.account, text(given, "rest_api_id")));
    return { id: place.account.randomId(6), created_date: place.account.timestamp() };
  },
  internal: (attributes, { account }, before): Snapshot =>
    (before as Snapshot | undefined) ?? structuredClone(snapshotOf(account, text(attributes, "rest_api_id"))),
  remove({ id }, { account }) {
    if (account.list(stage.type).some(({ deployment_id }) => deployment_id === id)) {
      throw badRequest("Active stages pointing to this deployment must be moved or deleted");
    }
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_stage */
export const stage = defineKind("aws_api_gateway_stage", {
  forceNew: ["rest_api_id", "stage_name"],
  // Each of them would change what callers or functions see.
  refused: ["cache_cluster_enabled", "canary_settings", "client_certificate_id", "variables"],
  importId: slashed("rest_api_id", "stage_name"),
  create(given, place) {
    const api = requireApi(given, place);
    const name = text(given, "stage_name");
    if (!STAGE_NAME.test(name)) throw badRequest("Stage name only allows a-zA-Z0-9_-");
    requireDeployment(given, place);
    const id = `ags-${text(api, "id")}-${name}`;
    if (place.account.get(stage.type, `${place.region}/${id}`) !== undefined) {
      throw new AwsError("ConflictException", "Stage already exists", 409);
    }
    return {
      id,
      arn: `${text(api, "arn")}/stages/${name}`,
      execution_arn: `${text(api, "execution_arn")}/${name}`,
      invoke_url: `https://${text(api, "id")}.execute-api.${place.region}.amazonaws.com/${name}`,
      web_acl_arn: "",
    };
  },
  update(given, _prior, place) {
    requireDeployment(given, place);
    return {};
  },
});

partOfApi(deployment);
partOfApi(stage);

const frozenKinds: readonly Kind[] = [
  apiResource,
  method,
  methodResponse,
  integration,
  integrationResponse,
  authorizer,
  gatewayResponse,
];

/** What a deployment freezes, by resource type. */
export type Snapshot = Readonly<Record<string, readonly Attributes[]>>;

/** Everything of the API that a deployment freezes. */
export function snapshotOf(account: Account, restApiId: string): Snapshot {
  const ofApi = (kind: Kind) => account.list(kind.type).filter(({ rest_api_id }) => rest_api_id === restApiId);
  return Object.fromEntries(frozenKinds.map((kind) => [kind.type, ofApi(kind)]));
}

function requireDeployment(given: Attributes, { account, region }: Place): void {
  const found = account.get(deployment.type, `${region}/${text(given, "deployment_id")}`);
  if (found?.attributes["rest_api_id"] !== given["rest_api_id"]) throw notFound("Deployment identifier");
}

function checkDeployable(snapshot: Snapshot): void {
  const methods = snapshot[method.type] ?? [];
  if (methods.length === 0) throw badRequest("The REST API doesn't contain any methods");
  const of = (attributes: Attributes) => `${text(attributes, "resource_id")} ${text(attributes, "http_method")}`;
  const integrated = new Set((snapshot[integration.type] ?? []).map(of));
  if (!methods.every((attributes) => integrated.has(of(attributes)))) {
    throw badRequest("No integration defined for method");
  }
}
