import { contextOf } from "../../../operations/review/plan-context";
import { keyOf, liftedProtection } from "../../../operations/review/protection-ledger";
import { planOfProtected, protectedStack } from "../../support/protected-stack";

const CLIENT = "aws_cognito_user_pool_client";
const BOTH = { "client/a": `${CLIENT}.a`, pool: "aws_cognito_user_pool.pool" };
const { pool } = BOTH;

const alertsOf = (plan: ReturnType<typeof planOfProtected>, json: unknown) =>
  liftedProtection(contextOf("prod", plan, json)).map(({ severity, message }) => `${severity}: ${message}`);

const LOST = (names: string) => [`warning: Terraform no longer refuses to destroy or replace ${names}.`];

describe("liftedProtection", () => {
  it("has nothing to report while all stays in the ledger, or before there is one", () => {
    expect(alertsOf(planOfProtected(BOTH, []), protectedStack(BOTH))).toEqual([]);
    expect(alertsOf(planOfProtected({}, []), protectedStack(BOTH))).toEqual([]);
  });

  it.each([
    ["an entry leaves the ledger", protectedStack({ pool }), LOST("`client/a`")],
    ["the environment is no longer protected", { resource: {} }, LOST("`client/a`, `pool`")],
    ["prevent_destroy of a resource is gone", protectedStack(BOTH, [`${CLIENT}.a`]), LOST("`client/a`")],
    [
      "prevent_destroy of the ledger is gone",
      protectedStack(BOTH, ["terraform_data.protected_unless_in_allowDestroy"]),
      LOST("`client/a`, `pool`"),
    ],
  ])("reports that %s", (_, json, expected) => {
    expect(alertsOf(planOfProtected(BOTH, []), json)).toEqual(expected);
  });

  it("reads entries that the plan has moved out of the ledger", () => {
    const plan = planOfProtected({ "client/a": `${CLIENT}.a` }, [], "lifted_by_allowDestroy");

    expect(alertsOf(plan, protectedStack({ pool }))).toEqual(LOST("`client/a`"));
  });

  it("leaves what the plan destroys to its own alert", () => {
    const plan = planOfProtected(BOTH, [{ type: CLIENT, name: "a", before: { id: "1" } }]);

    expect(alertsOf(plan, protectedStack({ pool }))).toEqual([]);
  });
});

it("keyOf is the key of an instance with for_each", () => {
  expect(['a.b["client/x"]', "a.b", "a.b[0]", 'a.b["'].map(keyOf)).toEqual([
    "client/x",
    undefined,
    undefined,
    undefined,
  ]);
});
