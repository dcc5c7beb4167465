/**
 * Roles and the policies written into them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
 */
import type { Account } from "../../account";
import { type Attributes, number, optionalText as optionalValue, text, textMap } from "../../attributes";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import { byHand, changeByHand, createByHand, removeByHand } from "../../resources/by-hand";
import { role, rolePolicy, rolePolicyAttachment } from "../../resources/iam";
import type { HttpRequest, HttpResponse } from "../http";
import { optionalText } from "./api-input";
import { type ApiOperation, type ApiPlace, type Json, present } from "./aws-api";
import { answerQueryApi, type QueryService } from "./query-api";

const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;
const POLICY_NAME = /^[\w+=,.@-]{1,128}$/;
const POLICY_ARN = /^arn:.{16,2044}$/;

const getRole: ApiOperation = async (place, input) => ({ Role: describe(findRole(place, input)) });

const getRolePolicy: ApiOperation = async (place, input) => {
  const policy = findPolicy(place, input);
  return {
    RoleName: text(policy, "role"),
    PolicyName: text(policy, "name"),
    PolicyDocument: encoded(text(policy, "policy")),
  };
};

const listRolePolicies: ApiOperation = async (place, input) => {
  const names = policiesOf(place, findRole(place, input)).map((policy) => text(policy, "name"));
  return onePage("PolicyNames", names.sort(), input);
};

const listAttachedRolePolicies: ApiOperation = async (place, input) => {
  const arns = attachmentsOf(place, findRole(place, input)).map((attachment) => text(attachment, "policy_arn"));
  const policies = arns.sort().map((PolicyArn) => ({ PolicyName: PolicyArn.split("/").at(-1), PolicyArn }));
  return onePage("AttachedPolicies", policies, input);
};

const attachRolePolicy: ApiOperation = (place, input) =>
  byHand(place, async () => {
    const owner = findRole(place, input);
    const policy_arn = required(input, "PolicyArn", POLICY_ARN);
    const isThere = attachmentsOf(place, owner).some((attachment) => attachment["policy_arn"] === policy_arn);
    if (!isThere) await createByHand(rolePolicyAttachment, place, { role: text(owner, "name"), policy_arn });
    return {};
  });

const detachRolePolicy: ApiOperation = (place, input) =>
  byHand(place, () => {
    const arn = required(input, "PolicyArn", POLICY_ARN);
    const found = attachmentsOf(place, findRole(place, input)).find(({ policy_arn }) => policy_arn === arn);
    if (found === undefined) throw new AwsError("NoSuchEntity", `Policy ${arn} was not found.`, 404);
    removeByHand(rolePolicyAttachment, place, found);
    return {};
  });

const putRolePolicy: ApiOperation = (place, input) =>
  byHand(place, async () => {
    const owner = text(findRole(place, input), "name");
    const name = required(input, "PolicyName", POLICY_NAME);
    const policy = required(input, "PolicyDocument", /^[\t\n\r\u0020-\u00FF]{1,131072}$/);
    const before = place.account.get(rolePolicy.type, `${owner}:${name}`);
    if (before === undefined) await createByHand(rolePolicy, place, { role: owner, name, policy });
    else await changeByHand(rolePolicy, place, before.attributes, { policy });
    return {};
  });

const deleteRolePolicy: ApiOperation = (place, input) =>
  byHand(place, () => {
    removeByHand(rolePolicy, place, findPolicy(place, input));
    return {};
  });

const iam: QueryService = {
  namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
  operations: {
    AttachRolePolicy: attachRolePolicy,
    DeleteRolePolicy: deleteRolePolicy,
    DetachRolePolicy: detachRolePolicy,
    GetRole: getRole,
    GetRolePolicy: getRolePolicy,
    ListAttachedRolePolicies: listAttachedRolePolicies,
    ListRolePolicies: listRolePolicies,
    PutRolePolicy: putRolePolicy,
  },
};

export const iamOperations: readonly string[] = Object.keys(iam.operations);

/** Answers a request to `iam.amazonaws.com`. */
export function answerIam(account: Account, request: HttpRequest): Promise<HttpResponse> {
  return answerQueryApi(iam, { account, region: "us-east-1" }, request);
}

function invalid(member: string, constraint: string): AwsError {
  const text = `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`;
  return new AwsError("ValidationError", text);
}

function required(input: Json, member: string, pattern: RegExp): string {
  const value = optionalText(input, member);
  const name = member.charAt(0).toLowerCase() + member.slice(1);
  if (value === undefined) throw invalid(name, "Member must not be null");
  if (pattern.test(value)) return value;
  throw invalid(name, `Member must satisfy regular expression pattern: ${pattern.source}`);
}

function findRole({ account }: ApiPlace, input: Json): Attributes {
  const name = required(input, "RoleName", ROLE_NAME);
  const found = account.get(role.type, name);
  if (found !== undefined) return found.attributes;
  throw new AwsError("NoSuchEntity", `The role with name ${name} cannot be found.`, 404);
}

function findPolicy(place: ApiPlace, input: Json): Attributes {
  const owner = findRole(place, input);
  const name = required(input, "PolicyName", POLICY_NAME);
  const found = policiesOf(place, owner).find((policy) => policy["name"] === name);
  if (found !== undefined) return found;
  throw new AwsError("NoSuchEntity", `The role policy with name ${name} cannot be found.`, 404);
}

function policiesOf({ account }: ApiPlace, owner: Attributes): readonly Attributes[] {
  return account.list(rolePolicy.type).filter((policy) => policy["role"] === owner["name"]);
}

function attachmentsOf({ account }: ApiPlace, owner: Attributes): readonly Attributes[] {
  return account.list(rolePolicyAttachment.type).filter((attachment) => attachment["role"] === owner["name"]);
}

function onePage(member: string, all: readonly unknown[], input: Json): Json {
  const limit = Number(optionalText(input, "MaxItems") ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw invalid("maxItems", "expected 1 to 1000");
  const { items, next } = pageOf(all, limit, optionalText(input, "Marker"), "ValidationError");
  return present({ [member]: items, IsTruncated: next !== undefined, Marker: next });
}

function describe(found: Attributes): Json {
  const tags = Object.entries(textMap(found, "tags_all")).map(([Key, Value]) => ({ Key, Value }));
  return present({
    Path: text(found, "path"),
    RoleName: text(found, "name"),
    RoleId: text(found, "unique_id"),
    Arn: text(found, "arn"),
    CreateDate: text(found, "create_date"),
    AssumeRolePolicyDocument: encoded(text(found, "assume_role_policy")),
    Description: optionalValue(found, "description"),
    MaxSessionDuration: number(found, "max_session_duration", 3600),
    Tags: tags.length === 0 ? undefined : tags,
    RoleLastUsed: {},
  });
}

/** Documents are percent-encoded as RFC 3986 has it. */
function encoded(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
