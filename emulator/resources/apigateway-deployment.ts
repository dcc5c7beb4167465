/** What goes live: a deployment freezes the API's configuration, a stage answers with what its deployment froze. */
import type { Account } from "../account";
import { type Attributes, blocks, text } from "../attributes";
import { AwsError, UnsupportedError } from "../errors";
import { defineKind, type Kind, keyOf, type Place } from "../provider/kind";
import { releaseStage, webAclOf } from "../services/wafv2";
import { apiResource, partOfApi, refuseMapped, requireApi, restApi } from "./apigateway";
import { authorizer, gatewayResponse } from "./apigateway-access";
import { requireLoggingRole } from "./apigateway-account";
import { integration, integrationResponse, method, methodResponse } from "./apigateway-method";
import { badRequest, notFound, slashed } from "./apigateway-rules";
import { requestValidator } from "./apigateway-validator";

const STAGE_NAME = /^[A-Za-z0-9_-]{1,128}$/;
const LOG_GROUP = /^arn:aws:logs:[a-z0-9-]+:\d{12}:log-group:[^:*]+(?::\*)?$/;

/** Kinds whose resources belong to a stage, and go with it. */
const stageParts = new Map<Kind, (part: Attributes, stage: Attributes) => boolean>();

/** Notes a kind whose resources go with the stage that they belong to. */
export function partOfStage(kind: Kind, isOf: (part: Attributes, stage: Attributes) => boolean): void {
  stageParts.set(kind, isOf);
}

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
  decimals: ["canary_settings.percent_traffic"],
  forceNew: ["rest_api_id", "stage_name"],
  // Each of them would change what callers or functions see.
  refused: ["canary_settings", "client_certificate_id", "variables"],
  importId: slashed("rest_api_id", "stage_name"),
  validate(config) {
    for (const settings of blocks(config, "access_log_settings")) checkAccessLog(settings);
  },
  create(given, place) {
    const api = requireApi(given, place);
    const name = text(given, "stage_name");
    if (!STAGE_NAME.test(name)) throw badRequest("Stage name only allows a-zA-Z0-9_-");
    requireDeployment(given, place);
    const id = `ags-${text(api, "id")}-${name}`;
    if (place.account.get(stage.type, `${place.region}/${id}`) !== undefined) {
      throw new AwsError("ConflictException", "Stage already exists", 409);
    }
    requireLogging(given, place);
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
    requireLogging(given, place);
    return {};
  },
  read(existing, account) {
    const place = { account, region: text(existing, "region") };
    return { web_acl_arn: webAclOf(place, text(existing, "arn"))?.ARN ?? "" };
  },
  internal: stateOf,
  remove(existing, { account }) {
    refuseMapped(account, existing, "stage", (mapping) => mapping["stage_name"] === existing["stage_name"]);
    for (const [kind, isOf] of stageParts) {
      for (const part of account.list(kind.type)) {
        if (isOf(part, existing)) account.delete(kind.type, keyOf(kind, part));
      }
    }
    releaseStage({ account, region: text(existing, "region") }, text(existing, "arn"));
  },
});

/** What a stage keeps to itself. */
export interface StageState {
  /** Whether the API is called under custom domains only, and its own host answers nobody. */
  readonly isHostClosed: boolean;
  /** Like `2026-07-02T11:42:47Z`. */
  readonly createdDate: string;
  /** When anything of the stage was set last. */
  readonly lastUpdatedDate: string;
}

/**
 * What the stage takes from the API whenever anything of the stage is set, and only then.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html
 */
function stateOf(attributes: Attributes, { account, region }: Place, before: unknown): StageState {
  const api = account.get(restApi.type, `${region}/${text(attributes, "rest_api_id")}`)?.attributes;
  const lastUpdatedDate = account.timestamp();
  const { createdDate = lastUpdatedDate } = (before ?? {}) as Partial<StageState>;
  return { isHostClosed: api?.["disable_execute_api_endpoint"] === true, createdDate, lastUpdatedDate };
}

/** The stage of attributes `rest_api_id` and `stage_name`. @throws {AwsError} `NotFoundException` */
export function requireStage(given: Attributes, { account, region }: Pick<Place, "account" | "region">): Attributes {
  const id = `ags-${text(given, "rest_api_id")}-${text(given, "stage_name")}`;
  const found = account.get(stage.type, `${region}/${id}`);
  if (found === undefined) throw notFound("stage identifier");
  return found.attributes;
}

/** Notes that something of the stage was set: from now on it has what the API says. */
export function touchStage(attributes: Attributes, place: Place): void {
  const key = keyOf(stage, attributes);
  const before = place.account.get(stage.type, key)?.internal;
  place.account.put(stage.type, key, { attributes, internal: stateOf(attributes, place, before) });
}

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
  requestValidator,
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

/** @throws {AwsError} `BadRequestException` when the stage is to write a log and API Gateway has no role for it */
function requireLogging(given: Attributes, place: Place): void {
  if (blocks(given, "access_log_settings").length > 0) requireLoggingRole(place);
}

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_AccessLogSettings.html */
function checkAccessLog({ destination_arn = null, format = null }: Attributes): void {
  if (typeof destination_arn === "string" && !LOG_GROUP.test(destination_arn)) {
    const expected = "a log group, arn:aws:logs:<region>:<account>:log-group:<name>";
    throw new UnsupportedError(
      `access_log_settings.destination_arn ${destination_arn} is not emulated. Emulated: ${expected}.`,
    );
  }
  if (typeof format !== "string") return;
  if (/[\r\n]./s.test(format)) {
    throw badRequest("Access Log format must be single line, new line character is allowed only at end of the format");
  }
  if (/\$context\.(?:r|extendedR)equestId\b/.test(format)) return;
  throw badRequest("Access Log format must contain $context.requestId or $context.extendedRequestId");
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
