/** The response to a call whose method may be called: of its integration, or one that the stage has kept. */
import type { Account } from "../account/account";
import { type HttpResponse, withHeaders } from "../protocols/http";
import { type DeployedMethod, pathBelowStage } from "./deployed-api";
import { answerWithFunction, answerWithProxyFunction, type FunctionOutcome } from "./function-integration";
import type { Refusal } from "./gateway-response";
import { answeredTraceId, seenHeaders, traceId } from "./headers";
import { answerWithBackend, type HttpOutcome } from "./http-integration";
import { answerMock } from "./mock-integration";
import type { MappingSource } from "./parameter-mapping";
import { type CallContext, requestContext } from "./proxy-integration";
import { cacheOf, cachePlan } from "./response-cache";
import type { Caller, CallRecord, Gateway, StageCall } from "./stage-call";

/** A call whose method may be called. */
export interface AdmittedCall {
  readonly call: StageCall;
  readonly method: DeployedMethod;
  readonly caller: Caller;
  readonly source: MappingSource;
}

/** A response, and the record of the integration; `undefined` when it was not called. */
export interface Integrated {
  readonly answer: HttpResponse | Refusal;
  readonly integration: CallRecord["integration"];
}

export async function answerWithIntegration(gateway: Gateway, admitted: AdmittedCall): Promise<Integrated> {
  const { account } = gateway;
  const { call, method, source } = admitted;
  const plan = cachePlan(call, method, source);
  if (plan !== undefined && "type" in plan) return { answer: plan, integration: undefined };
  const kept = plan && cacheOf(account).read(plan, call.ids);
  if (kept !== undefined) return { answer: kept, integration: undefined };
  const startedAt = account.now();
  const { answer: plain, status, invocation } = await outcomeOf(gateway, admitted);
  const answer = "type" in plain ? plain : withTraceId(plain, method, call, startedAt);
  const integration = { status, latencyMilliseconds: account.now() - startedAt, invocation };
  if (plan === undefined || "type" in answer) return { answer, integration };
  cacheOf(account).keep(plan, answer);
  return { answer: { ...answer, headers: [...answer.headers, ...plan.headers] }, integration };
}

async function outcomeOf(
  gateway: Gateway,
  { call, method, caller, source }: AdmittedCall,
): Promise<HttpOutcome & Pick<FunctionOutcome, "invocation">> {
  const { type = "" } = method.integration;
  if (type.startsWith("HTTP")) return await answerWithBackend(gateway, method, source, call.ids);
  const outcome: FunctionOutcome =
    type === "MOCK"
      ? { answer: answerMock(method, source, call.ids) }
      : type === "AWS"
        ? await answerWithFunction(gateway, call, method, source)
        : await answerWithProxyFunction(
            gateway,
            call,
            method,
            callContext(gateway.account, call, method, caller),
            source,
          );
  return { ...outcome, status: "type" in outcome.answer ? undefined : outcome.answer.status };
}

/** The response with the call's trace id, which proxies to HTTP and mocks do not get (recorded). */
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
  const { request, isCanary, stage } = call;
  const canary = isCanary === undefined ? {} : { isCanaryRequest: String(isCanary) };
  // What a mapping puts into a URI is encoded there.
  const parameters = Object.entries(method?.pathParameters ?? {}).map(([name, value]) => [name, decoded(value)]);
  return {
    request: { ...request, headers: seenHeaders(request.headers) },
    pathParameters: Object.fromEntries(parameters),
    context: { ...requestContext(request, callContext(account, call, method, caller)), ...canary },
    stageVariables: stage.variables ?? {},
  };
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
