import { lostStateAlerts } from "../../../operations/review/lost-state";
import type { callAws } from "../../../platform/aws-call";
import { planWith } from "../../support/plan-json";

const json = {
  provider: { aws: [{ region: "eu-west-1" }] },
  resource: {
    aws_cognito_user_pool: { one: { name: "orders-dev" } },
    aws_api_gateway_rest_api: { one: { name: "orders-dev" } },
  },
};
const aws =
  (pools: readonly object[], status = 200): typeof callAws =>
  async ({ service }) => ({
    status,
    body: JSON.stringify(service === "apigateway" ? { item: [] } : { UserPools: pools }),
  });
const living = [{ Id: "eu-west-1_abc", Name: "orders-dev" }];
const alerts = async (call: typeof callAws, parts = {}) =>
  (await lostStateAlerts("dev", planWith([], parts), json, call)).map(({ level, message }) => `${level}: ${message}`);

describe("lostStateAlerts", () => {
  it("is loud when the state is empty and things of its name live", async () => {
    expect(await alerts(aws(living))).toEqual([
      "caution: The state of `dev` is empty, but things of its name live: user pool `orders-dev` (`eu-west-1_abc`). They would be made a second time. Their state is probably elsewhere: find it before you apply this.",
    ]);
  });

  it("says nothing of what lives by other names, or where there is a state", async () => {
    const resource = { address: "a.b", mode: "managed", type: "a", name: "b", values: {} };
    const deployed = { prior_state: { values: { root_module: { resources: [resource] } } } };

    expect(await alerts(aws([{ Id: "x", Name: "other" }]))).toEqual([]);
    expect(await alerts(aws(living), deployed)).toEqual([]);
  });

  it("says that it could not ask where AWS refuses", async () => {
    expect(await alerts(aws([], 403))).toEqual([expect.stringMatching(/^note: Whether things .* could not be asked/)]);
  });
});
