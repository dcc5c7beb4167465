/** What is masked of an event, and what stays as it is. */
import { MASK, maskEvent } from "../../../emulator/runtime/event-mask";

const TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
const BASIC = `Basic ${Buffer.from("client:topsecret").toString("base64")}`;
const masked = (event: unknown, ...secrets: readonly string[]) => maskEvent(event, secrets);

describe("maskEvent", () => {
  it.each([
    [`Bearer ${TOKEN}`, `Bearer ${MASK}`],
    [TOKEN, MASK],
    [BASIC, `Basic ${MASK}`],
    ['Digest username="a", response="b"', `Digest ${MASK}`],
    ["my own secret", MASK],
  ])("masks the header Authorization: %s", (value, expected) => {
    const event = { headers: { Authorization: value }, multiValueHeaders: { authorization: [value, value] } };

    expect(masked(event)).toEqual({
      headers: { Authorization: expected },
      multiValueHeaders: { authorization: [expected, expected] },
    });
  });

  it("masks the values of cookies, and other headers that hold secrets", () => {
    const event = {
      headers: {
        Cookie: "session=a b; theme=dark; flag",
        "X-Api-Key": "k",
        "x-amz-security-token": "t",
        Accept: "*/*",
      },
      cookies: ["session=a"],
      requestContext: { identity: { apiKey: "k", apiKeyId: "id", sourceIp: "127.0.0.1", accessKey: null } },
    };

    expect(masked(event)).toEqual({
      headers: {
        Cookie: `session=${MASK}; theme=${MASK};${MASK}`,
        "X-Api-Key": MASK,
        "x-amz-security-token": MASK,
        Accept: "*/*",
      },
      cookies: [`session=${MASK}`],
      requestContext: { identity: { apiKey: MASK, apiKeyId: "id", sourceIp: "127.0.0.1", accessKey: null } },
    });
  });

  it("leaves claims, stage variables, paths and other headers as they are", () => {
    const event = {
      resource: "/orders/{id}",
      headers: { "Content-Type": "application/json", "X-Forwarded-For": "127.0.0.1, 127.0.0.2" },
      multiValueHeaders: { Accept: ["text/plain", "*/*"] },
      stageVariables: { backendToken: "name-of-a-token", table: "orders" },
      pathParameters: { id: "17" },
      requestContext: {
        authorizer: { claims: { token_use: "access", scope: "orders/read", client_id: "abc", secret: "of a claim" } },
      },
      body: '{ "order": 17,  "basic": "Basic information", "time": "12:30" }',
      isBase64Encoded: false,
    };

    expect(masked(event)).toEqual(event);
  });

  it("masks a token and a value that is a secret also in claims and stage variables", () => {
    const event = { claims: { raw: TOKEN }, stageVariables: { a: `x-${"s".repeat(20)}-y` } };

    expect(masked(event, "s".repeat(20))).toEqual({ claims: { raw: MASK }, stageVariables: { a: `x-${MASK}-y` } });
  });

  it.each([
    [
      "JSON",
      '{"user":"a","password":"b","n":{"client_secret":5,"secret":{"x":["y"]}}}',
      `{"user":"a","password":"${MASK}","n":{"client_secret":"${MASK}","secret":{"x":["${MASK}"]}}}`,
    ],
    ["broken JSON", '{"user":"a","pass-word": "b\\"c", "t', `{"user":"a","pass-word": "${MASK}", "t`],
    [
      "a form",
      "grant_type=client_credentials&client_id=abc&client%5Fsecret=x%20y&scope=a",
      `grant_type=client_credentials&client_id=abc&client%5Fsecret=${MASK}&scope=a`,
    ],
    ["a form with an assertion", `client_assertion=${TOKEN}&a=`, `client_assertion=${MASK}&a=`],
    [
      "text",
      `use ${TOKEN}, or "Bearer abcdefgh12345" or ${BASIC}.`,
      `use ${MASK}, or "Bearer ${MASK}" or Basic ${MASK}.`,
    ],
    ["a URL", "see https://user:pass@example.com/a?b=c", `see https://user:${MASK}@example.com/a?b=c`],
    [
      "JSON in JSON",
      JSON.stringify({ detail: JSON.stringify({ token: "x" }) }),
      JSON.stringify({ detail: JSON.stringify({ token: MASK }) }),
    ],
  ])("masks a body that is %s", (_, body, expected) => {
    expect(masked({ body, isBase64Encoded: false })).toEqual({ body: expected, isBase64Encoded: false });
  });

  it("masks text in Base64 as the text that it is, and leaves bytes as they are", () => {
    const base64 = (content: string | Buffer) => Buffer.from(content as string).toString("base64");
    const event = (content: string | Buffer) => ({ isBase64Encoded: true, body: base64(content) });
    const bytes = Buffer.from([255, 0, 254, 1]);

    expect(masked(event('{"password":"b"}'))).toEqual(event(`{"password":"${MASK}"}`));
    expect(masked(event("plain"))).toEqual(event("plain"));
    expect(masked(event("has a-known-secret"), "a-known-secret")).toEqual(event(`has ${MASK}`));
    expect(masked(event(bytes))).toEqual(event(bytes));
  });

  it("leaves out text that is too long, and members that are nested too deeply", () => {
    let deep: object = { token: "x" };
    for (let depth = 0; depth < 20_000; depth += 1) deep = { deep };
    const text = JSON.stringify(masked(deep));

    expect(masked({ body: `${TOKEN} `.repeat(1000) })).toEqual({ body: "(50000 characters)" });
    expect(text).toContain("nested too deeply");
    expect(text.length).toBeLessThan(2000);
  });

  it("takes a short time for text that is made to take long", () => {
    const begun = performance.now();
    for (const part of ["eyJ-", "eyJ.", "Bearer ", "//a:", '{"a":', "a=&", '"', "Basic  "]) {
      masked({ body: part.repeat(32_000 / part.length), other: `{${part.repeat(30_000 / part.length)}` });
    }
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it.each([null, 7, true, "", [], "text"])("leaves %j as it is", (event) => {
    expect(masked(event)).toEqual(event);
  });

  it("does not take a member for a prototype", () => {
    expect(JSON.stringify(masked(JSON.parse('{"__proto__":{"token":"x"},"constructor":"c"}')))).toBe(
      `{"__proto__":{"token":"${MASK}"},"constructor":"c"}`,
    );
  });
});
