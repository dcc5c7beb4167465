/** Whatever is sent as a token: nobody gets in with what the pool did not sign for the method, and nothing breaks. */
import { createPrivateKey, type JsonWebKey, sign } from "node:crypto";
import fc from "fast-check";
import { EXPIRED, type GuardedApi, INVOKED, openGuardedApi, UNAUTHORIZED } from "../../support/guarded-api";
import { START } from "../../support/pretend-account";
import { encodePart } from "../../support/requests";

const NOW = START / 1000;
const RUN = { seed: 20260702 };
const ALPHABET = [..."ABCXYZabcxyz0189-_+/=.,; \t\u0000\u00e9"];

let api: GuardedApi;
beforeAll(async () => {
  api = await openGuardedApi();
});
beforeEach(() => api.events.splice(0));

const ask = (token: string, method = "POST") => api.call({ token, method });

/** Expects a refusal for every one of the texts, on a method with scopes and on one without. */
function expectNonePasses(texts: fc.Arbitrary<string>, numRuns: number): Promise<void> {
  const property = fc.asyncProperty(texts, fc.constantFrom("POST", "GET"), async (sent, method) => {
    fc.pre(sent.replace(/^Bearer +/i, "") !== api.token);
    api.events.splice(0);
    expect(await ask(sent, method)).toEqual(UNAUTHORIZED);
    expect(api.events).toEqual([]);
  });
  return fc.assert(property, { ...RUN, numRuns });
}

describe("texts that are no tokens", () => {
  const part = fc.oneof(
    fc.json().map((json) => Buffer.from(json).toString("base64url")),
    fc.base64String(),
    fc.string({ unit: "binary" }),
    fc.constantFrom("", "e30", "bnVsbA"),
  );

  it("never pass, whatever they are", async () => {
    const header = fc.tuple(fc.constantFrom("", "Bearer ", "bearer  ", "Basic "), fc.string({ unit: "binary" }));
    await expectNonePasses(
      header.map((parts) => parts.join("")),
      400,
    );
  });

  it("never pass, however many parts they have", async () => {
    await expectNonePasses(
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join(".")),
      400,
    );
  });

  it("never pass with a header that names a key of the pool", async () => {
    const known = () => encodePart({ kid: api.pretend.pool.accessKey.kid, alg: "RS256" });
    await expectNonePasses(
      fc.tuple(part, part).map(([payload, signature]) => `${known()}.${payload}.${signature}`),
      300,
    );
  });
});

describe("a good token with something changed", () => {
  /** Puts the text in place of so many letters, at a place between 0 and 1; what is added at the ends is easily overlooked. */
  const change = fc.tuple(
    fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1)),
    fc.nat({ max: 3 }),
    fc.array(fc.constantFrom(...ALPHABET), { maxLength: 3 }).map((letters) => letters.join("")),
  );
  const changed = fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) =>
    changes.reduce((token, [place, removed, added]) => {
      const at = Math.round(place * token.length);
      return token.slice(0, at) + added + token.slice(at + removed);
    }, api.token),
  );

  it("passes unchanged, as a control", async () => {
    expect(await ask(api.token)).toMatchObject({ status: 200, body: INVOKED });
  });

  it("never passes when letters are put in, taken out or replaced", async () => {
    await expectNonePasses(changed, 600);
  });

  it("never passes when bits are flipped", async () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 7 })), { minLength: 1, maxLength: 2 });
    const flipped = flips.map((all) => {
      const bytes = Buffer.from(api.token, "latin1");
      for (const [at, bit] of all) bytes.writeUInt8((bytes[at % bytes.length] ?? 0) ^ (1 << bit), at % bytes.length);
      return bytes.toString("latin1");
    });
    await expectNonePasses(flipped, 400);
  });

  it("never passes when its parts are put in another order, repeated or left out", async () => {
    const order = fc.array(fc.nat({ max: 2 }), { maxLength: 5 });
    await expectNonePasses(
      order.map((all) => all.map((index) => api.token.split(".")[index]).join(".")),
      200,
    );
  });
});

describe("tokens that the pool's own key signed, whatever they claim", () => {
  const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom("access", "id", NOW, NOW + 60, `${NOW}`));
  const around = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: NOW - 2, max: NOW + 2 }) },
    { weight: 1, arbitrary: odd },
  );
  /** Claims of which each is as it should be, near to it, something else, or missing. */
  const claims = fc.record(
    {
      iss: fc.oneof({ weight: 5, arbitrary: fc.constant("ISSUER") }, odd),
      token_use: fc.oneof({ weight: 5, arbitrary: fc.constant("access") }, odd),
      scope: fc.oneof({ weight: 5, arbitrary: fc.constantFrom("test_resource/test", "a test_resource/test") }, odd),
      exp: fc.oneof({ weight: 5, arbitrary: fc.constant(NOW + 60) }, around),
      iat: fc.oneof({ weight: 5, arbitrary: fc.constant(NOW) }, around),
      nbf: around,
      extra: odd,
    },
    { requiredKeys: ["iss", "token_use", "scope"] },
  );

  function signed(payload: object): string {
    const { jwk, kid } = api.pretend.pool.accessKey;
    const content = `${encodePart({ kid, alg: "RS256" })}.${encodePart(payload)}`;
    const key = createPrivateKey({ key: jwk as JsonWebKey, format: "jwk" });
    return `${content}.${sign("sha256", Buffer.from(content), key).toString("base64url")}`;
  }

  /** What the method demands, in as few words as possible. */
  function isGood(payload: Readonly<Record<string, unknown>>, issuer: string): boolean {
    const { iss, token_use, scope, exp, iat, nbf } = payload;
    const isTimely = typeof exp === "number" && exp > NOW && typeof iat === "number" && iat <= NOW;
    const isStarted = nbf === undefined || (typeof nbf === "number" && nbf <= NOW);
    const hasScope = typeof scope === "string" && scope.split(" ").includes("test_resource/test");
    return iss === issuer && token_use === "access" && isTimely && isStarted && hasScope;
  }

  it("pass if and only if every claim is right, and reach the function as text", async () => {
    let passed = 0;
    const property = fc.asyncProperty(claims, async (given) => {
      const { issuer } = api.pretend.pool;
      const payload = JSON.parse(JSON.stringify({ ...given, iss: given.iss === "ISSUER" ? issuer : given.iss }));
      api.events.splice(0);
      const answer = await ask(signed(payload));
      if (!isGood(payload, issuer)) {
        expect([UNAUTHORIZED, EXPIRED]).toContainEqual(answer);
        expect(api.events).toEqual([]);
        return;
      }
      passed += 1;
      expect(answer).toMatchObject({ status: 200, body: INVOKED });
      const [{ requestContext }] = api.events as [{ requestContext: { authorizer: { claims: object } } }];
      expect(Object.keys(requestContext.authorizer.claims)).toEqual(Object.keys(payload));
      for (const value of Object.values(requestContext.authorizer.claims)) expect(typeof value).toBe("string");
    });
    await fc.assert(property, { ...RUN, numRuns: 300 });
    expect(passed).toBeGreaterThan(20);
    expect(passed).toBeLessThan(280);
  });
});
