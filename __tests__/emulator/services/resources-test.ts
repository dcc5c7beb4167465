/** What every resource kind has to keep, shown for one example of each. */

import { kinds } from "../../../emulator/services/resources";
import { type Attributes, isObject, type Value } from "../../../emulator/terraform/attributes";
import { renderId } from "../../../emulator/terraform/id-template";
import { isOfLegacyTypeSystem } from "../../../emulator/terraform/legacy-type-system";
import type { AttributeSchema, TypeSpec } from "../../../emulator/terraform/schema/block";
import { resourceTypes } from "../../../emulator/terraform/schema/resource-types";
import { Examples } from "../../support/examples";
import { emptied, kindOf } from "../../support/workspace";

// RSA keys take their time, and nobody signs anything here.
jest.mock("../../../emulator/services/cognito/signing-keys", () => ({ generateSigningKeys: async () => [] }));

const METHOD_PART = ["http_method", "resource_id", "rest_api_id"];

/**
 * What demands a replacement, besides the region, by the real provider's source; written down once more, so that a
 * kind does not change its mind unseen.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/tree/v6.25.0/internal/service
 */
const REPLACED_BY: Readonly<Record<string, readonly string[]>> = {
  aws_api_gateway_api_key: ["value"],
  aws_api_gateway_authorizer: ["rest_api_id", "type"],
  aws_api_gateway_base_path_mapping: ["domain_name"],
  aws_api_gateway_deployment: ["rest_api_id", "triggers", "variables"],
  aws_api_gateway_domain_name: ["certificate_body", "certificate_chain", "certificate_private_key", "domain_name"],
  aws_api_gateway_gateway_response: ["response_type", "rest_api_id"],
  aws_api_gateway_integration: [
    ...METHOD_PART,
    "credentials",
    "integration_http_method",
    "passthrough_behavior",
    "type",
  ],
  aws_api_gateway_integration_response: METHOD_PART,
  aws_api_gateway_method: METHOD_PART,
  aws_api_gateway_method_response: METHOD_PART,
  aws_api_gateway_method_settings: ["method_path", "rest_api_id", "stage_name"],
  aws_api_gateway_request_validator: ["rest_api_id"],
  aws_api_gateway_resource: ["rest_api_id"],
  aws_api_gateway_usage_plan_key: ["key_id", "key_type", "usage_plan_id"],
  aws_api_gateway_rest_api: [],
  aws_api_gateway_stage: ["rest_api_id", "stage_name"],
  aws_cloudwatch_dashboard: ["dashboard_name"],
  aws_cloudwatch_metric_alarm: ["alarm_name"],
  aws_cloudwatch_log_group: ["log_group_class", "name", "name_prefix"],
  aws_cognito_resource_server: ["identifier", "user_pool_id"],
  aws_cognito_user_pool: [],
  aws_cognito_user_pool_client: ["generate_secret", "user_pool_id"],
  aws_cognito_user_pool_domain: ["certificate_arn", "domain", "user_pool_id"],
  aws_iam_role: ["name", "name_prefix", "path"],
  aws_iam_role_policy: ["name", "name_prefix", "role"],
  aws_iam_role_policy_attachment: ["policy_arn", "role"],
  aws_lambda_alias: ["function_name", "name"],
  aws_lambda_function: ["function_name", "package_type", "tenancy_config"],
  aws_lambda_permission: [
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
  aws_s3_bucket: ["bucket", "bucket_prefix", "object_lock_enabled"],
  aws_s3_bucket_ownership_controls: ["bucket"],
  aws_s3_bucket_policy: ["bucket"],
  aws_s3_bucket_public_access_block: ["bucket"],
  aws_s3_bucket_server_side_encryption_configuration: ["bucket", "expected_bucket_owner"],
  aws_s3_bucket_versioning: ["bucket", "expected_bucket_owner"],
  aws_secretsmanager_secret: ["name", "name_prefix"],
  aws_secretsmanager_secret_policy: ["secret_arn"],
  aws_secretsmanager_secret_version: ["secret_binary", "secret_id", "secret_string", "secret_string_wo_version"],
  aws_wafv2_web_acl: ["name", "name_prefix", "scope"],
  aws_wafv2_web_acl_association: ["resource_arn", "web_acl_arn"],
};

/** Attributes that no operation of AWS tells, so that an import does not know them. */
const NOT_READ: Readonly<Record<string, readonly string[]>> = {
  aws_api_gateway_deployment: ["triggers"],
  aws_cognito_user_pool_client: ["generate_secret"],
  aws_lambda_function: ["filename", "publish"],
  aws_secretsmanager_secret: ["force_overwrite_replica_secret", "recovery_window_in_days"],
  aws_secretsmanager_secret_policy: ["block_public_policy"],
  aws_wafv2_web_acl: ["rule_json"],
};

/** What an import reads into other attributes than those that were set. */
const READ_ELSEWHERE: Readonly<Record<string, Attributes>> = { aws_wafv2_web_acl: { rule: [] } };

/** What AWS still tells of a deleted resource: the current value can only be replaced, and a policy can be empty. */
const LEFT_AFTER_DELETION: Readonly<Record<string, Attributes>> = {
  // Every response is there: a deletion puts AWS's own in its place.
  aws_api_gateway_gateway_response: { response_parameters: {}, status_code: "401" },
  // What every bucket has: a deletion puts AWS's default in its place.
  aws_s3_bucket_server_side_encryption_configuration: {},
  aws_s3_bucket_versioning: { versioning_configuration: [{ mfa_delete: "", status: "Suspended" }] },
  aws_secretsmanager_secret_policy: { policy: "" },
  aws_secretsmanager_secret_version: { version_stages: ["AWSCURRENT"] },
};

function importIdOf(type: string, made: Attributes): string {
  return renderId(kindOf(type).importId ?? "<id>", made);
}

/** What a plan knows: in blocks, SDK v2 has empty values where a plan has none. */
function withoutNull(value: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map(withoutNull);
  if (!isObject(value)) return value;
  const known = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(known.map(([name, inner]) => [name, withoutNull(inner)]));
}

/** Another value of the attribute or block. */
function different(type: string, name: string, value: Value): Value {
  const { attributes, blocks } = kindOf(type).schema;
  const attribute = attributes[name];
  if (attribute !== undefined) return differentOf(attribute.type, value);
  if (blocks[name]?.nesting === "single") return value === null ? {} : null;
  return Array.isArray(value) && value.length > 0 ? [] : [{}];
}

function differentOf(type: TypeSpec, value: Value): Value {
  if (type === "bool") return value !== true;
  if (type === "number") return Number(value) + 1;
  if (typeof type === "string") return `${value}-other`;
  if (type[0] === "map") return { ...(isObject(value) ? value : {}), other: differentOf(type[1] as TypeSpec, null) };
  return ["other"];
}

/** What the older SDK takes for no value; `undefined` for a type that has no such value. */
function emptyOf(type: TypeSpec): Value | undefined {
  if (typeof type !== "string") return type[0] === "map" ? {} : type[0] === "object" ? undefined : [];
  return { string: "", number: 0, bool: false, dynamic: undefined }[type];
}

describe("kinds", () => {
  it("are exactly the listed resource types", () => {
    expect([...kinds.keys()].sort()).toEqual([...resourceTypes]);
  });

  it("are written with the older SDK, but for the app client", () => {
    expect([...kinds.values()].filter(({ schema }) => !isOfLegacyTypeSystem(schema)).map(({ type }) => type)).toEqual([
      "aws_cognito_user_pool_client",
    ]);
  });

  it("have an example each", () => {
    expect([...kinds.keys()].filter((type) => !Examples.has(type))).toEqual([]);
  });
});

describe.each([...kinds.keys()])("%s", (type) => {
  async function make(): Promise<{ examples: Examples; config: Attributes; made: Attributes }> {
    const examples = new Examples();
    const config = await examples.configOf(type);
    return { examples, config, made: await examples.make(type) };
  }

  it("has an id once it is created", async () => {
    expect((await make()).made["id"]).toEqual(expect.stringMatching(/./));
  });

  it("keeps every planned value that was known", async () => {
    const { examples, config, made } = await make();
    const { planned } = examples.workspace.plan(type, null, config);

    // These blocks are filled in although they are planned to be empty, as with the real provider.
    const filled = ["account_recovery_setting", "email_configuration"];
    const known = Object.entries(planned ?? {}).filter(
      ([name, value]) => value !== null && !JSON.stringify(value).includes('"unknown"') && !filled.includes(name),
    );
    expect(made).toMatchObject(withoutNull(Object.fromEntries(known)) as Attributes);
  });

  it("needs no change when its configuration is planned again", async () => {
    const { examples, config, made } = await make();

    expect(examples.workspace.plan(type, made, config)).toEqual({ planned: made, requiresReplace: [] });
    expect(examples.workspace.plan(type, made, config).planned).toBe(made);
  });

  it("needs no change when a setting that it does not have is set to an empty value, or left out again", async () => {
    const { examples, config, made } = await make();
    const { schema, defaults = {} } = kindOf(type);
    const isPlain = ([name, { optional, computed }]: [string, AttributeSchema]) =>
      optional === true && computed !== true && !(name in defaults) && !(name in config);
    const emptied = Object.entries(schema.attributes)
      .filter(isPlain)
      .flatMap(([name, { type: of }]) => (emptyOf(of) === undefined ? [] : [{ [name]: emptyOf(of) ?? null }]));

    for (const empty of isOfLegacyTypeSystem(schema) ? emptied : []) {
      const before = { ...made, ...empty };

      expect(examples.workspace.plan(type, made, { ...config, ...empty })).toEqual({
        planned: made,
        requiresReplace: [],
      });
      expect(examples.workspace.plan(type, before, config)).toEqual({ planned: before, requiresReplace: [] });
    }
  });

  it("is read as it was created", async () => {
    const { examples, made } = await make();

    expect(emptied(type, await examples.workspace.refresh(type, made))).toEqual(emptied(type, made));
  });

  it("is imported as it was created", async () => {
    const { examples, made } = await make();
    const nothing = Object.fromEntries((NOT_READ[type] ?? []).map((name) => [name, null]));

    const imported = await examples.workspace.import(type, importIdOf(type, made));

    expect(emptied(type, { ...imported, ...READ_ELSEWHERE[type] })).toEqual(emptied(type, { ...made, ...nothing }));
  });

  it("is gone once it is deleted", async () => {
    const { examples, made } = await make();

    await examples.workspace.destroy(type, made);

    const left = LEFT_AFTER_DELETION[type];
    const found = emptied(type, await examples.workspace.refresh(type, made));

    expect(found).toEqual(left === undefined ? null : emptied(type, { ...made, ...left }));
    expect(examples.workspace.account.count()).not.toHaveProperty(type);
  });

  const replacedBy = REPLACED_BY[type] ?? [];
  it(`is replaced by a change of ${replacedBy.join(", ") || "nothing"}`, async () => {
    const { examples, config, made } = await make();
    const { workspace } = examples;
    const isReplacedBy = (name: string) =>
      workspace.plan(type, made, { ...config, [name]: different(type, name, made[name] ?? null) }).requiresReplace;

    const { attributes, blocks } = kindOf(type).schema;
    const settable = Object.entries(attributes).filter(([, { optional, required }]) => optional || required);
    const names = [...settable.map(([name]) => name), ...Object.keys(blocks)].filter((name) => name !== "region");

    expect(names.filter((name) => isReplacedBy(name).length > 0).sort()).toEqual([...replacedBy].sort());
  });
});
