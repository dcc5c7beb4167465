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
  orphanFindings(code, left, () =>
    awsBy(async () => {
      const body = JSON.stringify({ UserPools: pools, UserPool: { DeletionProtection: "INACTIVE" } });
      return { response: { statusCode, headers: {}, body: Readable.from([Buffer.from(body)]) } };
    }),
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

  it("names the kinds that AWS refuses to list as not checked", async () => {
    const { findings, notChecked } = await find([], [], json, 403);

    expect(findings).toEqual([]);
    expect(notChecked.map(({ attribute, operation }) => [attribute, operation])).toEqual([
      ["orphan (user pools)", "cognito-idp:ListUserPools"],
    ]);
  });
});
