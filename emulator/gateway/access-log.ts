/**
 * The access log of a stage: one line a call, in the stage's format. No variable has anything of the Authorization
 * header.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
import type { Account } from "../account/account";
import { headerValues } from "../protocols/http";
import { findLogGroupName } from "../services/logs";
import type { WafResponse } from "./firewall";
import { ownValue } from "./parameter-mapping";
import { requestTime } from "./proxy-integration";
import type { Answered, StageCall } from "./stage-call";

/** A call that was answered. */
export interface FinishedCall {
  readonly call: StageCall;
  readonly answered: Answered;
  readonly waf: WafResponse;
  /** When the request came, in milliseconds since 1970. */
  readonly startedAt: number;
  /** When the response was ready. */
  readonly endedAt: number;
}

/** A line of an access log. */
export interface LogLine {
  /** Name of the log group. */
  readonly logGroup: string;
  readonly line: string;
}

/** The line that the call leaves; `undefined` when the stage keeps no log, or the log group is gone. */
export function accessLogLine(account: Account, finished: FinishedCall): LogLine | undefined {
  const { destinationArn = "", format } = finished.call.stage.accessLogSettings ?? {};
  const logGroup = findLogGroupName(account, destinationArn);
  if (logGroup === undefined || format === undefined) return undefined;
  const { claims } = finished.answered.record;
  const values = valuesOf(finished);
  const line = format.replace(/\$context((?:\.\w+)+)/g, (_whole, path: string) => {
    const claim = /^\.authorizer\.claims\.(\w+)$/.exec(path)?.[1];
    const value = claim === undefined ? values.get(path.slice(1)) : claims && ownValue(claims, claim);
    return value === undefined || value === "" ? "-" : String(value);
  });
  return { logGroup, line: line.replace(/\r?\n$/, "") };
}

type Values = ReadonlyMap<string, string | number | undefined>;

function valuesOf({ call, answered, waf, startedAt, endedAt }: FinishedCall): Values {
  const { api, request, stage } = call;
  const { apiKey, refusal } = answered.record;
  return new Map<string, string | number | undefined>([
    ["accountId", stage.accountId],
    ["apiId", api.id],
    ["deploymentId", stage.deploymentId],
    ["domainName", request.host],
    ["domainPrefix", request.host.split(".")[0]],
    ["error.message", refusal?.message],
    ["error.messageString", refusal && JSON.stringify(refusal.message)],
    ["error.responseType", refusal?.type],
    ["extendedRequestId", call.ids.extendedRequestId],
    ["httpMethod", request.method],
    ["identity.apiKey", apiKey?.value],
    ["identity.apiKeyId", apiKey?.id],
    ["identity.sourceIp", request.sourceIp],
    ["identity.userAgent", headerValues(request, "User-Agent").at(-1)],
    ["path", request.path],
    ["protocol", "HTTP/1.1"],
    ["requestId", call.ids.requestId],
    ["requestTime", requestTime(startedAt)],
    ["requestTimeEpoch", startedAt],
    ["resourceId", answered.record.method?.resourceId],
    ["resourcePath", answered.record.method?.resourcePath],
    ["responseLatency", endedAt - startedAt],
    ["responseLength", Buffer.byteLength(answered.response.body)],
    ["stage", stage.stageName],
    ["status", answered.response.status],
    ["wafResponseCode", waf],
    ...integrationValues(answered),
  ]);
}

/** Values of an integration that was called. */
function integrationValues({ record: { integration, refusal, method } }: Answered): Values {
  if (integration === undefined) return new Map();
  const { status, latencyMilliseconds } = integration;
  const isFunction = method?.integration.type?.startsWith("AWS") === true;
  const isInvoked = refusal === undefined || refusal.type === "INTEGRATION_FAILURE";
  // Of a function, it is the Lambda service's status of the invocation: the function's own status is the other one.
  const serviceStatus = isFunction && isInvoked ? 200 : status;
  return new Map<string, string | number | undefined>([
    ["integration.error", refusal?.message],
    ["integration.integrationStatus", serviceStatus],
    ["integration.latency", latencyMilliseconds],
    ["integration.status", status],
    ["integrationErrorMessage", refusal?.message],
    ["integrationLatency", latencyMilliseconds],
    ["integrationStatus", serviceStatus],
  ]);
}
