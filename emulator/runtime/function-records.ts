/**
 * What Lambda itself writes to a function's log of processes and requests: the same records as text and as JSON. A
 * failure is reported as Lambda does since 2025, by the status of a report and by no line of its own.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
import { createHash } from "node:crypto";
import type { DeployedFunction, InvocationResult } from "../protocols/runtime";

/** How loading a function or running its handler ended, as far as Lambda sees: a handler that throws has worked. */
export type Ending =
  | { readonly status: "success" | "timeout" }
  | { readonly status: "error"; readonly errorType: string };

/** In which phase a function is loaded: `invoke` when the first attempt took too long. */
export type InitPhase = "init" | "invoke";

/** Record of a request. Durations are in milliseconds. */
export interface Measured {
  readonly duration: number;
  /** Of loading the function for this request; left out when it was loaded already, or when that is in `duration`. */
  readonly initDuration?: number;
  /** Left out when the process never reported it. */
  readonly mostMegabytes?: number;
}

/** A record. The text is left out where logs in text have no such line. */
export interface PlatformRecord {
  readonly level: "DEBUG" | "INFO" | "WARN";
  readonly type: string;
  readonly record: object;
  readonly text?: string;
}

/** A function's log gets the records of its level and of those that follow. */
const LEVELS: readonly string[] = ["DEBUG", "INFO", "WARN"];

/** What `initStart` begins with in either format. */
const INIT_START = /^(INIT_START |\{"time":"[^"]+","type":"platform\.initStart",)/;

/**
 * @param time milliseconds since 1970
 * @returns the line of the log; `undefined` when the function's log does not have it
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 */
export function lineOf(fn: DeployedFunction, record: PlatformRecord, time: number): string | undefined {
  if (fn.logFormat === "Text") return record.text;
  if (LEVELS.indexOf(record.level) < LEVELS.indexOf(fn.systemLogLevel)) return undefined;
  const { type, record: details } = record;
  return JSON.stringify({ time: new Date(time).toISOString(), type: `platform.${type}`, record: details });
}

/** Whether the line is the one that `LogType: Tail` leaves out, because it is of the process and not of a request. */
export function isInitStart(line: string): boolean {
  return INIT_START.test(line);
}

/** @param logStream name of the process's log stream, which is its id as well */
export function initStart(fn: DeployedFunction, logStream: string): PlatformRecord {
  // AWS counts its releases of a runtime. Here it is the release of the Node.js that really runs the function.
  const version = `${fn.runtime.replace(/^nodejs(\d+)\.x$/, "nodejs:$1")}.${process.version}`;
  const arn = `arn:${fn.arn.split(":")[1]}:lambda:${fn.region}::runtime:${createHash("sha256").update(version).digest("hex")}`;
  const record = {
    initializationType: "on-demand",
    phase: "init",
    runtimeVersion: version,
    runtimeVersionArn: arn,
    functionName: fn.name,
    functionVersion: fn.version,
    instanceId: logStream,
    instanceMaxMemory: fn.memoryMegabytes * 2 ** 20,
  };
  const text = `INIT_START Runtime Version: ${version}\tRuntime Version ARN: ${arn}`;
  return { level: "INFO", type: "initStart", record, text };
}

/** A success is reported by the report of the first request and, of logs in JSON, at level DEBUG. */
export function initDone(phase: InitPhase, duration: number, ending: Ending): readonly PlatformRecord[] {
  const record = { initializationType: "on-demand", phase, ...ending };
  const level = ending.status === "success" ? "DEBUG" : "WARN";
  const text = `INIT_REPORT Init Duration: ${duration.toFixed(2)} ms\tPhase: ${phase}\t${statusOf(ending)}`;
  return [
    { level, type: "initRuntimeDone", record },
    {
      level,
      type: "initReport",
      record: { ...record, metrics: { durationMs: rounded(duration) } },
      ...(ending.status === "success" ? {} : { text }),
    },
  ];
}

export function start(fn: DeployedFunction, requestId: string): PlatformRecord {
  const record = { requestId, functionArn: fn.arn, version: fn.version };
  return { level: "INFO", type: "start", record, text: `START RequestId: ${requestId} Version: ${fn.version}` };
}

export function end(
  fn: DeployedFunction,
  requestId: string,
  ending: Ending,
  measured: Measured,
): readonly PlatformRecord[] {
  const hasWorked = ending.status === "success";
  const metrics = metricsOf(fn, measured);
  const report = `REPORT RequestId: ${requestId}\t${reportOf(fn, measured)}\t${statusOf(ending)}`;
  return [
    {
      level: hasWorked ? "DEBUG" : "WARN",
      type: "runtimeDone",
      record: { requestId, ...ending, metrics: { durationMs: metrics.durationMs } },
      text: `END RequestId: ${requestId}`,
    },
    { level: hasWorked ? "INFO" : "WARN", type: "report", record: { requestId, metrics, ...ending }, text: report },
  ];
}

/**
 * How it ended for a process that is gone. Of types that are not of Lambda's form only `Runtime.Unknown` is reported, and of
 * an error that the handler did not catch, that the process has ended.
 *
 * @param isLoaded whether it came to the handler
 */
export function endingOf(result: InvocationResult, isLoaded: boolean): Ending {
  if (result.kind === "answer") return { status: "success" };
  const { errorType, trace } = result;
  if (trace === undefined) return errorType === TIMED_OUT ? { status: "timeout" } : { status: "error", errorType };
  if (isLoaded) return { status: "error", errorType: "Runtime.ExitError" };
  return { status: "error", errorType: /(Runtime|Function)\.[A-Z][a-zA-Z]+/.test(errorType) ? errorType : UNKNOWN };
}

/** Type of the error of a function that took too long. */
export const TIMED_OUT = "Sandbox.Timedout";
const UNKNOWN = "Runtime.Unknown";

function metricsOf({ memoryMegabytes }: DeployedFunction, measured: Measured) {
  const { duration, initDuration, mostMegabytes } = measured;
  return {
    durationMs: rounded(duration),
    billedDurationMs: billed(measured),
    memorySizeMB: memoryMegabytes,
    ...(mostMegabytes === undefined ? {} : { maxMemoryUsedMB: mostMegabytes }),
    ...(initDuration === undefined ? {} : { initDurationMs: rounded(initDuration) }),
  };
}

function reportOf({ memoryMegabytes }: DeployedFunction, measured: Measured): string {
  const { duration, initDuration, mostMegabytes } = measured;
  const fields = [
    `Duration: ${duration.toFixed(2)} ms`,
    `Billed Duration: ${billed(measured)} ms`,
    `Memory Size: ${memoryMegabytes} MB`,
    ...(mostMegabytes === undefined ? [] : [`Max Memory Used: ${mostMegabytes} MB`]),
    ...(initDuration === undefined ? [] : [`Init Duration: ${initDuration.toFixed(2)} ms`]),
  ];
  return fields.join("\t");
}

/** Whole milliseconds. Loading is billed, too, since August 2025. */
function billed({ duration, initDuration = 0 }: Measured): number {
  return Math.ceil(rounded(duration + initDuration));
}

/** Nothing after a success: a report then ends in a tab, as AWS's does. */
function statusOf(ending: Ending): string {
  if (ending.status === "success") return "";
  return `Status: ${ending.status}${ending.status === "error" ? `\tError Type: ${ending.errorType}` : ""}`;
}

/** Microseconds are the finest unit that is reported. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
