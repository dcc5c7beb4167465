/** What opens a method and, above all, what does not: section 3 of how AWS behaves. */
import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey } from "node:crypto";
import type { JWTPayload } from "jose";
import { type Attributes, text } from "../../../emulator/attributes";
import { judge } from "../../../emulator/endpoints/authorizer";
import { publicKey } from "../../../emulator/endpoints/discovery";
import { openPretendAccount, type PretendAccount, START } from "../../support/pretend-account";
import { encodePart, mintToken, withPart } from "../../support/requests";

const NOW = START / 1000;
const REFUSED = { kind: "refused", reason: "UNAUTHORIZED" };
const EXPIRED = { kind: "refused", reason: "EXPIRED_TOKEN" };
const ALLOWED = { kind: "allowed" };

let pretend: PretendAccount;
beforeEach(async () => {
  pretend = await openPretendAccount();
});

const ask = (header: string | undefined, scopes: readonly string[] = ["test_resource/test"], authorizer?: Attributes) =>
  judge(pretend.account, authorizer ?? pretend.made.authorizer, scopes, header);
const mint = (changes: Parameters<typeof mintToken>[1] = {}) => mintToken(pretend.pool, changes);
const mintClaims = (claims: JWTPayload) => mint({ claims });
const idToken = (claims: JWTPayload = {}) =>
  mintClaims({ token_use: "id", scope: undefined, aud: "client", ...claims });

describe("judge, tokens that open the method", () => {
  it.each(["", "Bearer ", "bearer ", "BEARER ", "Bearer   "])("takes a token after '%s'", async (prefix) => {
    expect(await ask(prefix + (await mint()))).toMatchObject(ALLOWED);
  });

  it("takes any one of the method's scopes", async () => {
    const token = await mintClaims({ scope: "a/b test_resource/read" });
    expect(await ask(token, ["test_resource/test", "test_resource/read"])).toMatchObject(ALLOWED);
  });

  it("takes an ID token when the method has no scopes", async () => {
    expect(await ask(await idToken(), [])).toMatchObject(ALLOWED);
  });

  it("takes a token of any pool of the authorizer", async () => {
    const provider_arns = [pretend.made.otherPool, pretend.made.pool].map((pool) => text(pool, "arn"));
    const authorizer = { ...pretend.made.authorizer, provider_arns };
    expect(await ask(await mint(), ["test_resource/test"], authorizer)).toMatchObject(ALLOWED);
    const other = await mintToken(pretend.otherPool);
    expect(await ask(other, ["test_resource/test"], authorizer)).toMatchObject(ALLOWED);
  });

  it("takes a token until the second before it expires", async () => {
    const token = await mintClaims({ exp: NOW + 60 });
    pretend.time = START + 59_999;
    expect(await ask(token)).toMatchObject(ALLOWED);
    pretend.time = START + 60_000;
    expect(await ask(token)).toEqual(EXPIRED);
  });

  it("hands on all claims as text, moments spelled out", async () => {
    const { pool } = pretend;
    expect(await ask(await mintClaims({ exp: NOW + 3600 }))).toEqual({
      kind: "allowed",
      claims: {
        sub: "caller",
        token_use: "access",
        scope: "test_resource/test",
        auth_time: "1782992567",
        iss: pool.issuer,
        exp: "Thu Jul 02 12:42:47 UTC 2026",
        iat: "Thu Jul 02 11:42:47 UTC 2026",
        version: "2",
        jti: "5a2c6f5e-6f0f-4b43-9d0c-8f6c7a7a9e01",
        client_id: "caller",
      },
    });
  });
});

describe("judge, scopes", () => {
  it.each([
    ["nothing", ""],
    ["another scope", "test_resource/read"],
    ["a prefix of it", "test_resource/tes"],
    ["something that it is a prefix of", "test_resource/test2"],
    ["a suffix of it", "resource/test"],
    ["something that it is a suffix of", "my_test_resource/test"],
    ["its name without its resource server", "test"],
    ["its resource server", "test_resource"],
    ["another case of it", "Test_Resource/Test"],
    ["a star", "test_resource/* *"],
    ["a tab between it and another", "test_resource/read\ttest_resource/test"],
    ["a line break between it and another", "test_resource/read\ntest_resource/test"],
    ["a comma between it and another", "test_resource/test,test_resource/read"],
    ["a no-break space between it and another", "test_resource/test\u00a0test_resource/read"],
    ["it after a null character", "\u0000test_resource/test"],
  ])("refuses %s in place of the right scope", async (_, scope) => {
    expect(await ask(await mintClaims({ scope }))).toEqual(REFUSED);
  });

  it.each([
    ["no scope claim", undefined],
    ["a list", ["test_resource/test"]],
    ["an object", { "test_resource/test": true }],
    ["a number", 1],
    ["null", null],
  ])("refuses %s in place of the scope claim's text", async (_, scope) => {
    expect(await ask(await mintClaims({ scope }))).toEqual(REFUSED);
  });
});

describe("judge, kinds of token", () => {
  it("refuses an ID token when the method has scopes, whatever scope it claims", async () => {
    expect(await ask(await idToken())).toEqual(REFUSED);
    expect(await ask(await idToken({ scope: "test_resource/test" }))).toEqual(REFUSED);
  });

  it("refuses an access token when the method has no scopes", async () => {
    expect(await ask(await mint(), [])).toEqual(REFUSED);
  });

  it.each([
    undefined,
    null,
    "",
    "Access",
    "refresh",
    ["access"],
    true,
  ])("refuses a token whose token_use is %j, with scopes and without", async (token_use) => {
    const token = await mintClaims({ token_use });
    expect(await ask(token)).toEqual(REFUSED);
    expect(await ask(token, [])).toEqual(REFUSED);
  });
});

describe("judge, signatures", () => {
  it.each(["none", "None", "NONE", ""])("refuses the algorithm '%s' without a signature", async (alg) => {
    const token = withPart(await mint(), 0, encodePart({ kid: pretend.pool.accessKey.kid, alg }));
    expect(await ask(token)).toEqual(REFUSED);
    expect(await ask(withPart(token, 2, ""))).toEqual(REFUSED);
  });

  it("refuses HS256 signed with the public key, in each form in which it is published", async () => {
    const { accessKey } = pretend.pool;
    const key = createPublicKey({ key: accessKey.jwk as JsonWebKey, format: "jwk" });
    const secrets = [
      key.export({ type: "spki", format: "pem" }),
      key.export({ type: "pkcs1", format: "pem" }),
      key.export({ type: "spki", format: "der" }),
      Buffer.from(publicKey(accessKey).n, "base64url"),
      JSON.stringify(publicKey(accessKey)),
    ];
    const [, payload = ""] = (await mint()).split(".");
    for (const secret of secrets) {
      const signed = `${encodePart({ kid: accessKey.kid, alg: "HS256" })}.${payload}`;
      const signature = createHmac("sha256", secret).update(signed).digest("base64url");
      expect(await ask(`${signed}.${signature}`)).toEqual(REFUSED);
    }
  });

  it("refuses another algorithm of the right key", async () => {
    expect(await ask(await mint({ header: { alg: "RS512" } }))).toEqual(REFUSED);
    expect(await ask(await mint({ header: { alg: "PS256" } }))).toEqual(REFUSED);
  });

  it("refuses another pool's token", async () => {
    expect(await ask(await mintToken(pretend.otherPool))).toEqual(REFUSED);
  });

  it("refuses another pool's key under this pool's issuer, with its own key id and with this pool's", async () => {
    const key = pretend.otherPool.accessKey;
    expect(await ask(await mint({ key }))).toEqual(REFUSED);
    expect(await ask(await mint({ key, header: { kid: pretend.pool.accessKey.kid } }))).toEqual(REFUSED);
  });

  it("refuses a token whose key id belongs to the pool's other key", async () => {
    const [idKey] = pretend.pool.keys;
    expect(await ask(await mint({ header: { kid: idKey?.kid } }))).toEqual(REFUSED);
  });

  it.each([
    undefined,
    "unknown",
    "",
    null,
    1,
    ["x"],
    "../../jwks",
    "__proto__",
  ])("refuses the key id %j", async (kid) => {
    expect(await ask(await mint({ header: { kid } }))).toEqual(REFUSED);
  });

  it("does not use a key that the token brings along", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = { kid: pretend.pool.accessKey.kid, jwk: { ...privateKey.export({ format: "jwk" }) } };
    const header = { jwk: publicKey(key), jku: "https://evil.example/jwks.json", x5u: "https://evil.example" };
    expect(await ask(await mint({ key, header }))).toEqual(REFUSED);
  });

  it.each([
    ["header", 0],
    ["payload", 1],
    ["signature", 2],
  ] as const)("refuses a changed %s", async (_, index) => {
    const token = await mint();
    const parts = token.split(".");
    const part = parts[index] ?? "";
    const flipped = part.slice(0, 20) + (part[20] === "A" ? "B" : "A") + part.slice(21);
    expect(await ask(withPart(token, index, flipped))).toEqual(REFUSED);
  });

  it("refuses a payload with one more scope", async () => {
    const token = await mintClaims({ scope: "test_resource/read" });
    const payload = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    const forged = encodePart({ ...payload, scope: "test_resource/read test_resource/test" });
    expect(await ask(withPart(token, 1, forged))).toEqual(REFUSED);
  });

  it("refuses the signature of another token", async () => {
    const other = await mintClaims({ jti: "other" });
    expect(await ask(withPart(await mint(), 2, other.split(".")[2] ?? ""))).toEqual(REFUSED);
  });

  it("refuses header parameters that it would have to understand", async () => {
    const token = await mint();
    const header = { kid: pretend.pool.accessKey.kid, alg: "RS256", crit: ["b64"], b64: false };
    expect(await ask(withPart(token, 0, encodePart(header)))).toEqual(REFUSED);
  });

  it("refuses a token of a pool that has been deleted", async () => {
    const token = await mint();
    const { account } = pretend;
    account.delete("aws_cognito_user_pool", `ap-northeast-1/${pretend.pool.id}`);
    expect(await ask(token)).toEqual(REFUSED);
  });
});

describe("judge, claims", () => {
  it("says that an expired token has expired", async () => {
    expect(await ask(await mintClaims({ exp: NOW - 1 }))).toEqual(EXPIRED);
  });

  it("does not say so of an expired token that it would not have taken", async () => {
    const exp = NOW - 1;
    expect(await ask(await mint({ claims: { exp }, key: pretend.otherPool.accessKey }))).toEqual(REFUSED);
    expect(await ask(withPart(await mintClaims({ exp }), 2, "AAAA"))).toEqual(REFUSED);
    expect(await ask(await mintClaims({ exp, iss: "https://evil.example" }))).toEqual(REFUSED);
  });

  it("refuses a token that is not yet valid", async () => {
    expect(await ask(await mintClaims({ nbf: NOW + 1 }))).toEqual(REFUSED);
    expect(await ask(await mintClaims({ nbf: NOW }))).toMatchObject(ALLOWED);
  });

  it.each([
    ["another pool", () => pretend.otherPool.issuer],
    ["a slash at the end", () => `${pretend.pool.issuer}/`],
    ["http", () => pretend.pool.issuer.replace("https", "http")],
    ["another region", () => pretend.pool.issuer.replace("northeast", "southeast")],
    ["nothing", () => undefined],
  ])("refuses the issuer: %s", async (_, iss) => {
    expect(await ask(await mint({ claims: { iss: iss() } as JWTPayload }))).toEqual(REFUSED);
  });

  it.each(["exp", "iat", "token_use"])("refuses a token without %s", async (claim) => {
    expect(await ask(await mintClaims({ [claim]: undefined }))).toEqual(REFUSED);
  });

  it.each(["exp", "iat", "nbf"])("refuses a token whose %s is text", async (claim) => {
    expect(await ask(await mintClaims({ [claim]: "1782992567" }))).toEqual(REFUSED);
  });
});

describe("judge, what is no token", () => {
  it.each([
    undefined,
    "",
    " ",
    "Bearer",
    "Bearer ",
    "Bearer Bearer x",
    "Basic dXNlcjpwYXNz",
    "x",
    "a.b.c",
    "..",
    "e30.e30.",
    "a.b.c.d.e",
    "%",
    "\u0000",
    "ÿ.ÿ.ÿ",
    `${"A".repeat(9000)}.e30.e30`,
    "null",
    "bnVsbA.bnVsbA.bnVsbA",
    "W10.W10.W10",
  ])("refuses %j", async (header) => {
    expect(await ask(header)).toEqual(REFUSED);
  });

  it.each([
    ["two tokens", (token: string) => `${token},${token}`],
    ["a token after something else", (token: string) => `Token ${token}`],
    ["a token twice announced", (token: string) => `Bearer Bearer ${token}`],
    ["a token with a space in it", (token: string) => `${token.slice(0, 30)} ${token.slice(30)}`],
    ["a token with a fourth part", (token: string) => `${token}.e30`],
    ["a token in capitals", (token: string) => token.toUpperCase()],
    ["a token cut short", (token: string) => token.slice(0, -1)],
    ["half a token", (token: string) => token.split(".").slice(0, 2).join(".")],
  ])("refuses %s", async (_, change) => {
    expect(await ask(change(await mint()))).toEqual(REFUSED);
  });

  it("refuses a payload that is no object", async () => {
    for (const payload of ["null", "[]", '"text"', "1", "{"]) {
      const part = Buffer.from(payload).toString("base64url");
      expect(await ask(withPart(await mint(), 1, part))).toEqual(REFUSED);
    }
  });

  it.each([
    ["no pool", []],
    ["what is no ARN", ["x"]],
    ["a pool that is not there", ["arn:aws:cognito-idp:eu-west-1:1:userpool/eu-west-1_AAAAAAAAA"]],
  ])("refuses every token when the authorizer names %s", async (_, provider_arns) => {
    const authorizer = { ...pretend.made.authorizer, provider_arns };
    expect(await ask(await mint(), ["test_resource/test"], authorizer)).toEqual(REFUSED);
  });
});
