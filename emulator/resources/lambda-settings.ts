/** Logging, tracing and storage of functions: what they may say, and what AWS fills in. */
import { type Attributes, blocks, optionalText, text } from "../attributes";
import { AwsError, UnsupportedError } from "../errors";

/** What a few settings may say, by block and name. */
const ONE_OF: readonly (readonly [block: string, name: string, allowed: readonly string[]])[] = [
  ["logging_config", "application_log_level", ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]],
  ["logging_config", "log_format", ["JSON", "Text"]],
  ["logging_config", "system_log_level", ["DEBUG", "INFO", "WARN"]],
  ["tracing_config", "mode", ["Active", "PassThrough"]],
];

const invalid = (message: string) => new AwsError("InvalidParameterValueException", message);

/** Functions run on this very Node.js, whichever of these they name. */
const RUNTIMES = ["nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x"];

/**
 * Checks of the real provider at plan time.
 * @throws {AwsError} `InvalidParameterValueException`
 * @throws {UnsupportedError} for a runtime that is not played
 */
export function checkSettings(config: Attributes): void {
  for (const [block, name, allowed] of ONE_OF) {
    const value = optionalText(blocks(config, block)[0] ?? {}, name);
    if (value === undefined || allowed.includes(value)) continue;
    throw invalid(`expected ${block}.0.${name} to be one of ${allowed.join(", ")}, got ${value}`);
  }
  checkRuntime(config);
}

/** A zip needs handler and runtime; what is not known yet is there. */
function checkRuntime(config: Attributes): void {
  const isMissing = (name: string) => [null, undefined, ""].some((none) => config[name] === none);
  if (isMissing("handler") || isMissing("runtime")) {
    throw invalid("handler and runtime must be set when PackageType is Zip");
  }
  const runtime = optionalText(config, "runtime");
  if (runtime === undefined || RUNTIMES.includes(runtime)) return;
  throw new UnsupportedError(`runtime ${runtime} is not emulated. Emulated: ${RUNTIMES.join(", ")}.`);
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
