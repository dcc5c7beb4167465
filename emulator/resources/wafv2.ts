/**
 * AWS WAF in front of a stage: a web ACL with one rule, which limits how often an address may call.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
 */
import { z } from "zod";
import { type Attributes, blocks, optionalText, text } from "../attributes";
import { AwsError, UnsupportedError } from "../errors";
import { defineKind, keyOf, type Place } from "../provider/kind";
import { partOfApi } from "./apigateway";
import { partOfStage, stage } from "./apigateway-deployment";
import { requireEmulated } from "./apigateway-rules";

const WINDOWS = [60, 120, 300, 600];
const USUAL_WINDOW = 300;
const LOWEST_LIMIT = 10;
const HIGHEST_LIMIT = 2_000_000_000;
/** What a rate-based rule for addresses costs of a web ACL's capacity. */
const RATE_RULE_CAPACITY = 2;

const NONEXISTENT = "AWS WAF couldn’t perform the operation because your resource doesn’t exist.";
const DUPLICATE =
  "AWS WAF couldn’t perform the operation because some resource in your request is a duplicate of an existing one.";
const ASSOCIATED =
  "AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s associated with another resource.";

const EMULATED =
  'Emulated: at most one rule of {Name, Priority, Statement: {RateBasedStatement: {Limit, EvaluationWindowSec, AggregateKeyType: "IP"}}, Action: {Block: {}} or {Count: {}}, VisibilityConfig}';

const visibility = z.strictObject({
  CloudWatchMetricsEnabled: z.boolean(),
  MetricName: z.string(),
  SampledRequestsEnabled: z.boolean(),
});

/** The only rule that is played, as AWS's API spells it. */
const rateRule = z.strictObject({
  Name: z.string().regex(/^[\w-]{1,128}$/),
  Priority: z.int().min(0),
  Statement: z.strictObject({
    RateBasedStatement: z.strictObject({
      Limit: z.number(),
      EvaluationWindowSec: z.number().default(USUAL_WINDOW),
      AggregateKeyType: z.literal("IP"),
    }),
  }),
  Action: z.union([z.strictObject({ Block: z.strictObject({}) }), z.strictObject({ Count: z.strictObject({}) })]),
  VisibilityConfig: visibility,
});

const rules = z.array(rateRule).max(1);

/** How often an address may call. */
export interface RateRule {
  /** Calls of one address within the window; more are refused. */
  readonly limit: number;
  readonly windowSeconds: number;
}

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/wafv2_web_acl */
export const webAcl = defineKind("aws_wafv2_web_acl", {
  relations: { conflictsWith: { name: ["name_prefix"], name_prefix: ["name"] } },
  forceNew: ["name", "name_prefix", "scope"],
  volatile: ["capacity", "lock_token"],
  json: ["rule_json"],
  refused: [
    "association_config",
    "captcha_config",
    "challenge_config",
    "custom_response_body",
    "data_protection_config",
    "name_prefix",
    "rule",
    "token_domains",
  ],
  importId: (attributes) => ["id", "name", "scope"].map((name) => text(attributes, name)).join("/"),
  validate(config) {
    requireEmulated(webAcl.type, "scope", config, ["REGIONAL"]);
    for (const action of blocks(config, "default_action")) checkDefaultAction(action);
    readRules(config);
  },
  create(given, { account, accountId, region }) {
    const name = optionalText(given, "name") ?? `terraform-${account.randomId(26)}`;
    const ofRegion = account.list(webAcl.type).filter((other) => other["region"] === region);
    if (ofRegion.some((other) => other["name"] === name)) throw new AwsError("WAFDuplicateItemException", DUPLICATE);
    const id = account.uuid();
    return {
      id,
      arn: `arn:aws:wafv2:${region}:${accountId}:regional/webacl/${name}/${id}`,
      application_integration_url: "",
      capacity: capacityOf(given),
      lock_token: account.uuid(),
      name,
      name_prefix: "",
    };
  },
  update: (given, _prior, { account }) => ({ capacity: capacityOf(given), lock_token: account.uuid() }),
  remove({ arn }, { account }) {
    const isUsed = account.list(webAclAssociation.type).some(({ web_acl_arn }) => web_acl_arn === arn);
    if (isUsed) throw new AwsError("WAFAssociatedItemException", ASSOCIATED);
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/wafv2_web_acl_association */
export const webAclAssociation = defineKind("aws_wafv2_web_acl_association", {
  forceNew: ["resource_arn", "web_acl_arn"],
  validate({ resource_arn = null }) {
    if (typeof resource_arn !== "string" || /^arn:aws:apigateway:[^:]*::\/restapis\//.test(resource_arn)) return;
    throw new UnsupportedError(
      `${webAclAssociation.type}.resource_arn ${resource_arn} is not emulated. Emulated: stages of REST APIs.`,
    );
  },
  create(given, place) {
    const [acl, resource] = [text(given, "web_acl_arn"), text(given, "resource_arn")];
    requireArn(webAcl.type, acl, place);
    requireArn(stage.type, resource, place);
    // A stage has one web ACL at most: the next takes the place of the one before.
    for (const other of place.account.list(webAclAssociation.type)) {
      const key = keyOf(webAclAssociation, other);
      if (other["resource_arn"] === resource) place.account.delete(webAclAssociation.type, key);
    }
    return { id: `${acl},${resource}` };
  },
});

partOfApi(
  webAclAssociation,
  (association, reference, id) =>
    reference === "rest_api_id" && text(association, "resource_arn").includes(`::/restapis/${id}/`),
);
partOfStage(webAclAssociation, ({ resource_arn }, { arn }) => resource_arn === arn);

/** The rule of a web ACL that refuses calls; `undefined` when it only counts them, or has no rule. */
export function blockingRule(acl: Attributes): RateRule | undefined {
  const [rule] = readRules(acl);
  if (rule === undefined || !("Block" in rule.Action)) return undefined;
  const { Limit, EvaluationWindowSec } = rule.Statement.RateBasedStatement;
  return { limit: Limit, windowSeconds: EvaluationWindowSec };
}

/**
 * Rules of the attribute `rule_json`; none when it is not known yet.
 * @throws {UnsupportedError} naming what is not played
 * @throws {AwsError} `WAFInvalidParameterException` for limits that AWS does not take
 */
function readRules(acl: Attributes): z.infer<typeof rules> {
  const given = optionalText(acl, "rule_json");
  if (given === undefined) return [];
  const { data, error } = rules.safeParse(parseJson(given));
  if (error !== undefined) {
    const mistakes = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new UnsupportedError(`${webAcl.type}.rule_json ${mistakes.join("; ")}. ${EMULATED}.`);
  }
  for (const { Statement } of data) checkRate(Statement.RateBasedStatement);
  return data;
}

function parseJson(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch (cause) {
    throw new AwsError("WAFInvalidParameterException", `"rule_json" contains an invalid JSON: ${String(cause)}`);
  }
}

function checkRate({ Limit, EvaluationWindowSec }: { readonly Limit: number; readonly EvaluationWindowSec: number }) {
  const refuse = (name: string, value: number, expected: string) =>
    new AwsError(
      "WAFInvalidParameterException",
      `Error reason: ${name} is ${value}, expected ${expected}., field: RATE_BASED_STATEMENT, parameter: ${value}`,
    );
  if (!WINDOWS.includes(EvaluationWindowSec)) {
    throw refuse("EvaluationWindowSec", EvaluationWindowSec, WINDOWS.join(", "));
  }
  if (Number.isInteger(Limit) && Limit >= LOWEST_LIMIT && Limit <= HIGHEST_LIMIT) return;
  throw refuse("Limit", Limit, `a whole number from ${LOWEST_LIMIT} to ${HIGHEST_LIMIT}`);
}

function capacityOf(acl: Attributes): number {
  return readRules(acl).length * RATE_RULE_CAPACITY;
}

/** Every request is let in, as it came, unless the rule says otherwise. */
function checkDefaultAction(action: Attributes): void {
  const [allow] = blocks(action, "allow");
  const isPlain = allow !== undefined && blocks(allow, "custom_request_handling").length === 0;
  if (isPlain && blocks(action, "block").length === 0) return;
  throw new UnsupportedError(`${webAcl.type}.default_action is not emulated but for an empty block "allow".`);
}

function requireArn(type: string, arn: string, { account, region }: Place): void {
  const found = account.list(type).find((resource) => resource["arn"] === arn);
  if (found?.["region"] !== region) throw new AwsError("WAFNonexistentItemException", NONEXISTENT);
}
