/**
 * Functions: how they are configured.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
 */
import { createHash } from "node:crypto";
import type { Entry } from "../../account";
import { uuidOf } from "../../account-random";
import {
  type Attributes,
  blocks,
  canonical,
  number,
  optionalText as optionalValue,
  text,
  textMap,
} from "../../attributes";
import { AwsError } from "../../errors";
import { byHand, changeByHand } from "../../resources/by-hand";
import { lambdaFunction } from "../../resources/lambda";
import { optionalNumber, optionalStructure, optionalText, optionalTextMap, refuseOthers } from "./api-input";
import { type ApiPlace, type Json, type LambdaPlace, parseJson, present } from "./aws-api";
import type { RestCall, RestOperation } from "./rest-api";

/** An operation of Lambda. */
export type LambdaOperation = RestOperation<LambdaPlace>;

const FUNCTION =
  /^(?:(?:arn:aws:lambda:(?<region>[a-z0-9-]+):)?(?:\d{12}:)?function:)?(?<name>[\w-]{1,64})(?::(?<qualifier>[$\w-]+))?$/;
const LATEST = "$LATEST";
/** What AWS says of an update that it has just begun (seen). */
export const UNDER_WAY = {
  LastUpdateStatus: "InProgress",
  LastUpdateStatusReason: "The function is being created.",
  LastUpdateStatusReasonCode: "Creating",
};
const SETTINGS = ["Timeout", "MemorySize", "Environment", "Description", "Handler"];

/** `GetFunction`; there is no URL to load the code from. */
export const getFunction: LambdaOperation = async (place, call) => {
  const { attributes } = findFunction(place, call);
  const tags = textMap(attributes, "tags_all");
  const Tags = Object.keys(tags).length === 0 ? undefined : tags;
  return present({ Configuration: describe(attributes), Code: { RepositoryType: "S3" }, Tags });
};

/** `GetFunctionConfiguration`. */
export const getFunctionConfiguration: LambdaOperation = async (place, call) =>
  describe(findFunction(place, call).attributes);

/**
 * `UpdateFunctionConfiguration`; what is left out stays. The next invocation runs with it, although the answer says, as
 * AWS's does, that the update is under way.
 */
export const updateFunctionConfiguration: LambdaOperation = (place, call) =>
  byHand(place, async () => {
    const { attributes } = findFunction(place, call);
    const input = parseJson(call.request.body);
    refuseOthers(input, SETTINGS);
    return { ...describe(await changeByHand(lambdaFunction, place, attributes, changesIn(input))), ...UNDER_WAY };
  });

/** The function of the path, by name, ARN or part of one. @throws {AwsError} `ResourceNotFoundException` */
export function findFunction({ account, region }: ApiPlace, { parts, query }: RestCall): Entry {
  const asked = parts["function_name"] ?? "";
  const {
    name = asked,
    region: ofRegion = region,
    qualifier = query["Qualifier"],
  } = FUNCTION.exec(asked)?.groups ?? {};
  const entry = account.get(lambdaFunction.type, `${region}/${name}`);
  const isLatest = qualifier === undefined || qualifier === LATEST;
  if (entry !== undefined && ofRegion === region && isLatest) return entry;
  const suffix = isLatest ? "" : `:${qualifier}`;
  throw notFound(`Function not found: arn:aws:lambda:${ofRegion}:${account.id}:function:${name}${suffix}`);
}

/** What AWS says of something that is not there. */
export function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", message, 404);
}

/** Attributes that the input changes. @throws {AwsError} `ValidationException` for a number out of its bounds */
function changesIn(input: Json): Attributes {
  const environment = optionalStructure(input, "Environment");
  const variables = environment && (optionalTextMap(environment, "Variables") ?? {});
  const changes = {
    description: optionalText(input, "Description"),
    handler: optionalText(input, "Handler"),
    memory_size: boundedNumber(input, "MemorySize", 128, 10_240),
    timeout: boundedNumber(input, "Timeout", 1, 900),
    environment: variables && (Object.keys(variables).length === 0 ? [] : [{ variables }]),
  };
  return present(changes) as Attributes;
}

function boundedNumber(input: Json, member: string, least: number, most: number): number | undefined {
  try {
    return optionalNumber(input, member, least, most);
  } catch (error) {
    if (!(error instanceof AwsError) || error.name !== "InvalidParameterException") throw error;
    throw new AwsError("ValidationException", error.message);
  }
}

/** A function's configuration. */
export function describe(fn: Attributes): Json {
  const [environment] = blocks(fn, "environment");
  const [logging = {}] = blocks(fn, "logging_config");
  const [storage] = blocks(fn, "ephemeral_storage");
  const [tracing] = blocks(fn, "tracing_config");
  return present({
    FunctionName: text(fn, "function_name"),
    FunctionArn: text(fn, "arn"),
    Runtime: optionalValue(fn, "runtime"),
    Role: text(fn, "role"),
    Handler: optionalValue(fn, "handler"),
    CodeSize: fn["source_code_size"],
    Description: optionalValue(fn, "description") ?? "",
    Timeout: number(fn, "timeout", 3),
    MemorySize: number(fn, "memory_size", 128),
    LastModified: text(fn, "last_modified"),
    CodeSha256: text(fn, "code_sha256"),
    Version: LATEST,
    Environment: environment && { Variables: textMap(environment, "variables") },
    TracingConfig: { Mode: tracing?.["mode"] ?? "PassThrough" },
    RevisionId: revisionOf(fn),
    State: "Active",
    LastUpdateStatus: "Successful",
    PackageType: "Zip",
    Architectures: fn["architectures"],
    EphemeralStorage: { Size: number(storage ?? {}, "size", 512) },
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    LoggingConfig: present({
      LogFormat: optionalValue(logging, "log_format"),
      ApplicationLogLevel: optionalValue(logging, "application_log_level"),
      SystemLogLevel: optionalValue(logging, "system_log_level"),
      LogGroup: optionalValue(logging, "log_group"),
    }),
  });
}

/** A UUID that changes with the settings. */
export function revisionOf(settings: Attributes): string {
  return uuidOf(createHash("sha256").update(canonical(settings)).digest());
}
