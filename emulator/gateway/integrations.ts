/** What answers a method: its integration, or what the stage has kept of an earlier answer. */
import type { Account } from "../account/account";
import { type HttpResponse, withHeaders } from "../protocols/http";
import type { DeployedMethod } from "./deployed-api";
import { answerWithFunction, answerWithProxyFunction } from "./function-integration";
import type { Refusal } from "./gateway-response";
import { answerWithBackend, type HttpOutcome } from "./http-integration";
import { answerMock } from "./mock-integration";
import type { MappingSource } from "./parameter-mapping";
import { type CallContext, type Caller, requestContext } from "./proxy-integration";
import { withoutConnectionHeaders } from "./remapped-headers";
import { cacheOf, cachePlan } from "./response-cache";
import { pathBelowStage } from "./route-choice";
import type { CallRecord, Gateway, StageCall } from "./stage-call";
import { answeredTraceId, traceId } from "./trace-id";

/** A call whose method may be called. */
export interface AdmittedCall {
  readonly call: StageCall;
  readonly method: DeployedMethod;
  readonly caller: Caller;
}

/** An answer, and what the integration said; `undefined` when it was not asked. */
export interface Integrated {
  readonly answer: HttpResponse | Refusal;
  readonly integration: CallRecord["integration"];
}

export async function answerWithIntegration(gateway: Gateway, admitted: AdmittedCall): Promise<Integrated> {
  const { account } = gateway;
  const { call, method, caller } = admitted;
  const source = sourceOf(account, call, method, caller);
  const plan = cachePlan(call, method, source);
  if (plan !== undefined && "type" in plan) return { answer: plan, integration: undefined };
  const kept = plan && cacheOf(account).read(plan, call.ids);
  if (kept !== undefined) return { answer: kept, integration: undefined };
  const asked = account.now();
  const { answer: asGiven, status } = await ask(gateway, admitted, source);
  const answer = "type" in asGiven ? asGiven : withTraceId(asGiven, method, call, asked);
  const integration = { status, latencyMilliseconds: account.now() - asked };
  if (plan === undefined || "type" in answer) return { answer, integration };
  cacheOf(account).keep(plan, answer);
  return { answer: { ...answer, headers: [...answer.headers, ...plan.headers] }, integration };
}

async function ask(gateway: Gateway, admitted: AdmittedCall, source: MappingSource): Promise<HttpOutcome> {
  const { call, method, caller } = admitted;
  const { type } = method.integration;
  if (type === "HTTP" || type === "HTTP_PROXY") return await answerWithBackend(gateway, method, source, call.ids);
  const answer =
    type === "MOCK"
      ? answerMock(method, source, call.ids)
      : type === "AWS"
        ? await answerWithFunction(gateway, call, method, source)
        : await answerWithProxyFunction(
            gateway,
            call,
            method,
            callContext(gateway.account, call, method, caller),
            source,
          );
  return { answer, status: "type" in answer ? undefined : answer.status };
}

/** The answer with the call's trace id, which proxies to HTTP and mocks do not get (recorded). */
function withTraceId(
  answer: HttpResponse,
  { integration }: DeployedMethod,
  { ids, request }: StageCall,
  time: number,
): HttpResponse {
  if (integration.type === "HTTP_PROXY" || integration.type === "MOCK") return answer;
  const trace = (integration.type === "HTTP" ? traceId : answeredTraceId)(request, { ...ids, time });
  return { ...answer, headers: withHeaders(answer.headers, [["X-Amzn-Trace-Id", trace]]) };
}

/** What the call's parameters are taken from, before its method is known as well. */
export function sourceOf(
  account: Account,
  call: StageCall,
  method: DeployedMethod | undefined,
  caller: Caller,
): MappingSource {
  const isCanaryRequest = call.isCanary === undefined ? {} : { isCanaryRequest: String(call.isCanary) };
  const context = { ...requestContext(call.request, callContext(account, call, method, caller)), ...isCanaryRequest };
  const request = { ...call.request, headers: withoutConnectionHeaders(call.request.headers) };
  const { variables: stageVariables = {} } = call.stage;
  return { request, pathParameters: decodedParameters(method?.pathParameters ?? {}), context, stageVariables };
}

/** Values for mappings, decoded: what a mapping puts into a URI is encoded there. */
function decodedParameters(sent: DeployedMethod["pathParameters"]): DeployedMethod["pathParameters"] {
  return Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, decoded(value)]));
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function callContext(
  account: Account,
  { stage, api, basePath = "", path, ids }: StageCall,
  method: DeployedMethod | undefined,
  caller: Caller,
): CallContext {
  return {
    accountId: stage.accountId,
    apiId: api.id,
    deploymentId: stage.deploymentId,
    stage: stage.stageName,
    resourceId: method?.resourceId ?? "",
    resourcePath: method?.resourcePath ?? "",
    path: path === "" ? basePath : `${basePath}${pathBelowStage(path)}`,
    pathParameters: method?.pathParameters ?? {},
    ...caller,
    stageVariables: stage.variables ?? {},
    ...ids,
    time: account.now(),
  };
}
