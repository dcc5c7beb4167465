/**
 * The Terraform face of functions.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/lambda_function
 */

import { AwsError } from "../../errors";
import {
  type Attributes,
  blocks,
  isObject,
  isSame,
  optionalText,
  text,
  UNKNOWN,
  type Value,
} from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import type { Structure } from "../../terraform/conversion";
import { defineResource } from "../../terraform/resource";
import { sha256Of } from "./function-code";
import { EMULATED_RUNTIMES, isBlockedRuntime, notEmulated } from "./function-settings";
import { invokeArn, streamingInvokeArn } from "./invoke-arn";

/** Attributes whose change is an update of the configuration, with what is sent when one is taken away. */
const CONFIGURATION: Readonly<Record<string, Structure>> = {
  dead_letter_config: { DeadLetterConfig: { TargetArn: "" } },
  description: { Description: "" },
  environment: { Environment: { Variables: {} } },
  ephemeral_storage: {},
  handler: {},
  kms_key_arn: { KMSKeyArn: "" },
  layers: { Layers: [] },
  logging_config: {},
  memory_size: {},
  role: {},
  runtime: {},
  timeout: {},
  tracing_config: {},
  vpc_config: { VpcConfig: { SubnetIds: [], SecurityGroupIds: [] } },
};

/** Attributes whose change is an update of the code. */
const CODE = ["architectures", "filename", "source_code_hash", "source_kms_key_arn"];

const LEVELS = ["application_log_level", "system_log_level"];

const changedOf = (names: readonly string[], planned: Attributes, prior: Attributes) =>
  names.filter((name) => !isSame(planned[name], prior[name]));

/** @throws {UnsupportedError} for a runtime that is not emulated */
function checkRuntime(config: Attributes): void {
  const runtime = optionalText(config, "runtime");
  // What AWS refuses is refused when the function is created, as the real provider does not know of it.
  if (runtime === undefined || EMULATED_RUNTIMES.includes(runtime) || isBlockedRuntime(runtime)) return;
  throw notEmulated(runtime);
}

/** What stays as in state although the configuration differs, and what an update may change. */
function adjust(planned: Attributes, prior: Attributes | null, wanted: Attributes): Attributes {
  const kept = { ...keepEnvironment(planned, prior ?? {}), ...keepLevels(planned, prior ?? {}) };
  if (prior === null) return kept;
  const cleared = Object.keys(wanted).filter((name) => wanted[name] === "" && optionalText(prior, name) !== undefined);
  const empty = Object.fromEntries(cleared.map((name) => [name, ""]));
  const changed = changedByUpdate({ ...planned, ...kept, ...empty }, prior);
  return { ...kept, ...Object.fromEntries(changed.map((name) => [name, UNKNOWN])) };
}

/** An environment without variables is the same as none, while there is none. */
function keepEnvironment(planned: Attributes, prior: Attributes): Attributes {
  const [now] = blocks(planned, "environment");
  const isAdded = now !== undefined && blocks(prior, "environment").length === 0;
  const { variables = null } = now ?? {};
  const isEmpty = variables === null || (isObject(variables) && Object.keys(variables).length === 0);
  return isAdded && isEmpty ? { environment: [] } : {};
}

/** Levels that AWS filled in stay while the format does. */
function keepLevels(planned: Attributes, prior: Attributes): Attributes {
  const [[before], [now]] = [blocks(prior, "logging_config"), blocks(planned, "logging_config")];
  if (before === undefined || now === undefined || !isSame(before["log_format"], now["log_format"])) return {};
  const kept = LEVELS.filter((name) => optionalText(now, name) === undefined && now[name] !== UNKNOWN);
  return { logging_config: [{ ...now, ...Object.fromEntries(kept.map((name) => [name, before[name] ?? null])) }] };
}

function changedByUpdate(planned: Attributes, prior: Attributes): readonly string[] {
  const isCodeChanged = changedOf(CODE, planned, prior).length > 0;
  const isChanged = isCodeChanged || changedOf(["publish", ...Object.keys(CONFIGURATION)], planned, prior).length > 0;
  return [
    ...(isCodeChanged ? ["last_modified"] : []),
    ...(planned["publish"] === true && isChanged ? ["qualified_arn", "qualified_invoke_arn", "version"] : []),
  ];
}

/** The zip that `filename` names; where several files fit, the one whose hash the configuration gives. */
function readZip(given: Attributes, aws: Aws): Uint8Array {
  const path = optionalText(given, "filename");
  if (path === undefined) throw new AwsError("InvalidParameterValueException", "filename must be set");
  const found = aws.readFiles(path);
  const zip = found.find((content) => sha256Of(content) === given["source_code_hash"]) ?? found[0];
  if (zip !== undefined) return zip;
  throw new AwsError("InvalidParameterValueException", `reading ZIP file (${path}): no such file or directory`);
}

/** Code of the inputs: the zip, and the key that it is encrypted with. */
function codeOf(planned: Attributes, aws: Aws): Structure {
  const key = optionalText(planned, "source_kms_key_arn");
  return { ZipFile: readZip(planned, aws), ...(key === undefined ? {} : { SourceKMSKeyArn: key }) };
}

async function createFunction(planned: Attributes, aws: Aws): Promise<Attributes> {
  const name = text(planned, "function_name");
  await aws.call("CreateFunction", { ...aws.inputOf("CreateFunction", planned), Code: codeOf(planned, aws) });
  if (Number(planned["reserved_concurrent_executions"] ?? -1) >= 0) await setConcurrency(name, planned, aws);
  return {};
}

async function setConcurrency(FunctionName: string, planned: Attributes, aws: Aws): Promise<void> {
  const reserved = Number(planned["reserved_concurrent_executions"] ?? -1);
  if (reserved < 0) await aws.call("DeleteFunctionConcurrency", { FunctionName });
  else await aws.call("PutFunctionConcurrency", { FunctionName, ReservedConcurrentExecutions: reserved });
}

async function readFunction(known: Attributes, aws: Aws): Promise<Attributes> {
  const FunctionName = text(known, "id");
  const output = await aws.call("GetFunction", { FunctionName });
  const found = aws.attributesOf("GetFunction", output, known);
  const { Concurrency, Code, Tags = {} } = output as Readonly<Record<string, Structure | undefined>>;
  const latest = await newestVersion(FunctionName, aws);
  const [arn, qualified] = [String(found["arn"]), String(latest["FunctionArn"])];
  return {
    ...found,
    function_name: known["function_name"] ?? null,
    image_uri: "",
    code_signing_config_arn: "",
    invoke_arn: invokeArn(aws, arn),
    layers: layersIn(output, known),
    qualified_arn: qualified,
    qualified_invoke_arn: invokeArn(aws, qualified),
    reserved_concurrent_executions: (Concurrency?.["ReservedConcurrentExecutions"] ?? -1) as Value,
    response_streaming_invoke_arn: streamingInvokeArn(aws, arn),
    skip_destroy: known["skip_destroy"] ?? false,
    snap_start: [],
    source_code_hash: known["source_code_hash"] ?? "",
    source_kms_key_arn: (Code?.["SourceKMSKeyArn"] ?? "") as Value,
    tags_all: Tags as Attributes,
    version: String(latest["Version"]),
  };
}

/** A list that never had an element is null. */
function layersIn({ Configuration }: Structure, known: Attributes): Value {
  const { Layers = [] } = Configuration as { readonly Layers?: readonly { readonly Arn: string }[] };
  return Layers.length === 0 ? (known["layers"] ? [] : null) : Layers.map(({ Arn }) => Arn);
}

/** The last version of the list, whatever its number of pages. */
async function newestVersion(FunctionName: string, aws: Aws, page: Structure = {}): Promise<Structure> {
  const { Versions, NextMarker } = await aws.call("ListVersionsByFunction", { FunctionName, ...page });
  if (NextMarker !== undefined) return await newestVersion(FunctionName, aws, { Marker: NextMarker });
  return (Versions as readonly Structure[]).at(-1) ?? {};
}

async function updateFunction(planned: Attributes, prior: Attributes, aws: Aws): Promise<void> {
  const FunctionName = text(prior, "id");
  const pick = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, planned[name] ?? null]));
  const configuration = changedOf(Object.keys(CONFIGURATION), planned, prior);
  if (configuration.length > 0) {
    const defaults = Object.assign({}, ...configuration.map((name) => CONFIGURATION[name]));
    const input = aws.inputOf("UpdateFunctionConfiguration", pick(configuration));
    await aws.call("UpdateFunctionConfiguration", { FunctionName, ...defaults, ...input });
  }
  const code = changedOf(CODE, planned, prior);
  if (code.length > 0) {
    const input = aws.inputOf("UpdateFunctionCode", pick(code.filter((name) => name === "architectures")));
    await aws.call("UpdateFunctionCode", { FunctionName, ...input, ...codeOf(planned, aws) });
  }
  if (changedOf(["reserved_concurrent_executions"], planned, prior).length > 0) {
    await setConcurrency(FunctionName, planned, aws);
  }
  const isChanged = configuration.length + code.length + changedOf(["publish"], planned, prior).length > 0;
  if (planned["publish"] === true && isChanged) await aws.call("PublishVersion", { FunctionName });
}

export const functionResource = defineResource("aws_lambda_function", {
  service: "lambda",
  names: {
    arn: "FunctionArn",
    file_system_config: "FileSystemConfigs",
    image_config: null,
    image_uri: null,
    publish_to: null,
    source_code_hash: null,
    source_code_size: "CodeSize",
    source_kms_key_arn: null,
    snap_start: null,
    tags_all: "Tags",
    version: null,
  },
  output: "Configuration",
  id: "<function_name>",
  tagging: { tag: "TagResource", untag: "UntagResource" },
  forceNew: ["function_name", "package_type", "tenancy_config"],
  defaults: {
    memory_size: 128,
    package_type: "Zip",
    publish: false,
    reserved_concurrent_executions: -1,
    skip_destroy: false,
    timeout: 3,
    "vpc_config.ipv6_allowed_for_dual_stack": false,
  },
  computedBlocks: ["ephemeral_storage", "logging_config", "tracing_config"],
  suppress: adjust,
  refused: [
    "capacity_provider_config",
    "code_signing_config_arn",
    "durable_config",
    "file_system_config",
    "image_config",
    "image_uri",
    "publish_to",
    "s3_bucket",
    "snap_start",
    "tenancy_config",
  ],
  kept: {
    layers: "Layers are stored, but their files are not there: code that needs them fails when it is loaded.",
    vpc_config: "VPC settings are stored, but the function runs on the network of this machine.",
  },
  importId: "<function_name>",
  relations: {
    exactlyOneOf: [["filename", "image_uri", "s3_bucket"]],
    requiredWith: {
      replacement_security_group_ids: ["replace_security_groups_on_destroy"],
      s3_bucket: ["s3_key"],
      s3_key: ["s3_bucket"],
    },
    conflictsWith: { s3_object_version: ["filename", "image_uri"], source_kms_key_arn: ["image_uri"] },
  },
  validate: checkRuntime,
  checkPlan: (planned) => {
    const isComplete = ["handler", "runtime"].every((name) => optionalText(planned, name) !== undefined);
    return isComplete ? undefined : "handler and runtime must be set when PackageType is Zip";
  },
  create: createFunction,
  read: readFunction,
  update: updateFunction,
  delete: async (prior, aws) => {
    if (prior["skip_destroy"] !== true) await aws.call("DeleteFunction", { FunctionName: text(prior, "id") });
  },
});
