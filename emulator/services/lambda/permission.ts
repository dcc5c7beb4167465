/**
 * Who may invoke a function: the statements of the policies of a function, its versions and its aliases.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/lambda_permission
 */
import type * as sdk from "@aws-sdk/client-lambda";
import { matchesPattern } from "../../../iam/policy";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { type Attributes, optionalText, text } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { defineResource } from "../../terraform/resource";
import { prefixOf, uniqueName } from "../../terraform/unique-name";
import {
  addressOf,
  aliases,
  type FunctionAddress,
  type FunctionReference,
  findVersion,
  functions,
  invalid,
  isVersion,
  LATEST,
  noAlias,
  notFound,
  requireQualified,
  requireRevision,
} from "./records";

const MAX_POLICY_BYTES = 20_480;

/** What a statement demands besides the principal, by operator and key. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A statement of a policy, in the order in which Lambda writes its members. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal: "*" | Readonly<Record<string, string>>;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Conditions;
}

interface PolicyRecord {
  readonly FunctionName: string;
  /** Version or alias; empty for the function itself. */
  readonly qualifier: string;
  readonly statements: readonly Statement[];
  readonly RevisionId: string;
}

const policies = new Table<PolicyRecord>(
  "lambda/Policy",
  ({ FunctionName, qualifier }) => `${FunctionName}:${qualifier}`,
);

function findPolicy(place: TablePlace, { name, qualifier = "" }: FunctionAddress): PolicyRecord | undefined {
  return policies.get(place, `${name}:${qualifier}`);
}

/** Deletes the policy of the qualifier; all of the function when there is none. */
export function deletePoliciesOf(place: TablePlace, name: string, qualifier: string | undefined): void {
  const meant = policies.where(place, { FunctionName: name, qualifier });
  for (const policy of meant) policies.delete(place, policy);
}

export function addPermission(context: OperationContext, input: Wire<sdk.AddPermissionRequest>) {
  const address = addressOf(context, input);
  if (address.qualifier === LATEST) throw invalid("We currently do not support adding policies for $LATEST.");
  const statement = statementOf(address, input);
  requireQualified(context, address);
  const before = findPolicy(context, address);
  requireRevision(input.RevisionId, before?.RevisionId ?? revisionOf(context, address), "GetPolicy");
  const statements = before?.statements ?? [];
  if (statements.some(({ Sid }) => Sid === statement.Sid)) {
    const message = `The statement id (${statement.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`;
    throw new AwsError("ResourceConflictException", message, 409);
  }
  putPolicy(context, address, [...statements, statement]);
  return { Statement: JSON.stringify(statement) };
}

/** Revision of what has no policy yet. */
function revisionOf(place: TablePlace, address: FunctionAddress): string | undefined {
  const alias = aliases.get(place, `${address.name}:${address.qualifier}`);
  return (alias ?? findVersion(place, address))?.RevisionId;
}

function putPolicy(context: OperationContext, address: FunctionAddress, statements: readonly Statement[]): void {
  const { name: FunctionName, qualifier = "" } = address;
  const size = Buffer.byteLength(policyText(statements));
  if (size > MAX_POLICY_BYTES) {
    const message = `The final policy size (${size}) is bigger than the limit (${MAX_POLICY_BYTES}).`;
    throw new AwsError("PolicyLengthExceededException", message);
  }
  policies.put(context, { FunctionName, qualifier, statements, RevisionId: context.account.uuid() });
}

function policyText(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements });
}

function statementOf({ qualifiedArn }: FunctionAddress, input: Wire<sdk.AddPermissionRequest>): Statement {
  const { StatementId = "", Action = "", Principal = "", SourceArn } = input;
  const equals = present({
    "AWS:SourceAccount": input.SourceAccount,
    "lambda:FunctionUrlAuthType": input.FunctionUrlAuthType,
    "lambda:EventSourceToken": input.EventSourceToken,
    "aws:PrincipalOrgID": input.PrincipalOrgID,
  });
  const viaUrl = input.InvokedViaFunctionUrl;
  const conditions = {
    ...(Object.keys(equals).length === 0 ? {} : { StringEquals: equals }),
    ...(viaUrl === undefined ? {} : { Bool: { "lambda:InvokedViaFunctionUrl": String(viaUrl) } }),
    ...(SourceArn === undefined ? {} : { ArnLike: { "AWS:SourceArn": SourceArn } }),
  } as Conditions;
  return {
    Sid: StatementId,
    Effect: "Allow",
    Principal: principalOf(Principal),
    Action,
    Resource: qualifiedArn,
    ...(Object.keys(conditions).length === 0 ? {} : { Condition: conditions }),
  };
}

/** An account is written as its root. @throws {AwsError} `InvalidParameterValueException` */
function principalOf(principal: string): Statement["Principal"] {
  if (principal === "*") return "*";
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` };
  if (/^arn:aws[\w-]*:(?:iam|sts)::\d{12}:./.test(principal)) return { AWS: principal };
  if (/^[\w.-]+\.(?:amazonaws\.com|amazon\.com)$/.test(principal)) return { Service: principal };
  throw invalid("The provided principal was invalid. Please check the principal and try again.");
}

export function getPolicy(context: OperationContext, input: Wire<sdk.GetPolicyRequest>) {
  const found = findPolicy(context, addressOf(context, input));
  if (found === undefined) throw notFound("The resource you requested does not exist.");
  return { Policy: policyText(found.statements), RevisionId: found.RevisionId };
}

export function removePermission(context: OperationContext, input: Wire<sdk.RemovePermissionRequest>) {
  const { StatementId, RevisionId } = input;
  const address = addressOf(context, input);
  const policy = requirePolicy(context, address);
  requireRevision(RevisionId, policy.RevisionId, "GetPolicy");
  const kept = policy.statements.filter(({ Sid }) => Sid !== StatementId);
  if (kept.length === policy.statements.length) {
    throw notFound(`Statement ${StatementId} is not found in resource policy.`);
  }
  if (kept.length === 0) policies.delete(context, policy);
  else putPolicy(context, address, kept);
}

function requirePolicy(context: OperationContext, address: FunctionAddress): PolicyRecord {
  const { name, qualifier, qualifiedArn } = address;
  if (functions.get(context, name) === undefined) throw notFound(`No policy found for: ${qualifiedArn}`);
  if (qualifier !== undefined && !isVersion(qualifier) && aliases.get(context, `${name}:${qualifier}`) === undefined) {
    throw noAlias(qualifiedArn);
  }
  const policy = findPolicy(context, address);
  if (policy === undefined) throw notFound("No policy is associated with the given resource.");
  return policy;
}

/** Statements that say who may invoke what the address names; `$LATEST` has those of the function itself. */
export function statementsFor(place: TablePlace, { qualifier, ...address }: FunctionAddress): readonly Statement[] {
  const of = qualifier === LATEST ? undefined : qualifier;
  return findPolicy(place, { ...address, qualifier: of })?.statements ?? [];
}

/** Who wants to invoke a function. */
export interface Invoker {
  /** Name of the service: `apigateway.amazonaws.com`. */
  readonly principal: string;
  readonly sourceArn: string;
  /** Account that the source is in. */
  readonly sourceAccount: string;
}

/** Whether any of the statements lets the service invoke the function for the source. */
export function mayInvoke(statements: readonly Statement[], invoker: Invoker): boolean {
  return statements.some(({ Action, Principal, Condition = {} }) => {
    const isNamed = typeof Principal === "object" && Principal["Service"] === invoker.principal;
    const isAction = ["lambda:InvokeFunction", "lambda:*", "*"].includes(Action);
    return isNamed && isAction && isMet(Condition, invoker);
  });
}

/** What is known of a service's invocation; a condition on anything else is not met. */
function isMet(conditions: Conditions, { sourceArn, sourceAccount }: Invoker): boolean {
  const known: Readonly<Record<string, string>> = { "AWS:SourceArn": sourceArn, "AWS:SourceAccount": sourceAccount };
  return Object.entries(conditions).every(([operator, wanted]) =>
    Object.entries(wanted).every(([key, value]) => {
      const actual = known[key];
      if (actual === undefined) return false;
      return operator === "ArnLike" ? matchesPattern(value, actual) : value === actual;
    }),
  );
}

/** The attributes that name a permission's function; an import id may have the qualifier in the name. */
function referenceOf(known: Attributes): FunctionReference {
  const [name = "", qualifier] = text(known, "function_name").split(/:(?=[^:]+$)/);
  const isQualified = qualifier !== undefined && !text(known, "function_name").startsWith("arn:");
  const Qualifier = optionalText(known, "qualifier") ?? (isQualified ? qualifier : undefined);
  return present({ FunctionName: isQualified ? name : text(known, "function_name"), Qualifier });
}

async function readPermission(known: Attributes, aws: Aws): Promise<Attributes | null> {
  const reference = referenceOf(known);
  const { Policy } = await aws.call("GetPolicy", { ...reference });
  const { Statement: statements } = JSON.parse(String(Policy)) as { readonly Statement: readonly Statement[] };
  const found = statements.find(({ Sid }) => Sid === known["id"]);
  if (found === undefined) return null;
  const { Sid, Principal, Condition = {}, Resource } = found;
  const { StringEquals: equals, ArnLike: like } = Condition;
  const [, arn = Resource, name = "", qualifier = ""] = /^(.+:function:([^:]+))(?::(.+))?$/.exec(Resource) ?? [];
  return {
    action: found.Action,
    function_name: reference.FunctionName?.startsWith("arn:") === true ? arn : name,
    principal: typeof Principal === "string" ? Principal : (Principal["AWS"] ?? Principal["Service"] ?? ""),
    qualifier,
    statement_id: Sid,
    statement_id_prefix: prefixOf(Sid),
    // As the real provider reads them: without such a condition they stay as they are known.
    ...(like && { source_arn: like["AWS:SourceArn"] ?? "" }),
    ...(equals && {
      event_source_token: equals["lambda:EventSourceToken"] ?? "",
      function_url_auth_type: equals["lambda:FunctionUrlAuthType"] ?? "",
      principal_org_id: equals["aws:PrincipalOrgID"] ?? "",
      source_account: equals["AWS:SourceAccount"] ?? "",
    }),
  };
}

export const permissionResource = defineResource("aws_lambda_permission", {
  service: "lambda",
  names: { statement_id: "StatementId" },
  relations: {
    conflictsWith: { statement_id: ["statement_id_prefix"], statement_id_prefix: ["statement_id"] },
  },
  importId: "<function_name>[:<qualifier>]/<id>",
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
  create: async (planned, aws) => {
    const prefix = optionalText(planned, "statement_id_prefix");
    const id = optionalText(planned, "statement_id") ?? uniqueName(aws.account, prefix);
    await aws.call("AddPermission", { ...aws.inputOf("AddPermission", planned), StatementId: id });
    return { id };
  },
  read: readPermission,
  delete: async (prior, aws) => {
    await aws.call("RemovePermission", { ...referenceOf(prior), StatementId: prior["id"] });
  },
});
