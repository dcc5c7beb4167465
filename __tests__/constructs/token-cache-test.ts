/** The cache in front of a pool's token endpoint, synthesized, deployed to a pretend account, and asked. */
import { type TerraformResource, TerraformStack, Testing } from "cdktf";
import { decodeJwt } from "jose";
import { declaredReasonOf } from "../../constructs/declared-reason";
import { TokenCache, type TokenCacheProps } from "../../constructs/token-cache";
import { createEndpoint } from "../../emulator/hosts";
import type { Endpoint, HttpRequest, HttpResponse } from "../../emulator/protocols/http";
import { type Attributes, text } from "../../emulator/terraform/attributes";
import { applyStack } from "../support/apply-stack";
import { openPretendAccount, type PretendAccount, REGION } from "../support/pretend-account";
import { jsonOf, requestOf, valuesOf } from "../support/requests";

const POOL_HOST = `cc-demo-dev.auth.${REGION}.amazoncognito.com`;
const TOKEN_URL = `https://${POOL_HOST}/oauth2/token`;
const [READ, TEST] = ["test_resource/read", "test_resource/test"];
const MINUTE = 60_000;

interface Token {
  readonly access_token: string;
  readonly expires_in: number;
  readonly token_type: string;
}

let pretend: PretendAccount;
let second: Attributes;
let endpoint: Endpoint;
let atPool: HttpRequest[];
/** Answers in place of the pool; `undefined` lets it answer itself. */
let instead: ((request: HttpRequest) => HttpResponse) | undefined;
/** How long the pool's answers take. */
let secondsOnTheWay: number;
let host: string;

function newCache(props: Partial<TokenCacheProps> = {}): readonly [TerraformStack, TokenCache] {
  const stack = new TerraformStack(Testing.app(), "dev");
  const given = { name: "token-cache", stageName: "dev", tokenUrl: TOKEN_URL, minutes: 10, ...props };
  return [stack, new TokenCache(stack, "cache", given)];
}

beforeEach(async () => {
  pretend = await openPretendAccount();
  const { user_pool_id = null } = pretend.made.client;
  second = await pretend.create("aws_cognito_user_pool_client", {
    user_pool_id,
    name: "second",
    generate_secret: true,
    allowed_oauth_flows_user_pool_client: true,
    allowed_oauth_flows: ["client_credentials"],
    allowed_oauth_scopes: [TEST],
  });
  const [stack] = newCache();
  const made = await applyStack(stack, pretend);
  const stage = [...made].find(([address]) => address.startsWith("aws_api_gateway_stage."))?.[1] ?? {};
  host = new URL(text(stage, "invoke_url")).host;
  atPool = [];
  instead = undefined;
  secondsOnTheWay = 0;
  const played: Endpoint = createEndpoint({
    account: pretend.account,
    runner: { invoke: () => Promise.reject(new Error("no function is asked")) },
    answerEmulated: (request) => (request.host === POOL_HOST ? askPool(played, request) : undefined),
  });
  endpoint = played;
});

async function askPool(played: Endpoint, request: HttpRequest): Promise<HttpResponse> {
  atPool.push(request);
  const answer = instead?.(request) ?? (await played(request));
  pretend.time += secondsOnTheWay * 1000;
  return answer;
}

const basic = (client: Attributes, secret = text(client, "client_secret")) =>
  `Basic ${Buffer.from(`${text(client, "id")}:${secret}`).toString("base64")}`;

type Given = Partial<Omit<HttpRequest, "body">> & {
  readonly client?: Attributes;
  readonly scope?: string;
  readonly body?: string;
};

/** A token request to the cache: the first client's, for the scope `test_resource/test`, but for what is given. */
function ask({ client = pretend.made.client, scope = TEST, headers, ...given }: Given = {}): Promise<HttpResponse> {
  const query = `scope=${encodeURIComponent(scope)}`;
  const sent = headers ?? [["Authorization", basic(client)]];
  return endpoint(requestOf({ method: "POST", host, path: "/dev/oauth2/token", query, headers: sent, ...given }));
}

async function tokenFor(given?: Given): Promise<Token> {
  const answer = await ask(given);
  if (answer.status !== 200) throw new Error(`${answer.status} ${Buffer.from(answer.body).toString("utf8")}`);
  return jsonOf(answer) as Token;
}

const claimsOf = ({ access_token }: Token) => decodeJwt(access_token);

describe("TokenCache", () => {
  it("answers with a token of the client for the scope, as the pool does", async () => {
    const answer = await ask();
    const token = jsonOf(answer) as Token;
    expect(Object.keys(token)).toEqual(["access_token", "expires_in", "token_type"]);
    expect(token.token_type).toBe("Bearer");
    expect(claimsOf(token)).toMatchObject({ client_id: pretend.made.client["id"], scope: TEST });
    expect(valuesOf(answer, "Content-Type")).toEqual(["application/json"]);
    expect(valuesOf(answer, "Cache-Control")).toEqual(["no-store"]);
  });

  it("gives the same token again, and asks the pool once", async () => {
    const tokens = [await tokenFor(), await tokenFor(), await tokenFor()];
    expect(new Set(tokens.map((token) => claimsOf(token).jti)).size).toBe(1);
    expect(atPool).toHaveLength(1);
  });

  it("gives each client its own token for the same scope, whoever asks first", async () => {
    const first = await tokenFor();
    const other = await tokenFor({ client: second });
    expect(claimsOf(first)["client_id"]).toBe(pretend.made.client["id"]);
    expect(claimsOf(other)["client_id"]).toBe(second["id"]);
    expect(await tokenFor()).toEqual(first);
    expect(await tokenFor({ client: second })).toEqual(other);
    expect(atPool).toHaveLength(2);
  });

  it("gives another token for another scope, and never one with more", async () => {
    expect(claimsOf(await tokenFor()).scope).toBe(TEST);
    expect(claimsOf(await tokenFor({ scope: READ })).scope).toBe(READ);
    expect(claimsOf(await tokenFor({ scope: `${READ} ${TEST}` })).scope).toBe(`${READ} ${TEST}`);
    expect(claimsOf(await tokenFor()).scope).toBe(TEST);
  });

  it("gives a new token when the time is over", async () => {
    const first = claimsOf(await tokenFor()).jti;
    pretend.time += 10 * MINUTE - 1;
    expect(claimsOf(await tokenFor()).jti).toBe(first);
    pretend.time += 1;
    expect(claimsOf(await tokenFor()).jti).not.toBe(first);
  });

  it("never says that a token lives longer than it does, however long it is kept and took to get there", async () => {
    secondsOnTheWay = 29;
    const issued = pretend.time / 1000;
    for (const later of [0, 5 * MINUTE, 5 * MINUTE - 1]) {
      pretend.time += later;
      const token = await tokenFor();
      expect(claimsOf(token).iat).toBe(issued);
      expect(token.expires_in).toBe(3600 - 600 - 29);
      expect(pretend.time / 1000 + token.expires_in).toBeLessThanOrEqual(claimsOf(token).exp ?? 0);
    }
    pretend.time += 1;
    expect(claimsOf(await tokenFor()).iat).toBe(issued + 600 + 29);
  });
});

describe("TokenCache, what reaches the pool", () => {
  it("is the credentials and the scope, and nothing else of the request", async () => {
    await ask({
      query: `client_id=x&scope=${encodeURIComponent(`${READ} ${TEST}`)}&client_secret=y&grant_type=password`,
      headers: [
        ["Cookie", "a=b"],
        ["authorization", basic(pretend.made.client)],
        ["scope", READ],
        ["Content-Type", "application/x-www-form-urlencoded"],
        ["X-Forwarded-For", "203.0.113.9"],
      ],
      body: `grant_type=password&scope=${READ}&client_id=x&client_secret=y&refresh_token=z`,
    });
    expect(atPool).toEqual([
      {
        method: "POST",
        host: POOL_HOST,
        hops: 1,
        path: "/oauth2/token",
        query: "",
        headers: [
          ["Host", POOL_HOST],
          ["Accept", "application/json"],
          ["User-Agent", expect.stringMatching(/^AmazonAPIGateway_/)],
          ["x-amzn-apigateway-api-id", expect.any(String)],
          ["X-Amzn-Trace-Id", expect.any(String)],
          ["Authorization", basic(pretend.made.client)],
          ["Content-Type", "application/x-www-form-urlencoded"],
          ["Content-Length", "77"],
        ],
        body: Buffer.from("grant_type=client_credentials&scope=test_resource%2Fread+test_resource%2Ftest"),
        sourceIp: "127.0.0.1",
      },
    ]);
  });

  it("is no more than one scope parameter, whatever the scope says", async () => {
    await ask({ scope: `${TEST}&client_id=x&grant_type=password` });
    const form = new URLSearchParams(atPool[0]?.body.toString("utf8"));
    expect([...form]).toEqual([
      ["grant_type", "client_credentials"],
      ["scope", `${TEST}&client_id=x&grant_type=password`],
    ]);
  });

  it.each(["GET", "PUT", "OPTIONS", "HEAD"])("is nothing of a %s", async (method) => {
    expect(await ask({ method })).toMatchObject({ status: 403 });
    expect(atPool).toEqual([]);
  });

  it.each(["text/plain", "multipart/form-data; boundary=x", "application/xml"])(
    "is nothing of a body of the type %s",
    async (type) => {
      const headers = [["Authorization", basic(pretend.made.client)] as const, ["Content-Type", type] as const];
      expect(await ask({ headers, body: "x" })).toMatchObject({ status: 415 });
      expect(atPool).toEqual([]);
    },
  );
});

describe("TokenCache, who never gets a token that is kept", () => {
  const INVALID_CLIENT = { status: 400, body: '{"error":"invalid_client"}' };
  let kept: Token;
  beforeEach(async () => {
    kept = await tokenFor();
  });
  const form = ["Content-Type", "application/x-www-form-urlencoded"] as const;
  const textOf = ({ body }: HttpResponse) => Buffer.from(body).toString("utf8");
  const bodyWith = (client: Attributes) =>
    `client_id=${text(client, "id")}&client_secret=${encodeURIComponent(text(client, "client_secret"))}`;

  it("is whoever sends a wrong secret; the client itself goes on to get it", async () => {
    const { client } = pretend.made;
    for (const secret of ["", "x", `${text(client, "client_secret")}x`, text(second, "client_secret")]) {
      const answer = await ask({ headers: [["Authorization", basic(client, secret)]] });
      expect({ status: answer.status, text: textOf(answer) }).toEqual({
        status: 400,
        text: '{"error":"invalid_client"}',
      });
    }
    expect(await tokenFor()).toEqual(kept);
  });

  it("is whoever sends no credentials, or blank ones, wherever else credentials are", async () => {
    const { client } = pretend.made;
    const message =
      '{"error":"invalid_request","error_description":"Missing required request parameters: [Authorization]"}';
    for (const headers of [
      [form],
      [form, ["Authorization", " "] as const],
      [form, ["X-Authorization", basic(client)] as const],
    ]) {
      const answer = await ask({ headers, body: bodyWith(client) });
      expect({ status: answer.status, text: textOf(answer) }).toEqual({ status: 400, text: message });
    }
    const query = `scope=${TEST}&Authorization=${encodeURIComponent(basic(client))}&${bodyWith(client)}`;
    expect(await ask({ headers: [], query })).toMatchObject({ status: 400, body: message });
    expect(atPool).toHaveLength(1);
  });

  it("is a client that sends another's id beside its own credentials", async () => {
    const { client } = pretend.made;
    const token = await tokenFor({ client: second, query: `scope=${TEST}&client_id=${text(client, "id")}` });
    expect(claimsOf(token)["client_id"]).toBe(second["id"]);
    const headers = [form, ["Authorization", basic(second)] as const];
    expect(claimsOf(await tokenFor({ headers, body: bodyWith(client) }))["client_id"]).toBe(second["id"]);
  });

  it("is whoever sends something else than HTTP Basic", async () => {
    for (const value of [`Bearer ${kept.access_token}`, text(pretend.made.client, "id"), "Basic", "Basic =="]) {
      expect(await ask({ headers: [["Authorization", value]] })).toMatchObject(INVALID_CLIENT);
    }
  });

  it("is a client with two Authorization headers: the last one counts, and it puts nothing in another's place", async () => {
    const { client } = pretend.made;
    const clientFor = async (...credentials: readonly string[]) => {
      const token = await tokenFor({ headers: credentials.map((value) => ["Authorization", value]) });
      return claimsOf(token)["client_id"];
    };
    expect(await clientFor(basic(second), basic(client))).toBe(client["id"]);
    expect(await clientFor(basic(client), basic(second))).toBe(second["id"]);
    expect(await clientFor(basic(client, "x"), basic(second))).toBe(second["id"]);
    await expect(clientFor(basic(second), basic(client, "x"))).rejects.toThrow('400 {"error":"invalid_client"}');
    expect(await tokenFor()).toEqual(kept);
    expect(await clientFor(basic(second))).toBe(second["id"]);
  });

  it("is a client that asks for a scope that it may not have", async () => {
    const answer = await ask({ client: second, scope: READ });
    expect({ status: answer.status, text: textOf(answer) }).toEqual({ status: 400, text: '{"error":"invalid_scope"}' });
  });

  it.each([
    ["none", ""],
    ["an empty one", "scope="],
    ["a blank one", "scope=%20+"],
    ["one under another name", `Scope=${TEST}`],
  ])("is whoever asks for no scope: %s", async (_, query) => {
    const headers = [form, ["Authorization", basic(pretend.made.client)] as const, ["scope", TEST] as const];
    expect(await ask({ headers, query, body: `scope=${TEST}` })).toMatchObject({
      status: 400,
      body: '{"error":"invalid_request","error_description":"Missing required request parameters: [scope]"}',
    });
  });

  it("is whoever wants it fresh: strangers cannot empty the cache", async () => {
    const headers = [["Authorization", basic(pretend.made.client)] as const, ["Cache-Control", "max-age=0"] as const];
    expect(await ask({ headers })).toMatchObject({ status: 403 });
    expect(await tokenFor()).toEqual(kept);
  });
});

describe("TokenCache, scopes written in another way", () => {
  it.each([
    ["in another order", `scope=${encodeURIComponent(`${TEST} ${READ}`)}`],
    ["with another encoding", `scope=${READ}+${TEST}`],
    ["twice, of which the last counts", `scope=x&scope=${READ}+${TEST}`],
  ])("cost a token at most: %s", async (_, query) => {
    await tokenFor({ scope: `${READ} ${TEST}` });
    const { scope, client_id } = claimsOf(await tokenFor({ query }));
    expect({ scopes: String(scope).split(" ").sort(), client_id }).toEqual({
      scopes: [READ, TEST],
      client_id: pretend.made.client["id"],
    });
    expect(atPool.length).toBeLessThanOrEqual(2);
  });

  it("never lead to more than was asked for, however a parameter is repeated", async () => {
    const query = `scope=${TEST}&scope=${READ}`;
    expect(claimsOf(await tokenFor({ query })).scope).toBe(READ);
    expect(claimsOf(await tokenFor()).scope).toBe(TEST);
    expect(claimsOf(await tokenFor({ scope: READ })).scope).toBe(READ);
  });
});

describe("TokenCache, when the pool refuses", () => {
  it("passes the refusal on, and keeps it", async () => {
    const headers = [["Authorization", basic(pretend.made.client, "x")] as const];
    const answer = await ask({ headers });
    expect(answer).toMatchObject({ status: 400, body: '{"error":"invalid_client"}' });
    expect(valuesOf(answer, "Cache-Control")).toEqual(["no-store"]);
    await ask({ headers });
    expect(atPool).toHaveLength(1);
  });

  it.each([401, 403, 405, 429, 500, 503])("says 503 to its %s, and asks anew the next time", async (status) => {
    instead = () => ({ status, headers: [], body: "<html>secret</html>" });
    expect(await ask()).toMatchObject({ status: 503, body: '{"error":"temporarily_unavailable"}' });
    instead = undefined;
    expect(claimsOf(await tokenFor())["client_id"]).toBe(pretend.made.client["id"]);
  });

  it("says 503 to an answer that cannot be read", async () => {
    instead = () => ({ status: 200, headers: [], body: "<html>secret</html>" });
    expect(await ask()).toMatchObject({ status: 503, body: '{"error":"temporarily_unavailable"}' });
  });
});

describe("TokenCache, what it refuses to be", () => {
  it.each<readonly [Partial<TokenCacheProps>, string]>([
    [{ minutes: 0 }, "tokens are cached for 0 minutes, expected a whole number from 1 to 60."],
    [{ minutes: 61 }, "tokens are cached for 61 minutes, expected a whole number from 1 to 60."],
    [{ minutes: 1.5 }, "tokens are cached for 1.5 minutes, expected a whole number from 1 to 60."],
    [
      { minutes: 10, shortestTokenMinutes: 10 },
      "tokens are cached for 10 minutes, but some are valid for only 10. Cache them for at most 9 minutes, or increase the validity of the tokens.",
    ],
    [
      { tokenUrl: "http://auth.example.com/oauth2/token" },
      'the token endpoint is "http://auth.example.com/oauth2/token", expected a URL such as https://auth.example.com/oauth2/token.',
    ],
    [
      { tokenUrl: "https://auth.example.com/{x}" },
      'the token endpoint is "https://auth.example.com/{x}", expected a URL such as https://auth.example.com/oauth2/token.',
    ],
  ])("is a cache of %j", (props, message) => {
    expect(() => newCache(props)).toThrow(new Error(`dev/cache: ${message}`));
  });

  it("keeps tokens for as long as it may", () => {
    expect(() => newCache({ minutes: 60, shortestTokenMinutes: 61 })).not.toThrow();
  });
});

describe("TokenCache, as it is synthesized", () => {
  type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  const resourcesOf = (stack: TerraformStack): Resources => JSON.parse(Testing.synth(stack)).resource;
  const only = (resources: Resources, type: string) => Object.values(resources[type] ?? {})[0] ?? {};

  it("is on for its one method only, encrypted, and closed to strangers", () => {
    const resources = resourcesOf(newCache({ minutes: 30 })[0]);
    expect(only(resources, "aws_api_gateway_stage")).toMatchObject({
      cache_cluster_enabled: true,
      cache_cluster_size: "0.5",
    });
    expect(Object.values(resources["aws_api_gateway_method_settings"] ?? {})).toEqual([
      expect.objectContaining({
        method_path: "~1oauth2~1token/POST",
        settings: {
          cache_data_encrypted: true,
          cache_ttl_in_seconds: 1800,
          caching_enabled: true,
          data_trace_enabled: false,
          logging_level: "OFF",
          metrics_enabled: false,
          require_authorization_for_cache_control: true,
          unauthorized_cache_control_header_strategy: "FAIL_WITH_403",
        },
      }),
    ]);
    expect(only(resources, "aws_api_gateway_stage")).not.toHaveProperty("access_log_settings");
  });

  it("says on the method why it is public", () => {
    const [stack] = newCache();
    const method = stack.node.findAll().find(({ node }) => node.path === "dev/cache/POST/method");
    expect(method && declaredReasonOf(method)).toBe(
      "Callers request their tokens here; the endpoint requires their client secret.",
    );
  });

  it("logs its calls when that is wanted, without query strings and headers", () => {
    const resources = resourcesOf(newCache({ accessLogRetention: 14 })[0]);
    expect(only(resources, "aws_cloudwatch_log_group")).toMatchObject({
      name: "/aws/apigateway/token-cache/dev",
      retention_in_days: 14,
    });
    const { access_log_settings } = only(resources, "aws_api_gateway_stage");
    expect(JSON.stringify(access_log_settings)).not.toMatch(/querystring|header|\$context\.path/);
  });

  it.each([
    ["POST/method", "request_parameters", { "method.request.header.X": true }],
    ["POST/method", "request_validator_id", ""],
    ["POST/validator", "validate_request_parameters", false],
    ["POST/integration", "cache_key_parameters", ["method.request.header.X"]],
    ["POST/integration", "request_parameters", { "integration.request.header.X": "'x'" }],
    ["POST/integration", "request_templates", { "text/plain": "x" }],
    ["POST/integration", "uri", "https://elsewhere.example/"],
    ["POST/response-200", "response_parameters", { "method.response.header.X": true }],
    ["POST/integration-response-200", "response_templates", { "text/plain": "x" }],
    ["POST/integration-response-400", "selection_pattern", ".*"],
    ["POST/refusal-API_CONFIGURATION_ERROR", "status_code", "200"],
    ["token", "path_part", "other"],
  ])("deploys anew when %s has another %s", (path, attribute, value) => {
    const triggerOf = (stack: TerraformStack) => only(resourcesOf(stack), "aws_api_gateway_deployment")["triggers"];
    const [changed] = newCache();
    const found = changed.node.findAll().find(({ node }) => node.path === `dev/cache/${path}`);
    (found as TerraformResource).addOverride(attribute, value);
    expect(triggerOf(newCache()[0])).toEqual(triggerOf(newCache()[0]));
    expect(triggerOf(changed)).not.toEqual(triggerOf(newCache()[0]));
  });
});
