/**
 * Web ACLs with at most a rate rule. Every other request is let in, as it came.
 *
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACL.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/wafv2_web_acl
 */
import type * as sdk from "@aws-sdk/client-wafv2";
import { Table, type TablePlace } from "../../account/table";
import { AwsError, UnsupportedError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { tagOperations } from "../../protocols/tags";
import { present, type Wire } from "../../protocols/values";
import { words } from "../../protocols/words";
import { type Attributes, blocks, optionalText } from "../../terraform/attributes";
import { JSON_TEXT } from "../../terraform/policy-texts";
import { defineResource } from "../../terraform/resource";
import { prefixOf, uniqueName } from "../../terraform/unique-name";
import { associations } from "./association";
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

/** What AWS answers for a web ACL or a resource that is not there. */
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

export const aclTags = tagOperations((context, { ResourceARN }: { readonly ResourceARN?: string }) => {
  const acl = requireArn(context, ResourceARN);
  return { tags: acl.Tags, put: (Tags: WebAclRecord["Tags"]) => void webAcls.put(context, { ...acl, Tags }) };
});

export function listTagsForResource(context: OperationContext, { ResourceARN }: Wire<sdk.ListTagsForResourceRequest>) {
  return { TagInfoForResource: { ResourceARN, TagList: requireArn(context, ResourceARN).Tags } };
}

/** Rules of the attribute `rule_json`; none when it is not known yet. @throws as {@link checkRules} */
function readRules(acl: Attributes): Rules {
  const given = optionalText(acl, "rule_json");
  if (given === undefined) return [];
  try {
    return checkRules(JSON.parse(given), `${webAclResource.type}.rule_json`);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new AwsError("WAFInvalidParameterException", `"rule_json" contains an invalid JSON: ${String(cause)}`);
  }
}

function checkPlannedAction(action: Attributes): void {
  const [allow] = blocks(action, "allow");
  const isPlain = allow !== undefined && blocks(allow, "custom_request_handling").length === 0;
  if (isPlain && blocks(action, "block").length === 0) return;
  throw new UnsupportedError(`${webAclResource.type}.default_action is not emulated but for an empty block "allow".`);
}

export const webAclResource = defineResource("aws_wafv2_web_acl", {
  service: "wafv2",
  names: { tags: null, tags_all: "Tags", rule_json: null, rule: null },
  output: "WebACL",
  keepsEmptyBlocks: true,
  importId: "<id>/<name>/<scope>",
  tagging: { tag: "TagResource", untag: "UntagResource", list: "ListTagsForResource" },
  forceNew: ["name", "name_prefix", "scope"],
  relations: {
    conflictsWith: {
      name: ["name_prefix"],
      name_prefix: ["name"],
      rule: ["rule_json"],
      rule_json: ["rule"],
    },
  },
  json: { rule_json: JSON_TEXT },
  verbatim: ["rule_json"],
  refused: [
    "association_config",
    "captcha_config",
    "challenge_config",
    "custom_response_body",
    "data_protection_config",
    "rule",
    "token_domains",
  ],
  validate(config) {
    const scope = optionalText(config, "scope");
    if (scope !== undefined && scope !== "REGIONAL") {
      throw new UnsupportedError(`${webAclResource.type}.scope ${scope} is not emulated. Emulated: REGIONAL.`);
    }
    for (const action of blocks(config, "default_action")) checkPlannedAction(action);
    readRules(config);
  },
  create: async (planned, aws) => {
    const name = optionalText(planned, "name") ?? uniqueName(aws.account, optionalText(planned, "name_prefix"));
    const input = aws.inputOf("CreateWebACL", { ...planned, name });
    const { Summary } = await aws.call("CreateWebACL", { ...input, Rules: readRules(planned) });
    return { name, id: (Summary as Wire<sdk.WebACLSummary>).Id ?? null };
  },
  // What rules there are is not read: the attribute stays as it is.
  read: async (known, aws) => {
    const output = await aws.call("GetWebACL", aws.inputOf("GetWebACL", known));
    const found = aws.attributesOf("GetWebACL", output, known);
    return {
      ...found,
      application_integration_url: "",
      lock_token: String(output["LockToken"]),
      name_prefix: prefixOf(String(found["name"])),
    };
  },
  update: async (planned, prior, aws) => {
    const input = aws.inputOf("UpdateWebACL", { ...planned, lock_token: prior["lock_token"] ?? null });
    await aws.call("UpdateWebACL", { ...input, Rules: readRules(planned) });
  },
  delete: "DeleteWebACL",
});
