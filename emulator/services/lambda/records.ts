/**
 * Functions, their versions and aliases: how they are addressed, stored and described. `$LATEST` is a version as well: the
 * only one that an update changes.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
 */
import { createHash } from "node:crypto";
import type * as sdk from "@aws-sdk/client-lambda";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";

export const LATEST = "$LATEST";

const NAME =
  /^(?:arn:aws[\w-]*:lambda:)?(?:(?<region>[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[\w-]+)(?::(?<qualifier>\$LATEST|[\w-]+))?$/;

/** A function, or a version or an alias of it. It need not exist. */
export interface FunctionAddress {
  readonly name: string;
  /** ARN of the function itself. */
  readonly arn: string;
  /** As the caller names it; `undefined` for the function itself. */
  readonly qualifier: string | undefined;
  /** The ARN with the qualifier, if there is one. */
  readonly qualifiedArn: string;
}

/** Members that name a function. */
export interface FunctionReference {
  readonly FunctionName: string | undefined;
  readonly Qualifier?: string | undefined;
}

export const invalid = (message: string) => new AwsError("InvalidParameterValueException", message);
/** The same from parts of Lambda whose errors have no `Type`. */
export const invalidUntyped = (message: string) =>
  new AwsError("InvalidParameterValueException", message, 400, { Type: undefined });
export const notFound = (message: string) => new AwsError("ResourceNotFoundException", message, 404);
export const noFunction = (arn: string) => notFound(`Function not found: ${arn}`);
export const noAlias = (arn: string) => notFound(`Cannot find alias arn: ${arn}`);

/** @throws {AwsError} for another region or account, and for two qualifiers */
export function addressOf(
  { account, accountId, region }: OperationContext,
  { FunctionName = "", Qualifier }: FunctionReference,
): FunctionAddress {
  const found = NAME.exec(FunctionName)?.groups ?? {};
  const { name = FunctionName, region: named = region, account: owner = accountId, qualifier: derived } = found;
  if (named !== region) {
    throw notFound(`Functions from '${named}' are not reachable in this region ('${region}')`);
  }
  if (owner !== accountId && !account.ids.includes(owner)) throw new AwsError("AccessDeniedException", "", 403);
  if (derived !== undefined && Qualifier !== undefined && derived !== Qualifier) {
    throw invalid("The derived qualifier from the function name does not match the specified qualifier.");
  }
  const arn = `arn:aws:lambda:${region}:${owner}:function:${name}`;
  const qualifier = Qualifier ?? derived;
  return { name, arn, qualifier, qualifiedArn: qualifier === undefined ? arn : `${arn}:${qualifier}` };
}

/** Whether the qualifier has the form of a version's. */
export function isVersion(qualifier: string): boolean {
  return /^(?:\$LATEST|\d+)$/.test(qualifier);
}

/** Whether the qualifier has the form of an alias's name. */
function isAliasName(qualifier: string): boolean {
  return /^(?!\d+$)[\w-]+$/.test(qualifier);
}

/** What all versions of a function have in common. */
export interface FunctionRecord {
  readonly FunctionName: string;
  /** ARN without a qualifier. */
  readonly FunctionArn: string;
  readonly Tags: Readonly<Record<string, string>>;
  readonly ReservedConcurrentExecutions?: number | undefined;
  /** Number of the newest version that was published, even if it is gone; 0 for none. */
  readonly published: number;
}

/** Settings that an update changes and that a version keeps. */
export type FunctionSettings = Pick<
  Wire<sdk.FunctionConfiguration>,
  | "Architectures"
  | "CodeSha256"
  | "CodeSize"
  | "DeadLetterConfig"
  | "Description"
  | "Environment"
  | "EphemeralStorage"
  | "Handler"
  | "KMSKeyArn"
  | "Layers"
  | "LoggingConfig"
  | "MemorySize"
  | "PackageType"
  | "Role"
  | "Runtime"
  | "Timeout"
  | "TracingConfig"
  | "VpcConfig"
> & { readonly CodeSha256: string; readonly SourceKMSKeyArn?: string | undefined };

/** A version of a function. */
export interface VersionRecord {
  readonly FunctionName: string;
  readonly FunctionArn: string;
  /** `$LATEST` or a number. */
  readonly Version: string;
  readonly settings: FunctionSettings;
  readonly LastModified: string;
  readonly RevisionId: string;
  /** What it has until then. */
  readonly unsettledRevisionId?: string;
  /** When its creation or its update is over, in milliseconds since 1970. */
  readonly settledAt: number;
  /** Whether that is an update. */
  readonly isUpdated: boolean;
  /** Of a published version: hash of the settings of `$LATEST` that it was published from. */
  readonly source?: string;
}

/** An alias of a function. */
export interface AliasRecord extends Wire<sdk.AliasConfiguration> {
  readonly FunctionName: string;
  readonly Name: string;
  readonly FunctionVersion: string;
  readonly AliasArn: string;
  readonly RevisionId: string;
}

export const functions = new Table<FunctionRecord>("lambda/Function", ({ FunctionName }) => FunctionName);
export const versions = new Table<VersionRecord>(
  "lambda/Version",
  ({ FunctionName, Version }) => `${FunctionName}:${Version}`,
);
export const aliases = new Table<AliasRecord>("lambda/Alias", ({ FunctionName, Name }) => `${FunctionName}:${Name}`);

const MAX_PAGE = 50;

/** One page of a list. @throws {AwsError} `InvalidParameterValueException` for a marker that is not AWS's */
export function pageFrom<Item>(
  all: readonly Item[],
  { MaxItems = MAX_PAGE, Marker }: { readonly MaxItems?: number | undefined; readonly Marker?: string | undefined },
) {
  return pageOf(all, Math.min(MaxItems, MAX_PAGE), Marker, "InvalidParameterValueException");
}

/** The function, whatever the qualifier. @throws {AwsError} `ResourceNotFoundException` with the ARN */
export function requireFunction(place: TablePlace, { name, arn }: FunctionAddress, missing = arn): FunctionRecord {
  const found = functions.get(place, name);
  // A name is found in one account; an ARN may be one of another that this account stands for.
  if (found === undefined || found.FunctionArn !== arn) throw noFunction(missing);
  return found;
}

/** The version that the qualifier names, by itself or by an alias: `$LATEST` without one. */
export function findVersion(place: TablePlace, { name, arn, qualifier = LATEST }: FunctionAddress) {
  const alias = aliases.get(place, `${name}:${qualifier}`);
  const found = versions.get(place, `${name}:${alias?.FunctionVersion ?? qualifier}`);
  return found?.FunctionArn === arn ? found : undefined;
}

/** @param missing ARN in the refusal @throws {AwsError} `ResourceNotFoundException` */
export function requireVersion(
  place: TablePlace,
  address: FunctionAddress,
  missing = address.qualifiedArn,
): VersionRecord {
  const found = findVersion(place, address);
  if (found === undefined) throw noFunction(missing);
  return found;
}

/** The qualifier's version or alias is there. @throws {AwsError} `ResourceNotFoundException` as for an alias */
export function requireQualified(place: TablePlace, address: FunctionAddress): void {
  const { qualifier, qualifiedArn } = address;
  if (findVersion(place, address) !== undefined) return;
  throw qualifier !== undefined && isAliasName(qualifier) ? noAlias(qualifiedArn) : noFunction(qualifiedArn);
}

/** @throws {AwsError} `PreconditionFailedException` when the revision is another one */
export function requireRevision(
  given: string | undefined,
  current: string | undefined,
  source = "GetFunction/GetAlias",
) {
  if (given === undefined || given === current) return;
  const message = `The Revision Id provided does not match the latest Revision Id. Call the ${source} API to retrieve the latest Revision Id`;
  throw new AwsError("PreconditionFailedException", message, 412);
}

/** @throws {AwsError} `ResourceConflictException` while a creation or an update is under way */
export function requireSettled({ account }: TablePlace, { settledAt, isUpdated, FunctionArn }: VersionRecord): void {
  if (account.now() >= settledAt) return;
  const why = isUpdated
    ? `An update is in progress for resource: ${FunctionArn}`
    : "The function is currently in the following state: Pending";
  throw new AwsError("ResourceConflictException", `The operation cannot be performed at this time. ${why}`, 409);
}

/** `$LATEST`, which alone can be changed. @throws {AwsError} */
export function requireChangeable(context: OperationContext, input: FunctionReference & Revised): VersionRecord {
  const address = addressOf(context, input);
  const latest = requireVersion(context, { ...address, qualifier: LATEST }, address.arn);
  requireSettled(context, latest);
  requireRevision(input.RevisionId, latest.RevisionId);
  return latest;
}

interface Revised {
  readonly RevisionId?: string | undefined;
}

const BEING_CREATED = "The function is being created.";
// AWS answers an update with the code of a creation, which the SDK does not list.
const CREATING = "Creating" as sdk.LastUpdateStatusReasonCode;

/** The version's configuration, with its state. @param qualifier as the caller names it */
export function describe(context: OperationContext, version: VersionRecord, qualifier?: string) {
  const isSettled = context.account.now() >= version.settledAt;
  if (isSettled) return describeAs(version, { State: "Active", LastUpdateStatus: "Successful" }, qualifier);
  return version.isUpdated ? describeUpdating(version, qualifier) : describePending(version, qualifier);
}

/** As AWS answers a creation. */
export function describePending(version: VersionRecord, qualifier?: string) {
  const reason = { StateReason: BEING_CREATED, StateReasonCode: "Creating" } as const;
  return describeAs(version, { State: "Pending", ...reason, ...unsettled(version) }, qualifier);
}

/** As AWS answers an update. */
export function describeUpdating(version: VersionRecord, qualifier?: string) {
  const reason = { LastUpdateStatusReason: BEING_CREATED, LastUpdateStatusReasonCode: CREATING };
  const state = { State: "Active", LastUpdateStatus: "InProgress", ...reason, ...unsettled(version) } as const;
  return describeAs(version, state, qualifier);
}

const unsettled = ({ RevisionId, unsettledRevisionId = RevisionId }: VersionRecord) => ({
  RevisionId: unsettledRevisionId,
});

function describeAs(
  version: VersionRecord,
  state: Partial<Wire<sdk.FunctionConfiguration>>,
  qualifier: string | undefined,
): Wire<sdk.FunctionConfiguration> {
  const region = version.FunctionArn.split(":")[3];
  const { Runtime = "" } = version.settings;
  const runtimeVersion = createHash("sha256").update(Runtime).digest("hex");
  const RuntimeVersionConfig = { RuntimeVersionArn: `arn:aws:lambda:${region}::runtime:${runtimeVersion}` };
  return { ...describeListed(version, qualifier), RuntimeVersionConfig, ...state };
}

/** The configuration as lists have it: without state. */
export function describeListed(version: VersionRecord, qualifier?: string): Wire<sdk.FunctionConfiguration> {
  const { FunctionName, FunctionArn, Version, LastModified, RevisionId, settings } = version;
  const { SourceKMSKeyArn: _, ...configuration } = settings;
  return present({
    FunctionName,
    FunctionArn: qualifier === undefined ? FunctionArn : `${FunctionArn}:${qualifier}`,
    ...configuration,
    LastModified,
    Version,
    RevisionId,
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" } as const,
  });
}

/** The present time, as Lambda writes it. */
export function lastModified({ account }: TablePlace): string {
  return account.timestamp().replace("Z", ".000+0000");
}
