/**
 * Parameters of the standard tier and their newest values. Older versions, labels, tags and policies are not emulated.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 */
import { createHash } from "node:crypto";
import type * as sdk from "@aws-sdk/client-ssm";
import { Table, type TablePlace } from "../../account/table";
import { AwsError, UnsupportedError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";

/** A parameter; the time is in seconds since 1970. */
export interface ParameterRecord {
  readonly Name: string;
  readonly Type: sdk.ParameterType;
  readonly Value: string;
  readonly Version: number;
  readonly DataType: string;
  readonly LastModifiedDate: number;
  readonly Description?: string | undefined;
  readonly KeyId?: string | undefined;
  readonly AllowedPattern?: string | undefined;
}

export const parameters = new Table<ParameterRecord>("ssm/Parameter", ({ Name }) => Name);

/** Characters of a value in the standard tier. */
const MAX_VALUE = 4096;
const MAX_DEPTH = 15;
const MAX_PAGE = 50;
const DEFAULT_KEY = "alias/aws/ssm";
const NAME = /^(?:\/?[\w.-]+|(?:\/[\w.-]+)+)$/;
const NAME_RULE =
  "If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_";

const invalid = (message: string) => new AwsError("ValidationException", message);
// AWS sends no message with it.
const notFound = () => new AwsError("ParameterNotFound", "", 400);

export function putParameter(context: OperationContext, input: Wire<sdk.PutParameterRequest>) {
  const { Name = "", Value = "", Description, Overwrite = false, Tier = "Standard" } = input;
  checkName(Name);
  if (Tier !== "Standard") throw new UnsupportedError(`tier ${Tier} is not emulated. Emulated: Standard.`);
  const before = parameters.get(context, Name);
  if (before !== undefined && !Overwrite) {
    throw new AwsError(
      "ParameterAlreadyExists",
      "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    );
  }
  const { Type = before?.Type, KeyId = before?.KeyId, AllowedPattern = before?.AllowedPattern } = input;
  if (Type === undefined) throw invalid("A parameter type is required when you create a parameter.");
  const { DataType = before?.DataType ?? "text" } = input;
  if (DataType !== "text") throw new UnsupportedError(`data type ${DataType} is not emulated. Emulated: text.`);
  if (input.KeyId !== undefined && Type !== "SecureString") {
    throw invalid("KeyId is required for SecureString type parameter only.");
  }
  checkValue(Value, AllowedPattern);
  const { Version } = parameters.put(
    context,
    present({
      Name,
      Type,
      Value,
      Version: (before?.Version ?? 0) + 1,
      DataType,
      LastModifiedDate: context.account.now() / 1000,
      Description: Description ?? before?.Description,
      KeyId: Type === "SecureString" ? (KeyId ?? DEFAULT_KEY) : undefined,
      AllowedPattern: AllowedPattern === "" ? undefined : AllowedPattern,
    }),
  );
  return { Version, Tier };
}

function checkName(name: string): void {
  const [, first = ""] = /^\/?([^/]*)/.exec(name) ?? [];
  const isPath = name.slice(1).includes("/");
  if (/^aws/i.test(first) && name.startsWith("/") && isPath) {
    throw new AwsError("AccessDeniedException", `No access to reserved parameter name: ${name}.`);
  }
  if (isPath && !name.startsWith("/")) throw invalid("Parameter name must be a fully qualified name.");
  if (/^(?:aws|ssm)/i.test(first) || !NAME.test(name)) {
    throw invalid(`Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive). ${NAME_RULE}`);
  }
  if (name.split("/").length - 1 <= MAX_DEPTH) return;
  throw new AwsError(
    "HierarchyLevelLimitExceededException",
    `Hierarchies can have a maximum of ${MAX_DEPTH} levels. For more information, see Requirements and constraints for parameter names in the AWS Systems Manager User Guide.`,
  );
}

function checkValue(value: string, pattern: string | undefined): void {
  if (value.length > MAX_VALUE) {
    throw invalid(
      `Standard tier parameters support a maximum parameter value of ${MAX_VALUE} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html`,
    );
  }
  if (pattern === undefined || pattern === "" || new RegExp(`^(?:${pattern})$`).test(value)) return;
  throw new AwsError(
    "ParameterPatternMismatchException",
    `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
  );
}

export function getParameter(context: OperationContext, input: Wire<sdk.GetParameterRequest>) {
  const { Name = "", WithDecryption } = input;
  const found = findParameter(context, Name);
  if (found === undefined) throw notFound();
  return { Parameter: describe(context, found, WithDecryption === true, Name) };
}

export function getParameters(context: OperationContext, input: Wire<sdk.GetParametersRequest>) {
  const { Names = [], WithDecryption } = input;
  const all = Names.map((name) => ({ name, found: findParameter(context, name) }));
  return {
    Parameters: all.flatMap(({ name, found }) =>
      found === undefined ? [] : [describe(context, found, WithDecryption === true, name)],
    ),
    InvalidParameters: all.flatMap(({ name, found }) => (found === undefined ? [name] : [])),
  };
}

/** Lists parameters without their values. */
export function describeParameters(context: OperationContext, input: Wire<sdk.DescribeParametersRequest>) {
  const { ParameterFilters = [], MaxResults = MAX_PAGE, NextToken } = input;
  const filters = ParameterFilters.map(({ Key, Option = "Equals", Values = [] }) => {
    const matches = BY_OPTION[Option];
    if (Key !== "Name" || matches === undefined) {
      throw new UnsupportedError(
        `filter ${Key} with option ${Option} is not emulated. Emulated: Name with ${Object.keys(BY_OPTION).join(", ")}.`,
      );
    }
    return ({ Name }: ParameterRecord) => Values.some((value) => matches(Name, value));
  });
  const found = parameters.list(context).filter((one) => filters.every((isListed) => isListed(one)));
  const { items, next } = pageOf(found, MaxResults, NextToken, "InvalidNextToken");
  return present({
    Parameters: items.map(({ Value: _, ...one }) => ({ ...one, ARN: arnOf(context, one), Tier: "Standard" })),
    NextToken: next,
  });
}

const BY_OPTION: Readonly<Record<string, (name: string, value: string) => boolean>> = {
  Equals: (name, value) => name === value,
  BeginsWith: (name, value) => name.startsWith(value),
  Contains: (name, value) => name.includes(value),
};

export function deleteParameter(context: OperationContext, { Name = "" }: Wire<sdk.DeleteParameterRequest>): object {
  const found = parameters.get(context, Name);
  if (found === undefined) throw notFound();
  parameters.delete(context, found);
  return {};
}

/** What follows the name: a version or a label. */
const SELECTOR = /:([^:/]+)$/;

/** The parameter by its name or ARN, with the number of its version or without. */
function findParameter(place: TablePlace & { readonly accountId: string }, asked: string): ParameterRecord | undefined {
  const isArn = asked.startsWith("arn:");
  const [whole = "", selector] =
    (isArn ? SELECTOR.exec(asked.replace(/^.*:parameter/, "")) : SELECTOR.exec(asked)) ?? [];
  const id = whole === "" ? asked : asked.slice(0, -whole.length);
  const found = isArn ? parameters.list(place).find((one) => arnOf(place, one) === id) : parameters.get(place, id);
  if (found === undefined || selector === undefined || selector === String(found.Version)) return found;
  if (!/^\d+$/.test(selector) || Number(selector) < found.Version) {
    throw new UnsupportedError(`version or label ${selector} of ${id} is not emulated. Emulated: the newest version.`);
  }
  const message = `Systems Manager could not find version ${selector} of ${found.Name}. Verify the version and try again.`;
  throw new AwsError("ParameterVersionNotFound", message, 400);
}

/** The parameter as AWS answers it: a SecureString is encrypted unless it is to be decrypted. */
function describe(context: OperationContext, record: ParameterRecord, isDecrypted: boolean, asked: string) {
  const { Description: _, KeyId, AllowedPattern: __, ...parameter } = record;
  const [Selector] = SELECTOR.exec(asked.replace(/^arn:.*:parameter/, "")) ?? [];
  const isEncrypted = KeyId !== undefined && !isDecrypted;
  return present({
    ...parameter,
    ...(isEncrypted ? { Value: encrypted(record) } : {}),
    Selector,
    ARN: arnOf(context, record),
  });
}

/** What nothing can be read from, and is another one for another value. */
function encrypted({ Name, Value, Version, KeyId }: ParameterRecord): string {
  const digest = createHash("sha512")
    .update(JSON.stringify([KeyId, Name, Version, Value]))
    .digest();
  return Buffer.concat([Buffer.from("0102020078", "hex"), digest]).toString("base64");
}

function arnOf(
  { region, accountId }: { readonly region: string; readonly accountId: string },
  { Name }: Pick<ParameterRecord, "Name">,
) {
  return `arn:aws:ssm:${region}:${accountId}:parameter${Name.startsWith("/") ? "" : "/"}${Name}`;
}
