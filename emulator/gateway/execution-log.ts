/**
 * The stage's execution log, and why a call failed inside the API, which its caller does not learn: for that log, as on
 * AWS, and for people.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
import { createHash } from "node:crypto";
import type { AwsError } from "../errors";
import type { DeployedFunction, InvocationResult } from "../protocols/runtime";
import { settingsOf } from "../services/apigateway/method-settings";
import { writeOwnLine } from "../services/logs";
import type { DeployedMethod } from "./deployed-api";
import type { FailureReason, Refusal } from "./gateway-response";
import type { Gateway, StageCall } from "./stage-call";

const CONFIGURATION_ERROR = "Execution failed due to configuration error:";
/** How a process ends that gets no more memory. */
const OUT_OF_MEMORY = /signal: (?:aborted|killed)$/;

const failing = (type: Refusal["type"], logged: string, explained: string): Refusal => ({
  type,
  reason: { logged, explained },
});

/** @param why what is wrong with the function or who may invoke it */
export function notInvokable(why: string): Refusal {
  const logged = `${CONFIGURATION_ERROR} Invalid permissions on Lambda function`;
  return failing("API_CONFIGURATION_ERROR", logged, why);
}

/** @param why what is wrong with the integration or one of its templates */
export function misconfigured(why: string): Refusal {
  const explained = `the integration is misconfigured: ${why}`;
  return failing("API_CONFIGURATION_ERROR", `${CONFIGURATION_ERROR} ${why}`, explained);
}

/** @param refusal the Lambda service's in place of the function's response */
export function invocationRefused({ name }: DeployedFunction, { name: error, message }: AwsError): Refusal {
  const explained = `the invocation of the function ${name} was refused with ${error}: ${message}`;
  return failing("API_CONFIGURATION_ERROR", `Execution failed due to an internal error: ${message}`, explained);
}

/** @param what is wrong with what the function returned */
export function malformedResponse({ name }: DeployedFunction, what: string): Refusal {
  const explained = `the function ${name} returned a malformed proxy response: ${what}`;
  return failing("INTEGRATION_FAILURE", `${CONFIGURATION_ERROR} Malformed Lambda proxy response`, explained);
}

/** @param milliseconds that the integration waited */
export function timedOut({ name }: DeployedFunction, milliseconds: number): Refusal {
  const explained = `the function ${name} did not answer within the integration's ${milliseconds} ms`;
  return failing("INTEGRATION_TIMEOUT", "Execution failed due to a timeout error", explained);
}

/** @param requestId of the invocation */
export function functionFailed(
  { name, memoryMegabytes }: DeployedFunction,
  { errorType, errorMessage }: Extract<InvocationResult, { kind: "error" }>,
  requestId: string,
): Refusal {
  const memory = OUT_OF_MEMORY.test(errorMessage) ? ` (perhaps it needs more than its ${memoryMegabytes} MB)` : "";
  const logged = `Lambda execution failed with status 200 due to customer function error: ${errorMessage}. Lambda request id: ${requestId}`;
  return failing(
    "INTEGRATION_FAILURE",
    logged,
    `the function ${name} ended with ${errorType}: ${errorMessage}${memory}`,
  );
}

/**
 * Logs the call as the stage's settings for the method say: a failure from the level ERROR on, any other call at INFO.
 * @param failure `undefined` for a call that did not fail inside the API
 * @param status of the response
 */
export function logExecution(
  { account, logs }: Pick<Gateway, "account" | "logs">,
  { api, stage, region, request, ids }: StageCall,
  { resourcePath }: DeployedMethod,
  failure: FailureReason | undefined,
  status: number,
): void {
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
