import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as checkedTypes from "../../../constructs/contract/checked-types";
import { GUARDS } from "../../../constructs/guards/guards";

const { CHECKED_SETTINGS, isKnownType, uncheckedIn, ...tables } = checkedTypes;
const bindings = join(dirname(require.resolve("@cdktf/provider-aws/package.json")), "lib");

/** Attributes with a policy, a principal or an ACL, as CDKTF's bindings declare them. */
const OPENING =
  /^ {4}readonly (?:policy|policyDocument|accessPolicy|accessPolicies|resourcePolicy|repositoryPolicy|assumeRolePolicy|inlinePolicy|deliveryDestinationPolicy|acl|principal|publiclyAccessible)\??: (?:string|boolean)/m;

/** Types whose attribute of such a name opens nothing, or nothing that IAM or S3 decides. */
const OTHERS: Readonly<Record<string, string>> = {
  aws_cloudwatch_log_account_policy: "masks and forwards log events",
  aws_cloudwatch_log_data_protection_policy: "masks log events",
  aws_cloudwatch_log_index_policy: "indexes fields of log events",
  aws_ecr_lifecycle_policy: "expires images",
  aws_iot_policy_attachment: "names a policy",
  aws_iot_thing_principal_attachment: "names a certificate",
  aws_lakeformation_data_lake_settings: "permissions of Lake Formation, not known",
  aws_lakeformation_permissions: "permissions of Lake Formation, not known",
  aws_networkmanager_core_network_policy_attachment: "routes networks",
  aws_opensearchserverless_access_policy: "a language of its own, not known",
  aws_opensearchserverless_lifecycle_policy: "expires indexes",
  aws_opensearchserverless_security_policy: "a language of its own, not known",
  aws_quicksight_analysis: "permissions of QuickSight, not known",
  aws_quicksight_dashboard: "permissions of QuickSight, not known",
  aws_quicksight_data_set: "permissions of QuickSight, not known",
  aws_quicksight_data_source: "permissions of QuickSight, not known",
  aws_quicksight_folder: "permissions of QuickSight, not known",
  aws_quicksight_template: "permissions of QuickSight, not known",
  aws_quicksight_theme: "permissions of QuickSight, not known",
  aws_securitylake_custom_log_source: "names an account, not known",
  aws_securitylake_subscriber: "names an account, not known",
  aws_ses_receipt_filter: "filters by IP address",
  aws_sns_topic_data_protection_policy: "masks messages",
  aws_transfer_access: "limits a role",
  aws_transfer_user: "limits a role",
  aws_verifiedaccess_endpoint: "a policy in Cedar, not known",
  aws_verifiedaccess_group: "a policy in Cedar, not known",
};

it("knows each type of the AWS provider with a policy, principal or ACL", () => {
  const found = readdirSync(bindings)
    .filter((name) => !name.startsWith("data-") && existsSync(join(bindings, name, "index.d.ts")))
    .filter((name) => OPENING.test(readFileSync(join(bindings, name, "index.d.ts"), "utf8")))
    .map((name) => `aws_${name.replaceAll("-", "_")}`);

  expect(found.length).toBeGreaterThan(100);
  expect(found.filter((type) => !isKnownType(type) && !(type in OTHERS) && type !== "aws_provider")).toEqual([]);
});

it("names each type that has a guard, and no other", () => {
  const named = [
    ...Object.values(tables)
      .filter((table) => typeof table === "object")
      .flatMap(Object.keys),
  ];

  expect(new Set([...named, ...CHECKED_SETTINGS])).toEqual(new Set(Object.keys(GUARDS)));
});

describe("uncheckedIn", () => {
  it("returns resources of types that no list names, and modules", () => {
    const json = {
      resource: [{ aws_lb: [{ front: {} }], aws_sns_topic: { a: {} } }],
      module: { net: { "//": { metadata: { path: "dev/net" } } } },
    };

    expect(uncheckedIn(json).map(({ address, path }) => [address, path])).toEqual([
      ["aws_lb.front", undefined],
      ["module.net", "dev/net"],
    ]);
  });
});
