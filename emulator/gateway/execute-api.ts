/**
 * `https://<api>.execute-api.<region>.amazonaws.com/<stage>/…`: a stage answers with what its deployment froze,
 * whatever has been changed since. Order of the checks: size, method, throttling, caller, API key and its usage plan,
 * parameters, cache, integration.
 */
import type { Account } from "../account/account";
import { refusedBy, withDecisionTrail } from "../protocols/decision-trail";
import { type HttpRequest, type HttpResponse, header } from "../protocols/http";
import { deployments, restApis, type StageRecord, stages } from "../services/apigateway/records";
import { authorize, missingParameters, noSuchMethod, requiredKey, tooLarge } from "./admission";
import { findMethod, pathBelowStage } from "./deployed-api";
import { logExecution } from "./execution-log";
import { messageOf, type Refusal, refuse } from "./gateway-response";
import type { RequestIds } from "./headers";
import { answerWithIntegration, sourceOf } from "./integrations";
import type { Answered, Caller, CallRecord, FoundStage, Gateway, StageCall } from "./stage-call";

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
  const ids = newIds(gateway.account, request);
  const path = pathBelowStage(request.path);
  const [stageName = ""] = path.slice(1).split("/");
  const found = request.path.startsWith("/") ? findStage(gateway.account, region, apiId, stageName) : undefined;
  if (found === undefined) {
    const why = refusedBy("stage", whyNoStage(gateway.account, region, apiId, stageName));
    return withDecisionTrail(refuse({ type: "ACCESS_DENIED" }, ids, []), why);
  }
  const below = path.slice(stageName.length + 1);
  return (await answer({ ...found, request: { ...request, path }, path: below, ids })).response;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * Ids of one request. A caller may choose the first, if it is a UUID.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-access-logging.html
 */
export function newIds(account: Account, request: HttpRequest): RequestIds {
  const chosen = header(request, "x-amzn-RequestId");
  const own = account.uuid();
  const replaced = chosen === undefined ? own : `${own}_REPLACED_INVALID_REQUEST_ID`;
  const requestId = chosen !== undefined && UUID.test(chosen) ? chosen : replaced;
  return { requestId, extendedRequestId: `${account.randomId(15)}=` };
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

/** Why there is no such stage. */
function whyNoStage(account: Account, region: string, apiId: string, stageName: string): string {
  const place = { account, region };
  if (restApis.get(place, apiId) === undefined) return `${region} has no API ${apiId}`;
  const names = stages.where(place, { restApiId: apiId }).map((stage) => stage.stageName);
  const known = names.length === 0 ? "it has none" : `its stages: ${names.join(", ")}`;
  return `the API ${apiId} has no stage "${stageName}", with which the path begins; ${known}`;
}

/** The stage as this call meets it: by chance, it answers as its canary. */
function chosenRelease(stage: StageRecord): StageRecord {
  const { percentTraffic = 0, deploymentId, stageVariableOverrides } = stage.canarySettings ?? {};
  if (deploymentId === undefined || Math.random() * 100 >= percentTraffic) return stage;
  return { ...stage, deploymentId, variables: { ...stage.variables, ...stageVariableOverrides } };
}

/** Answers a request to a stage, however it was found; refusals look as the stage's deployed gateway responses say. */
export async function answerStage(gateway: Gateway, call: StageCall): Promise<Answered> {
  const { answer, method, integration, fault, caller = { claims: undefined } } = await answerCall(gateway, call);
  const record = { method, integration, ...(fault && { fault }), ...caller };
  if (!("type" in answer)) {
    if (method !== undefined) logExecution(gateway, call, method, undefined, answer.status);
    return { response: answer, record: { ...record, refusal: undefined } };
  }
  const source = sourceOf(gateway.account, call, method, caller);
  const response = refuse(answer, call.ids, call.snapshot.gatewayResponses, source);
  if (answer.reason !== undefined && method !== undefined) {
    logExecution(gateway, call, method, answer.reason, response.status);
  }
  const why = answer.reason?.explained;
  return { response, record: { ...record, refusal: { type: answer.type, message: messageOf(answer), why } } };
}

type Outcome = Partial<Pick<CallRecord, "fault" | "integration" | "method">> & {
  readonly answer: HttpResponse | Refusal;
  readonly caller?: Caller;
};

async function answerCall(gateway: Gateway, call: StageCall): Promise<Outcome> {
  const { request, snapshot, path } = call;
  const unread = tooLarge(request);
  if (unread !== undefined) return { answer: unread };
  const method = findMethod(snapshot, request.method, path);
  if (method === undefined) return { answer: noSuchMethod(request) };
  const throttled = gateway.admit?.(call, method);
  if (throttled !== undefined) return { answer: throttled, method };
  const verdict = await authorize(gateway.account, method, request);
  if (verdict.kind === "refused") return { answer: { type: verdict.reason }, method, fault: verdict.fault };
  const { claims } = verdict;
  const key = requiredKey(gateway.account, call, method);
  if (key === undefined) return { answer: { type: "INVALID_API_KEY" }, method, caller: { claims } };
  const caller = key === "none" ? { claims } : { claims, apiKey: key.key };
  const source = sourceOf(gateway.account, call, method, caller);
  const refused =
    (key === "none" ? undefined : gateway.admit?.(call, method, key)) ?? missingParameters(snapshot, method, source);
  if (refused !== undefined) return { answer: refused, method, caller };
  return { ...(await answerWithIntegration(gateway, { call, method, caller, source })), method, caller };
}
