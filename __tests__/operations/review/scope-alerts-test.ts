import { contextOf } from "../../../operations/review/plan-context";
import { scopeAlerts } from "../../../operations/review/scope-alerts";
import { planWith } from "../../support/plan-json";

const MINUTES = { token_validity_units: [{ access_token: "minutes" }] };
const alerts = (before: readonly string[], after: readonly string[], owner = "", id = "1") => {
  const client = { name: "billing", access_token_validity: 5, ...MINUTES };
  const change = {
    type: "aws_cognito_user_pool_client",
    before: { ...client, id: "1", allowed_oauth_scopes: before },
    after: { ...client, id, allowed_oauth_scopes: after },
  };
  const resource = { aws_secretsmanager_secret: { one: { description: `Credentials of the client ${owner}` } } };
  return scopeAlerts(contextOf("dev", planWith([change]), { resource }));
};

const LOST = "The client `billing` loses scopes: `a/b`. A request that names one of them gets no token.";
const DELIVER = "`npx access rotate billing --env dev --deliver`";

describe("scopeAlerts", () => {
  it("reports what a client loses, and that requests by name fail", () => {
    expect(alerts(["a/b", "a/c"], ["a/c"])).toEqual([{ severity: "warning", message: LOST }]);
  });

  it("reports how services that read scopes in Secrets Manager get the new ones", () => {
    const delivered = `${LOST} Its services read the old scopes in Secrets Manager until ${DELIVER}.`;

    expect(alerts(["a/b"], ["x/b"], "billing")).toEqual([{ severity: "critical", message: delivered }]);
    expect(alerts([], ["x/b"], "billing")).toEqual([
      { severity: "warning", message: expect.stringContaining(`only after ${DELIVER}`) },
    ]);
  });

  it("reports nothing that is gained without a secret, stays, or comes with other credentials", () => {
    expect(alerts([], ["a/b"], "other")).toEqual([]);
    expect(alerts(["a/b", "a/c"], ["a/c", "a/b"], "billing")).toEqual([]);
    expect(alerts(["a/b"], [], "billing", "2")).toEqual([]);
  });
});
