/**
 * Tokens that must not open a method. Each differs from one that opens the method in the one thing that its row names;
 * each is refused with AWS's whole answer, and the function is not invoked.
 */
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, sign } from "node:crypto";
import type { JWTPayload } from "jose";
import { publicKey } from "../../../emulator/services/cognito/discovery";
import { publishedKeys } from "../../../emulator/services/cognito/pool-hosts";
import { EXPIRED, type GuardedApi, INVOKED, openGuardedApi, UNAUTHORIZED } from "../../support/guarded-api";
import { START } from "../../support/pretend-account";
import { encodePart, mintToken, withPart } from "../../support/requests";

const NOW = START / 1000;
const SCOPE = "test_resource/test";

let api: GuardedApi;
beforeAll(async () => {
  api = await openGuardedApi();
});
beforeEach(() => api.events.splice(0));

const pool = () => api.pretend.pool;
const otherPool = () => api.pretend.otherPool;
const published = () => publishedKeys(api.pretend.account, pool());
const mint = (changes?: Parameters<typeof mintToken>[1]) => mintToken(pool(), changes);
const mintClaims = (claims: JWTPayload) => mint({ claims });
const headerOf = (changes: object) => encodePart({ kid: pool().accessKey.kid, alg: "RS256", ...changes });
const partsOf = () => api.token.split(".") as [string, string, string];

/** Signs with the pool's key what a library would refuse to sign. */
function signByHand(header: string, payload: string): string {
  const key = createPrivateKey({ key: pool().accessKey.jwk as JsonWebKey, format: "jwk" });
  const signature = sign("sha256", Buffer.from(`${header}.${payload}`), key).toString("base64url");
  return `${header}.${payload}.${signature}`;
}

/** Makes what is sent in the Authorization header. */
type Forge = () => string | Promise<string>;

async function expectUnauthorized(forge: Forge, method = "POST"): Promise<void> {
  expect(await api.call({ token: await forge(), method })).toEqual(UNAUTHORIZED);
  expect(api.events).toEqual([]);
}

describe("the authorizer, as a control,", () => {
  it.each<[string, Forge]>([
    ["the token that the attacks start from", () => api.token],
    ["the same after Bearer", () => `Bearer ${api.token}`],
    ["one signed like a forged one, but with the right key", () => mint({ key: pool().accessKey })],
    ["one put together like a forged one, from the same parts", () => withPart(api.token, 1, partsOf()[1])],
    ["one signed by hand", () => signByHand(headerOf({}), partsOf()[1])],
    ["one with the right scope among others", () => mintClaims({ scope: `a/b ${SCOPE} c/d` })],
    ["one issued this very second", () => mintClaims({ iat: NOW, nbf: NOW })],
  ])("lets %s through", async (_, forge) => {
    expect(await api.call({ token: await forge() })).toMatchObject({ status: 200, body: INVOKED });
    expect(api.events).toHaveLength(1);
  });
});

describe("the authorizer, signatures,", () => {
  it.each(["none", "None", "NONE", "nOnE", ""])(
    "refuses the algorithm '%s', with a signature and without",
    async (alg) => {
      const token = withPart(api.token, 0, headerOf({ alg }));
      await expectUnauthorized(() => token);
      await expectUnauthorized(() => withPart(token, 2, ""));
      await expectUnauthorized(() => token.split(".").slice(0, 2).join("."));
    },
  );

  const keyObject = () => createPublicKey({ key: pool().accessKey.jwk as JsonWebKey, format: "jwk" });
  it.each<[string, () => string | Buffer | Promise<string>]>([
    ["PEM (SPKI)", () => keyObject().export({ type: "spki", format: "pem" })],
    ["PEM (SPKI) without its last line break", () => `${keyObject().export({ type: "spki", format: "pem" })}`.trim()],
    ["PEM (PKCS 1)", () => keyObject().export({ type: "pkcs1", format: "pem" })],
    ["DER", () => keyObject().export({ type: "spki", format: "der" })],
    ["JWK", () => JSON.stringify(publicKey(pool().accessKey))],
    ["JWKS", async () => JSON.stringify({ keys: (await published()).map(publicKey) })],
    ["its modulus", () => Buffer.from(publicKey(pool().accessKey).n, "base64url")],
    ["its modulus as text", () => publicKey(pool().accessKey).n],
  ])("refuses HS256 with the public key as its secret: %s", async (_, secret) => {
    const [, payload] = partsOf();
    const signed = `${headerOf({ alg: "HS256" })}.${payload}`;
    const signature = createHmac("sha256", await secret())
      .update(signed)
      .digest("base64url");
    await expectUnauthorized(() => `${signed}.${signature}`);
  });

  it.each(["RS384", "RS512", "PS256"])("refuses %s of the right key", async (alg) => {
    await expectUnauthorized(() => mint({ header: { alg } }));
  });

  it.each<[string, Forge]>([
    ["another pool's token", () => mintToken(otherPool())],
    ["another pool's key under its own id", () => mint({ key: otherPool().accessKey })],
    [
      "another pool's key under this pool's id",
      () => mint({ key: otherPool().accessKey, header: { kid: pool().accessKey.kid } }),
    ],
    ["this pool's token with another pool's key id", () => mint({ header: { kid: otherPool().accessKey.kid } })],
    [
      "the id of the pool's key for ID tokens",
      async () => await mint({ header: { kid: (await published())[0]?.kid } }),
    ],
    ["no key id", () => mint({ header: { kid: undefined } })],
    [
      "the signature of another token",
      async () => withPart(api.token, 2, (await mintClaims({ jti: "x" })).split(".")[2] ?? ""),
    ],
    ["a signature of nothing but zeros", () => withPart(api.token, 2, Buffer.alloc(256).toString("base64url"))],
    ["a signature cut short", () => withPart(api.token, 2, partsOf()[2].slice(0, 340))],
    ["no signature", () => withPart(api.token, 2, "")],
  ])("refuses %s", async (_, forge) => {
    await expectUnauthorized(forge);
  });

  it.each(["unknown", "", null, 1, ["x"], {}, "../../jwks", "/dev/null", "' or 1=1", "__proto__", "constructor"])(
    "refuses the key id %j",
    async (kid) => {
      await expectUnauthorized(() => mint({ header: { kid } }));
    },
  );

  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const own = () => ({ kid: pool().accessKey.kid, jwk: { ...privateKey.export({ format: "jwk" }) } });
  it.each<[string, () => object]>([
    ["jwk", () => ({ jwk: publicKey(own()) })],
    ["jku", () => ({ jku: "https://evil.example/jwks.json" })],
    ["jku on this pool's host", () => ({ jku: `${pool().issuer}/../evil/.well-known/jwks.json` })],
    ["x5u", () => ({ x5u: "https://evil.example/certificate.pem" })],
    ["x5c", () => ({ x5c: [Buffer.from(publicKey(own()).n, "base64url").toString("base64")] })],
    ["x5t", () => ({ x5t: "dGVzdA" })],
    ["jwk under an id of its own", () => ({ kid: "mine", jwk: { ...publicKey(own()), kid: "mine" } })],
  ])("does not use a key that the token brings along as %s", async (_, header) => {
    await expectUnauthorized(() => mint({ key: own(), header: { ...header() } }));
  });

  it.each<[string, object]>([
    ["b64", { crit: ["b64"], b64: false }],
    ["b64 as usual", { crit: ["b64"], b64: true }],
    ["exp", { crit: ["exp"], exp: NOW + 60 }],
    ["nothing", { crit: [] }],
    ["no list", { crit: "exp" }],
  ])("refuses a header that names as critical: %s", async (_, header) => {
    await expectUnauthorized(() => withPart(api.token, 0, headerOf(header)));
    // Even if the pool itself had signed it.
    await expectUnauthorized(() => signByHand(headerOf(header), partsOf()[1]));
  });
});

describe("the authorizer, changed tokens,", () => {
  const payload = () => JSON.parse(Buffer.from(partsOf()[1], "base64url").toString());
  it.each<[string, () => object]>([
    ["one more scope", () => ({ scope: `test_resource/read ${SCOPE}` })],
    ["a later end", () => ({ exp: NOW + 86_400 })],
    ["another client", () => ({ client_id: "other", sub: "other" })],
    ["the claims of a better token", payload],
  ])("refuses a payload with %s", async (_, changes) => {
    const token = await mintClaims({ scope: "test_resource/read" });
    const forged = { ...JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()), ...changes() };
    await expectUnauthorized(() => withPart(token, 1, encodePart(forged)));
  });

  it.each([0, 1, 2] as const)("refuses one other letter in the part at %i, wherever it is", async (index) => {
    const part = partsOf()[index];
    for (const at of [0, Math.floor(part.length / 2), part.length - 2, part.length - 1]) {
      const other = part[at] === "A" ? "B" : "A";
      await expectUnauthorized(() => withPart(api.token, index, part.slice(0, at) + other + part.slice(at + 1)));
    }
  });

  it("refuses every other way to write the same signature", async () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const signature = partsOf()[2];
    const bytes = Buffer.from(signature, "base64url");
    const others = [...alphabet]
      .map((last) => signature.slice(0, -1) + last)
      .filter((other) => other !== signature && Buffer.from(other, "base64url").equals(bytes));
    expect(others).toHaveLength(15);
    for (const other of others) await expectUnauthorized(() => withPart(api.token, 2, other));
  });
});

describe("the authorizer, claims,", () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["valid a second from now", { nbf: NOW + 1 }],
    ["valid an hour from now", { nbf: NOW + 3600 }],
    ["issued a second from now", { iat: NOW + 1 }],
    ["issued an hour from now", { iat: NOW + 3600 }],
    ["without an end", { exp: undefined }],
    ["without a beginning", { iat: undefined }],
    ["without an issuer", { iss: undefined }],
    ["without a use", { token_use: undefined }],
    ["without scopes", { scope: undefined }],
    ["for use as an ID token", { token_use: "id" }],
    ["for use as an ID token, with an audience", { token_use: "id", aud: "caller" }],
    ["for use as a refresh token", { token_use: "refresh" }],
    ["whose use is in another case", { token_use: "Access" }],
    ["whose use has a blank", { token_use: "access " }],
    ["whose use is a list", { token_use: ["access"] }],
    ["whose use is true", { token_use: true }],
    ["whose use is empty", { token_use: "" }],
    ["whose use is null", { token_use: null }],
  ])("refuses a token %s", async (_, claims) => {
    await expectUnauthorized(() => mintClaims(claims));
  });

  it.each(["exp", "iat", "nbf"])("refuses a token whose %s is no number", async (claim) => {
    for (const value of [`${NOW}`, [NOW], { at: NOW }, true, null]) {
      await expectUnauthorized(() => mintClaims({ [claim]: value }));
    }
  });

  it.each<[string, () => unknown]>([
    ["another pool", () => otherPool().issuer],
    ["this pool with a slash at the end", () => `${pool().issuer}/`],
    ["this pool by http", () => pool().issuer.replace("https", "http")],
    ["this pool in another region", () => pool().issuer.replaceAll("northeast", "southeast")],
    ["this pool in capitals", () => pool().issuer.toUpperCase()],
    ["this pool without its host", () => `https://${pool().id}`],
    ["this pool on another host", () => `https://evil.example/${pool().id}`],
    ["this pool after another host's user", () => pool().issuer.replace("https://", "https://evil.example@")],
    ["this pool with a port", () => pool().issuer.replace(".com", ".com:443")],
    ["this pool with a blank", () => `${pool().issuer} `],
    ["a list with this pool", () => [pool().issuer]],
    ["nothing", () => ""],
    ["null", () => null],
  ])("refuses a token whose issuer is %s", async (_, iss) => {
    await expectUnauthorized(() => mint({ claims: { iss: iss() } as JWTPayload }));
  });

  it.each<[string, Forge]>([
    ["has expired", () => mintClaims({ exp: NOW - 1 })],
    ["expires this very second", () => mintClaims({ exp: NOW })],
    ["expired before it was issued", () => mintClaims({ exp: 0 })],
  ])("answers so to a token that %s", async (_, forge) => {
    expect(await api.call({ token: await forge() })).toEqual(EXPIRED);
    expect(api.events).toEqual([]);
  });

  it.each<[string, Forge]>([
    ["another pool's key", () => mint({ claims: { exp: 0 }, key: otherPool().accessKey })],
    ["a wrong signature", async () => withPart(await mintClaims({ exp: 0 }), 2, partsOf()[2])],
    ["another issuer", () => mintClaims({ exp: 0, iss: otherPool().issuer })],
    ["no algorithm", async () => withPart(await mintClaims({ exp: 0 }), 0, headerOf({ alg: "none" }))],
  ])("does not answer that a token with %s has expired", async (_, forge) => {
    await expectUnauthorized(forge);
  });
});

describe("the authorizer, scopes,", () => {
  it.each<[string, unknown]>([
    ["nothing", ""],
    ["another scope", "test_resource/read"],
    ["a prefix of it", "test_resource/tes"],
    ["something that it is a prefix of", "test_resource/test2"],
    ["a path below it", "test_resource/test/more"],
    ["a suffix of it", "resource/test"],
    ["something that it is a suffix of", "my_test_resource/test"],
    ["its name without its resource server", "test"],
    ["its resource server", "test_resource"],
    ["its resource server and a slash", "test_resource/"],
    ["its two halves", "test_resource test"],
    ["its first letters in capitals", "Test_Resource/Test"],
    ["it in capitals", SCOPE.toUpperCase()],
    ["it in other letters that look alike", SCOPE.replace("e", "е")],
    ["it in full-width letters", SCOPE.replace("t", "ｔ")],
    ["it percent-encoded", SCOPE.replace("/", "%2F")],
    ["it with a backslash", SCOPE.replace("/", "\\")],
    ["it in quotes", `"${SCOPE}"`],
    ["a star", "* test_resource/* */test"],
    ["a pattern", "test_resource/.* .+"],
    ["it and another with a tab between", `${SCOPE}\ttest_resource/read`],
    ["it and another with a comma between", `${SCOPE},test_resource/read`],
    ["it and another with a semicolon between", `${SCOPE};test_resource/read`],
    ["it and another with a plus between", `${SCOPE}+test_resource/read`],
    ["it and another with a line break between", `${SCOPE}\ntest_resource/read`],
    ["it and another with a carriage return between", `${SCOPE}\r\ntest_resource/read`],
    ["it and another with a null character between", `${SCOPE}\u0000test_resource/read`],
    ["it and another with a no-break space between", `${SCOPE}\u00a0test_resource/read`],
    ["it and another with an em space between", `${SCOPE}\u2003test_resource/read`],
    ["it and another with an ideographic space between", `${SCOPE}\u3000test_resource/read`],
    ["it and another with a line separator between", `${SCOPE}\u2028test_resource/read`],
    ["it after a zero-width space", `\u200b${SCOPE}`],
    ["it after a byte order mark", `\ufeff${SCOPE}`],
    ["a list with it", [SCOPE]],
    ["a list of lists with it", [[SCOPE]]],
    ["an object with it", { [SCOPE]: true }],
    ["an object that is as long", { length: SCOPE.length, 0: SCOPE }],
    ["a list as JSON", JSON.stringify([SCOPE])],
    ["a number", 1],
    ["true", true],
    ["null", null],
  ])("refuses %s in place of the right one", async (_, scope) => {
    await expectUnauthorized(() => mintClaims({ scope }));
  });

  it.each(["scp", "scopes", "Scope", "permissions", "cognito:groups"])("does not look for it in %s", async (claim) => {
    await expectUnauthorized(() => mintClaims({ scope: undefined, [claim]: SCOPE }));
  });
});

describe("the authorizer, a method without scopes,", () => {
  const idToken = (claims: JWTPayload = {}) =>
    mintClaims({ token_use: "id", scope: undefined, aud: "caller", ...claims });

  it("lets an ID token through, as a control", async () => {
    expect(await api.call({ token: await idToken(), method: "GET" })).toMatchObject({ status: 200, body: INVOKED });
  });

  it.each<[string, Forge]>([
    ["an access token", () => api.token],
    ["a token for any other use", () => idToken({ token_use: "refresh" })],
    ["a token for no use", () => idToken({ token_use: undefined })],
    ["another pool's ID token", () => mintToken(otherPool(), { claims: { token_use: "id" } })],
  ])("refuses %s", async (_, forge) => {
    await expectUnauthorized(forge, "GET");
  });
});

describe("the authorizer, what is no token,", () => {
  it.each([
    "",
    " ",
    "Bearer",
    "Bearer ",
    "Basic dXNlcjpwYXNz",
    "null",
    "undefined",
    "true",
    "{}",
    ".",
    "..",
    "...",
    "a.b.c",
    "e30.e30.",
    "e30.e30.e30",
    "%",
    "\u0000",
    "ÿ.ÿ.ÿ",
    "bnVsbA.bnVsbA.bnVsbA",
    "W10.W10.W10",
    "MQ.MQ.MQ",
    `${"A".repeat(9000)}.e30.e30`,
  ])("refuses %j", async (sent) => {
    await expectUnauthorized(() => sent);
  });

  it.each<[string, (token: string) => string]>([
    ["a JWE", (token) => `${token}.e30.e30`],
    ["a JWE's header", (token) => withPart(token, 0, headerOf({ alg: "RSA-OAEP", enc: "A256GCM" }))],
    ["a fourth part", (token) => `${token}.e30`],
    ["a dot at the end", (token) => `${token}.`],
    ["a dot at the start", (token) => `.${token}`],
    ["two dots for one", (token) => token.replace(".", "..")],
    ["an empty header", (token) => withPart(token, 0, "")],
    ["an empty payload", (token) => withPart(token, 1, "")],
    ["parts in another order", (token) => token.split(".").reverse().join(".")],
    ["padding", (token) => `${token}==`],
    ["padding in the middle", (token) => token.replace(".", "=.")],
    ["base64 instead of base64url", (token) => token.replaceAll("-", "+").replaceAll("_", "/")],
    ["a blank in its signature", (token) => `${token.slice(0, -5)} ${token.slice(-5)}`],
    ["a blank in its header", (token) => `${token.slice(0, 5)} ${token.slice(5)}`],
    ["a tab at the end", (token) => `${token}\t`],
    ["a line break at the end", (token) => `${token}\n`],
    ["a line break in its signature", (token) => `${token.slice(0, -5)}\r\n${token.slice(-5)}`],
    ["a null character at the end", (token) => `${token}\u0000`],
    ["a letter too many", (token) => `${token}A`],
    ["a letter too few", (token) => token.slice(0, -1)],
    ["capitals", (token) => token.toUpperCase()],
    ["quotes", (token) => `"${token}"`],
    ["percent-encoded dots", (token) => token.replaceAll(".", "%2E")],
    ["Bearer twice", (token) => `Bearer Bearer ${token}`],
    ["Bearer and a tab", (token) => `Bearer\t${token}`],
    ["Bearer and no blank", (token) => `Bearer${token}`],
    ["Bearer and a colon", (token) => `Bearer: ${token}`],
    ["Bearer and a no-break space", (token) => `Bearer\u00a0${token}`],
    ["a blank before Bearer", (token) => ` Bearer ${token}`],
    ["another scheme", (token) => `Token ${token}`],
    ["the scheme of HTTP Basic", (token) => `Basic ${token}`],
    ["itself after a comma", (token) => `${token},${token}`],
    ["itself after a comma and Bearer", (token) => `Bearer ${token}, Bearer ${token}`],
    ["itself after a blank", (token) => `${token} ${token}`],
    ["a bad token before it", (token) => `x, ${token}`],
    ["a bad token after it", (token) => `${token}, x`],
  ])("refuses a good token with %s", async (_, change) => {
    await expectUnauthorized(() => change(api.token));
  });

  it.each(["null", "[]", '"text"', "1", "{", "", "\ufeff{}"])("refuses the payload %j", async (payload) => {
    await expectUnauthorized(() => withPart(api.token, 1, Buffer.from(payload).toString("base64url")));
  });
});
