/**
 * Lambda proxy integration: which function answers, whether it may be invoked, and what the caller gets of its answer.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
import type { Account } from "../account/account";
import { AwsError } from "../errors";
import type { HttpResponse } from "../protocols/http";
import type { DeployedFunction } from "../runtime/deployed-function";
import type { FunctionRunner, InvocationDetails } from "../runtime/invoke";
import { within } from "../runtime/within";
import { findInvocable, invokedArn, runFunction } from "../services/lambda";
import type { DeployedMethod } from "./deployed-api";
import { functionError, malformedResponse, notInvokable, refused, tooLate } from "./execution-log";
import type { Refusal } from "./gateway-response";
import { type CallContext, proxyEvent } from "./proxy-integration";
import { proxyResponse } from "./proxy-response";
import type { StageCall } from "./stage-call";
import { withStageVariables } from "./stage-variables";

const PRINCIPAL = "apigateway.amazonaws.com";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;
/** How long an integration waits, in milliseconds. */
export const DEFAULT_TIMEOUT = 29_000;

/** What the function answers, or why there is no answer. */
export async function answerWithFunction(
  { account, runner }: { readonly account: Account; readonly runner: Pick<FunctionRunner, "invoke"> },
  call: StageCall,
  method: DeployedMethod,
  context: CallContext,
): Promise<HttpResponse | Refusal> {
  const found = findFunction(account, call, method);
  if (typeof found === "string") return { type: "API_CONFIGURATION_ERROR", reason: notInvokable(found) };
  const { fn, details } = found;
  const event = proxyEvent(call.request, context);
  // Seen: https://github.com/koki-develop/lgtm-generator/issues/10
  if (Buffer.byteLength(JSON.stringify(event)) > MAX_EVENT_BYTES) return { type: "REQUEST_TOO_LARGE" };
  const timeout = method.integration.timeoutInMillis ?? DEFAULT_TIMEOUT;
  const requestId = account.uuid();
  const invoked = runFunction(account, runner, fn, event, requestId, details).catch(refusalOf);
  const result = await within(timeout, invoked);
  if (result instanceof AwsError) return { type: "API_CONFIGURATION_ERROR", reason: refused(fn, result) };
  if (result === undefined) return { type: "INTEGRATION_TIMEOUT", reason: tooLate(fn, timeout) };
  if (result.kind === "error") return { type: "INTEGRATION_FAILURE", reason: functionError(fn, result, requestId) };
  const answer = proxyResponse(result.payload, call.ids);
  return typeof answer === "string" ? { type: "INTEGRATION_FAILURE", reason: malformedResponse(fn, answer) } : answer;
}

function refusalOf(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  throw error;
}

/** A function that can be invoked, with the qualifier that it is invoked by. */
interface Found {
  readonly fn: DeployedFunction;
  readonly details: InvocationDetails;
}

/** The integration's function, or why it cannot be invoked: it has to exist, and to let this method of this stage. */
function findFunction(
  account: Account,
  { region, api, stage }: StageCall,
  { method, integration, resourcePath }: DeployedMethod,
): Found | string {
  const uri = withStageVariables(integration.uri ?? "", stage.variables);
  const arn = invokedArn(uri) ?? "";
  const [, , , functionRegion = region, , , name] = arn.split(":");
  const sourceAccount = stage.accountId;
  const executionArn = `arn:aws:execute-api:${region}:${sourceAccount}:${api.id}`;
  const asked = resourcePath.replace(/\{[^}]*\}/g, "*");
  const sourceArn = `${executionArn}/${stage.stageName}/${method.httpMethod}${asked}`;
  const found = findInvocable({ account, region: functionRegion }, arn, {
    principal: PRINCIPAL,
    sourceArn,
    sourceAccount,
  });
  if (found.refusal === undefined) return found;
  return found.refusal === "no-function"
    ? `the integration's URI names no function of this account: ${uri}`
    : `no permission of the function ${name} lets ${PRINCIPAL} invoke it for ${sourceArn}`;
}
