/** What a Lambda function is to whoever runs it, and what running it once comes to. */
import { type Attributes, blocks, number, optionalText, text, textMap } from "../attributes";
import type { FunctionCode } from "../resources/lambda";

/** What is deployed: all that is needed to run it. */
export interface DeployedFunction {
  readonly name: string;
  readonly arn: string;
  /** `$LATEST`, as long as no versions are published. */
  readonly version: string;
  /** The deployment package. */
  readonly zip: Uint8Array;
  /** SHA-256 of the zip in base64; equal values are taken for equal zips. */
  readonly codeSha256: string;
  /** File without extension, a dot, the exported function: `index.handler`, `folder/file.nested.function`. */
  readonly handler: string;
  /** Such as `nodejs22.x`. It runs on this very Node.js all the same. */
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly region: string;
  readonly logGroup: string;
  readonly logFormat: "JSON" | "Text";
  /** What it logs below this level is dropped; only of logs in JSON. */
  readonly logLevel: string;
  /** What Lambda itself logs of it below this level is dropped; only of logs in JSON. */
  readonly systemLogLevel: string;
}

/** What an invocation ended with: the handler's answer or, in AWS's terms, a function error. */
export type InvocationResult =
  | {
      readonly kind: "answer";
      /** JSON value that the handler returned; `undefined` has become `null`. */
      readonly payload: unknown;
    }
  | {
      readonly kind: "error";
      /** The error's name or, when Lambda itself says so, such as `Runtime.ExitError` or `Sandbox.Timedout`. */
      readonly errorType: string;
      readonly errorMessage: string;
      /** Lines of the stack; left out when the error is Lambda's own. */
      readonly trace?: readonly string[];
    };

/** Zips that were decoded, so that not every invocation does. */
const zips = new WeakMap<FunctionCode, Uint8Array>();

/** The function as the account has it. @param code what the account keeps of its code */
export function deployedFunction(fn: Attributes, code: FunctionCode, region: string): DeployedFunction {
  const [environment = {}] = blocks(fn, "environment");
  const [logging = {}] = blocks(fn, "logging_config");
  const zip = zips.get(code) ?? Buffer.from(code.zip, "base64");
  zips.set(code, zip);
  return {
    name: text(fn, "function_name"),
    arn: text(fn, "arn"),
    version: "$LATEST",
    zip,
    codeSha256: code.sha256,
    handler: optionalText(fn, "handler") ?? "",
    runtime: optionalText(fn, "runtime") ?? "",
    environment: textMap(environment, "variables"),
    timeoutSeconds: number(fn, "timeout", 3),
    memoryMegabytes: number(fn, "memory_size", 128),
    region,
    logGroup: optionalText(logging, "log_group") ?? `/aws/lambda/${text(fn, "function_name")}`,
    logFormat: optionalText(logging, "log_format") === "JSON" ? "JSON" : "Text",
    logLevel: optionalText(logging, "application_log_level") ?? "INFO",
    systemLogLevel: optionalText(logging, "system_log_level") ?? "INFO",
  };
}

/** An error that Lambda itself reports of a function. */
export function platformError(errorType: string, requestId: string, message: string): InvocationResult {
  return { kind: "error", errorType, errorMessage: `RequestId: ${requestId} Error: ${message}` };
}
