import { Readable } from "node:stream";
import type { LeftResource } from "../../../operations/deployed/left-state";
import { orphanFindings } from "../../../operations/deployed/orphan-findings";
import { awsBy } from "../../support/aws-endpoint";

const json = {
  provider: { aws: [{ region: "eu-west-1" }] },
  resource: { aws_cognito_user_pool: { pool: { name: "orders-dev" } } },
};
const pool: LeftResource = {
  address: "aws_cognito_user_pool.moved",
  type: "aws_cognito_user_pool",
  values: { name: "orders-dev", id: "eu-west-1_own" },
};
const named = (Id: string, Name = "orders-dev") => ({ Id, Name });

const find = (pools: readonly object[], left: readonly LeftResource[], code = json as object, statusCode = 200) =>
  orphanFindings(
    code,
    left,
    () =>
      awsBy(async () => {
        const body = JSON.stringify({ UserPools: pools, UserPool: { DeletionProtection: "INACTIVE" } });
        return { response: { statusCode, headers: {}, body: Readable.from([Buffer.from(body)]) } };
      }),
    "stacks/dev",
  );

describe("orphanFindings", () => {
  it("names a pool that only an interrupted deployment knows of, with its command and the reason for doubt", async () => {
    expect((await find([named("eu-west-1_lost"), named("eu-west-1_x", "other")], [])).findings).toEqual([
      {
        address: "aws_cognito_user_pool.pool",
        attribute: "orphan",
        expected: "not there",
        found: '"user pool orders-dev (eu-west-1_lost)"',
        verdict: "unmanaged-resource",
        severity: "warning",
        effect:
          "user pool orders-dev (eu-west-1_lost) has the name of this stack and is not in its state: an interrupted deployment left it, or it belongs to another stack",
        undo: "aws cognito-idp delete-user-pool --region eu-west-1 --user-pool-id eu-west-1_lost",
      },
    ]);
  });

  it("names a second pool beside the one of the state, and not that one", async () => {
    const { findings } = await find([named("eu-west-1_own"), named("eu-west-1_lost")], [pool]);

    expect(findings.map(({ found }) => found)).toEqual(['"user pool orders-dev (eu-west-1_lost)"']);
  });

  it("goes by the address in the state where the code has no resource of the name", async () => {
    const code = { provider: json.provider };

    expect((await find([named("eu-west-1_lost")], [pool], code)).findings[0]?.address).toBe(pool.address);
  });

  it("restores and imports a secret that is scheduled for deletion, and does not delete it", async () => {
    const arn = "arn:aws:secretsmanager:eu-west-1:1:secret:orders/shop-a";
    const described = { ARN: arn, DeletedDate: 1_800_000_000, VersionIdsToStages: { v1: ["AWSCURRENT"] } };
    const respond = async () => ({
      response: { statusCode: 200, headers: {}, body: Readable.from([Buffer.from(JSON.stringify(described))]) },
    });
    const secret_id = ["${", "aws_secretsmanager_secret.shop.id}"].join("");
    const code = {
      provider: json.provider,
      resource: {
        aws_secretsmanager_secret: { shop: { name: "orders/shop" } },
        aws_secretsmanager_secret_version: { value: { secret_id } },
      },
    };
    const { findings } = await orphanFindings(code, [], () => awsBy(respond), "stacks/dev");

    expect(findings).toEqual([
      {
        address: "aws_secretsmanager_secret.shop",
        attribute: "orphan",
        expected: "not there",
        found: expect.stringMatching(/^"secret orders\/shop \(deleted, can be restored until 2027-/),
        verdict: "unmanaged-resource",
        severity: "warning",
        effect:
          "secret orders/shop is scheduled for deletion: AWS refuses to create it again (InvalidRequestException)",
        undo: [
          "aws secretsmanager restore-secret --region eu-west-1 --secret-id orders/shop",
          `terraform -chdir=stacks/dev import aws_secretsmanager_secret.shop ${arn}`,
          `terraform -chdir=stacks/dev import aws_secretsmanager_secret_version.value '${arn}|v1'`,
        ].join(" && "),
      },
    ]);
  });

  it("names the kinds that AWS refuses to list as not checked", async () => {
    const { findings, notChecked } = await find([], [], json, 403);

    expect(findings).toEqual([]);
    expect(notChecked.map(({ attribute, operation }) => [attribute, operation])).toEqual([
      ["orphan (user pools)", "cognito-idp:ListUserPools"],
    ]);
  });
});
