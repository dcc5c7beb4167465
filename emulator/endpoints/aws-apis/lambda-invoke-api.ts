/**
 * Invoking a function as somebody with credentials does: no API, no token, and no permission of the function is asked.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
import { AwsError } from "../../errors";
import type { FunctionCode } from "../../resources/lambda";
import { type DeployedFunction, deployedFunction, type InvocationResult } from "../../runtime/deployed-function";
import { isInitStart } from "../../runtime/function-records";
import { header } from "../http";
import { constraintError } from "./api-input";
import type { LambdaPlace } from "./aws-api";
import { findFunction, type LambdaOperation } from "./lambda-function-api";
import { RestAnswer } from "./rest-api";

/** What an event may have, in bytes, by how the function is invoked. */
const MOST_BYTES: ReadonlyMap<string, number> = new Map([
  ["RequestResponse", 6_291_456],
  ["Event", 1_048_576],
  ["DryRun", 6_291_456],
]);
const TAIL_BYTES = 4096;

/**
 * `Invoke`, answered when the function has answered; with `Event`, at once. An event of which the function makes an error
 * is not tried again; AWS tries twice more, a minute and two minutes later.
 */
export const invoke: LambdaOperation = async (place, call) => {
  const { attributes, internal } = findFunction(place, call);
  const type = header(call.request, "X-Amz-Invocation-Type") ?? "RequestResponse";
  const clientContext = readClientContext(header(call.request, "X-Amz-Client-Context"));
  const event = readEvent(call.request.body, type);
  if (type === "DryRun") return new RestAnswer(204, "");
  const fn = deployedFunction(attributes, internal as FunctionCode, place.region);
  const before = place.logs.newest;
  const isQualified = call.query["Qualifier"] !== undefined || call.parts["function_name"]?.endsWith(`:${fn.version}`);
  const invoked = place.runner.invoke(fn, event, place.account.uuid(), {
    ...(isQualified === true ? { qualifier: fn.version } : {}),
    // Of an event, the function does not get it.
    ...(type === "Event" ? {} : { clientContext }),
  });
  if (type === "Event") {
    // Nobody waits for it: what goes wrong is told where the function tells the rest.
    invoked.catch((error: unknown) => place.logs.add({ ...fn, logStream: "embedded-aws" }, String(error)));
    return new RestAnswer(202, "");
  }
  const result = await invoked;
  const isTailed = header(call.request, "X-Amz-Log-Type") === "Tail";
  return new RestAnswer(200, JSON.stringify(payloadOf(result)), [
    ["Content-Type", "application/json"],
    ["X-Amz-Executed-Version", fn.version],
    ...(result.kind === "error" ? [["X-Amz-Function-Error", "Unhandled"] as const] : []),
    ...(isTailed ? [["X-Amz-Log-Result", tailOf(place, fn, before)] as const] : []),
  ]);
};

/** The event; an empty one when there is no payload. @param type of the invocation */
function readEvent(body: Buffer, type: string): unknown {
  const most = MOST_BYTES.get(type);
  if (most === undefined) {
    const constraint = `Member must satisfy enum value set: [${[...MOST_BYTES.keys()].join(", ")}]`;
    throw new AwsError("ValidationException", constraintError("InvocationType", constraint, type).message);
  }
  if (body.length > most) {
    const message = `Request must be smaller than ${most} bytes for the InvokeFunction operation`;
    throw new AwsError("RequestEntityTooLargeException", message, 413);
  }
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    const message = `Could not parse request body into json: ${error instanceof Error ? error.message : error}`;
    throw new AwsError("InvalidRequestContentException", message);
  }
}

/** @param encoded JSON in base64; `undefined` when the caller sends none */
function readClientContext(encoded: string | undefined): unknown {
  if (encoded === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(encoded, "base64").toString("utf8"));
  } catch {
    // Seen: https://github.com/boto/boto3/issues/2153
    const message = "Client context must be a valid Base64-encoded JSON object.";
    throw new AwsError("InvalidRequestContentException", message);
  }
}

function payloadOf(result: InvocationResult): unknown {
  if (result.kind === "answer") return result.payload;
  const { errorType, errorMessage, trace } = result;
  return { errorType, errorMessage, ...(trace === undefined ? {} : { trace }) };
}

/** The end of what its log got meanwhile, in base64; what others had it log at the same time is in it, too. */
function tailOf({ logs }: LambdaPlace, { logGroup, region }: DeployedFunction, after: number): string {
  const messages = logs.of({ region, logGroup }, after).map(({ message }) => message);
  const lines = messages.filter((message) => !isInitStart(message)).map((message) => `${message}\n`);
  return Buffer.from(lines.join("")).subarray(-TAIL_BYTES).toString("base64");
}
