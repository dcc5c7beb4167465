/** Logging, tracing and storage of functions: what they may say, and what AWS fills in. */
import { type Attributes, blocks, optionalText, text, textMap } from "../attributes";
import { AwsError, UnsupportedError } from "../errors";
import { EMULATED_RUNTIMES, isBlockedRuntime } from "./lambda-runtimes";

const invalid = (message: string) => new AwsError("InvalidParameterValueException", message);

const VARIABLE = /^[a-zA-Z][a-zA-Z0-9_]+$/;
const MOST_VARIABLES_BYTES = 4096;
/** Set by Lambda itself; those that begin with an underscore are no names anyway. */
const RESERVED = [
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
];

/**
 * Checks of the real provider at plan time: a zip needs handler and runtime. What is not known yet counts as set.
 * @throws {AwsError} `InvalidParameterValueException`
 * @throws {UnsupportedError} for a runtime that is not emulated
 */
export function checkSettings(config: Attributes): void {
  const isMissing = (name: string) => [null, undefined, ""].some((none) => config[name] === none);
  if (isMissing("handler") || isMissing("runtime")) {
    throw invalid("handler and runtime must be set when PackageType is Zip");
  }
  const runtime = optionalText(config, "runtime");
  // What AWS refuses is refused when the function is created, as the real provider does not know of it.
  if (runtime === undefined || EMULATED_RUNTIMES.includes(runtime) || isBlockedRuntime(runtime)) return;
  throw new UnsupportedError(`runtime ${runtime} is not emulated. Emulated: ${EMULATED_RUNTIMES.join(", ")}.`);
}

/** @throws {AwsError} `InvalidParameterValueException` for a level of logs that are plain text */
export function checkLogging(given: Attributes): void {
  const [logging = {}] = blocks(given, "logging_config");
  const hasLevel = ["application_log_level", "system_log_level"].some((name) => optionalText(logging, name));
  if (!hasLevel || logging["log_format"] === "JSON") return;
  throw invalid(
    'LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change the LogFormat to "JSON" and try again.',
  );
}

/**
 * @throws {AwsError} for environment variables that a function cannot have
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function checkEnvironment(given: Attributes): void {
  const [environment = {}] = blocks(given, "environment");
  const variables = textMap(environment, "variables");
  const names = Object.keys(variables);
  if (!names.every((name) => VARIABLE.test(name))) {
    throw new AwsError(
      "ValidationException",
      "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]",
    );
  }
  const unable =
    "Lambda was unable to configure your environment variables because the environment variables you have provided";
  const reserved = names.filter((name) => RESERVED.includes(name));
  if (reserved.length > 0) {
    throw invalid(
      `${unable} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(", ")}`,
    );
  }
  // What AWS adds here, the variables themselves, may be secret.
  if (Buffer.byteLength(JSON.stringify(variables)) > MOST_VARIABLES_BYTES)
    throw invalid(`${unable} exceeded the 4KB limit.`);
}

/** The blocks that AWS fills in when they are left out, and the group that logs go to. */
export function withFilledIn(given: Attributes): Attributes {
  const [logging = { log_format: "Text", application_log_level: "", system_log_level: "" }] = blocks(
    given,
    "logging_config",
  );
  const log_group = optionalText(logging, "log_group") ?? `/aws/lambda/${text(given, "function_name")}`;
  const [storage = { size: 512 }] = blocks(given, "ephemeral_storage");
  const [tracing = { mode: "PassThrough" }] = blocks(given, "tracing_config");
  return {
    logging_config: [{ ...logging, log_group }],
    ephemeral_storage: [{ ...storage, size: storage["size"] ?? 512 }],
    tracing_config: [tracing],
  };
}
