/**
 * Provisioned concurrency of versions and aliases. It is counted, and the function's environment names it; processes
 * still start only when they are needed.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
 */
import type * as sdk from "@aws-sdk/client-lambda";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { addressOf, type FunctionReference, invalid, invalidUntyped, LATEST } from "./function-name";
import { aliases, aliasesOf, functions, lastModified, requireFunction, requireQualified } from "./function-record";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const CONCURRENCY = 1000;
export const MIN_UNRESERVED = 100;

interface ProvisionedRecord {
  readonly FunctionName: string;
  readonly FunctionArn: string;
  /** Version or alias. */
  readonly qualifier: string;
  readonly requested: number;
  readonly LastModified: string;
  /** When it is ready, in milliseconds since 1970. */
  readonly settledAt: number;
}

const provisioned = new Table<ProvisionedRecord>(
  "lambda/ProvisionedConcurrency",
  ({ FunctionName, qualifier }) => `${FunctionName}:${qualifier}`,
);

const provisionedOf = (place: TablePlace, name: string) =>
  provisioned.list(place).filter(({ FunctionName }) => FunctionName === name);
const sum = (records: readonly ProvisionedRecord[]) => records.reduce((total, { requested }) => total + requested, 0);

/** Number of executions that are requested for all qualifiers of the function. */
export function totalProvisioned(place: TablePlace, name: string): number {
  return sum(provisionedOf(place, name));
}

/** Whether invocations of the qualifier find processes that were started before. */
export function isProvisioned(place: TablePlace, name: string, qualifier: string): boolean {
  return provisioned.get(place, `${name}:${qualifier}`) !== undefined;
}

/** Deletes that of the qualifier; all of the function when there is none. */
export function deleteProvisionedOf(place: TablePlace, name: string, qualifier: string | undefined): void {
  for (const record of provisionedOf(place, name)) {
    if (qualifier === undefined || record.qualifier === qualifier) provisioned.delete(place, record);
  }
}

/** The version or alias of the input. @throws {AwsError} when it is not there, or with the text for `$LATEST` */
function requirePublished(context: OperationContext, input: FunctionReference, ofLatest: string) {
  const { qualifier = LATEST, ...address } = addressOf(context, input);
  if (qualifier === LATEST) throw invalid(ofLatest);
  requireQualified(context, { ...address, qualifier });
  return { ...address, qualifier };
}

const ONLY_PUBLISHED = "The function resource provided must be an alias or a published version.";

export function putProvisionedConcurrencyConfig(
  context: OperationContext,
  input: Wire<sdk.PutProvisionedConcurrencyConfigRequest>,
) {
  const { ProvisionedConcurrentExecutions: requested = 0 } = input;
  const unpublished = "Provisioned Concurrency Configs cannot be applied to unpublished function versions.";
  const { name, arn, qualifier } = requirePublished(context, input, unpublished);
  checkPair(context, name, qualifier);
  const others = provisionedOf(context, name).filter((record) => record.qualifier !== qualifier);
  checkAmount(context, name, requested, sum(others));
  const record = provisioned.put(context, {
    FunctionName: name,
    FunctionArn: `${arn}:${qualifier}`,
    qualifier,
    requested,
    LastModified: lastModified(context),
    settledAt: context.account.now() + (context.runtime.functionDelay ?? 0),
  });
  return describe(record, false);
}

/** A version has it by itself or by an alias. @throws {AwsError} `ResourceConflictException` */
function checkPair(place: TablePlace, name: string, qualifier: string): void {
  const version = aliases.get(place, `${name}:${qualifier}`)?.FunctionVersion;
  const refuse = (message: string) => new AwsError("ResourceConflictException", message, 409);
  if (version !== undefined && isProvisioned(place, name, version)) {
    throw refuse("Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version");
  }
  const isPointed = aliasesOf(place, name).some(
    ({ FunctionVersion, Name }) => FunctionVersion === qualifier && isProvisioned(place, name, Name),
  );
  if (isPointed) throw refuse("Version is pointed by a Provisioned Concurrency alias");
}

/** @param others what the function's other qualifiers have @throws {AwsError} `InvalidParameterValueException` */
function checkAmount(place: TablePlace, name: string, requested: number, others: number): void {
  const reserved = functions.get(place, name)?.ReservedConcurrentExecutions;
  if (reserved !== undefined) {
    if (others + requested <= reserved) return;
    throw invalid(
      "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function",
    );
  }
  const all = functions.list(place).reduce((total, one) => total + (one.ReservedConcurrentExecutions ?? 0), 0);
  const free = CONCURRENCY - all;
  if (requested > free) {
    throw invalidUntyped(
      `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${free}].`,
    );
  }
  if (free - requested < MIN_UNRESERVED) {
    throw invalidUntyped(
      `Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${MIN_UNRESERVED}].`,
    );
  }
}

function describe({ requested, LastModified }: ProvisionedRecord, isThere: boolean) {
  const allocated = isThere ? requested : 0;
  return {
    RequestedProvisionedConcurrentExecutions: requested,
    AvailableProvisionedConcurrentExecutions: allocated,
    AllocatedProvisionedConcurrentExecutions: allocated,
    Status: isThere ? ("READY" as const) : ("IN_PROGRESS" as const),
    LastModified,
  };
}

const describeNow = ({ account }: OperationContext, record: ProvisionedRecord) =>
  describe(record, account.now() >= record.settledAt);

export function getProvisionedConcurrencyConfig(
  context: OperationContext,
  input: Wire<sdk.GetProvisionedConcurrencyConfigRequest>,
) {
  const { name, qualifier } = requirePublished(context, input, ONLY_PUBLISHED);
  const found = provisioned.get(context, `${name}:${qualifier}`);
  if (found !== undefined) return describeNow(context, found);
  const message = "No Provisioned Concurrency Config found for this function";
  throw new AwsError("ProvisionedConcurrencyConfigNotFoundException", message, 404);
}

export function listProvisionedConcurrencyConfigs(
  context: OperationContext,
  input: Wire<sdk.ListProvisionedConcurrencyConfigsRequest>,
) {
  const { FunctionName } = requireFunction(context, addressOf(context, input));
  const found = provisionedOf(context, FunctionName);
  return {
    ProvisionedConcurrencyConfigs: found.map((record) => ({
      FunctionArn: record.FunctionArn,
      ...describeNow(context, record),
    })),
  };
}

/** Deletes that of a qualifier. One that does not exist is not an error. */
export function deleteProvisionedConcurrencyConfig(
  context: OperationContext,
  input: Wire<sdk.DeleteProvisionedConcurrencyConfigRequest>,
) {
  const { name, qualifier } = requirePublished(context, input, ONLY_PUBLISHED);
  deleteProvisionedOf(context, name, qualifier);
}
