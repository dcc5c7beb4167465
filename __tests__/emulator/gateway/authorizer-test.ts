/** What opens a method, for how long, and what the function learns of it. What does not is among the attacks. */
import type { JWTPayload } from "jose";
import { judge } from "../../../emulator/gateway/authorizer";
import { userPools } from "../../../emulator/services/cognito/records";
import { type Attributes, text, texts } from "../../../emulator/terraform/attributes";
import { openPretendAccount, type PretendAccount, START } from "../../support/pretend-account";
import { mintToken } from "../../support/requests";

const NOW = START / 1000;
const REFUSED = { kind: "refused", reason: "UNAUTHORIZED" };
const EXPIRED = { kind: "refused", reason: "EXPIRED_TOKEN" };
const ALLOWED = { kind: "allowed" };

let pretend: PretendAccount;
beforeEach(async () => {
  pretend = await openPretendAccount();
});

const judged = (
  header: string | undefined,
  scopes: readonly string[] = ["test_resource/test"],
  authorizer?: Attributes,
) => {
  const providerARNs = texts(authorizer ?? pretend.made.authorizer, "provider_arns");
  return judge(pretend.account, { providerARNs }, scopes, header);
};
const mint = (changes: Parameters<typeof mintToken>[1] = {}) => mintToken(pretend.pool, changes);
const mintClaims = (claims: JWTPayload) => mint({ claims });
const idToken = (claims: JWTPayload = {}) =>
  mintClaims({ token_use: "id", scope: undefined, aud: "client", ...claims });

describe("judge, tokens that open the method", () => {
  it.each(["", "Bearer ", "bearer ", "BEARER ", "Bearer   "])("takes a token after '%s'", async (prefix) => {
    expect(await judged(prefix + (await mint()))).toMatchObject(ALLOWED);
  });

  it("takes any one of the method's scopes", async () => {
    const token = await mintClaims({ scope: "a/b test_resource/read" });
    expect(await judged(token, ["test_resource/test", "test_resource/read"])).toMatchObject(ALLOWED);
  });

  it("takes an ID token when the method has no scopes", async () => {
    expect(await judged(await idToken(), [])).toMatchObject(ALLOWED);
  });

  it("takes a token of any pool of the authorizer", async () => {
    const provider_arns = [pretend.made.otherPool, pretend.made.pool].map((pool) => text(pool, "arn"));
    const authorizer = { ...pretend.made.authorizer, provider_arns };
    expect(await judged(await mint(), ["test_resource/test"], authorizer)).toMatchObject(ALLOWED);
    const other = await mintToken(pretend.otherPool);
    expect(await judged(other, ["test_resource/test"], authorizer)).toMatchObject(ALLOWED);
  });

  it("checks the signature of a token once, and everything else of it each time", async () => {
    const verify = jest.spyOn(globalThis.crypto.subtle, "verify");
    const token = await mintClaims({ iat: NOW, exp: NOW + 60 });
    for (let call = 0; call < 3; call++) expect(await judged(token)).toMatchObject(ALLOWED);
    expect(verify).toHaveBeenCalledTimes(1);
    expect(await judged(token, ["test_resource/other"])).toMatchObject(REFUSED);
    const ofOther = { ...pretend.made.authorizer, provider_arns: [text(pretend.made.otherPool, "arn")] };
    expect(await judged(token, ["test_resource/test"], ofOther)).toMatchObject(REFUSED);
    pretend.time = START - 1000;
    expect(await judged(token)).toMatchObject(REFUSED);
    pretend.time = START + 60_000;
    expect(await judged(token)).toMatchObject(EXPIRED);
    expect(verify).toHaveBeenCalledTimes(1);
    verify.mockRestore();
  });

  it("refuses another signature of the claims of a token that was taken", async () => {
    const token = await mint();
    expect(await judged(token)).toMatchObject(ALLOWED);
    const [header, claims, signature = ""] = token.split(".");
    const other = Buffer.from(signature, "base64url").reverse().toString("base64url");
    expect(await judged(`${header}.${claims}.${other}`)).toMatchObject(REFUSED);
  });

  it("takes a token until the second before it expires", async () => {
    const token = await mintClaims({ exp: NOW + 60 });
    pretend.time = START + 59_999;
    expect(await judged(token)).toMatchObject(ALLOWED);
    pretend.time = START + 60_000;
    expect(await judged(token)).toMatchObject(EXPIRED);
  });

  it("hands on all claims as text, moments spelled out", async () => {
    const { pool } = pretend;
    expect(await judged(await mintClaims({ exp: NOW + 3600 }))).toEqual({
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

describe("judge, the updated issuer", () => {
  it("is not taken, although the pool signs with the same keys", async () => {
    const { id, region } = pretend.pool;
    const iss = `https://issuer-cognito-idp.${region}.amazonaws.com/${id}`;
    expect(await judged(await mintClaims({ iss }))).toMatchObject(REFUSED);
  });
});

describe("judge, claims", () => {
  it.each<[unknown, string]>([
    [["a", "b"], "a,b"],
    [{ a: 1 }, '{"a":1}'],
    [[{ a: 1 }], '[{"a":1}]'],
    [{ toString: null }, '{"toString":null}'],
    [true, "true"],
    [null, "null"],
    [1.5, "1.5"],
  ])("hands %j on as %s", async (extra, expected) => {
    expect(await judged(await mintClaims({ extra }))).toMatchObject({ kind: "allowed", claims: { extra: expected } });
  });
});

describe("judge, pools", () => {
  it("refuses a token of a pool that has been deleted", async () => {
    const token = await mint();
    pretend.account.delete(userPools.type, `ap-northeast-1/${pretend.pool.id}`);
    expect(await judged(token)).toMatchObject(REFUSED);
  });

  it.each([
    ["no pool", []],
    ["what is no ARN", ["x"]],
    ["a pool that is not there", ["arn:aws:cognito-idp:eu-west-1:1:userpool/eu-west-1_AAAAAAAAA"]],
  ])("refuses every token when the authorizer names %s", async (_, provider_arns) => {
    const authorizer = { ...pretend.made.authorizer, provider_arns };
    expect(await judged(await mint(), ["test_resource/test"], authorizer)).toMatchObject(REFUSED);
  });
});
