import { doneTo } from "../../../operations/review/resource-changes";
import { scopeAlerts } from "../../../operations/review/scope-alerts";
import { type MadeChange, planWith } from "../../support/plan-json";

const client = (before: readonly string[], after: readonly string[], more: object = {}): MadeChange => ({
  type: "aws_cognito_user_pool_client",
  before: { id: "1", name: "billing", allowed_oauth_scopes: before, access_token_validity: 5, ...MINUTES },
  after: { id: "1", name: "billing", allowed_oauth_scopes: after, access_token_validity: 60, ...MINUTES, ...more },
});
const MINUTES = { token_validity_units: [{ access_token: "minutes" }] };
const secretOf = (name: string) => ({
  aws_secretsmanager_secret: { one: { description: `Credentials of the client ${name}` } },
});
const alerts = (made: MadeChange, stack = {}) =>
  scopeAlerts(doneTo(planWith([made])), stack, "dev").map(({ level, message }) => `${level}: ${message}`);

const LOST =
  "The client `billing` loses scopes: `a/b`. Whoever asks for one of them by name gets no token at all; tokens that were issued before keep them, for 5 minutes at most.";

describe("scopeAlerts", () => {
  it("says what a client loses, and for how long tokens keep it", () => {
    expect(alerts(client(["a/b", "a/c"], ["a/c"]))).toEqual([`warning: ${LOST}`]);
  });

  it("is louder where services read the scopes in Secrets Manager, and says how they get the new ones", () => {
    const deliver = "`npm run rotate -- billing --env dev --deliver`";

    expect(alerts(client(["a/b"], ["x/b"]), secretOf("billing"))).toEqual([
      `caution: ${LOST} Its services read the old scopes in Secrets Manager until ${deliver}.`,
    ]);
    expect(alerts(client([], ["x/b"]), secretOf("billing"))).toEqual([
      `warning: The services of the client \`billing\` ask for its new scopes only when they are delivered: ${deliver}`,
    ]);
  });

  it("says nothing of what is gained without a secret, stays, or comes with other credentials", () => {
    expect(alerts(client([], ["a/b"]), secretOf("other"))).toEqual([]);
    expect(alerts(client(["a/b", "a/c"], ["a/c", "a/b"]), secretOf("billing"))).toEqual([]);
    expect(alerts(client(["a/b"], [], { id: "2" }), secretOf("billing"))).toEqual([]);
  });
});
