/** Whatever is sent to the token endpoint: the answer is one of those that are documented, and nothing breaks. */
import fc from "fast-check";
import type { HttpRequest, HttpResponse } from "../../../emulator/protocols/http";
import { answerTokenRequest } from "../../../emulator/services/cognito/token-endpoint";
import { text } from "../../../emulator/terraform/attributes";
import { openPretendAccount, type PretendAccount } from "../../support/pretend-account";
import { jsonOf, requestOf } from "../../support/requests";

const RUN = { seed: 20260702 };
const FORM = "application/x-www-form-urlencoded";
const CODES = [
  "invalid_request",
  "invalid_client",
  "invalid_grant",
  "invalid_scope",
  "unauthorized_client",
  "unsupported_grant_type",
];

let pretend: PretendAccount;
beforeAll(async () => {
  pretend = await openPretendAccount();
});

const idOf = (client: "client" | "otherClient") => text(pretend.made[client], "id");
const secretOf = (client: "client" | "otherClient") => text(pretend.made[client], "client_secret");

type Given = Partial<Omit<HttpRequest, "body">> & { readonly body?: string | Buffer };
const ask = (given: Given): Promise<HttpResponse> =>
  answerTokenRequest(
    pretend.account,
    pretend.pool,
    requestOf({ method: "POST", path: "/oauth2/token", headers: [["Content-Type", FORM]], ...given }),
  );

/** Status and error code; what it is for is not told. */
async function resultOf(answer: Promise<HttpResponse>): Promise<string> {
  const response = await answer;
  if (response.status === 405) {
    expect(response.body).toBe("");
    return "405";
  }
  const body = jsonOf(response) as Readonly<Record<string, unknown>>;
  if (response.status === 200) {
    expect(Object.keys(body)).toEqual(["access_token", "expires_in", "token_type"]);
    return "200";
  }
  expect(response.status).toBe(400);
  expect(Object.keys(body)).toEqual(["error"]);
  expect(CODES).toContain(body["error"]);
  return String(body["error"]);
}

describe("requests of any sort", () => {
  const anything = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.webQueryParameters(),
    fc.json(),
    fc
      .array(fc.constantFrom("grant_type", "=", "&", "client_credentials", "%", "%00", "+", "scope", ";"))
      .map((all) => all.join("")),
  );
  const type = fc.oneof(fc.constantFrom(FORM, `${FORM};charset=UTF-8`, "application/json", "", ";"), fc.string());
  const basic = fc.oneof(
    fc.string({ unit: "binary" }).map((pair) => `Basic ${Buffer.from(pair).toString("base64")}`),
    fc.string({ unit: "binary" }).map((rest) => `Basic ${rest}`),
    fc.string(),
  );
  const headers = fc.array(
    fc.oneof(
      fc.tuple(fc.constantFrom("Content-Type", "content-type"), type),
      fc.tuple(fc.constantFrom("Authorization", "authorization"), basic),
      fc.tuple(fc.constant("Accept"), fc.oneof(fc.constantFrom("*/*", "application/json", "text/html"), fc.string())),
      fc.tuple(fc.string(), fc.string()),
    ),
    { maxLength: 4 },
  );

  it("are answered as documented, and never with a token", async () => {
    const request = fc.record({
      method: fc.constantFrom("POST", "GET", "PUT", "post", "TRACE"),
      query: anything,
      headers: fc.oneof(
        headers,
        headers.map((others) => [["Content-Type", FORM] as const, ...others]),
      ),
      body: fc.oneof(
        anything,
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      ),
    });
    const property = fc.asyncProperty(request, async (given) => {
      expect(await resultOf(ask(given))).not.toBe("200");
    });
    await fc.assert(property, { ...RUN, numRuns: 600 });
  });
});

describe("requests that are nearly right", () => {
  const id = fc.constantFrom("GOOD", "GOOD", "GOOD", "OTHER", "", "x", "__proto__", "../x", undefined);
  const secret = fc.constantFrom("GOOD", "GOOD", "GOOD", "OTHER", "PREFIX", "LONGER", "CAPITALS", "", undefined);
  const request = fc.record({
    id,
    secret,
    grant: fc.constantFrom("client_credentials", "client_credentials", "password", "Client_Credentials", "", undefined),
    scope: fc.constantFrom("test_resource/test", "", undefined, "test_resource/tes", "Test_Resource/Test", "openid"),
    isBasic: fc.boolean(),
    isInQuery: fc.boolean(),
    isTwice: fc.integer({ min: 0, max: 5 }).map((die) => die === 0),
  });

  function idFor(name: string | undefined): string | undefined {
    return { GOOD: idOf("client"), OTHER: idOf("otherClient") }[name ?? ""] ?? name;
  }

  function secretFor(name: string | undefined): string | undefined {
    const good = secretOf("client");
    const known = { GOOD: good, OTHER: secretOf("otherClient"), PREFIX: good.slice(0, -1), LONGER: `${good}x` };
    return { ...known, CAPITALS: good.toUpperCase() }[name ?? ""] ?? name;
  }

  it("get a token if and only if everything is right", async () => {
    const seen = new Set<string>();
    const property = fc.asyncProperty(request, async ({ id, secret, grant, scope, isBasic, isInQuery, isTwice }) => {
      const [sentId = "", sentSecret = ""] = [idFor(id), secretFor(secret)];
      const all = {
        grant_type: grant,
        scope,
        ...(isBasic ? {} : { client_id: idFor(id), client_secret: secretFor(secret) }),
      };
      const pairs = Object.entries(all).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as [string, string]],
      );
      const parameters = `${new URLSearchParams([...pairs, ...(isTwice ? pairs.slice(0, 1) : [])])}`;
      const basic = `Basic ${Buffer.from(`${sentId}:${sentSecret}`).toString("base64")}`;
      const headers = [["Content-Type", FORM], ...(isBasic ? [["Authorization", basic]] : [])] as [string, string][];
      const result = await resultOf(ask({ headers, ...(isInQuery ? { query: parameters } : { body: parameters }) }));
      const isRight = id === "GOOD" && secret === "GOOD" && grant === "client_credentials";
      const mayHave = scope === undefined || scope === "" || scope === "test_resource/test";
      const isRepeated = isTwice && pairs.length > 0;
      seen.add(result);
      expect(result === "200").toBe(isRight && mayHave && !isRepeated);
      if (isRight && !mayHave && !isRepeated) expect(result).toBe("invalid_scope");
    });
    await fc.assert(property, { ...RUN, numRuns: 500 });
    expect([...seen].sort()).toEqual([
      "200",
      "invalid_client",
      "invalid_request",
      "invalid_scope",
      "unsupported_grant_type",
    ]);
  });
});
