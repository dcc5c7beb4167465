import { contextOf } from "../../../operations/review/plan-context";
import { sensitiveScopeAlerts } from "../../../operations/review/sensitive-scope-alerts";
import { type MadeChange, planWith } from "../../support/plan-json";

const TYPE = "aws_cognito_user_pool_client";
const client = (...scopes: readonly string[]) => ({ name: "billing", id: "1", allowed_oauth_scopes: scopes });
const output = (scopes: object) => ({ sensitive_scopes: { value: scopes, sensitive: false } });
const SERVER = { identifier: "pay", scope: [{ scope_name: "refund" }] };
const METHOD = {
  rest_api_id: "a",
  resource_id: "r",
  http_method: "POST",
  authorization: "COGNITO_USER_POOLS",
  authorizer_id: "z",
};

/** Messages for a plan, between what is deployed and what the code has: sensitive scopes, and scopes of a route. */
function alerts(
  changes: readonly MadeChange[],
  before: { sensitive?: object; route?: readonly string[] },
  after: { sensitive?: object; route?: readonly string[]; isScopeGone?: true },
) {
  const method = (scopes: readonly string[]) => ({ ...METHOD, authorization_scopes: scopes });
  const resources = [
    { type: "aws_api_gateway_rest_api", name: "a", values: { id: "a", root_resource_id: "r" } },
    { type: "aws_api_gateway_stage", name: "s", values: { rest_api_id: "a" } },
    ...(before.route ? [{ type: "aws_api_gateway_method", name: "m", values: method(before.route) }] : []),
  ].map((one) => ({ ...one, mode: "managed", address: `${one.type}.${one.name}`, sensitive_values: {} }));
  const prior_state = { values: { outputs: output(before.sensitive ?? {}), root_module: { resources } } };
  const resource = {
    ...(after.isScopeGone ? {} : { aws_cognito_resource_server: { pay: SERVER } }),
    ...(after.route
      ? {
          aws_api_gateway_rest_api: { a: {} },
          aws_api_gateway_method: {
            m: {
              ...method(after.route),
              rest_api_id: `\${aws_api_gateway_rest_api.a.id}`,
              resource_id: `\${aws_api_gateway_rest_api.a.root_resource_id}`,
            },
          },
        }
      : {}),
  };
  const json = { resource, output: output(after.sensitive ?? {}) };
  const found = sensitiveScopeAlerts(contextOf("dev", planWith(changes, { prior_state }), json));
  expect(found.every(({ severity }) => severity === "critical")).toBe(true);
  return found.map(({ message }) => message);
}

const MARKED = { sensitive: { "pay/refund": ["security", "@acme/finance"] } };
const BY = " To be approved by `security`, `@acme/finance`.";
const GAINS = `The client \`billing\` gains the sensitive scope \`pay/refund\`.${BY}`;
const gain = { type: TYPE, before: client("pay/read"), after: client("pay/read", "pay/refund") };

describe("sensitiveScopeAlerts", () => {
  it("reports a client that gains a sensitive scope, and who approves it", () => {
    expect(alerts([gain], MARKED, MARKED)).toEqual([GAINS]);
    expect(alerts([{ type: TYPE, after: client("pay/refund") }], {}, MARKED)).toEqual([GAINS]);
    expect(alerts([gain], {}, { sensitive: { "pay/refund": [] } })).toEqual([GAINS.replace(BY, "")]);
  });

  it("reports a plan that removes the mark, and what it grants nevertheless", () => {
    const lost = `The scope \`pay/refund\` is no longer sensitive.${BY}`;
    expect(alerts([gain], MARKED, {})).toEqual([GAINS, lost]);
    expect(alerts([], MARKED, { isScopeGone: true })).toEqual([]);
  });

  it("names those who approved until now where a plan replaces the approvers", () => {
    expect(alerts([gain], MARKED, { sensitive: { "pay/refund": ["billing-team"] } })).toEqual([GAINS]);
  });

  it("reports a route that only sensitive scopes opened, and that another scope opens now", () => {
    const opened = `\`POST /\`, which only sensitive scopes opened, is now open to \`pay/read\`.${BY}`;
    const route = ["pay/refund"];
    expect(alerts([], { ...MARKED, route }, { ...MARKED, route: ["pay/read", "pay/refund"] })).toEqual([opened]);
    expect(alerts([], { ...MARKED, route }, { ...MARKED, route })).toEqual([]);
    expect(alerts([], { ...MARKED, route: ["pay/read"] }, { ...MARKED, route: ["pay/read", "x/y"] })).toEqual([]);
  });

  it("reports nothing for other scopes, for losses, and for what stays", () => {
    const loss = { type: TYPE, before: client("pay/refund", "a/b"), after: client("a/b", "a/c") };
    expect(alerts([loss], MARKED, MARKED)).toEqual([]);
    expect(alerts([{ type: TYPE, before: client("pay/refund") }], MARKED, MARKED)).toEqual([]);
    const renamed = [
      { type: TYPE, name: "old", before: client("pay/refund") },
      { type: TYPE, name: "new", after: client("pay/refund") },
    ];
    expect(alerts(renamed, MARKED, MARKED)).toEqual([]);
  });
});
