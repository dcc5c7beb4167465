/** Who still uses what: what is unused, and what is unknown because AWS keeps too little or refuses. */

import { DAY_MS } from "../../../access/access-model";
import { accessMatrix } from "../../../operations/access-graph/access-matrix";
import { Pace } from "../../../operations/deployed/pace";
import { stackOfState } from "../../../operations/deployed/stack-of-state";
import { VERIFY_USER_AGENT } from "../../../operations/deployed/verify-requests";
import { stateValues } from "../../../operations/plan-file/state-json";
import { type ClientNote, findUsage, hasFindings, type Usage } from "../../../operations/usage/usage";
import { usageText } from "../../../operations/usage/usage-text";
import type { Aws } from "../../../platform/aws";
import { AwsError } from "../../../platform/aws";

const NOW = Date.parse("2026-11-30T12:00:00Z");
const POOL = "eu-west-1_AAAAAAAAA";
const GROUP = "/aws/apigateway/orders/dev";
const daysAgo = (days: number) => NOW - days * DAY_MS;

const resource = (type: string, name: string, values: object) => ({
  address: `${type}.${name}`,
  mode: "managed",
  type,
  name,
  values,
});
const clientNamed = (name: string, scope: string) =>
  resource("aws_cognito_user_pool_client", name, {
    id: `${name}-id`,
    name,
    user_pool_id: POOL,
    allowed_oauth_flows: ["client_credentials"],
    allowed_oauth_flows_user_pool_client: true,
    allowed_oauth_scopes: [scope],
  });
const method = (name: string, http_method: string, scope: string) =>
  resource("aws_api_gateway_method", name, {
    rest_api_id: "api",
    resource_id: "resource1",
    http_method,
    authorization: "COGNITO_USER_POOLS",
    authorizer_id: "authorizer",
    authorization_scopes: [scope],
  });
const stage = resource("aws_api_gateway_stage", "stage", {
  rest_api_id: "api",
  stage_name: "dev",
  access_log_settings: [{ destination_arn: `arn:aws:logs:eu-west-1:123456789012:log-group:${GROUP}` }],
});
const resources = [
  resource("aws_cognito_user_pool", "pool", { id: POOL, arn: `arn:aws:cognito-idp:eu-west-1:1:userpool/${POOL}` }),
  resource("aws_api_gateway_rest_api", "api", { id: "api", root_resource_id: "root", name: "orders" }),
  resource("aws_api_gateway_resource", "orders", {
    id: "resource1",
    rest_api_id: "api",
    parent_id: "root",
    path_part: "orders",
  }),
  resource("aws_api_gateway_authorizer", "authorizer", {
    id: "authorizer",
    rest_api_id: "api",
    type: "COGNITO_USER_POOLS",
    name: "cognito",
    provider_arns: [`arn:aws:cognito-idp:eu-west-1:1:userpool/${POOL}`],
  }),
  method("get", "GET", "orders/read"),
  method("post", "POST", "orders/read"),
  clientNamed("shop", "orders/read"),
  clientNamed("idle", "orders/read"),
];
const stateOf = (...all: readonly object[]) => stateValues.parse({ root_module: { resources: all } });

const token = (client: string, time: number, given: object = {}) => ({
  EventTime: new Date(time),
  CloudTrailEvent: JSON.stringify({
    userAgent: "curl/8",
    additionalEventData: {
      responseParameters: { status: 200 },
      clientId: `${client}-id`,
      requestParameters: {},
      userPoolId: POOL,
    },
    ...given,
  }),
});
const call = (client: string, method: string, timestamp: number) => ({
  timestamp,
  message: JSON.stringify({ requestId: "1", clientId: `${client}-id`, method, resourcePath: "/orders" }),
});

/** What AWS has. A function in place of a list refuses. */
interface World {
  readonly tokens?: readonly object[] | (() => never);
  readonly calls?: readonly { readonly timestamp: number }[] | (() => never);
  readonly retentionInDays?: number;
  readonly createdAt?: number | (() => never);
  readonly secrets?: readonly number[] | (() => never);
}

const denied = (operation: string) => () => {
  throw new AwsError(operation, "AccessDeniedException", 403, `AWS refused ${operation}: AccessDeniedException (403).`);
};
const orRefuse = <T>(value: T | (() => never)): T => (value instanceof Function ? value() : value);

function awsOf({
  tokens = [],
  calls = [],
  retentionInDays,
  createdAt = daysAgo(400),
  secrets = [daysAgo(400)],
}: World): Aws {
  const api = {
    lookupEvents: async () => ({ Events: orRefuse(tokens) }),
    describeLogGroups: async () => ({ logGroups: [{ logGroupName: GROUP, creationTime: 0, retentionInDays }] }),
    filterLogEvents: async ({ startTime = 0, endTime = 0 }) => ({
      events: orRefuse(calls).filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime),
    }),
    describeUserPoolClient: async () => ({ UserPoolClient: { CreationDate: new Date(orRefuse(createdAt)) } }),
    listUserPoolClientSecrets: async () => ({
      ClientSecrets: orRefuse(secrets).map((time) => ({ ClientSecretCreateDate: new Date(time) })),
    }),
  };
  return { cloudTrail: async () => api, logs: async () => api, cognito: async () => api } as unknown as Aws;
}

async function usageOf(
  world: World,
  given: { readonly unusedDays?: number; readonly hasLog?: boolean; readonly isDisabled?: boolean } = {},
) {
  const { unusedDays = 90, hasLog = true, isDisabled = false } = given;
  const at = () => new Pace(1, async () => undefined);
  const notes = new Map<string, ClientNote>([
    ["shop", { owner: "payments", rotateAfterDays: 90, isDisabled: false }],
    ["idle", { owner: null, rotateAfterDays: 90, isDisabled }],
  ]);
  const state = stateOf(...resources, ...(hasLog ? [stage] : []));
  return await findUsage({
    environment: "dev",
    prefix: "orders",
    state,
    matrix: accessMatrix("dev", stackOfState(state)),
    notes,
    clients: () => awsOf(world),
    now: NOW,
    since: daysAgo(unusedDays),
    unusedDays,
    paces: { logs: at(), trail: at() },
  });
}
const verdicts = ({ clients }: Usage) =>
  Object.fromEntries(
    clients.map(({ client, verdict, routes }) => [client, [verdict, ...routes.map((one) => one.verdict)]]),
  );

/** A log and a history that go back all of the time. */
const whole = {
  tokens: [token("shop", daysAgo(1)), token("other", daysAgo(89.9))],
  calls: [call("shop", "GET", daysAgo(1)), call("other", "GET", daysAgo(89.5))],
};

describe("findUsage", () => {
  it("finds last tokens and calls, clients that are unused, and routes that a client does not call", async () => {
    const usage = await usageOf(whole);

    expect(usage.clients.map(({ client, owner, lastToken, lastCall }) => [client, owner, lastToken, lastCall])).toEqual(
      [
        ["idle", null, null, null],
        ["shop", "payments", "2026-11-29T12:00:00.000Z", "2026-11-29T12:00:00.000Z"],
      ],
    );
    expect(verdicts(usage)).toEqual({ idle: ["unused", "unused", "unused"], shop: ["used", "used", "unused"] });
    expect(usage.sources.tokens).toEqual({ status: "read", completeSince: "2026-09-01T12:00:00.000Z", reason: null });
    expect([hasFindings(usage, true), hasFindings({ ...usage, clients: [] }, true)]).toEqual([true, false]);
  });

  it("does not call a route unused that a shorter log may have forgotten", async () => {
    const usage = await usageOf({ ...whole, calls: [call("shop", "GET", daysAgo(1))], retentionInDays: 30 });

    // Without a token, a client cannot have called anything.
    expect(verdicts(usage)).toEqual({ idle: ["unused", "unused", "unused"], shop: ["used", "used", "unknown"] });
    expect(usage.sources.accessLog.reason).toContain("keeps lines for 30 days");
  });

  it("does not call a client unused where CloudTrail is refused, goes back too little or records nothing", async () => {
    const refused = await usageOf({ ...whole, tokens: denied("cloudtrail:LookupEvents") });
    const short = await usageOf(whole, { unusedDays: 180 });
    const silent = await usageOf({ ...whole, tokens: [] });

    for (const usage of [refused, short, silent]) expect(verdicts(usage)["idle"]?.[0]).toBe("unknown");
    expect(refused.sources.tokens).toEqual({
      status: "not-available",
      completeSince: null,
      reason: "AWS refused cloudtrail:LookupEvents: AccessDeniedException (403).",
    });
    expect(verdicts(refused)["idle"]).toEqual(["unknown", "unused", "unused"]);
    expect(short.sources.tokens.reason).toBe("CloudTrail's event history has the last 90 days.");
    expect(silent.sources.tokens.reason).toContain("has no token requests");
  });

  it("shows the rest where the log is refused, or there is none", async () => {
    const refused = await usageOf({ ...whole, calls: denied("logs:FilterLogEvents") });
    const none = await usageOf(whole, { hasLog: false });

    for (const usage of [refused, none]) {
      expect(verdicts(usage)).toEqual({ idle: ["unused", "unused", "unused"], shop: ["used", "unknown", "unknown"] });
    }
    expect(refused.sources.accessLog.reason).toContain("AWS refused logs:FilterLogEvents");
    expect(none.sources.accessLog.reason).toContain("accessLog: true");
  });

  it("does not call a client unused that is younger, or of unknown age", async () => {
    expect(verdicts(await usageOf({ ...whole, createdAt: daysAgo(10) }))["idle"]).toEqual(["new", "new", "new"]);
    const refused = await usageOf({ ...whole, createdAt: denied("cognito-idp:DescribeUserPoolClient") });
    expect(verdicts(refused)["idle"]).toEqual(["unknown", "unknown", "unknown"]);
    expect(refused.sources.secrets.reason).toContain("cognito-idp:DescribeUserPoolClient");
  });

  it("counts tokens of the pool alone, that were issued, and not those of verify", async () => {
    const data = { responseParameters: { status: 200 }, clientId: "idle-id", requestParameters: {}, userPoolId: POOL };
    const ignored = [
      token("idle", daysAgo(2), { userAgent: VERIFY_USER_AGENT }),
      token("idle", daysAgo(2), { additionalEventData: { ...data, userPoolId: "eu-west-1_BBBBBBBBB" } }),
      token("idle", daysAgo(2), { additionalEventData: { ...data, responseParameters: { status: 400 } } }),
      { EventTime: new Date(daysAgo(2)), CloudTrailEvent: "{}" },
    ];
    expect(verdicts(await usageOf({ ...whole, tokens: [...whole.tokens, ...ignored] }))["idle"]?.[0]).toBe("unused");

    const older = { ...data, clientId: undefined, requestParameters: { client_id: ["idle-id"] } };
    const sentInBody = token("idle", daysAgo(2), { additionalEventData: older });
    expect(verdicts(await usageOf({ ...whole, tokens: [sentInBody] }))["idle"]?.[0]).toBe("used");
  });

  it("reports the oldest secret that is accepted once it is too old, with or without --unused", async () => {
    const usage = await usageOf({ ...whole, secrets: [daysAgo(3), daysAgo(90)] });

    expect(usage.clients.map(({ client, secret }) => [client, secret.ageDays, secret.isOverdue])).toEqual([
      ["idle", 90, true],
      ["shop", 90, true],
    ]);
    expect(hasFindings(usage, false)).toBe(true);
    expect(hasFindings(await usageOf({ ...whole, secrets: [daysAgo(89.9)] }), false)).toBe(false);
    const refused = await usageOf({ ...whole, secrets: denied("cognito-idp:ListUserPoolClientSecrets") });
    expect(refused.clients[1]?.secret).toMatchObject({ createdAt: null, ageDays: null, isOverdue: false });
    expect(refused.sources.secrets.reason).toContain("cognito-idp:ListUserPoolClientSecrets");
  });

  it("does not report a client that is disabled or has expired", async () => {
    const usage = await usageOf({ ...whole, secrets: [daysAgo(400)] }, { isDisabled: true });
    const [idle] = usage.clients;

    expect([idle?.verdict, idle?.secret.ageDays, idle?.secret.isOverdue]).toEqual(["disabled", 400, false]);
    expect(hasFindings({ ...usage, clients: usage.clients.slice(0, 1) }, true)).toBe(false);
    expect(usageText(usage)).not.toContain("idle is unused");
  });

  it("fails where AWS cannot be reached, and where the state has no clients", async () => {
    const unreachable = () => {
      throw new AwsError("cloudtrail:LookupEvents", "TimeoutError", undefined, "AWS could not be reached");
    };
    await expect(usageOf({ ...whole, tokens: unreachable })).rejects.toThrow("could not be reached");
    const state = stateOf();
    const matrix = accessMatrix("dev", stackOfState(state));
    const given = { environment: "dev", prefix: "orders", notes: new Map(), clients: () => awsOf({}), now: NOW };
    await expect(findUsage({ ...given, state, matrix, since: 0, unusedDays: 1 })).rejects.toThrow("has no clients");
  });
});

describe("usageText", () => {
  it("lists findings, a table and what is unknown, within 60 columns", async () => {
    const text = usageText(await usageOf({ ...whole, retentionInDays: 30, calls: whole.calls.slice(0, 1) }), 60);

    expect(text).toContain("idle is unused: no token and no call for 90 days.");
    expect(text).toContain("the secret of shop is 400 days old, and rotateAfterDays is\n  90.");
    expect(text).toContain("npx access rotate shop --env dev");
    expect(text).toMatch(/^calls: known since 2026-11-29\. The access log keeps lines\n {2}for 30 days\./m);
    const [, , table = ""] = text.split("\n\n").filter((part) => !part.startsWith("  npx"));
    for (const line of table.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  });

  it("lists routes that a client did not call", async () => {
    expect(usageText(await usageOf(whole))).toContain("shop did not call for 90 days: POST /orders");
  });
});
