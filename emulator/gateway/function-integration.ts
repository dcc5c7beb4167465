/**
 * Lambda proxy integration: which function answers, whether it may be invoked, and what the caller gets of its answer.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
import type { Account } from "../account";
import { number, text } from "../attributes";
import type { HttpResponse } from "../endpoints/http";
import { type FunctionCode, lambdaFunction, lambdaPermission, mayInvoke } from "../resources/lambda";
import { type DeployedFunction, deployedFunction } from "../runtime/deployed-function";
import type { FunctionRunner } from "../runtime/invoke";
import { within } from "../runtime/within";
import type { DeployedMethod } from "./deployed-api";
import { functionError, malformedResponse, notInvokable, tooLate } from "./execution-log";
import type { Refusal } from "./gateway-response";
import { type CallContext, proxyEvent } from "./proxy-integration";
import { proxyResponse } from "./proxy-response";
import type { StageCall } from "./stage-call";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/** What the function answers, or why there is no answer. */
export async function answerWithFunction(
  { account, runner }: { readonly account: Account; readonly runner: Pick<FunctionRunner, "invoke"> },
  call: StageCall,
  method: DeployedMethod,
  context: CallContext,
): Promise<HttpResponse | Refusal> {
  const fn = findFunction(account, call, method);
  if (typeof fn === "string") return { type: "API_CONFIGURATION_ERROR", reason: notInvokable(fn) };
  const event = proxyEvent(call.request, context);
  // Seen: https://github.com/koki-develop/lgtm-generator/issues/10
  if (Buffer.byteLength(JSON.stringify(event)) > MAX_EVENT_BYTES) return { type: "REQUEST_TOO_LARGE" };
  const timeout = number(method.integration, "timeout_milliseconds", 29_000);
  const requestId = account.uuid();
  const result = await within(timeout, runner.invoke(fn, event, requestId));
  if (result === undefined) return { type: "INTEGRATION_TIMEOUT", reason: tooLate(fn, timeout) };
  if (result.kind === "error") return { type: "INTEGRATION_FAILURE", reason: functionError(fn, result, requestId) };
  const answer = proxyResponse(result.payload, call.ids);
  return typeof answer === "string" ? { type: "INTEGRATION_FAILURE", reason: malformedResponse(fn, answer) } : answer;
}

/** The integration's function, or why it cannot be invoked: it has to exist, and to let this method of this stage. */
function findFunction(
  account: Account,
  { region, api, stage }: StageCall,
  { method, integration, resourcePath }: DeployedMethod,
): DeployedFunction | string {
  const arn = /\/functions\/(arn:aws:lambda:.+)\/invocations$/.exec(text(integration, "uri"))?.[1] ?? "";
  const [, , , functionRegion = region, , , name = ""] = arn.split(":");
  const entry = account.get(lambdaFunction.type, `${functionRegion}/${name}`);
  if (entry === undefined || ![arn, `${arn}:$LATEST`].includes(text(entry.attributes, "qualified_arn"))) {
    return `the integration's URI names no function of this account: ${text(integration, "uri")}`;
  }
  const permissions = account
    .list(lambdaPermission.type)
    .filter((permission) => permission["region"] === functionRegion)
    .filter(({ function_name }) => [name, text(entry.attributes, "arn")].includes(`${function_name}`));
  const asked = resourcePath.replace(/\{[^}]*\}/g, "*");
  const source = `${text(api, "execution_arn")}/${text(stage, "stage_name")}/${text(method, "http_method")}${asked}`;
  if (!mayInvoke(permissions, "apigateway.amazonaws.com", source)) {
    return `no permission of the function ${name} lets apigateway.amazonaws.com invoke it for ${source}`;
  }
  return deployedFunction(entry.attributes, entry.internal as FunctionCode, functionRegion);
}
