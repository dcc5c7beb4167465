/**
 * `https://<api>.execute-api.<region>.amazonaws.com/<stage>/…`: a stage answers with what its deployment froze,
 * whatever has been changed since.
 */
import { createHash } from "node:crypto";
import type { Account } from "../account";
import { type Attributes, number, optionalText, text, textMap, texts } from "../attributes";
import { restApi } from "../resources/apigateway";
import { deployment, type Snapshot, stage } from "../resources/apigateway-deployment";
import { type FunctionCode, lambdaFunction, lambdaPermission, mayInvoke } from "../resources/lambda";
import { judge } from "./authorizer";
import { type DeployedMethod, findMethod, gatewayResponses } from "./deployed-api";
import { type Refusal, type RequestIds, refuse } from "./gateway-response";
import { type HttpRequest, type HttpResponse, headerValues } from "./http";
import type { DeployedFunction, FunctionRunner } from "./invoke";
import { answerMock } from "./mock-integration";
import { type CallContext, proxyEvent } from "./proxy-integration";
import { proxyResponse } from "./proxy-response";

const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_HEADER_BYTES = 10_240;
/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/** What every answer needs. */
interface Gateway {
  readonly account: Account;
  readonly runner: Pick<FunctionRunner, "invoke">;
}

/** A request that has reached a stage. */
interface Call {
  readonly request: HttpRequest;
  readonly region: string;
  readonly api: Attributes;
  readonly stage: Attributes;
  readonly snapshot: Snapshot;
  /** Path below the stage, as sent. */
  readonly path: string;
  readonly ids: RequestIds;
}

/** Answers a request to an API's own host. */
export async function answerExecuteApi(
  gateway: Gateway,
  region: string,
  apiId: string,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { account } = gateway;
  const ids = { requestId: account.uuid(), extendedRequestId: `${account.randomId(15)}=` };
  const api = account.get(restApi.type, `${region}/${apiId}`)?.attributes;
  const [beforeStage, stageName = ""] = request.path.split("/");
  const found = account.get(stage.type, `${region}/ags-${apiId}-${stageName}`)?.attributes;
  const frozen = found && account.get(deployment.type, `${region}/${text(found, "deployment_id")}`);
  if (beforeStage !== "" || api === undefined || found === undefined || frozen === undefined) {
    return refuse({ type: "ACCESS_DENIED" }, ids, []);
  }
  const snapshot = frozen.internal as Snapshot;
  const path = request.path.slice(stageName.length + 1);
  const answer = await answerCall(gateway, { request, region, api, stage: found, snapshot, path, ids });
  return "type" in answer ? refuse(answer, ids, gatewayResponses(snapshot)) : answer;
}

async function answerCall(gateway: Gateway, call: Call): Promise<HttpResponse | Refusal> {
  const { request, api, snapshot, path } = call;
  const tooLarge = sizeRefusal(request);
  if (tooLarge !== undefined) return tooLarge;
  const method = findMethod(snapshot, text(api, "root_resource_id"), request.method, path);
  if (method === undefined) return noSuchMethod(request);
  const verdict = await authorize(gateway.account, method, request);
  if (verdict.kind === "refused") return { type: verdict.reason };
  if (method.integration["type"] === "MOCK") return answerMock(method, request, call.ids);
  return await answerWithFunction(gateway, call, method, verdict.claims);
}

function sizeRefusal({ body, headers }: HttpRequest): Refusal | undefined {
  const headerBytes = headers.reduce((sum, [, value]) => sum + value.length, 0);
  if (body.length > MAX_BODY_BYTES || headerBytes > MAX_HEADER_BYTES) return { type: "REQUEST_TOO_LARGE" };
  return undefined;
}

/** API Gateway takes an unknown path for one of AWS's own APIs and looks for a signature. */
function noSuchMethod(request: HttpRequest): Refusal {
  const [authorization] = headerValues(request, "Authorization");
  if (authorization === undefined || authorization === "") return { type: "MISSING_AUTHENTICATION_TOKEN" };
  const hash = createHash("sha256").update(authorization, "latin1").digest("base64");
  const message = `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hash}'.`;
  return { type: "INVALID_SIGNATURE", message };
}

async function authorize(account: Account, { method, authorizer }: DeployedMethod, request: HttpRequest) {
  if (method["authorization"] === "NONE") return { kind: "allowed", claims: undefined } as const;
  if (authorizer === undefined) return { kind: "refused", reason: "UNAUTHORIZED" } as const;
  const name = text(authorizer, "identity_source").replace("method.request.header.", "");
  const sent = headerValues(request, name);
  // Two tokens are none: which one counts must not depend on who reads the request.
  const token = sent.length === 1 ? sent[0] : undefined;
  return await judge(account, authorizer, texts(method, "authorization_scopes"), token);
}

async function answerWithFunction(
  { account, runner }: Gateway,
  call: Call,
  method: DeployedMethod,
  claims: CallContext["claims"],
): Promise<HttpResponse | Refusal> {
  const fn = findFunction(account, call, method);
  if (fn === undefined) return { type: "API_CONFIGURATION_ERROR" };
  const event = proxyEvent(call.request, callContext(account, call, method, claims));
  // Lambda does not take it, which API Gateway reports like every invocation that Lambda refuses.
  if (Buffer.byteLength(JSON.stringify(event)) > MAX_EVENT_BYTES) return { type: "API_CONFIGURATION_ERROR" };
  const timeout = number(method.integration, "timeout_milliseconds", 29_000);
  const result = await within(timeout, runner.invoke(fn, event, account.uuid()));
  if (result === undefined) return { type: "INTEGRATION_TIMEOUT" };
  const answer = result.kind === "answer" ? proxyResponse(result.payload, call.ids) : undefined;
  return answer ?? { type: "INTEGRATION_FAILURE" };
}

/** The result, or `undefined` when it takes longer; the function itself goes on, as it does on AWS. */
async function within<Result>(milliseconds: number, result: Promise<Result>): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The integration's function, if it exists and lets this method of this stage invoke it. */
function findFunction(
  account: Account,
  { region, api, stage }: Call,
  { method, integration, resourcePath }: DeployedMethod,
) {
  const arn = /\/functions\/(arn:aws:lambda:.+)\/invocations$/.exec(text(integration, "uri"))?.[1] ?? "";
  const [, , , functionRegion = region, , , name = ""] = arn.split(":");
  const entry = account.get(lambdaFunction.type, `${functionRegion}/${name}`);
  if (entry === undefined || ![arn, `${arn}:$LATEST`].includes(text(entry.attributes, "qualified_arn"))) {
    return undefined;
  }
  const permissions = account
    .list(lambdaPermission.type)
    .filter((permission) => permission["region"] === functionRegion)
    .filter(({ function_name }) => [name, text(entry.attributes, "arn")].includes(`${function_name}`));
  const asked = resourcePath.replace(/\{[^}]*\}/g, "*");
  const source = `${text(api, "execution_arn")}/${text(stage, "stage_name")}/${text(method, "http_method")}${asked}`;
  if (!mayInvoke(permissions, "apigateway.amazonaws.com", source)) return undefined;
  return deployedFunction(entry.attributes, entry.internal as FunctionCode, functionRegion);
}

function deployedFunction(fn: Attributes, code: FunctionCode, region: string): DeployedFunction {
  const [environment = {}] = (fn["environment"] ?? []) as readonly Attributes[];
  return {
    name: text(fn, "function_name"),
    arn: text(fn, "arn"),
    version: "$LATEST",
    zip: Buffer.from(code.zip, "base64"),
    codeSha256: code.sha256,
    handler: optionalText(fn, "handler") ?? "",
    environment: textMap(environment, "variables"),
    timeoutSeconds: number(fn, "timeout", 3),
    memoryMegabytes: number(fn, "memory_size", 128),
    region,
    logGroup: `/aws/lambda/${text(fn, "function_name")}`,
  };
}

function callContext(account: Account, call: Call, method: DeployedMethod, claims: CallContext["claims"]): CallContext {
  const { stage, api, path, ids } = call;
  return {
    accountId: account.id,
    apiId: text(api, "id"),
    deploymentId: text(stage, "deployment_id"),
    stage: text(stage, "stage_name"),
    resourceId: method.resourceId,
    resourcePath: method.resourcePath,
    path,
    pathParameters: method.pathParameters,
    claims,
    ...ids,
    time: account.now(),
  };
}
