/**
 * How a function's process is started: its command line, and an environment that holds the function's variables, those
 * of Lambda, and nothing of the parent's.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DeployedFunction } from "../protocols/runtime";
import { functionCredentials } from "./function-credentials";
import { permissionOptions } from "./function-permissions";

/** A process to be started. */
export interface FunctionCommand {
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the runtime reads from its standard input before it loads the function: neither files nor variables show it. */
  readonly input: string;
}

const RUNTIME_FOLDER = __dirname;

/** Address of X-Ray's daemon and of the runtime's API, which do not exist here: on this machine, but where nothing listens. */
const NOTHING = "127.100.0.1";

/** Folder of the embedded AWS's own package. */
const OWN_FOLDER = join(RUNTIME_FOLDER, "..", "..");

/** How a function's process reaches the embedded AWS. */
export interface FunctionNetwork {
  /** `http://<user>:<password>@127.0.0.1:<port>` */
  readonly proxyUrl: string;
  /** File of the authority's certificate, in PEM. */
  readonly certificateFile: string;
}

/**
 * @param folder where the function's code is unpacked
 * @param network `undefined` for a function that reaches no embedded AWS
 * @param packagesFolder folder from which packages of Lambda's runtime are resolved
 */
export function functionCommand(
  fn: DeployedFunction,
  folder: string,
  logStream: string,
  network: FunctionNetwork | undefined,
  packagesFolder = OWN_FOLDER,
): FunctionCommand {
  // Lambda's own split of the memory: 90 % for the old generation, 5 % for each half of the young one.
  const oldSpace = Math.max(32, Math.floor(fn.memoryMegabytes * 0.9));
  const semiSpace = Math.max(1, Math.floor(fn.memoryMegabytes * 0.05));
  return {
    arguments: [
      `--max-old-space-size=${oldSpace}`,
      `--max-semi-space-size=${semiSpace}`,
      ...permissionOptions(folder, RUNTIME_FOLDER, packagesFolder),
      join(RUNTIME_FOLDER, "function-runtime.cjs"),
    ],
    folder,
    environment: functionEnvironment(fn, folder, logStream),
    input: JSON.stringify({
      packagesFolder,
      network: network && { proxyUrl: network.proxyUrl, certificate: readFileSync(network.certificateFile, "utf8") },
    }),
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

/**
 * Value of `_X_AMZN_TRACE_ID` for a request; nothing is traced.
 *
 * @param requestId a UUID
 * @param time milliseconds since 1970
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function traceId(requestId: string, time: number): string {
  const digits = requestId.replaceAll("-", "");
  const seconds = Math.floor(time / 1000)
    .toString(16)
    .padStart(8, "0");
  const parent = digits.slice(-16);
  return `Root=1-${seconds}-${digits.slice(0, 24)};Parent=${parent};Sampled=0;Lineage=1:${digits.slice(0, 8)}:0`;
}

/** Variables as they were recorded on AWS, but for paths, which are of this machine, and addresses where nothing is. */
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
    PWD: folder,
    SHLVL: "0",
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    AWS_XRAY_DAEMON_ADDRESS: `${NOTHING}:2000`,
    ...fn.environment,
    ...functionCredentials(fn.arn, logStream),
    _AWS_XRAY_DAEMON_ADDRESS: NOTHING,
    _AWS_XRAY_DAEMON_PORT: "2000",
    _HANDLER: fn.handler,
    AWS_DEFAULT_REGION: fn.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: fn.version,
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_FORMAT: fn.logFormat === "JSON" ? "JSON" : undefined,
    AWS_LAMBDA_LOG_GROUP_NAME: fn.logGroup,
    AWS_LAMBDA_LOG_LEVEL: fn.logFormat === "JSON" ? fn.logLevel : undefined,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_LAMBDA_RUNTIME_API: `${NOTHING}:9001`,
    AWS_REGION: fn.region,
    LAMBDA_RUNTIME_DIR: RUNTIME_FOLDER,
    LAMBDA_TASK_ROOT: folder,
    TZ: ":UTC",
  };
}
