import { endingAccess } from "../../../operations/review/ending-access";
import { contextOf } from "../../../operations/review/plan-context";
import { type MadeChange, planWith } from "../../support/plan-json";
import { synthesize } from "../../support/synthesize";

/** The code, in which the client has these settings. */
const stack = (client: string, others = "") =>
  synthesize(`
environments: { dev: { region: eu-west-1, domainPrefix: ends-dev } }
resourceServers: { a: { scopes: { read: Read, write: Write } } }
clients: { shop: { ${client} } }
routes:
  GET /orders: { lambda: access, scopes: [a/read] }
  POST /orders: { lambda: access, scopes: [a/write] }
${others}`);

const CLIENT = "scopes: [a/read, { scope: a/write, until: 2027-06-30 }], expires: 2027-12-31";

const endsOf = (client: string, today: string, others = "", before?: string) => {
  const outputs = before === undefined ? {} : stack(before).outputs;
  const values = { outputs, root_module: { resources: [], child_modules: [] } };
  const plan = { ...planWith([]), prior_state: { values: JSON.parse(JSON.stringify(values)) } };
  return endingAccess(contextOf("dev", plan, stack(client, others).json), today).map(
    ({ severity, message }) => `${severity}: ${message}`,
  );
};

describe("endingAccess", () => {
  it("warns of access that ends within thirty days, or as many as the file says", () => {
    const scope =
      "warning: The scope `a/write` of the client `shop` ends in 30 days, after 2027-06-30. Set a later date if it is still needed.";

    expect(endsOf(CLIENT, "2027-05-30")).toEqual([]);
    expect(endsOf(CLIENT, "2027-05-31")).toEqual([scope]);
    expect(endsOf(CLIENT, "2027-05-31", "expiryWarningDays: 7")).toEqual([]);
    expect(endsOf(CLIENT, "2027-12-31")).toEqual([
      "warning: The access of the client `shop` ends today, after 2027-12-31. Set a later date if it is still needed.",
    ]);
  });

  it("warns of an end that is put off, and not of one that comes earlier", () => {
    const later = CLIENT.replace("2027-06-30", "2028-06-30").replace("2027-12-31", "2027-11-30");

    expect(endsOf(later, "2026-11-30", "", CLIENT)).toEqual([
      "warning: The scope `a/write` of the client `shop` ends later: after 2028-06-30 (was 2027-06-30).",
    ]);
  });

  it("warns of an end that is taken away while the access stays", () => {
    expect(endsOf("scopes: [a/read, a/write]", "2026-11-30", "", CLIENT)).toEqual([
      "warning: The access of the client `shop` no longer ends (was 2027-12-31).",
      "warning: The scope `a/write` of the client `shop` no longer ends (was 2027-06-30).",
    ]);
    expect(endsOf("scopes: [a/read], expires: 2027-12-31", "2026-11-30", "", CLIENT)).toEqual([]);
  });

  it("names the day after which a scope ended that the plan takes away", () => {
    const type = "aws_cognito_user_pool_client";
    const client = (...allowed_oauth_scopes: readonly string[]) => ({ name: "shop", id: "1", allowed_oauth_scopes });
    const [before, after] = [client("a/read", "a/write"), client("a/read")];
    const alertsOn = (today: string, changes: readonly MadeChange[]) =>
      endingAccess(contextOf("dev", planWith(changes), stack(CLIENT).json), today).map(({ message }) => message);
    const change: MadeChange = { type, before, after };

    expect(alertsOn("2027-07-01", [change])).toEqual([
      "The scope `a/write` of the client `shop` ended after 2027-06-30.",
    ]);
    expect(alertsOn("2027-07-01", [{ type, before: after, after }])).toEqual([]);
    expect(alertsOn("2027-04-01", [change])).toEqual([]);
  });

  it("says nothing of a client without an end", () => {
    expect(endsOf("scopes: [a/read, a/write]", "2026-11-30")).toEqual([]);
    expect(stack("scopes: [a/read, a/write]").outputs).not.toHaveProperty("access_ends");
  });
});
