/**
 * `https://<api>.execute-api.<region>.amazonaws.com/<stage>/…`: a stage answers with what its deployment froze,
 * whatever has been changed since.
 *
 * Code that finds a stage in another way, by a custom domain, calls {@link answerStage}; its result says all that an
 * access log needs. Order of the checks: size, method, throttling, caller, API key and its usage plan, parameters,
 * cache, integration.
 */
import type { Account } from "../account/account";
import { type HttpRequest, type HttpResponse, headerValues } from "../protocols/http";
import { deployments } from "../services/apigateway/deployment";
import { restApis } from "../services/apigateway/rest-api";
import { type StageRecord, stages } from "../services/apigateway/stage";
import { requiredKey } from "./api-key";
import { judge } from "./authorizer";
import { type DeployedMethod, findMethod } from "./deployed-api";
import { logExecution } from "./execution-log";
import { messageOf, type Refusal, type RequestIds, refuse } from "./gateway-response";
import { answerWithIntegration, sourceOf } from "./integrations";
import { noSuchMethod } from "./no-such-method";
import type { Caller } from "./proxy-integration";
import { missingParameters } from "./request-validation";
import { pathBelowStage } from "./route-choice";
import type { Answered, CallRecord, FoundStage, Gateway, StageCall } from "./stage-call";

export type { Answered, CallRecord, FoundStage, Gateway, StageCall } from "./stage-call";

const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_HEADER_BYTES = 10_240;

/**
 * Answers a request to an API's own host.
 * @param answer answers the call once its stage is known; left out means {@link answerStage} alone
 */
export async function answerExecuteApi(
  gateway: Gateway,
  region: string,
  apiId: string,
  request: HttpRequest,
  answer: (call: StageCall) => Promise<Answered> = (call) => answerStage(gateway, call),
): Promise<HttpResponse> {
  const ids = newIds(gateway.account);
  const path = pathBelowStage(request.path);
  const [stageName = ""] = path.slice(1).split("/");
  const found = request.path.startsWith("/") ? findStage(gateway.account, region, apiId, stageName) : undefined;
  if (found === undefined) return refuse({ type: "ACCESS_DENIED" }, ids, []);
  const below = path.slice(stageName.length + 1);
  return (await answer({ ...found, request: { ...request, path }, path: below, ids })).response;
}

/** Ids of one request. */
export function newIds(account: Account): RequestIds {
  return { requestId: account.uuid(), extendedRequestId: `${account.randomId(15)}=` };
}

/** The stage of that name, or `undefined` when there is no such API, stage or deployment. */
export function findStage(account: Account, region: string, apiId: string, stageName: string): FoundStage | undefined {
  const place = { account, region };
  const api = restApis.get(place, apiId);
  const found = stages.find(place, apiId, stageName);
  const stage = found && chosenRelease(found);
  const deployment = stage && deployments.find(place, apiId, stage.deploymentId);
  if (api === undefined || stage === undefined || deployment === undefined) return undefined;
  const isCanary = found?.canarySettings && { isCanary: stage !== found };
  return { region, api, stage, snapshot: deployment.snapshot, ...isCanary };
}

/** The stage as this call meets it: by chance, it answers as its canary. */
function chosenRelease(stage: StageRecord): StageRecord {
  const { percentTraffic = 0, deploymentId, stageVariableOverrides } = stage.canarySettings ?? {};
  if (deploymentId === undefined || Math.random() * 100 >= percentTraffic) return stage;
  return { ...stage, deploymentId, variables: { ...stage.variables, ...stageVariableOverrides } };
}

/** Answers a request to a stage; refusals look as the stage's deployed gateway responses say. */
export async function answerStage(gateway: Gateway, call: StageCall): Promise<Answered> {
  const { answer, method, integration, caller = { claims: undefined } } = await answerCall(gateway, call);
  const record = { method, integration, ...caller };
  if (!("type" in answer)) {
    if (method !== undefined) logExecution(gateway, call, method, undefined, answer.status);
    return { response: answer, record: { ...record, refusal: undefined } };
  }
  const source = sourceOf(gateway.account, call, method, caller);
  const response = refuse(answer, call.ids, call.snapshot.gatewayResponses, source);
  if (answer.reason !== undefined && method !== undefined) {
    logExecution(gateway, call, method, answer.reason, response.status);
  }
  return {
    response,
    record: { ...record, refusal: { type: answer.type, message: messageOf(answer) } },
  };
}

type Outcome = Partial<Pick<CallRecord, "integration" | "method">> & {
  readonly answer: HttpResponse | Refusal;
  readonly caller?: Caller;
};

async function answerCall(gateway: Gateway, call: StageCall): Promise<Outcome> {
  const { request, snapshot, path } = call;
  const refusedUnread = tooLarge(request);
  if (refusedUnread !== undefined) return { answer: refusedUnread };
  const method = findMethod(snapshot, request.method, path);
  if (method === undefined) return { answer: noSuchMethod(request) };
  const throttled = gateway.admit?.(call, method);
  if (throttled !== undefined) return { answer: throttled, method };
  const verdict = await authorize(gateway.account, method, request);
  if (verdict.kind === "refused") return { answer: { type: verdict.reason }, method };
  const { claims } = verdict;
  const key = requiredKey(gateway.account, call, method);
  if (key === undefined) return { answer: { type: "INVALID_API_KEY" }, method, caller: { claims } };
  const caller = key === "none" ? { claims } : { claims, apiKey: key.key };
  const refused =
    (key === "none" ? undefined : gateway.admit?.(call, method, key)) ??
    missingParameters(snapshot, method, sourceOf(gateway.account, call, method, caller));
  if (refused !== undefined) return { answer: refused, method, caller };
  return { ...(await answerWithIntegration(gateway, { call, method, caller })), method, caller };
}

/**
 * What is said before anybody looks at the API, whose gateway responses have no say in it: text, and no id (seen for
 * bodies; of headers the text is seen, that the status is the same is believed).
 *
 * @see https://github.com/koki-develop/lgtm-generator/issues/10
 */
function tooLarge({ body, headers }: HttpRequest): HttpResponse | undefined {
  const headerBytes = headers.reduce((sum, [, value]) => sum + value.length, 0);
  const answer = (text: string) =>
    ({ status: 413, headers: [["Content-Type", "text; charset=utf-8"]], body: text }) as const;
  if (headerBytes > MAX_HEADER_BYTES) return answer(`HTTP header is larger than ${MAX_HEADER_BYTES} bytes.`);
  if (body.length > MAX_BODY_BYTES) return answer(`HTTP content length exceeded ${MAX_BODY_BYTES} bytes.`);
  return undefined;
}

async function authorize(account: Account, { method, authorizer }: DeployedMethod, request: HttpRequest) {
  if (method.authorizationType === "NONE") return { kind: "allowed", claims: undefined } as const;
  if (authorizer === undefined) return { kind: "refused", reason: "UNAUTHORIZED" } as const;
  const name = (authorizer.identitySource ?? "").replace("method.request.header.", "");
  const sent = headerValues(request, name);
  // Two tokens are none: which one counts must not depend on who reads the request.
  const token = sent.length === 1 ? sent[0] : undefined;
  return await judge(account, authorizer, method.authorizationScopes ?? [], token);
}
