/**
 * Invoking a function as somebody with credentials does: no API, no token, and no permission of the function is asked.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
import { AwsError, UnsupportedError } from "../errors";
import type { FunctionCode } from "../resources/lambda";
import type { LambdaPlace } from "./aws-api";
import { type DeployedFunction, deployedFunction, type InvocationResult } from "./deployed-function";
import { header } from "./http";
import { findFunction, type LambdaOperation } from "./lambda-function-api";
import { RestAnswer } from "./rest-api";

const MOST_BYTES = 6_291_456;
const TAIL_BYTES = 4096;

/** `Invoke`, answered when the function has answered. */
export const invoke: LambdaOperation = async (place, call) => {
  const { attributes, internal } = findFunction(place, call);
  const type = header(call.request, "X-Amz-Invocation-Type") ?? "RequestResponse";
  const event = readEvent(call.request.body);
  if (type === "DryRun") return new RestAnswer(204, "");
  if (type !== "RequestResponse") throw new UnsupportedError(`InvocationType ${type} is not emulated`);
  const fn = deployedFunction(attributes, internal as FunctionCode, place.region);
  const before = place.logs.newest;
  const result = await place.runner.invoke(fn, event, place.account.uuid());
  const isTailed = header(call.request, "X-Amz-Log-Type") === "Tail";
  return new RestAnswer(200, JSON.stringify(payloadOf(result)), [
    ["Content-Type", "application/json"],
    ["X-Amz-Executed-Version", fn.version],
    ...(result.kind === "error" ? [["X-Amz-Function-Error", "Unhandled"] as const] : []),
    ...(isTailed ? [["X-Amz-Log-Result", tailOf(place, fn, before)] as const] : []),
  ]);
};

/** The event; an empty one when there is no payload. */
function readEvent(body: Buffer): unknown {
  if (body.length > MOST_BYTES) {
    const message = `${body.length} byte payload is too large for the RequestResponse invocation type (limit ${MOST_BYTES} bytes)`;
    throw new AwsError("RequestTooLargeException", message, 413);
  }
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    const message = `Could not parse request body into json: ${error instanceof Error ? error.message : error}`;
    throw new AwsError("InvalidRequestContentException", message);
  }
}

function payloadOf(result: InvocationResult): unknown {
  if (result.kind === "answer") return result.payload;
  const { errorType, errorMessage, trace } = result;
  return { errorType, errorMessage, ...(trace === undefined ? {} : { trace }) };
}

/** The end of what the function has logged meanwhile, in base64; what others had it log at the same time is in it, too. */
function tailOf({ logs }: LambdaPlace, { logGroup, region }: DeployedFunction, after: number): string {
  const lines = logs.of({ region, logGroup }, after).map(({ message }) => `${message}\n`);
  return Buffer.from(lines.join("")).subarray(-TAIL_BYTES).toString("base64");
}
