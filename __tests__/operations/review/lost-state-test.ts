import { Readable } from "node:stream";
import { lostStateAlerts } from "../../../operations/review/lost-state";
import { awsBy } from "../../support/aws-endpoint";
import { planWith } from "../../support/plan-json";

const json = {
  provider: { aws: [{ region: "eu-west-1" }] },
  resource: {
    aws_cognito_user_pool: { one: { name: "orders-dev" } },
    aws_api_gateway_rest_api: { one: { name: "orders-dev" } },
  },
};

const alerts = (pools: readonly object[], statusCode = 200, parts = {}, stack: unknown = json) =>
  lostStateAlerts(planWith([], parts), stack, () =>
    awsBy(async ({ hostname }) => {
      const body = JSON.stringify(hostname.startsWith("apigateway") ? { item: [] } : { UserPools: pools });
      return { response: { statusCode, headers: {}, body: Readable.from([Buffer.from(body)]) } };
    }),
  );
const existing = [{ Id: "eu-west-1_abc", Name: "orders-dev" }];

describe("lostStateAlerts", () => {
  it("reports resources of the same names where the state is empty", async () => {
    const message = expect.stringMatching(/^The state is empty, but .*: user pool `orders-dev` \(`eu-west-1_abc`\)\. /);

    expect(await alerts(existing)).toEqual([{ severity: "critical", message }]);
  });

  it("names the former default key of a state in S3", async () => {
    const backend = { s3: { bucket: "states", key: "machine-access/eu-west-1/orders-dev/dev.tfstate" } };
    const [found] = await alerts(existing, 200, {}, { ...json, terraform: { backend } });

    expect(found?.message).toContain("Earlier versions kept it under the key `machine-access/dev.tfstate`: if it is");
    expect((await alerts(existing))[0]?.message).not.toContain("Earlier versions");
  });

  it("reports nothing of other names, or where there is a state", async () => {
    const resource = { address: "a.b", mode: "managed", type: "a", name: "b", values: {} };
    const deployed = { prior_state: { values: { root_module: { resources: [resource] } } } };

    expect(await alerts([{ Id: "x", Name: "other" }])).toEqual([]);
    expect(await alerts(existing, 200, deployed)).toEqual([]);
  });

  it("reports that it is unknown where AWS refuses", async () => {
    const message = expect.stringMatching(/is unknown: `AWS refused cognito-idp:ListUserPools/);

    expect(await alerts([], 403)).toEqual([{ severity: "info", message }]);
  });
});
