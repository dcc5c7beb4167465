/**
 * Lambda integrations: which function answers, whether it may be invoked, and what the caller gets of its answer.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-custom-integrations.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
import type { Account } from "../account/account";
import { AwsError } from "../errors";
import type { HttpResponse } from "../protocols/http";
import { words } from "../protocols/words";
import type { DeployedFunction } from "../runtime/deployed-function";
import type { FunctionRunner, InvocationDetails, InvocationResult } from "../runtime/invoke";
import { within } from "../runtime/within";
import { findInvocable, invokedArn, payloadOf, runFunction } from "../services/lambda";
import type { DeployedMethod } from "./deployed-api";
import { functionError, malformedResponse, misconfigured, notInvokable, refused, tooLate } from "./execution-log";
import type { Refusal } from "./gateway-response";
import { integrationBody } from "./integration-request";
import { answerWith } from "./integration-response";
import { type MappingSource, mappedTo } from "./parameter-mapping";
import { type CallContext, proxyEvent } from "./proxy-integration";
import { proxyResponse } from "./proxy-response";
import type { StageCall } from "./stage-call";
import { withStageVariables } from "./stage-variables";

const MISCONFIGURED: Refusal = { type: "API_CONFIGURATION_ERROR" };
const PRINCIPAL = "apigateway.amazonaws.com";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;
/** How long an integration waits, in milliseconds. */
export const DEFAULT_TIMEOUT = 29_000;

/** What mappings of a function's headers cannot set: every call fails (recorded: test_apigateway_header_remapping_aws). */
const NEVER_MAPPED = words("authorization connection content-length expect proxy-authenticate te transfer-encoding");

/** AWS's text in the execution log for a method by which Lambda does not invoke. */
const NOT_POST = "Unable to determine service/operation name to be authorized";

interface Invoker {
  readonly account: Account;
  readonly runner: Pick<FunctionRunner, "invoke">;
}

/** What the function answers to the caller's whole request, or why there is no answer. */
export async function answerWithProxyFunction(
  invoker: Invoker,
  call: StageCall,
  method: DeployedMethod,
  context: CallContext,
  source: MappingSource,
): Promise<HttpResponse | Refusal> {
  const invoked = await invoke(invoker, call, method, proxyEvent(call.request, context), source);
  if ("type" in invoked) return invoked;
  const { fn, result, requestId } = invoked;
  if (result.kind === "error") return { type: "INTEGRATION_FAILURE", reason: functionError(fn, result, requestId) };
  const answer = proxyResponse(result.payload, call.ids);
  return typeof answer === "string" ? { type: "INTEGRATION_FAILURE", reason: malformedResponse(fn, answer) } : answer;
}

/**
 * What the function answers to the event that the request template makes; the text of its error is what chooses the
 * integration response.
 */
export async function answerWithFunction(
  invoker: Invoker,
  call: StageCall,
  method: DeployedMethod,
  source: MappingSource,
): Promise<HttpResponse | Refusal> {
  const made = integrationBody(method.integration, source);
  if ("type" in made) return made;
  const event = eventOf(made.body);
  if (event === undefined) return { ...MISCONFIGURED, reason: misconfigured("the function's event is not JSON") };
  const invoked = await invoke(invoker, call, method, event.value, source);
  if ("type" in invoked) return invoked;
  const { result } = invoked;
  const status = result.kind === "error" ? result.errorMessage : undefined;
  const answer = { status, headers: [], body: invoked.isAsynchronous ? "" : JSON.stringify(payloadOf(result)) };
  return answerWith(method.integrationResponses, answer, source, call.ids, made.overrides);
}

/** The event in the body; an empty one when there is no body, `undefined` when it is not JSON. */
function eventOf(body: Buffer): { readonly value: unknown } | undefined {
  try {
    return { value: body.length === 0 ? {} : JSON.parse(body.toString("utf8")) };
  } catch {
    return undefined;
  }
}

interface Invoked {
  readonly fn: DeployedFunction;
  readonly requestId: string;
  readonly result: InvocationResult;
  /** Whether nobody waits for the function. */
  readonly isAsynchronous: boolean;
}

async function invoke(
  { account, runner }: Invoker,
  call: StageCall,
  method: DeployedMethod,
  event: unknown,
  source: MappingSource,
): Promise<Invoked | Refusal> {
  const { integration } = method;
  const headers = mappedTo(integration.requestParameters, "integration.request.header.", source);
  const unmappable = [...headers.keys()].find((name) => NEVER_MAPPED.includes(name.toLowerCase()));
  if (unmappable !== undefined)
    return {
      ...MISCONFIGURED,
      reason: misconfigured(`${unmappable} is mapped, which a function's request sets itself`),
    };
  if (integration.httpMethod !== "POST") return { ...MISCONFIGURED, reason: misconfigured(NOT_POST) };
  const found = findFunction(account, call, method);
  if (typeof found === "string") return { ...MISCONFIGURED, reason: notInvokable(found) };
  const { fn, details } = found;
  // Seen: https://github.com/koki-develop/lgtm-generator/issues/10
  if (Buffer.byteLength(JSON.stringify(event)) > MAX_EVENT_BYTES) return { type: "REQUEST_TOO_LARGE" };
  const timeout = integration.timeoutInMillis ?? DEFAULT_TIMEOUT;
  const requestId = account.uuid();
  const isAsynchronous = integration.type === "AWS" && headers.get("X-Amz-Invocation-Type") === "Event";
  const invoked = runFunction(account, runner, fn, event, requestId, details).catch(refusalOf);
  const nothing: InvocationResult = { kind: "answer", payload: "" };
  const result = isAsynchronous ? nothing : await within(timeout, invoked);
  if (result instanceof AwsError) return { ...MISCONFIGURED, reason: refused(fn, result) };
  if (result === undefined) return { type: "INTEGRATION_TIMEOUT", reason: tooLate(fn, timeout) };
  return { fn, requestId, result, isAsynchronous };
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
