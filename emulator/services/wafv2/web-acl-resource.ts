/**
 * The Terraform face of a web ACL.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/wafv2_web_acl
 */
import type * as sdk from "@aws-sdk/client-wafv2";
import { AwsError, UnsupportedError } from "../../errors";
import type { Wire } from "../../protocols/values";
import { type Attributes, blocks, optionalText } from "../../terraform/attributes";
import { JSON_TEXT } from "../../terraform/policy-texts";
import { defineResource } from "../../terraform/resource";
import type { NestedBlockSchema } from "../../terraform/schema/block";
import { prefixOf, uniqueName } from "../../terraform/unique-name";
import { checkRules, type Rules } from "./rate-rule";

/** The one statement that is emulated. */
const STATEMENT: NestedBlockSchema = {
  nesting: "list",
  minItems: 1,
  maxItems: 1,
  block: {
    attributes: {},
    blocks: {
      rate_based_statement: {
        nesting: "list",
        maxItems: 1,
        block: {
          attributes: {
            aggregate_key_type: { type: "string", optional: true },
            evaluation_window_sec: { type: "number", optional: true },
            limit: { type: "number", required: true },
          },
          blocks: {},
        },
      },
    },
  },
};

/** The input's rules where the attribute `rule_json` has them. @throws as {@link checkRules} */
function rulesIn(acl: Attributes): { readonly Rules?: Rules } {
  const given = optionalText(acl, "rule_json");
  if (given === undefined) return {};
  try {
    return { Rules: checkRules(JSON.parse(given), `${webAclResource.type}.rule_json`) };
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
  names: { tags: null, tags_all: "Tags", rule_json: null, rule: "Rules" },
  output: "WebACL",
  keepsEmptyBlocks: true,
  deepBlocks: { "rule.statement": STATEMENT },
  defaults: {
    "rule.statement.rate_based_statement.aggregate_key_type": "IP",
    "rule.statement.rate_based_statement.evaluation_window_sec": 300,
  },
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
    ...["captcha_config", "challenge_config", "override_action", "rule_label"].map((name) => `rule.${name}`),
    "token_domains",
  ],
  validate(config) {
    const scope = optionalText(config, "scope");
    if (scope !== undefined && scope !== "REGIONAL") {
      throw new UnsupportedError(`${webAclResource.type}.scope ${scope} is not emulated. Emulated: REGIONAL.`);
    }
    for (const action of blocks(config, "default_action")) checkPlannedAction(action);
    if (blocks(config, "rule").length > 1) {
      throw new UnsupportedError(`${webAclResource.type}.rule is not emulated more than once.`);
    }
    rulesIn(config);
  },
  create: async (planned, aws) => {
    const name = optionalText(planned, "name") ?? uniqueName(aws.account, optionalText(planned, "name_prefix"));
    const input = aws.inputOf("CreateWebACL", { ...planned, name });
    const { Summary } = await aws.call("CreateWebACL", { ...input, ...rulesIn(planned) });
    return { name, id: (Summary as Wire<sdk.WebACLSummary>).Id ?? null };
  },
  // What is written as JSON is not read: the attribute stays as it is.
  read: async (known, aws) => {
    const output = await aws.call("GetWebACL", aws.inputOf("GetWebACL", known));
    const found = aws.attributesOf("GetWebACL", output, known);
    return {
      ...found,
      ...(optionalText(known, "rule_json") === undefined ? {} : { rule: [] }),
      application_integration_url: "",
      lock_token: String(output["LockToken"]),
      name_prefix: prefixOf(String(found["name"])),
    };
  },
  update: async (planned, prior, aws) => {
    const input = aws.inputOf("UpdateWebACL", { ...planned, lock_token: prior["lock_token"] ?? null });
    await aws.call("UpdateWebACL", { ...input, ...rulesIn(planned) });
  },
  delete: "DeleteWebACL",
});
