/**
 * Aliases: names for a version of a function, or for two that share the invocations.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/lambda_alias
 */
import type * as sdk from "@aws-sdk/client-lambda";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import type { Aws } from "../../terraform/aws";
import { defineResource } from "../../terraform/resource";
import { invokeArn } from "./invoke-arn";
import { deletePoliciesOf } from "./permission";
import {
  type AliasRecord,
  addressOf,
  aliases,
  type FunctionAddress,
  invalid,
  invalidUntyped,
  LATEST,
  noAlias,
  notFound,
  pageFrom,
  requireFunction,
  requireRevision,
  requireVersion,
} from "./records";

interface AliasReference {
  readonly FunctionName: string | undefined;
  readonly Name: string | undefined;
}

/** Address of the function, and ARN of the alias, which need not exist. */
function aliasAddress(context: OperationContext, { FunctionName, Name }: AliasReference) {
  const address = addressOf(context, { FunctionName });
  return { ...address, aliasArn: `${address.arn}:${Name}`, alias: aliases.get(context, `${address.name}:${Name}`) };
}

function describe({ FunctionName: _, ...alias }: AliasRecord): Wire<sdk.AliasConfiguration> {
  return alias;
}

export function createAlias(context: OperationContext, input: Wire<sdk.CreateAliasRequest>) {
  const { aliasArn, alias, ...address } = aliasAddress(context, input);
  const { Name = "", FunctionVersion = "", Description = "", RoutingConfig } = input;
  const routing = checkRouting(context, address, FunctionVersion, RoutingConfig);
  if (alias !== undefined) {
    throw new AwsError("ResourceConflictException", `Alias already exists: ${aliasArn}`, 409);
  }
  const created: AliasRecord = {
    FunctionName: address.name,
    AliasArn: aliasArn,
    Name,
    FunctionVersion,
    Description,
    ...routing,
    RevisionId: context.account.uuid(),
  };
  return describe(aliases.put(context, created));
}

/** @returns the routing, if there is any @throws {AwsError} when a version is not there or the routing says too much */
function checkRouting(
  context: OperationContext,
  address: FunctionAddress,
  version: string,
  routing: Wire<sdk.AliasRoutingConfiguration> | undefined,
): Pick<AliasRecord, "RoutingConfig"> {
  const weights = routing?.AdditionalVersionWeights ?? {};
  const others = Object.keys(weights);
  if (others.length > 1) throw invalid("Number of items in AdditionalVersionWeights cannot be greater than 1");
  if (others.length > 0 && version === LATEST) {
    throw invalidUntyped("$LATEST is not supported for an alias pointing to more than 1 version");
  }
  if (others.includes(version)) {
    throw invalid(
      `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
    );
  }
  for (const qualifier of [version, ...others]) {
    requireVersion(context, { ...address, qualifier }, `${address.arn}:${qualifier}`);
  }
  return others.length === 0 ? {} : { RoutingConfig: { AdditionalVersionWeights: weights } };
}

export function getAlias(context: OperationContext, input: Wire<sdk.GetAliasRequest>) {
  const { alias, aliasArn } = aliasAddress(context, input);
  if (alias === undefined) throw noAlias(aliasArn);
  return describe(alias);
}

export function listAliases(context: OperationContext, input: Wire<sdk.ListAliasesRequest>) {
  const { FunctionVersion } = input;
  const { FunctionName } = requireFunction(context, addressOf(context, input));
  const listed = aliases.where(context, { FunctionName, FunctionVersion });
  const { items, next } = pageFrom(listed, input);
  return present({ Aliases: items.map(describe), NextMarker: next });
}

/** Changes what the input names; an empty routing takes the second version away. */
export function updateAlias(context: OperationContext, input: Wire<sdk.UpdateAliasRequest>) {
  const { alias, aliasArn, ...address } = aliasAddress(context, input);
  if (alias === undefined) throw notFound(`Alias not found: ${aliasArn}`);
  requireRevision(input.RevisionId, alias.RevisionId);
  const { RoutingConfig: before, ...rest } = alias;
  const FunctionVersion = input.FunctionVersion ?? alias.FunctionVersion;
  const changed: AliasRecord = {
    ...rest,
    Description: input.Description ?? alias.Description,
    FunctionVersion,
    ...checkRouting(context, address, FunctionVersion, input.RoutingConfig ?? before),
    RevisionId: context.account.uuid(),
  };
  return describe(aliases.put(context, changed));
}

/** An alias that is not there is no error. */
export function deleteAlias(context: OperationContext, input: Wire<sdk.DeleteAliasRequest>) {
  const { alias, ...address } = aliasAddress(context, input);
  requireFunction(context, address);
  if (alias === undefined) return;
  aliases.delete(context, alias);
  deletePoliciesOf(context, address.name, alias.Name);
}

export const aliasResource = defineResource("aws_lambda_alias", {
  service: "lambda",
  names: { id: "AliasArn", arn: "AliasArn" },
  importId: "<function_name>/<name>",
  forceNew: ["function_name", "name"],
  create: "CreateAlias",
  read: "GetAlias",
  update: async (planned, _prior, aws) => {
    const { Description = "", RoutingConfig = {}, ...input } = aws.inputOf("UpdateAlias", planned);
    await aws.call("UpdateAlias", { ...input, Description, RoutingConfig });
  },
  delete: "DeleteAlias",
  refine: ({ arn }, _output, aws: Aws) => ({ invoke_arn: invokeArn(aws, String(arn)) }),
});
