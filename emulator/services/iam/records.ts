/** Records of roles and of their policies, and lists of IAM page by page. */
import type * as sdk from "@aws-sdk/client-iam";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import { present, type Wire } from "../../protocols/values";

/** A role; its trust policy is not percent-encoded. */
export interface RoleRecord extends Wire<sdk.Role> {
  readonly RoleName: string;
  readonly Arn: string;
  readonly AssumeRolePolicyDocument: string;
}

/** A policy that is written into a role. */
export interface RolePolicyRecord {
  readonly RoleName: string;
  readonly PolicyName: string;
  readonly PolicyDocument: string;
}

/** A managed policy that is attached to a role. */
export interface AttachmentRecord {
  readonly RoleName: string;
  readonly PolicyArn: string;
}

export const roles = new Table<RoleRecord>("iam/Role", ({ RoleName }) => RoleName, true);
export const rolePolicies = new Table<RolePolicyRecord>(
  "iam/RolePolicy",
  ({ RoleName, PolicyName }) => `${RoleName}:${PolicyName}`,
  true,
);
export const attachedPolicies = new Table<AttachmentRecord>(
  "iam/AttachedRolePolicy",
  ({ RoleName, PolicyArn }) => `${RoleName}/${PolicyArn}`,
  true,
);

export interface RoleInput {
  readonly RoleName: string | undefined;
}

export const noSuchEntity = (message: string) => new AwsError("NoSuchEntity", message, 404);

/** The role that the input names. @throws {AwsError} `NoSuchEntity` */
export function requireRole(place: TablePlace, { RoleName }: RoleInput): RoleRecord {
  return roles.getOr(place, RoleName, () => noSuchEntity(`The role with name ${RoleName} cannot be found.`));
}

/** The role of the ARN; `undefined` when there is none. */
export function findRole(place: TablePlace, arn: string): RoleRecord | undefined {
  return roles.where(place, { Arn: arn })[0];
}

export interface PageInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** One page of the items as the member of that name. @throws {AwsError} `ValidationError` for a marker that is not AWS's */
export function listed(member: string, all: readonly unknown[], { MaxItems = 100, Marker }: PageInput) {
  const { items, next } = pageOf(all, MaxItems, Marker, "ValidationError");
  return present({ [member]: items, IsTruncated: next !== undefined, Marker: next });
}

/** The document as IAM's APIs return it: percent-encoded by RFC 3986. */
export function encodeDocument(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
