/**
 * Lambda functions from zip files, and who may invoke them.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/welcome.html
 */
import type { Account } from "../account";
import { type Attributes, isSame, optionalText, text } from "../attributes";
import { AwsError } from "../errors";
import { defineKind, keyOf, type Place } from "../provider/kind";
import { findRole, isTrustedBy } from "../services/iam";
import { describeCode, describeZip, lastModified, readZip } from "./lambda-code";
import { requireSupportedRuntime } from "./lambda-runtimes";
import { checkEnvironment, checkLogging, checkSettings, withFilledIn } from "./lambda-settings";

const INVOKE_PATH = "2015-03-31/functions";
const STREAMING_PATH = "2021-11-15/functions";
/** What the account keeps of a function's code. */
export interface FunctionCode {
  /** The zip, in base64. */
  readonly zip: string;
  /** Its SHA-256, in base64. */
  readonly sha256: string;
}

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/lambda_function */
export const lambdaFunction = defineKind("aws_lambda_function", {
  relations: {
    exactlyOneOf: [["filename", "image_uri", "s3_bucket"]],
    conflictsWith: { s3_object_version: ["filename", "image_uri"] },
    requiredWith: {
      replacement_security_group_ids: ["replace_security_groups_on_destroy"],
      s3_bucket: ["s3_key"],
      s3_key: ["s3_bucket"],
    },
  },
  forceNew: ["function_name", "package_type", "tenancy_config"],
  defaults: {
    "logging_config.application_log_level": "",
    "logging_config.system_log_level": "",
    memory_size: 128,
    package_type: "Zip",
    publish: false,
    reserved_concurrent_executions: -1,
    skip_destroy: false,
    timeout: 3,
  },
  volatile: ["last_modified", "code_sha256", "source_code_size"],
  computedBlocks: ["ephemeral_storage", "logging_config", "tracing_config"],
  refused: [
    "capacity_provider_config",
    "durable_config",
    "file_system_config",
    "image_config",
    "image_uri",
    "layers",
    "publish",
    "publish_to",
    "reserved_concurrent_executions",
    "s3_bucket",
    "snap_start",
    "tenancy_config",
    "vpc_config",
  ],
  importId: (attributes) => text(attributes, "function_name"),
  validate: checkSettings,
  create(given, place) {
    const { account, accountId, region } = place;
    const name = text(given, "function_name");
    if (account.get(lambdaFunction.type, `${region}/${name}`) !== undefined) {
      throw new AwsError("ResourceConflictException", `Function already exist: ${name}`, 409);
    }
    requireSupportedRuntime(optionalText(given, "runtime"));
    requireRole(given, place);
    checkLogging(given);
    checkEnvironment(given);
    const arn = `arn:aws:lambda:${region}:${accountId}:function:${name}`;
    const invoke = (path: string, of: string, how: string) =>
      `arn:aws:apigateway:${region}:lambda:path/${path}/${of}/${how}`;
    return {
      id: name,
      arn,
      invoke_arn: invoke(INVOKE_PATH, arn, "invocations"),
      response_streaming_invoke_arn: invoke(STREAMING_PATH, arn, "response-streaming-invocations"),
      qualified_arn: `${arn}:$LATEST`,
      qualified_invoke_arn: invoke(INVOKE_PATH, `${arn}:$LATEST`, "invocations"),
      version: "$LATEST",
      architectures: given["architectures"] ?? ["x86_64"],
      ...withFilledIn(given),
      ...describeCode(given, place),
    };
  },
  update(given, prior, place) {
    const isChanged = (name: string) => !isSame(given[name], prior[name]);
    requireSupportedRuntime(optionalText(given, "runtime"));
    if (isChanged("role")) requireRole(given, place);
    checkLogging(given);
    checkEnvironment(given);
    const { code_sha256 = null, source_code_size = null } = prior;
    const isCodeChanged = ["filename", "source_code_hash", "architectures"].some(isChanged);
    const code = isCodeChanged
      ? describeCode(given, place)
      : { code_sha256, source_code_size, last_modified: lastModified(place) };
    return { ...withFilledIn(given), ...code };
  },
  internal(attributes, place, before): FunctionCode {
    const kept = before as FunctionCode | undefined;
    const sha256 = text(attributes, "code_sha256");
    if (kept?.sha256 === sha256) return kept;
    return { zip: Buffer.from(readZip(attributes, place)).toString("base64"), sha256 };
  },
  remove({ function_name, arn, region }, { account }) {
    for (const permission of account.list(lambdaPermission.type).filter((other) => other["region"] === region)) {
      const isOfFunction = [function_name, arn].includes(permission["function_name"] ?? null);
      if (isOfFunction) account.delete(lambdaPermission.type, keyOf(lambdaPermission, permission));
    }
  },
});

/**
 * Gives a function other code behind Terraform's back; the hash that the configuration gave stays, as it is never read.
 * @throws {AwsError} `InvalidParameterValueException` for what is no zip
 */
export function replaceCode(account: Account, before: Attributes, zip: Uint8Array): Attributes {
  const described = describeZip(zip, { account });
  const internal: FunctionCode = { zip: Buffer.from(zip).toString("base64"), sha256: described.code_sha256 };
  const attributes = { ...before, ...described };
  account.put(lambdaFunction.type, keyOf(lambdaFunction, attributes), { attributes, internal });
  return attributes;
}

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/lambda_permission */
export const lambdaPermission = defineKind("aws_lambda_permission", {
  relations: { conflictsWith: { statement_id: ["statement_id_prefix"], statement_id_prefix: ["statement_id"] } },
  forceNew: [
    "action",
    "event_source_token",
    "function_name",
    "function_url_auth_type",
    "principal",
    "principal_org_id",
    "qualifier",
    "source_account",
    "source_arn",
    "statement_id",
    "statement_id_prefix",
  ],
  // Each of them is a further condition on who may invoke.
  refused: [
    "event_source_token",
    "function_url_auth_type",
    "principal_org_id",
    "qualifier",
    "source_account",
    "statement_id_prefix",
  ],
  key: (attributes) => `${text(attributes, "function_name")}/${text(attributes, "id")}`,
  importId: (attributes) => `${text(attributes, "function_name")}/${text(attributes, "id")}`,
  create(given, { account, region }) {
    const name = text(given, "function_name");
    const functionName = name.split(":function:").at(-1);
    if (account.get(lambdaFunction.type, `${region}/${functionName}`) === undefined) {
      throw new AwsError("ResourceNotFoundException", `Function not found: ${name}`, 404);
    }
    const id = optionalText(given, "statement_id") ?? `terraform-${account.randomId(26, "0123456789")}`;
    if (account.get(lambdaPermission.type, `${region}/${name}/${id}`) !== undefined) {
      throw new AwsError("ResourceConflictException", `The statement id (${id}) provided already exists.`, 409);
    }
    return { id, statement_id: id, statement_id_prefix: "" };
  },
});

function requireRole(given: Attributes, { account }: Place): void {
  const found = findRole({ account, region: "" }, String(given["role"]));
  if (found !== undefined && isTrustedBy(found, "lambda.amazonaws.com")) return;
  throw new AwsError(
    "InvalidParameterValueException",
    "The role defined for the function cannot be assumed by Lambda.",
  );
}

/** Whether any permission of the function lets the principal invoke it for the source. */
export function mayInvoke(permissions: readonly Attributes[], principal: string, sourceArn: string): boolean {
  return permissions.some(
    (permission) =>
      ["lambda:InvokeFunction", "lambda:*"].includes(text(permission, "action")) &&
      permission["principal"] === principal &&
      arnLike(optionalText(permission, "source_arn"), sourceArn),
  );
}

/** ArnLike: `*` stands for any characters, `?` for one. No pattern allows every source. */
function arnLike(pattern: string | undefined, arn: string): boolean {
  if (pattern === undefined) return true;
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`).test(arn);
}
