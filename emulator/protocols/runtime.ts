/** What operations need of the runtime: functions that can be invoked, and log lines. Types only. */

/** A Lambda function with all that is needed to run it. */
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
  /** Such as `nodejs22.x`. It runs on the Node.js of this process in any case. */
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly region: string;
  readonly logGroup: string;
  readonly logFormat: "JSON" | "Text";
  /** The function's lines below this level are dropped; only of logs in JSON. */
  readonly logLevel: string;
  /** Lambda's own lines below this level are dropped; only of logs in JSON. */
  readonly systemLogLevel: string;
}

/** The result of an invocation: the handler's response or, in AWS's terms, a function error. */
export type InvocationResult =
  | {
      readonly kind: "answer";
      /** JSON value that the handler returned; `undefined` has become `null`. */
      readonly payload: unknown;
    }
  | {
      readonly kind: "error";
      /** The error's name, or one of Lambda's own, such as `Runtime.ExitError` or `Sandbox.Timedout`. */
      readonly errorType: string;
      readonly errorMessage: string;
      /** Lines of the stack; left out when the error is Lambda's own. */
      readonly trace?: readonly string[];
    };

/** What a caller may send besides the event. */
export interface InvocationDetails {
  /** The event in JSON, where that is known already. */
  readonly eventJson?: string;
  /** Part of the ARN that the caller names, which the function sees: a version or an alias; left out for none. */
  readonly qualifier?: string;
  /** JSON value of the client context; left out for none. */
  readonly clientContext?: unknown;
}

/** A log group. */
export interface LogGroupName {
  readonly region: string;
  readonly logGroup: string;
}

/** The log stream of a line. */
export interface LogDestination extends LogGroupName {
  readonly logStream: string;
}

/** A line of a log. */
export interface LogEvent {
  /** A later line of any group has a higher number, also after a restart. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** When the line was written, in milliseconds since 1970. */
  readonly ingestedAt: number;
  readonly logStream: string;
  readonly message: string;
}

/** Lines of log groups, as operations reach them. */
export interface LogLines {
  /** The number of the newest line. */
  readonly newest: number;
  /** @param timestamp of the line; left out: now */
  add(to: LogDestination, message: string, timestamp?: number): void;
  /** Removes the lines of the stream or, without one, of the group. */
  forget(from: LogGroupName & { readonly logStream?: string }): void;
  /**
   * Lines of the group that its retention keeps, in the order in which they were written.
   * @param after number of a line; only later ones count
   */
  of(group: LogGroupName, after?: number): readonly LogEvent[];
}

/** Functions and log lines, as operations reach them. */
export interface Runtime {
  readonly runner: {
    /** Runs one invocation; never rejects for anything that the function does. @param requestId a UUID */
    invoke(
      fn: DeployedFunction,
      event: unknown,
      requestId: string,
      details?: InvocationDetails,
    ): Promise<InvocationResult>;
  };
  readonly logs: LogLines;
  /** Events that functions received, under their log groups. Left out: none are kept. */
  readonly events?: Pick<LogLines, "forget">;
  /** Events of CloudTrail. Left out: none are kept. */
  readonly trail?: LogLines;
  /**
   * How long AWS takes to create or update a function, in milliseconds.
   * @default 0
   */
  readonly functionDelay?: number;
}
