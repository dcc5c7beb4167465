/**
 * The stage's execution log, and why a call failed inside the API, which its caller is not told: for that log, as on
 * AWS, and for people.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
import { createHash } from "node:crypto";
import type { AwsError } from "../errors";
import type { DeployedFunction, InvocationResult } from "../runtime/deployed-function";
import { settingsOf } from "../services/apigateway/method-settings";
import { writeOwnLine } from "../services/logs";
import type { DeployedMethod } from "./deployed-api";
import type { Gateway, StageCall } from "./stage-call";

/** Why an integration gave no answer. */
export interface FailureReason {
  /** The line of the execution log, in API Gateway's words. */
  readonly logged: string;
  /** The same for people: which part, what happened, what was expected. */
  readonly explained: string;
}

const CONFIGURATION_ERROR = "Execution failed due to configuration error:";
/** How a process ends that gets no more memory. */
const OUT_OF_MEMORY = /signal: (?:aborted|killed)$/;

/** @param why what is wrong with the function or who may invoke it */
export function notInvokable(why: string): FailureReason {
  return { logged: `${CONFIGURATION_ERROR} Invalid permissions on Lambda function`, explained: why };
}

/** @param why what is wrong with the integration or one of its templates */
export function misconfigured(why: string): FailureReason {
  return { logged: `${CONFIGURATION_ERROR} ${why}`, explained: `the integration is misconfigured: ${why}` };
}

/** @param refusal what the Lambda service answered in place of the function */
export function refused({ name }: DeployedFunction, { name: error, message }: AwsError): FailureReason {
  return {
    logged: `Execution failed due to an internal error: ${message}`,
    explained: `the invocation of the function ${name} was refused with ${error}: ${message}`,
  };
}

/** @param what is wrong with what the function returned */
export function malformedResponse({ name }: DeployedFunction, what: string): FailureReason {
  return {
    logged: `${CONFIGURATION_ERROR} Malformed Lambda proxy response`,
    explained: `the function ${name} returned a malformed proxy response: ${what}`,
  };
}

/** @param milliseconds that the integration waited */
export function tooLate({ name }: DeployedFunction, milliseconds: number): FailureReason {
  return {
    logged: "Execution failed due to a timeout error",
    explained: `the function ${name} did not answer within the integration's ${milliseconds} ms`,
  };
}

/** @param requestId of the invocation */
export function functionError(
  { name, memoryMegabytes }: DeployedFunction,
  { errorType, errorMessage }: Extract<InvocationResult, { kind: "error" }>,
  requestId: string,
): FailureReason {
  const memory = OUT_OF_MEMORY.test(errorMessage) ? ` (perhaps it needs more than its ${memoryMegabytes} MB)` : "";
  return {
    logged: `Lambda execution failed with status 200 due to customer function error: ${errorMessage}. Lambda request id: ${requestId}`,
    explained: `the function ${name} ended with ${errorType}: ${errorMessage}${memory}`,
  };
}

/**
 * Logs the call as the stage's settings for the method say: a failure from the level ERROR on, any other call at INFO.
 * A failure is also reported by `onNotice`.
 * @param failure `undefined` for a call that did not fail inside the API
 * @param status of the answer
 */
export function logExecution(
  { account, logs, onNotice }: Pick<Gateway, "account" | "logs" | "onNotice">,
  call: StageCall,
  { resourcePath }: DeployedMethod,
  failure: FailureReason | undefined,
  status: number,
): void {
  const { api, stage, region, request, ids } = call;
  if (failure !== undefined) {
    onNotice?.(`${request.method} ${request.path} was answered with ${status}: ${failure.explained}`);
  }
  const { loggingLevel = "OFF" } = settingsOf(stage, resourcePath, request.method) ?? {};
  const isLogged = loggingLevel === "INFO" || (loggingLevel === "ERROR" && failure !== undefined);
  if (!isLogged || logs === undefined) return;
  const begun = [
    `Extended Request Id: ${ids.extendedRequestId}`,
    `Starting execution for request: ${ids.requestId}`,
    `HTTP Method: ${request.method}, Resource Path: ${resourcePath}`,
  ];
  const ended = [failure?.logged ?? "Successfully completed execution", `Method completed with status: ${status}`];
  const logGroup = `API-Gateway-Execution-Logs_${api.id}/${stage.stageName}`;
  const logStream = createHash("md5").update(logGroup).digest("hex");
  for (const line of [...(loggingLevel === "INFO" ? begun : []), ...ended]) {
    writeOwnLine(account, logs, { region, logGroup, logStream }, `(${ids.requestId}) ${line}`);
  }
}
