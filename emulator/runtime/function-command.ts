/**
 * How a function's process is started: its command line, and an environment that holds the function's variables, those
 * of Lambda, and nothing of the parent's.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
import { join } from "node:path";
import type { DeployedFunction } from "./deployed-function";

/** A process to be started. */
export interface FunctionCommand {
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const RUNTIME_FOLDER = __dirname;

/** @param folder where the function's code is unpacked */
export function functionCommand(fn: DeployedFunction, folder: string, logStream: string): FunctionCommand {
  // Lambda's own split of the memory: 90 % for the old generation, 5 % for each half of the young one.
  const oldSpace = Math.max(32, Math.floor(fn.memoryMegabytes * 0.9));
  const semiSpace = Math.max(1, Math.floor(fn.memoryMegabytes * 0.05));
  return {
    arguments: [
      `--max-old-space-size=${oldSpace}`,
      `--max-semi-space-size=${semiSpace}`,
      join(RUNTIME_FOLDER, "function-runtime.cjs"),
    ],
    folder,
    environment: functionEnvironment(fn, folder, logStream),
  };
}

/**
 * Name of the log stream of a process.
 * @param startedAt milliseconds since 1970
 * @param requestId the request that the process is started for; makes the name unique
 */
export function logStreamName(fn: DeployedFunction, startedAt: number, requestId: string): string {
  const day = new Date(startedAt).toISOString().slice(0, 10).replaceAll("-", "/");
  return `${day}/[${fn.version}]${requestId.replaceAll("-", "")}`;
}

function functionEnvironment(
  fn: DeployedFunction,
  folder: string,
  logStream: string,
): Readonly<Record<string, string | undefined>> {
  return {
    // Node hands this one down from the parent, unless it is mentioned.
    NODE_V8_COVERAGE: undefined,
    // These are not reserved: a function may set them.
    LANG: "en_US.UTF-8",
    PATH: "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    NODE_PATH: folder,
    ...fn.environment,
    _HANDLER: fn.handler,
    AWS_DEFAULT_REGION: fn.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: fn.version,
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_FORMAT: fn.logFormat,
    AWS_LAMBDA_LOG_GROUP_NAME: fn.logGroup,
    AWS_LAMBDA_LOG_LEVEL: fn.logFormat === "JSON" ? fn.logLevel : undefined,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_REGION: fn.region,
    LAMBDA_RUNTIME_DIR: RUNTIME_FOLDER,
    LAMBDA_TASK_ROOT: folder,
    TZ: ":UTC",
  };
}
