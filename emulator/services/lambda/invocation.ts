/**
 * Invocations: by the API's Invoke, and by services that a function's policy lets in.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
import type * as sdk from "@aws-sdk/client-lambda";
import type { Account } from "../../account/account";
import type { TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import type { DeployedFunction, InvocationDetails, InvocationResult, Runtime } from "../../protocols/runtime";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { isKeyOf } from "../../runtime/function-credentials";
import { isInitStart } from "../../runtime/function-records";
import { zipOf } from "./function-code";
import { type Invoker, mayInvoke, statementsFor } from "./permission";
import {
  addressOf,
  aliases,
  type FunctionAddress,
  findVersion,
  functions,
  LATEST,
  requireSettled,
  requireVersion,
  type VersionRecord,
  versions,
} from "./records";

/** What an event may have, in bytes, by how the function is invoked. */
const MAX_EVENT_BYTES: Readonly<Record<string, number>> = {
  RequestResponse: 6_291_456,
  Event: 1_048_576,
  DryRun: 6_291_456,
};
const MAX_TAIL_BYTES = 4096;

type Runner = Runtime["runner"];

/** Invocations of functions with reserved concurrency that are under way, by the function's ARN. */
const underWay = new WeakMap<Account, Map<string, number>>();

/** The version as it is run. */
export function deployedFunction(place: TablePlace, version: VersionRecord): DeployedFunction {
  const { FunctionName, FunctionArn, Version, settings } = version;
  const { LoggingConfig = {} } = settings;
  return {
    name: FunctionName,
    arn: FunctionArn,
    version: Version,
    zip: zipOf(place, version),
    codeSha256: settings.CodeSha256,
    handler: settings.Handler ?? "",
    runtime: settings.Runtime ?? "",
    environment: settings.Environment?.Variables ?? {},
    timeoutSeconds: settings.Timeout ?? 3,
    memoryMegabytes: settings.MemorySize ?? 128,
    region: place.region,
    logGroup: LoggingConfig.LogGroup ?? `/aws/lambda/${FunctionName}`,
    logFormat: LoggingConfig.LogFormat ?? "Text",
    logLevel: LoggingConfig.ApplicationLogLevel ?? "INFO",
    systemLogLevel: LoggingConfig.SystemLogLevel ?? "INFO",
  };
}

export function hasFunction(place: TablePlace, name: string): boolean {
  return functions.get(place, name) !== undefined;
}

/** Session of a function's role that the access key belongs to; `undefined` for the key of another caller. */
export function findFunctionSession(account: Account, accessKeyId: string) {
  const found = functions.listEverywhere(account).find(({ record }) => isKeyOf(record.FunctionArn, accessKeyId));
  if (found === undefined) return undefined;
  const { FunctionName } = found.record;
  const latest = versions.get({ account, region: found.region }, `${FunctionName}:${LATEST}`);
  // A session's name has at least two characters.
  const session = FunctionName.length > 1 ? FunctionName : `${FunctionName}@lambda_function`;
  return { roleArn: latest?.settings.Role ?? "", session };
}

/** A function that a service may invoke, or why it may not. */
export type Invocable =
  | { readonly fn: DeployedFunction; readonly details: InvocationDetails; readonly refusal?: undefined }
  | { readonly refusal: "no-function" | "no-permission" };

/**
 * The function, version or alias of the ARN, for a service.
 * @param place of the ARN's region
 */
export function findInvocable(place: TablePlace, arn: string, invoker: Invoker): Invocable {
  const [, functionArn = arn, name = "", qualifier] = /^(.+:function:([^:]+))(?::([^:]+))?$/.exec(arn) ?? [];
  const address = { name, arn: functionArn, qualifier, qualifiedArn: arn };
  if (findVersion(place, address) === undefined) return { refusal: "no-function" };
  if (!mayInvoke(statementsFor(place, address), invoker)) return { refusal: "no-permission" };
  const fn = deployedFunction(place, chooseVersion(place, address) as VersionRecord);
  return { fn, details: qualifier === undefined ? {} : { qualifier } };
}

/** The version to invoke; of an alias with two, one by their weights. */
function chooseVersion(place: TablePlace, address: FunctionAddress): VersionRecord | undefined {
  const alias = aliases.get(place, `${address.name}:${address.qualifier}`);
  const [[version, weight] = []] = Object.entries(alias?.RoutingConfig?.AdditionalVersionWeights ?? {});
  if (version === undefined || weight === undefined) return findVersion(place, address);
  const [high = 0, low = 0] = place.account.randomBytes(2);
  const isOther = (high * 256 + low) / 65_536 < weight;
  return isOther ? versions.get(place, `${address.name}:${version}`) : findVersion(place, address);
}

/**
 * Runs the function, unless that is more than its reserved concurrency.
 * @throws {AwsError} `TooManyRequestsException`
 */
export async function runFunction(
  account: Account,
  runner: Runner,
  fn: DeployedFunction,
  event: unknown,
  requestId: string,
  details: InvocationDetails,
): Promise<InvocationResult> {
  const place = { account, region: fn.region };
  const reserved = functions.get(place, fn.name)?.ReservedConcurrentExecutions;
  if (reserved === undefined) return await runner.invoke(fn, event, requestId, details);
  const counts = underWay.get(account) ?? new Map<string, number>();
  underWay.set(account, counts);
  const count = counts.get(fn.arn) ?? 0;
  if (count >= reserved)
    throw new AwsError("TooManyRequestsException", "Rate Exceeded.", 429, {
      Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
    });
  counts.set(fn.arn, count + 1);
  try {
    return await runner.invoke(fn, event, requestId, details);
  } finally {
    counts.set(fn.arn, (counts.get(fn.arn) ?? 1) - 1);
  }
}

/**
 * Answered when the function has answered; with `Event`, at once. An event that fails is not retried; AWS retries it
 * twice, after one minute and after two more.
 */
export async function invoke(context: OperationContext, input: Wire<sdk.InvocationRequest>) {
  const { InvocationType = "RequestResponse", ClientContext, LogType, Payload } = input;
  const { account, runtime } = context;
  const address = addressOf(context, input);
  const { qualifier } = address;
  requireSettledCreation(context, requireVersion(context, address, `${address.arn}:${qualifier ?? LATEST}`));
  const clientContext = readClientContext(ClientContext);
  const event = readEvent(Payload, InvocationType);
  if (InvocationType === "DryRun") return { StatusCode: 204 };
  const fn = deployedFunction(context, chooseVersion(context, address) as VersionRecord);
  const before = runtime.logs.newest;
  const invoked = runFunction(account, runtime.runner, fn, event, context.requestId, {
    ...(qualifier === undefined ? {} : { qualifier }),
    // The function does not get that of an event.
    ...(InvocationType === "Event" ? {} : { clientContext }),
  });
  if (InvocationType === "Event") {
    invoked.catch((error: unknown) => runtime.logs.add({ ...fn, logStream: "embedded-aws" }, String(error)));
    return { StatusCode: 202 };
  }
  const result = await invoked;
  return {
    StatusCode: 200,
    ExecutedVersion: fn.version,
    ...(result.kind === "error" ? { FunctionError: "Unhandled" } : {}),
    ...(LogType === "Tail" ? { LogResult: tailOf(runtime, fn, before) } : {}),
    Payload: Buffer.from(JSON.stringify(payloadOf(result))),
  };
}

/** A function can be invoked while it is updated, but not before it is there. */
function requireSettledCreation(place: TablePlace, version: VersionRecord): void {
  if (!version.isUpdated) requireSettled(place, version);
}

/** The event; an empty one when there is no payload. */
function readEvent(payload: Uint8Array | undefined, type: string): unknown {
  const max = MAX_EVENT_BYTES[type] ?? 0;
  if (payload === undefined || payload.length === 0) return {};
  if (payload.length > max) {
    const message = `Request must be smaller than ${max} bytes for the InvokeFunction operation`;
    throw new AwsError("RequestEntityTooLargeException", message, 413);
  }
  try {
    return JSON.parse(Buffer.from(payload).toString("utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `Could not parse request body into json: Could not parse payload into json: ${reason}`;
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

/** The payload of the response to the function's caller. */
export function payloadOf(result: InvocationResult): unknown {
  if (result.kind === "answer") return result.payload;
  const { errorType, errorMessage, trace } = result;
  return { errorType, errorMessage, ...(trace === undefined ? {} : { trace }) };
}

/** The end of what the log got since then, in base64, lines of concurrent invocations included. */
function tailOf({ logs }: Runtime, { logGroup, region }: DeployedFunction, after: number): string {
  const messages = logs.of({ region, logGroup }, after).map(({ message }) => message);
  const lines = messages.filter((message) => !isInitStart(message)).map((message) => `${message}\n`);
  return Buffer.from(lines.join("")).subarray(-MAX_TAIL_BYTES).toString("base64");
}
