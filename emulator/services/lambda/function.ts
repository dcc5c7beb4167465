/**
 * Functions from zip files: creation, updates, published versions, reserved concurrency and deletion.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
 */
import { createHash } from "node:crypto";
import type * as sdk from "@aws-sdk/client-lambda";
import type { TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { canonical } from "../../terraform/attributes";
import { findRole, isTrustedBy } from "../iam";
import { keepCode, locationOf, releaseCode, requireZipPackage } from "./function-code";
import { changeSettings, defaultSettings } from "./function-settings";
import { deletePoliciesOf } from "./permission";
import {
  addressOf,
  aliases,
  describe,
  describeListed,
  describePending,
  describeUpdating,
  type FunctionReference,
  type FunctionSettings,
  functions,
  invalid,
  invalidUntyped,
  isVersion,
  LATEST,
  lastModified,
  noFunction,
  notFound,
  pageFrom,
  requireChangeable,
  requireFunction,
  requireVersion,
  type VersionRecord,
  versions,
} from "./records";
import { checkTags } from "./tags";

const MAX_NAME = 64;
/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const [CONCURRENCY, MIN_UNRESERVED] = [1000, 100];

export function createFunction(context: OperationContext, input: Wire<sdk.CreateFunctionRequest>) {
  const { name, arn } = addressOf(context, input);
  requireZipPackage(input.PackageType);
  if (name.length > MAX_NAME) {
    const constraint = `Member must have length less than or equal to ${MAX_NAME}`;
    throw invalid(
      `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: ${constraint}`,
    );
  }
  checkTags(input.Tags ?? {});
  if ((input.Runtime ?? "") === "" || (input.Handler ?? "") === "") {
    throw invalid("Runtime and Handler are mandatory parameters for functions created with deployment packages.");
  }
  const settings = changeSettings(defaultSettings(name), input);
  requireRole(context, input.Role);
  if (functions.get(context, name) !== undefined) {
    throw new AwsError("ResourceConflictException", `Function already exist: ${name}`, 409);
  }
  const code = keepCode(context, input.Code?.ZipFile);
  const source = present({ SourceKMSKeyArn: input.Code?.SourceKMSKeyArn });
  const record = { FunctionName: name, FunctionArn: arn, Tags: input.Tags ?? {}, published: 0 };
  functions.put(context, record);
  const latest = putLatest(context, {
    FunctionName: name,
    FunctionArn: arn,
    Version: LATEST,
    settings: { ...settings, ...code, ...source },
    isUpdated: false,
  });
  if (input.Publish !== true) return describePending(latest);
  return { ...describePending(publish(context, latest)), RevisionId: context.account.uuid() };
}

/** Puts the version that updates change, pending for as long as the emulator is configured to delay functions. */
function putLatest(
  context: OperationContext,
  version: Omit<VersionRecord, "LastModified" | "RevisionId" | "settledAt">,
): VersionRecord {
  const { account, runtime } = context;
  return versions.put(context, {
    ...version,
    LastModified: lastModified(context),
    RevisionId: account.uuid(),
    unsettledRevisionId: account.uuid(),
    settledAt: account.now() + (runtime.functionDelay ?? 0),
  });
}

/** The role exists, and Lambda may assume it. */
function requireRole(place: TablePlace, arn: string | undefined): void {
  const found = findRole(place, arn ?? "");
  if (found === undefined || !isTrustedBy(found, "lambda.amazonaws.com")) {
    throw invalid("The role defined for the function cannot be assumed by Lambda.");
  }
}

export function getFunction(context: OperationContext, input: Wire<sdk.GetFunctionRequest>) {
  const address = addressOf(context, input);
  const version = requireVersion(context, address);
  const { Tags, ReservedConcurrentExecutions } = requireFunction(context, address);
  const isWhole = address.qualifier === undefined;
  return present({
    Configuration: describe(context, version, address.qualifier),
    Code: present({
      RepositoryType: "S3",
      Location: locationOf(context, version),
      SourceKMSKeyArn: version.settings.SourceKMSKeyArn,
    }),
    Tags: isWhole && Object.keys(Tags).length > 0 ? Tags : undefined,
    Concurrency: isWhole && ReservedConcurrentExecutions !== undefined ? { ReservedConcurrentExecutions } : undefined,
  });
}

export function getFunctionConfiguration(context: OperationContext, input: Wire<sdk.GetFunctionConfigurationRequest>) {
  const address = addressOf(context, input);
  return describe(context, requireVersion(context, address), address.qualifier);
}

export function listFunctions(context: OperationContext, input: Wire<sdk.ListFunctionsRequest>) {
  const isAll = input.FunctionVersion === "ALL";
  const listed = functions
    .list(context)
    .flatMap(({ FunctionName }) => versions.where(context, { FunctionName }))
    .filter(({ Version }) => isAll || Version === LATEST);
  const { items, next } = pageFrom(listed, input);
  const Functions = items.map((version) => describeListed(version, isAll ? version.Version : undefined));
  return present({ Functions, NextMarker: next });
}

export function updateFunctionConfiguration(
  context: OperationContext,
  input: Wire<sdk.UpdateFunctionConfigurationRequest>,
) {
  const latest = requireChangeable(context, input);
  if (input.Role !== undefined) requireRole(context, input.Role);
  return update(context, latest, changeSettings(latest.settings, input));
}

function update(context: OperationContext, latest: VersionRecord, settings: FunctionSettings) {
  const changed = putLatest(context, { ...latest, settings, isUpdated: true });
  return describeUpdating(changed);
}

export function updateFunctionCode(context: OperationContext, input: Wire<sdk.UpdateFunctionCodeRequest>) {
  const { ZipFile, Architectures, SourceKMSKeyArn, DryRun, Publish } = input;
  const latest = requireChangeable(context, input);
  const { CodeSha256: before } = latest.settings;
  const code = keepCode(context, ZipFile);
  const settings = { ...latest.settings, ...code, ...present({ Architectures, SourceKMSKeyArn }) };
  if (DryRun === true) {
    releaseCode(context, code.CodeSha256);
    return describe(context, { ...latest, settings });
  }
  const answer = update(context, latest, settings);
  releaseCode(context, before);
  if (Publish !== true) return answer;
  const published = publish(context, requireVersion(context, addressOf(context, input)));
  return describePending(published, published.Version);
}

/** Deletes the function with all that hangs on it or, with a qualifier, one version. */
export function deleteFunction(context: OperationContext, input: Wire<sdk.DeleteFunctionRequest>) {
  const { name, arn, qualifier } = addressOf(context, input);
  if (qualifier === LATEST) throw invalid("$LATEST version cannot be deleted without deleting the function.");
  if (qualifier !== undefined && !isVersion(qualifier) && !qualifier.includes("$")) {
    throw invalid("Deletion of aliases is not currently supported.");
  }
  const found = functions.get(context, name);
  if (found === undefined || found.FunctionArn !== arn) throw noFunction(arn);
  if (qualifier !== undefined) {
    requireUnaliased(context, name, qualifier);
    deleteVersions(context, name, (version) => version.Version === qualifier);
  } else {
    for (const alias of aliases.where(context, { FunctionName: name })) aliases.delete(context, alias);
    deleteVersions(context, name, () => true);
    functions.delete(context, found);
  }
  deletePoliciesOf(context, name, qualifier);
  return {};
}

function requireUnaliased(context: OperationContext, name: string, version: string): void {
  const names = aliases
    .where(context, { FunctionName: name })
    .filter(({ FunctionVersion, RoutingConfig }) => {
      return FunctionVersion === version || RoutingConfig?.AdditionalVersionWeights?.[version] !== undefined;
    })
    .map(({ Name }) => Name);
  if (names.length === 0) return;
  const message = `Unable to delete version because the following aliases reference it: [${names.join(", ")}]`;
  throw new AwsError("ResourceConflictException", message, 409);
}

function deleteVersions(context: OperationContext, name: string, isMeant: (version: VersionRecord) => boolean): void {
  for (const version of versions.where(context, { FunctionName: name }).filter(isMeant)) {
    versions.delete(context, version);
    releaseCode(context, version.settings.CodeSha256);
  }
}

/**
 * Publishes `$LATEST`, unless nothing changed since that was last done.
 * @param description that of the version, in place of the function's
 * @returns the version; the newest one when nothing changed
 */
function publish(context: OperationContext, latest: VersionRecord, description?: string): VersionRecord {
  const { FunctionName: name, FunctionArn: arn, settings } = latest;
  const record = requireFunction(context, { name, arn, qualifier: LATEST, qualifiedArn: arn });
  const source = createHash("sha256")
    .update(canonical(settings as never))
    .digest("hex");
  const newest = versions.get(context, `${name}:${record.published}`);
  if (newest !== undefined && newest.source === source) return newest;
  const published = record.published + 1;
  functions.put(context, { ...record, published });
  versions.put(context, { ...latest, RevisionId: context.account.uuid() });
  const { unsettledRevisionId: _, ...copied } = latest;
  return versions.put(context, {
    ...copied,
    Version: String(published),
    settings: { ...settings, ...present({ Description: description }) },
    RevisionId: context.account.uuid(),
    isUpdated: false,
    source,
  });
}

export function publishVersion(context: OperationContext, input: Wire<sdk.PublishVersionRequest>) {
  const latest = requireChangeable(context, input);
  const { CodeSha256 } = latest.settings;
  if (input.CodeSha256 !== undefined && input.CodeSha256 !== "" && input.CodeSha256 !== CodeSha256) {
    throw invalid(
      `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
    );
  }
  const published = publish(context, latest, input.Description === "" ? undefined : input.Description);
  return describe(context, published, published.Version);
}

export function listVersionsByFunction(context: OperationContext, input: Wire<sdk.ListVersionsByFunctionRequest>) {
  const { FunctionName } = requireFunction(context, addressOf(context, input));
  const { items, next } = pageFrom(versions.where(context, { FunctionName }), input);
  return present({ Versions: items.map((version) => describeListed(version, version.Version)), NextMarker: next });
}

/** The function, which the input names without a qualifier. @throws {AwsError} */
function requireUnqualified(context: OperationContext, input: FunctionReference, missing?: string) {
  const address = addressOf(context, input);
  if (address.qualifier !== undefined) {
    throw invalid(
      "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.",
    );
  }
  return requireFunction(context, address, missing && `${address.arn}:${missing}`);
}

export function putFunctionConcurrency(context: OperationContext, input: Wire<sdk.PutFunctionConcurrencyRequest>) {
  const { ReservedConcurrentExecutions = 0 } = input;
  const found = requireUnqualified(context, input, LATEST);
  const others = functions.list(context).filter(({ FunctionName }) => FunctionName !== found.FunctionName);
  const reserved = others.reduce((sum, other) => sum + (other.ReservedConcurrentExecutions ?? 0), 0);
  if (CONCURRENCY - reserved - ReservedConcurrentExecutions < MIN_UNRESERVED) {
    throw invalidUntyped(
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${MIN_UNRESERVED}].`,
    );
  }
  functions.put(context, { ...found, ReservedConcurrentExecutions });
  return { ReservedConcurrentExecutions };
}

export function getFunctionConcurrency(context: OperationContext, input: Wire<sdk.GetFunctionConcurrencyRequest>) {
  const { ReservedConcurrentExecutions } = requireUnqualified(context, input);
  return present({ ReservedConcurrentExecutions });
}

export function deleteFunctionConcurrency(
  context: OperationContext,
  input: Wire<sdk.DeleteFunctionConcurrencyRequest>,
) {
  const { ReservedConcurrentExecutions: _, ...rest } = requireUnqualified(context, input);
  functions.put(context, rest);
}

/** Code signing configurations are not emulated, so that no function has one. */
export function getFunctionCodeSigningConfig(
  context: OperationContext,
  input: Wire<sdk.GetFunctionCodeSigningConfigRequest>,
) {
  requireFunction(context, addressOf(context, input));
  return {};
}

/** URLs of functions are not emulated, so that no function has one. */
export function getFunctionUrlConfig(context: OperationContext, input: Wire<sdk.GetFunctionUrlConfigRequest>) {
  addressOf(context, input);
  throw notFound("The resource you requested does not exist.");
}
