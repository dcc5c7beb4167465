/** What a Lambda function is to whoever runs it, and what running it once comes to. */
/** What is deployed: all that is needed to run it. */
export interface DeployedFunction {
  readonly name: string;
  readonly arn: string;
  /** `$LATEST`, or the number of a published version. */
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

/** An error that Lambda itself reports of a function. */
export function platformError(errorType: string, requestId: string, message: string): InvocationResult {
  return { kind: "error", errorType, errorMessage: `RequestId: ${requestId} Error: ${message}` };
}
