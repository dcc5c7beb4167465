/** Settings of a function: AWS's defaults, what AWS refuses, and which runtimes are emulated. Pure. */
import { createHash } from "node:crypto";
import type * as sdk from "@aws-sdk/client-lambda";
import { UnsupportedError } from "../../errors";
import { present, type Wire } from "../../protocols/values";
import { words } from "../../protocols/words";
import { type FunctionSettings, invalid } from "./records";

const MAX_VARIABLES_BYTES = 4096;

/** Set by Lambda itself; those that begin with an underscore are not valid names anyway. */
const RESERVED_VARIABLES: readonly string[] = words(`
  AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_DEFAULT_REGION AWS_EXECUTION_ENV AWS_LAMBDA_FUNCTION_MEMORY_SIZE
  AWS_LAMBDA_FUNCTION_NAME AWS_LAMBDA_FUNCTION_VERSION AWS_LAMBDA_INITIALIZATION_TYPE AWS_LAMBDA_LOG_GROUP_NAME
  AWS_LAMBDA_LOG_STREAM_NAME AWS_LAMBDA_RUNTIME_API AWS_REGION AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
  LAMBDA_RUNTIME_DIR LAMBDA_TASK_ROOT
`);

/** Settings that an input may have. */
export type SettingsInput = Omit<Wire<sdk.UpdateFunctionConfigurationRequest>, "FunctionName"> &
  Pick<Wire<sdk.CreateFunctionRequest>, "Architectures">;

/** What a function has at first. */
export function defaultSettings(name: string): Omit<FunctionSettings, "CodeSha256"> {
  return {
    Description: "",
    Timeout: 3,
    MemorySize: 128,
    TracingConfig: { Mode: "PassThrough" },
    PackageType: "Zip",
    Architectures: ["x86_64"],
    EphemeralStorage: { Size: 512 },
    LoggingConfig: { LogFormat: "Text", LogGroup: `/aws/lambda/${name}` },
  };
}

/**
 * The settings with those of the input; what it leaves out stays.
 * @throws {AwsError} `InvalidParameterValueException`
 * @throws {UnsupportedError} for a runtime that is not emulated
 */
export function changeSettings<Settings extends Omit<FunctionSettings, "CodeSha256">>(
  before: Settings,
  input: SettingsInput,
): Settings {
  if (input.Runtime !== undefined) requireRuntime(input.Runtime);
  const { DeadLetterConfig = before.DeadLetterConfig, KMSKeyArn = before.KMSKeyArn, Environment } = input;
  if (Environment !== undefined) checkVariables(Environment.Variables ?? {});
  return present({
    ...before,
    ...present({
      Architectures: input.Architectures,
      Description: input.Description,
      EphemeralStorage: input.EphemeralStorage,
      Handler: input.Handler,
      LoggingConfig: input.LoggingConfig && changeLogging(before.LoggingConfig ?? {}, input.LoggingConfig),
      MemorySize: input.MemorySize,
      Role: input.Role,
      Runtime: input.Runtime,
      Timeout: input.Timeout,
      TracingConfig: input.TracingConfig,
    }),
    Environment: Environment === undefined ? before.Environment : changeEnvironment(before, Environment),
    Layers: input.Layers === undefined ? before.Layers : layersOf(input.Layers),
    VpcConfig: input.VpcConfig === undefined ? before.VpcConfig : vpcOf(input.VpcConfig),
    // An empty text takes them away.
    DeadLetterConfig: (DeadLetterConfig?.TargetArn ?? "") === "" ? undefined : DeadLetterConfig,
    KMSKeyArn: KMSKeyArn === "" ? undefined : KMSKeyArn,
  });
}

/**
 * A creation keeps an environment that is empty, as recorded. An update takes it away: otherwise the real provider, which
 * sends an empty one when its block goes, would plan that again.
 */
function changeEnvironment(
  { Handler }: Pick<FunctionSettings, "Handler">,
  { Variables = {} }: Wire<sdk.Environment>,
): FunctionSettings["Environment"] {
  const isCreation = Handler === undefined;
  return isCreation || Object.keys(Variables).length > 0 ? { Variables } : undefined;
}

/** Kept and described, without their files: only AWS has these. An empty list takes all away. */
function layersOf(arns: readonly string[]): FunctionSettings["Layers"] {
  const names = arns.map((arn) => arn.replace(/:\d+$/, ""));
  if (new Set(names).size < names.length) {
    throw invalid("Two different versions of the same layer are not allowed to be referenced in the same function.");
  }
  return arns.length === 0 ? undefined : arns.map((Arn) => ({ Arn, CodeSize: 0 }));
}

/**
 * Kept and described; functions run on this machine's network. The VPC is named after the subnets, as there is no EC2 that
 * knows it. Empty lists take the function out of its VPC.
 */
function vpcOf(config: Wire<sdk.VpcConfig>): FunctionSettings["VpcConfig"] {
  const { SubnetIds = [], SecurityGroupIds = [], Ipv6AllowedForDualStack = false } = config;
  if (SubnetIds.length === 0 && SecurityGroupIds.length === 0) return undefined;
  const VpcId = `vpc-${createHash("sha256")
    .update([...SubnetIds].sort().join())
    .digest("hex")
    .slice(0, 17)}`;
  return { SubnetIds, SecurityGroupIds, VpcId, Ipv6AllowedForDualStack };
}

/** Levels are there with the format JSON alone. */
function changeLogging(before: Wire<sdk.LoggingConfig>, input: Wire<sdk.LoggingConfig>): Wire<sdk.LoggingConfig> {
  const { LogFormat = before.LogFormat, LogGroup = before.LogGroup, ApplicationLogLevel, SystemLogLevel } = input;
  if (LogFormat === "JSON") {
    return {
      LogFormat,
      ApplicationLogLevel: ApplicationLogLevel ?? before.ApplicationLogLevel ?? "INFO",
      SystemLogLevel: SystemLogLevel ?? before.SystemLogLevel ?? "INFO",
      LogGroup,
    };
  }
  if (ApplicationLogLevel === undefined && SystemLogLevel === undefined) return { LogFormat, LogGroup };
  throw invalid(
    'LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change the LogFormat to "JSON" and try again.',
  );
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function checkVariables(variables: Readonly<Record<string, string>>): void {
  const unable =
    "Lambda was unable to configure your environment variables because the environment variables you have provided";
  const reserved = Object.keys(variables).filter((name) => RESERVED_VARIABLES.includes(name));
  if (reserved.length > 0) {
    throw invalid(
      `${unable} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(", ")}`,
    );
  }
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured) > MAX_VARIABLES_BYTES) {
    throw invalid(`${unable} exceeded the 4KB limit. String measured: ${measured}`);
  }
}

/** Runtimes whose functions run here, on the Node.js that runs the embedded AWS. */
export const EMULATED_RUNTIMES: readonly string[] = ["nodejs22.x", "nodejs24.x"];

/**
 * Runtimes that no function can be created with or updated to. nodejs20.x: no creation since 2026-08-31, no update since
 * 2026-09-30. The next one is nodejs22.x, on 2027-04-30.
 */
const BLOCKED_RUNTIMES: readonly string[] = words(`
  nodejs12.x nodejs14.x nodejs16.x nodejs18.x nodejs20.x dotnetcore3.1 go1.x java8 provided python3.7 ruby2.7
`);

/** In the order in which AWS lists them. */
const RUNTIMES: readonly string[] = words(`
  nodejs20.x python3.14 provided.al2023 python3.12 python3.13 nodejs24.x nodejs22.x java25 python3.10 python3.11 java21
  ruby3.3 ruby3.4 ruby3.2 python3.8 python3.9 java17 nodejs16.x dotnet10 dotnet8 java11 dotnet6 nodejs18.x provided.al2
  java8.al2
`);

export function isBlockedRuntime(runtime: string): boolean {
  return BLOCKED_RUNTIMES.includes(runtime);
}

/**
 * @throws {AwsError} `InvalidParameterValueException` for a runtime that AWS does not know or no longer takes
 * @throws {UnsupportedError} for one that is not emulated
 */
function requireRuntime(runtime: string): void {
  if (EMULATED_RUNTIMES.includes(runtime)) return;
  if (isBlockedRuntime(runtime)) {
    throw invalid(
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
    );
  }
  if (RUNTIMES.includes(runtime)) throw notEmulated(runtime);
  throw invalid(
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${RUNTIMES.join(", ")}] or be a valid ARN`,
  );
}

export function notEmulated(runtime: string): UnsupportedError {
  return new UnsupportedError(`runtime ${runtime} is not emulated. Emulated: ${EMULATED_RUNTIMES.join(", ")}.`);
}
