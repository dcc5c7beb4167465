/**
 * Lambda integrations: which function is invoked, whether it may be, and what the caller gets of what it returns.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-custom-integrations.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
import type { Account } from "../account/account";
import { AwsError } from "../errors";
import type { Invocation } from "../protocols/decision-trail";
import type { HttpResponse } from "../protocols/http";
import type { DeployedFunction, InvocationDetails, InvocationResult } from "../protocols/runtime";
import { words } from "../protocols/words";
import { within } from "../runtime/within";
import { findInvocable, invokedArn, payloadOf, runFunction } from "../services/lambda";
import type { DeployedMethod } from "./deployed-api";
import {
  functionFailed,
  invocationRefused,
  malformedResponse,
  misconfigured,
  notInvokable,
  timedOut,
} from "./execution-log";
import type { Refusal } from "./gateway-response";
import { answerWith, integrationBody } from "./integration-mapping";
import { type MappingSource, mappedTo, withStageVariables } from "./parameter-mapping";
import { type CallContext, proxyEvent, proxyResponse } from "./proxy-integration";
import type { Gateway, StageCall } from "./stage-call";

const PRINCIPAL = "apigateway.amazonaws.com";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;
/** How long an integration waits, in milliseconds. */
export const DEFAULT_TIMEOUT = 29_000;

/** What mappings of a function's headers cannot set: every call fails (recorded: test_apigateway_header_remapping_aws). */
const NEVER_MAPPED = words("authorization connection content-length expect proxy-authenticate te transfer-encoding");

/** AWS's text in the execution log for a method by which Lambda does not invoke. */
const NOT_POST = "Unable to determine service/operation name to be authorized";

type Invoker = Pick<Gateway, "account" | "runner">;

/** A response, or why there is none, and the invocation that led to it. */
export interface FunctionOutcome {
  readonly answer: HttpResponse | Refusal;
  /** Left out: the function was not invoked. */
  readonly invocation?: Invocation | undefined;
}

/** The response of the function that gets the caller's whole request, or why there is none. */
export async function answerWithProxyFunction(
  invoker: Invoker,
  call: StageCall,
  method: DeployedMethod,
  context: CallContext,
  source: MappingSource,
): Promise<FunctionOutcome> {
  const invoked = await invoke(invoker, call, method, proxyEvent(call.request, context), source);
  if ("answer" in invoked) return invoked;
  const { fn, result, invocation } = invoked;
  if (result.kind === "error") return { answer: functionFailed(fn, result, invocation.requestId), invocation };
  const answer = proxyResponse(result.payload, call.ids);
  return { answer: typeof answer === "string" ? malformedResponse(fn, answer) : answer, invocation };
}

/**
 * The response of the function that gets the event that the request template makes; the text of its error is what
 * chooses the integration response.
 */
export async function answerWithFunction(
  invoker: Invoker,
  call: StageCall,
  method: DeployedMethod,
  source: MappingSource,
): Promise<FunctionOutcome> {
  const made = integrationBody(method.integration, source);
  if ("type" in made) return { answer: made };
  let event: unknown;
  try {
    event = made.body.length === 0 ? {} : JSON.parse(made.body.toString("utf8"));
  } catch {
    return { answer: misconfigured("the function's event is not JSON") };
  }
  const invoked = await invoke(invoker, call, method, event, source);
  if ("answer" in invoked) return invoked;
  const { result, isAsynchronous, invocation } = invoked;
  const status = result.kind === "error" ? result.errorMessage : undefined;
  const answer = { status, headers: [], body: isAsynchronous ? "" : JSON.stringify(payloadOf(result)) };
  return { answer: answerWith(method.integrationResponses, answer, source, call.ids, made.overrides), invocation };
}

interface Invoked {
  readonly fn: DeployedFunction;
  readonly invocation: Invocation;
  readonly result: InvocationResult;
  /** Whether the call does not wait for the function. */
  readonly isAsynchronous: boolean;
}

async function invoke(
  { account, runner }: Invoker,
  call: StageCall,
  method: DeployedMethod,
  event: unknown,
  source: MappingSource,
): Promise<Invoked | FunctionOutcome> {
  const refused = (answer: Refusal): FunctionOutcome => ({ answer });
  const { requestParameters, httpMethod, type, timeoutInMillis: timeout = DEFAULT_TIMEOUT } = method.integration;
  const headers = mappedTo(requestParameters, "integration.request.header.", source);
  const unmappable = [...headers.keys()].find((name) => NEVER_MAPPED.includes(name.toLowerCase()));
  if (unmappable !== undefined) {
    return refused(misconfigured(`${unmappable} is mapped, which a function's request sets itself`));
  }
  if (httpMethod !== "POST") return refused(misconfigured(NOT_POST));
  const found = findFunction(account, call, method);
  if (typeof found === "string") return refused(notInvokable(found));
  const { fn, details } = found;
  // Seen: https://github.com/koki-develop/lgtm-generator/issues/10
  const eventJson = JSON.stringify(event);
  if (Buffer.byteLength(eventJson) > MAX_EVENT_BYTES) return refused({ type: "REQUEST_TOO_LARGE" });
  const requestId = account.uuid();
  const isAsynchronous = type === "AWS" && headers.get("X-Amz-Invocation-Type") === "Event";
  const invoked = runFunction(account, runner, fn, event, requestId, { ...details, eventJson }).catch(
    (error: unknown) => {
      if (error instanceof AwsError) return error;
      throw error;
    },
  );
  const nothing: InvocationResult = { kind: "answer", payload: "" };
  const result = isAsynchronous ? nothing : await within(timeout, invoked);
  if (result instanceof AwsError) return refused(invocationRefused(fn, result));
  const invocation = { region: fn.region, logGroup: fn.logGroup, functionName: fn.name, requestId };
  if (result === undefined) return { answer: timedOut(fn, timeout), invocation };
  return { fn, invocation, result, isAsynchronous };
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
  const route = `${method.httpMethod}${resourcePath.replace(/\{[^}]*\}/g, "*")}`;
  const sourceArn = `arn:aws:execute-api:${region}:${sourceAccount}:${api.id}/${stage.stageName}/${route}`;
  const place = { account, region: functionRegion };
  const found = findInvocable(place, arn, { principal: PRINCIPAL, sourceArn, sourceAccount });
  if (found.refusal === undefined) return found;
  return found.refusal === "no-function"
    ? `the integration's URI names no function of this account: ${uri}`
    : `no permission of the function ${name} lets ${PRINCIPAL} invoke it for ${sourceArn}`;
}
