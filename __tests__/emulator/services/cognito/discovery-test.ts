/** What a pool publishes about itself. */

import type { HttpResponse } from "../../../../emulator/protocols/http";
import { answerDiscovery, publicKey } from "../../../../emulator/services/cognito/discovery";
import { domains } from "../../../../emulator/services/cognito/records";
import { text } from "../../../../emulator/terraform/attributes";
import { openPretendAccount, PretendAccount } from "../../../support/pretend-account";
import { jsonOf, valuesOf } from "../../../support/requests";

let pretend: PretendAccount;
beforeEach(async () => {
  pretend = await openPretendAccount();
});

async function read(document: string): Promise<HttpResponse> {
  const answer = await answerDiscovery(pretend.account, pretend.pool, document);
  if (answer === undefined) throw new Error(`${document} is not published`);
  return answer;
}

describe("answerDiscovery", () => {
  it("publishes two RSA keys as JSON, the public halves and nothing else", async () => {
    const answer = await read("jwks.json");
    expect(answer).toMatchObject({ status: 200 });
    expect(valuesOf(answer, "Content-Type")).toEqual(["application/json"]);
    const { keys } = jsonOf(answer) as { readonly keys: readonly Readonly<Record<string, string>>[] };
    expect(keys).toHaveLength(2);
    for (const key of keys) {
      expect(Object.keys(key)).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
      expect(key).toMatchObject({ alg: "RS256", e: "AQAB", kty: "RSA", use: "sig" });
      expect(key["kid"]).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    }
    expect(keys[0]?.["n"]).not.toBe(keys[1]?.["n"]);
  });

  it("publishes the same keys each time, at once and after the account was opened again", async () => {
    const [first, second] = await Promise.all([read("jwks.json"), read("jwks.json")]);
    const { account, pool } = new PretendAccount(pretend.folder, pretend.made);

    expect(second.body).toBe(first.body);
    expect(pool.keys).toHaveLength(2);
    expect(pool.accessKey).toEqual(pretend.pool.accessKey);
    expect((await answerDiscovery(account, pool, "jwks.json"))?.body).toBe(first.body);
  });

  it("publishes keys of each pool's own", async () => {
    const other = await answerDiscovery(pretend.account, pretend.otherPool, "jwks.json");
    expect(other?.body).not.toBe((await read("jwks.json")).body);
  });

  it("says where the pool's endpoints are", async () => {
    const domain = "https://cc-demo-dev.auth.ap-northeast-1.amazoncognito.com";
    const issuer = `https://cognito-idp.ap-northeast-1.amazonaws.com/${pretend.pool.id}`;
    expect((await read("openid-configuration")).body).toBe(
      JSON.stringify({
        authorization_endpoint: `${domain}/oauth2/authorize`,
        end_session_endpoint: `${domain}/logout`,
        id_token_signing_alg_values_supported: ["RS256"],
        issuer,
        jwks_uri: `${issuer}/.well-known/jwks.json`,
        response_types_supported: ["code", "token"],
        revocation_endpoint: `${domain}/oauth2/revoke`,
        scopes_supported: ["openid", "email", "phone", "profile"],
        subject_types_supported: ["public"],
        token_endpoint: `${domain}/oauth2/token`,
        token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
        userinfo_endpoint: `${domain}/oauth2/userInfo`,
      }),
    );
  });

  it("names no endpoints of a pool without a domain", async () => {
    const { account, pool } = pretend;
    const [domain] = domains.where({ account, region: pool.region }, { UserPoolId: pool.id });
    const state = { domain: domain?.Domain ?? null, user_pool_id: pool.id };
    await pretend.remove("aws_cognito_user_pool_domain", state);
    const configuration = jsonOf(await read("openid-configuration"));
    expect(configuration).not.toHaveProperty("token_endpoint");
    expect(configuration).toHaveProperty("issuer", pretend.pool.issuer);
  });

  it.each(["", "jwks", "JWKS.json", "jwks.json/", "oauth-authorization-server", "constructor"])(
    "does not publish '%s'",
    async (document) => {
      expect(await answerDiscovery(pretend.account, pretend.pool, document)).toBeUndefined();
    },
  );
});

describe("publicKey", () => {
  it("has no private part", () => {
    const key = publicKey(pretend.pool.accessKey);
    expect(key).toEqual({ alg: "RS256", e: "AQAB", kid: pretend.pool.accessKey.kid, kty: "RSA", n: key.n, use: "sig" });
    expect(text({ ...pretend.pool.accessKey.jwk } as never, "n")).toBe(key.n);
  });
});
