/**
 * Functions from zip files: creation, updates, deletion and what is told of them.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
import type * as sdk from "@aws-sdk/client-lambda";
import type { TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { findRole, isTrustedBy } from "../iam";
import { keepCode, locationOf, releaseCode, requireZipPackage } from "./function-code";
import { addressOf, invalid, isVersion, LATEST, noFunction } from "./function-name";
import {
  aliases,
  aliasesOf,
  describe,
  describeListed,
  describePending,
  describeUpdating,
  type FunctionSettings,
  functions,
  lastModified,
  requireChangeable,
  requireFunction,
  requireVersion,
  type VersionRecord,
  versions,
  versionsOf,
} from "./function-record";
import { changeSettings, defaultSettings } from "./function-settings";
import { deletePoliciesOf } from "./permission";
import { deleteProvisionedOf } from "./provisioned-concurrency";
import { checkTags } from "./tags";
import { publish } from "./version";

const MAX_NAME = 64;
const MAX_PAGE = 50;

export function createFunction(context: OperationContext, input: Wire<sdk.CreateFunctionRequest>) {
  const { name, arn } = addressOf(context, input);
  requireZipPackage(input.PackageType);
  if (name.length > MAX_NAME) {
    const constraint = `Member must have length less than or equal to ${MAX_NAME}`;
    throw invalid(
      `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: ${constraint}`,
    );
  }
  requireNoCodeSigning(input.CodeSigningConfigArn);
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

/** Puts the version that updates change, under way for as long as the emulator is told that this takes. */
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

/** There are no code signing configurations here. */
export function requireNoCodeSigning(arn: string | undefined): void {
  if (arn === undefined) return;
  const message = `The code signing configuration cannot be found. Check that the provided configuration is not deleted: ${arn}.`;
  throw new AwsError("CodeSigningConfigNotFoundException", message, 404);
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
  const { FunctionVersion, MaxItems = MAX_PAGE, Marker } = input;
  const isAll = FunctionVersion === "ALL";
  const listed = functions
    .list(context)
    .flatMap(({ FunctionName }) => versionsOf(context, FunctionName))
    .filter(({ Version }) => isAll || Version === LATEST);
  const { items, next } = pageOf(listed, Math.min(MaxItems, MAX_PAGE), Marker, "InvalidParameterValueException");
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
    for (const alias of aliasesOf(context, name)) aliases.delete(context, alias);
    deleteVersions(context, name, () => true);
    functions.delete(context, found);
  }
  deletePoliciesOf(context, name, qualifier);
  deleteProvisionedOf(context, name, qualifier);
  return {};
}

function requireUnaliased(context: OperationContext, name: string, version: string): void {
  const names = aliasesOf(context, name)
    .filter(({ FunctionVersion, RoutingConfig }) => {
      return FunctionVersion === version || RoutingConfig?.AdditionalVersionWeights?.[version] !== undefined;
    })
    .map(({ Name }) => Name);
  if (names.length === 0) return;
  const message = `Unable to delete version because the following aliases reference it: [${names.join(", ")}]`;
  throw new AwsError("ResourceConflictException", message, 409);
}

function deleteVersions(context: OperationContext, name: string, isMeant: (version: VersionRecord) => boolean): void {
  for (const version of versionsOf(context, name).filter(isMeant)) {
    versions.delete(context, version);
    releaseCode(context, version.settings.CodeSha256);
  }
}
