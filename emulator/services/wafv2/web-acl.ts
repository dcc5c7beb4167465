/**
 * Web ACLs with at most a rate rule. Every other request is let in, as it came.
 *
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACL.html
 */
import type * as sdk from "@aws-sdk/client-wafv2";
import { Table, type TablePlace } from "../../account/table";
import { AwsError, UnsupportedError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { tagOperations } from "../../protocols/tags";
import { present, type Wire } from "../../protocols/values";
import { words } from "../../protocols/words";
import { capacityOf, checkRules, type Rules } from "./rate-rule";

const MAX_PAGE = 100;

const NOT_EMULATED = words(`
  ApplicationConfig AssociationConfig CaptchaConfig ChallengeConfig CustomResponseBodies DataProtectionConfig
  MonetizationConfig OnSourceDDoSProtectionConfig TokenDomains
`);

const DUPLICATE =
  "AWS WAF couldn’t perform the operation because some resource in your request is a duplicate of an existing one.";
const ASSOCIATED =
  "AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s associated with another resource.";
const CHANGED =
  "AWS WAF couldn’t save your changes because someone changed the resource after you started to edit it. Reapply your changes.";

/** A web ACL as the account keeps it. */
export interface WebAclRecord extends Omit<Wire<sdk.WebACL>, "Rules"> {
  readonly ARN: string;
  readonly Id: string;
  readonly Name: string;
  readonly Rules: Rules;
  readonly LockToken: string;
  readonly Tags: readonly Wire<sdk.Tag>[];
}

export const webAcls = new Table<WebAclRecord>("wafv2/WebACL", ({ Id }) => Id);

/** A web ACL and the stage that it is in front of. */
interface AssociationRecord {
  readonly ResourceArn: string;
  readonly WebACLArn: string;
}

export const associations = new Table<AssociationRecord>("wafv2/Association", ({ ResourceArn }) => ResourceArn);

/** AWS's refusal of a web ACL or a resource that is not there. */
export const nonexistent = () =>
  new AwsError(
    "WAFNonexistentItemException",
    "AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
  );

/** @throws {AwsError} `WAFNonexistentItemException` */
export function requireArn(context: TablePlace, arn: string | undefined): WebAclRecord {
  const acl = webAcls.list(context).find(({ ARN }) => ARN === arn);
  if (acl === undefined) throw nonexistent();
  return acl;
}

function requireAcl(context: TablePlace, { Id, Name, Scope, ARN }: Wire<sdk.GetWebACLRequest>): WebAclRecord {
  if (ARN !== undefined) return requireArn(context, ARN);
  const acl = webAcls.get(context, Id ?? "");
  if (acl === undefined || acl.Name !== Name || Scope !== "REGIONAL") throw nonexistent();
  return acl;
}

/** The web ACL that the input may change. @throws {AwsError} `WAFOptimisticLockException` when it changed since */
function requireLocked(context: TablePlace, input: Wire<sdk.DeleteWebACLRequest>): WebAclRecord {
  const acl = requireAcl(context, input);
  if (acl.LockToken !== input.LockToken) throw new AwsError("WAFOptimisticLockException", CHANGED);
  return acl;
}

const summarize = ({ Name, Id, Description = "", LockToken, ARN }: WebAclRecord) => ({
  Name,
  Id,
  Description,
  LockToken,
  ARN,
});

/** The web ACL as its operations answer it. */
export function describe({ LockToken: _, Tags: __, ...acl }: WebAclRecord): Wire<sdk.WebACL> {
  return acl as Wire<sdk.WebACL>;
}

/** @throws {UnsupportedError} for an action that does not let every request in as it came */
function checkDefaultAction(action: unknown): void {
  if (JSON.stringify(action) === '{"Allow":{}}') return;
  throw new UnsupportedError("DefaultAction is not emulated but for {Allow: {}}.");
}

function requireRegional(scope: string | undefined): void {
  if (scope !== "REGIONAL") throw new UnsupportedError(`Scope ${scope} is not emulated. Emulated: REGIONAL.`);
}

/** The real provider sends some of these empty, which changes nothing. @throws {UnsupportedError} */
function refuseOthers(input: Readonly<Record<string, unknown>>): void {
  const isSet = (value: unknown) => value !== undefined && Object.keys(value as object).length > 0;
  const set = NOT_EMULATED.find((name) => isSet(input[name]));
  if (set !== undefined) throw new UnsupportedError(`${set} is not emulated for a web ACL.`);
}

function settingsOf(input: Wire<sdk.UpdateWebACLRequest>) {
  const { DefaultAction, Description, Rules: given = [], VisibilityConfig } = input;
  refuseOthers({ ...input });
  checkDefaultAction(DefaultAction);
  const rules = checkRules(given, "Rules");
  return { DefaultAction, Description: Description ?? "", Rules: rules, VisibilityConfig, Capacity: capacityOf(rules) };
}

export function createWebACL(context: OperationContext, input: Wire<sdk.CreateWebACLRequest>) {
  const { account, accountId, region } = context;
  const { Name = "", Scope, Tags = [] } = input;
  requireRegional(Scope);
  const Id = account.uuid();
  const LockToken = account.uuid();
  const settings = settingsOf({ ...input, Id, LockToken });
  if (webAcls.list(context).some((other) => other.Name === Name)) {
    throw new AwsError("WAFDuplicateItemException", DUPLICATE);
  }
  const acl = webAcls.put(context, {
    Name,
    Id,
    ARN: `arn:aws:wafv2:${region}:${accountId}:regional/webacl/${Name}/${Id}`,
    ...settings,
    ManagedByFirewallManager: false,
    LabelNamespace: `awswaf:${accountId}:webacl:${Name}:`,
    RetrofittedByFirewallManager: false,
    LockToken,
    Tags,
  });
  return { Summary: summarize(acl) };
}

export function getWebACL(context: OperationContext, input: Wire<sdk.GetWebACLRequest>) {
  const acl = requireAcl(context, input);
  return { WebACL: describe(acl), LockToken: acl.LockToken };
}

export function listWebACLs(context: OperationContext, { Scope, Limit, NextMarker }: Wire<sdk.ListWebACLsRequest>) {
  const all = Scope === "REGIONAL" ? webAcls.list(context) : [];
  const { items, next } = pageOf(all, Limit ?? MAX_PAGE, NextMarker, "WAFInvalidParameterException");
  return present({ NextMarker: next, WebACLs: items.map(summarize) });
}

export function updateWebACL(context: OperationContext, input: Wire<sdk.UpdateWebACLRequest>) {
  const acl = requireLocked(context, input);
  const { LockToken } = webAcls.put(context, { ...acl, ...settingsOf(input), LockToken: context.account.uuid() });
  return { NextLockToken: LockToken };
}

export function deleteWebACL(context: OperationContext, input: Wire<sdk.DeleteWebACLRequest>) {
  const acl = requireLocked(context, input);
  if (associations.list(context).some(({ WebACLArn }) => WebACLArn === acl.ARN)) {
    throw new AwsError("WAFAssociatedItemException", ASSOCIATED);
  }
  webAcls.delete(context, acl);
  return {};
}

export const { tag: tagResource, untag: untagResource } = tagOperations(
  (context, { ResourceARN }: { readonly ResourceARN?: string }) => {
    const acl = requireArn(context, ResourceARN);
    return { tags: acl.Tags, put: (Tags: WebAclRecord["Tags"]) => void webAcls.put(context, { ...acl, Tags }) };
  },
);

export function listTagsForResource(context: OperationContext, { ResourceARN }: Wire<sdk.ListTagsForResourceRequest>) {
  return { TagInfoForResource: { ResourceARN, TagList: requireArn(context, ResourceARN).Tags } };
}
