/**
 * What else can be said of a function: concurrency, recursion, runtime management, code signing, and what functions here
 * never have: a URL, a configuration of asynchronous invocations.
 */
import type * as sdk from "@aws-sdk/client-lambda";
import { UnsupportedError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { requireNoCodeSigning } from "./function";
import { addressOf, type FunctionReference, invalid, invalidUntyped, LATEST, notFound } from "./function-name";
import {
  type FunctionRecord,
  functions,
  requireFunction,
  requireVersion,
  versions,
  versionsOf,
} from "./function-record";
import { CONCURRENCY, MIN_UNRESERVED, totalProvisioned } from "./provisioned-concurrency";

/** The function, which the input names without a qualifier. @throws {AwsError} */
function requireUnqualified(context: OperationContext, input: FunctionReference, missing?: string): FunctionRecord {
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
  const total = totalProvisioned(context, found.FunctionName);
  if (ReservedConcurrentExecutions < total) {
    throw invalidUntyped(
      ` ReservedConcurrentExecutions  ${ReservedConcurrentExecutions} should not be lower than function's total provisioned concurrency [${total}].`,
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

export function getFunctionCodeSigningConfig(
  context: OperationContext,
  input: Wire<sdk.GetFunctionCodeSigningConfigRequest>,
) {
  requireFunction(context, addressOf(context, input));
  return {};
}

export function putFunctionCodeSigningConfig(
  context: OperationContext,
  input: Wire<sdk.PutFunctionCodeSigningConfigRequest>,
) {
  requireNoCodeSigning(input.CodeSigningConfigArn);
  requireFunction(context, addressOf(context, input));
}

/** There is none to delete, which is not an error. */
export function deleteFunctionCodeSigningConfig(
  context: OperationContext,
  input: Wire<sdk.DeleteFunctionCodeSigningConfigRequest>,
) {
  requireFunction(context, addressOf(context, input));
}

export function getFunctionEventInvokeConfig(
  context: OperationContext,
  input: Wire<sdk.GetFunctionEventInvokeConfigRequest>,
) {
  const { arn, qualifier = LATEST } = addressOf(context, input);
  throw notFound(`The function ${arn}:${qualifier} doesn't have an EventInvokeConfig`);
}

export function listFunctionEventInvokeConfigs(
  context: OperationContext,
  input: Wire<sdk.ListFunctionEventInvokeConfigsRequest>,
) {
  if (functions.get(context, addressOf(context, input).name) === undefined) {
    throw notFound("The function doesn't exist.");
  }
  return { FunctionEventInvokeConfigs: [] };
}

export function getFunctionUrlConfig(context: OperationContext, input: Wire<sdk.GetFunctionUrlConfigRequest>) {
  addressOf(context, input);
  throw notFound("The resource you requested does not exist.");
}

export function listFunctionUrlConfigs(context: OperationContext, input: Wire<sdk.ListFunctionUrlConfigsRequest>) {
  if (functions.get(context, addressOf(context, input).name) === undefined) throw notFound("Function does not exist");
  return { FunctionUrlConfigs: [] };
}

export function getRuntimeManagementConfig(
  context: OperationContext,
  input: Wire<sdk.GetRuntimeManagementConfigRequest>,
) {
  const address = addressOf(context, input);
  const { runtimeManagement = { UpdateRuntimeOn: "Auto" } } = requireVersion(context, address);
  return { ...runtimeManagement, FunctionArn: `${address.arn}:${address.qualifier ?? LATEST}` };
}

export function putRuntimeManagementConfig(
  context: OperationContext,
  input: Wire<sdk.PutRuntimeManagementConfigRequest>,
) {
  const { UpdateRuntimeOn } = input;
  if (UpdateRuntimeOn === "Manual") throw new UnsupportedError("A runtime version of its own is not emulated.");
  const address = addressOf(context, input);
  const version = requireVersion(context, address);
  versions.put(context, { ...version, runtimeManagement: { UpdateRuntimeOn } });
  return { UpdateRuntimeOn, FunctionArn: `${address.arn}:${address.qualifier ?? LATEST}` };
}

export function getFunctionRecursionConfig(
  context: OperationContext,
  input: Wire<sdk.GetFunctionRecursionConfigRequest>,
) {
  const { RecursiveLoop = "Terminate" } = requireFunction(context, addressOf(context, input));
  return { RecursiveLoop };
}

export function putFunctionRecursionConfig(
  context: OperationContext,
  input: Wire<sdk.PutFunctionRecursionConfigRequest>,
) {
  const { RecursiveLoop } = input;
  functions.put(context, { ...requireFunction(context, addressOf(context, input)), RecursiveLoop });
  return { RecursiveLoop };
}

export function getAccountSettings(context: OperationContext) {
  const all = functions.list(context);
  const reserved = all.reduce((sum, { ReservedConcurrentExecutions = 0 }) => sum + ReservedConcurrentExecutions, 0);
  const sizes = all.flatMap(({ FunctionName }) => versionsOf(context, FunctionName)).map(({ settings }) => settings);
  return {
    AccountLimit: {
      TotalCodeSize: 80_530_636_800,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: CONCURRENCY,
      UnreservedConcurrentExecutions: CONCURRENCY - reserved,
    },
    AccountUsage: {
      TotalCodeSize: sizes.reduce((sum, { CodeSize = 0 }) => sum + CodeSize, 0),
      FunctionCount: all.length,
    },
  };
}
