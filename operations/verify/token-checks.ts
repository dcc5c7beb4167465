/** Checks of a client's credentials and tokens: the token that it must get, and those that it must not get. */
import { issuersOfPool, isUpdatedIssuer } from "../access-graph/pool-issuer";
import type { TokenWay } from "../access-graph/token-ways";
import type { ClientCredentials, Deployment } from "../deployed/deployment";
import type { RateLimitedClient } from "../deployed/rate-limited-client";
import type { Check, Expectation, Result } from "./check";
import { judgeStored, type StoredCredentials, storedCredentials, unknownClientAdvice } from "./client-credentials";
import type { Grants, SecretStore } from "./deployed-stack";
import type { Retries } from "./retries";
import { ERRORS, type TokenResponse, tokenRequest, tokenResponse } from "./token-requests";

/** What clients are checked against. */
export interface TokenSources {
  readonly deployment: Deployment;
  readonly grants: Grants;
  readonly stores: ReadonlyMap<string, SecretStore>;
  /** Folder of the stack. */
  readonly folder: string;
  readonly http: RateLimitedClient;
  readonly retries: Retries;
}

/** What the checks of all clients found beside their verdicts. */
export class TokenFindings {
  /** Access token by client. */
  readonly tokens = new Map<string, string>();
  /** Clients whose secret neither Terraform nor Secrets Manager returned. */
  readonly unknownSecrets: string[] = [];
  /** Clients whose secret in Secrets Manager the AWS credentials may not read. */
  readonly unreadable: string[] = [];
  /** Whether tokens have the updated issuer. */
  hasUpdatedIssuer = false;
}

type Judge = (response: TokenResponse) => Result | Promise<Result>;

/** Checks one client. @param report is given each check as soon as it is made */
export async function checkClient(
  client: string,
  sources: TokenSources,
  findings: TokenFindings,
  report: (check: Check) => void,
): Promise<void> {
  const { deployment, grants, stores, folder, http, retries } = sources;
  const { scopes, ways } = grants.get(client) ?? { scopes: [], ways: [] };
  const mainWay = ways.includes("api") && !ways.includes("domain") ? "api" : "domain";
  const id = deployment.clientIds[client] ?? "";
  const secret = deployment.clientSecrets[client] ?? "";

  async function check(
    [route, expected]: readonly ["token" | "secret", Expectation],
    [way, credentials, scope]: readonly [TokenWay, ClientCredentials, scope?: string],
    judge: Judge,
  ): Promise<void> {
    const request = tokenRequest(way, deployment, credentials, scope);
    if (request === undefined) return;
    const result = await http.retry(
      async () => {
        const sent = await http.send(request);
        if (sent === undefined) return undefined;
        const response = tokenResponse(sent);
        return failureIn(response) ?? (await judge(response));
      },
      (found) => retries.isFinal({ route, caller: client, method: "POST", expected }, found),
    );
    if (result !== undefined) report({ route, caller: client, method: "POST", expected, ...result });
  }

  /** What services read; `undefined` when it is not credentials, or cannot be read. */
  async function stored(): Promise<StoredCredentials | undefined> {
    const store = stores.get(client);
    if (store === undefined) return undefined;
    const found = await storedCredentials(store);
    if (found === "unreadable") {
      findings.unreadable.push(client);
      return undefined;
    }
    const result = judgeStored(client, found, deployment, store, folder);
    report({ route: "secret", caller: client, method: "GET", expected: "deployed-credentials", ...result });
    return typeof found === "string" ? undefined : found;
  }

  /** A token with all scopes. @returns whether Cognito responded, and knows the credentials */
  async function ownToken(route: "token" | "secret", credentials: ClientCredentials, way: TokenWay): Promise<boolean> {
    let isKnown = false;
    await check([route, way === "api" ? "token-by-api" : "token"], [way, credentials], async (response) => {
      const isUnknown = ERRORS[way].unknown.includes(response.error);
      // Without a domain, another host or nothing responds.
      isKnown = !isUnknown && response.error !== String(response.status);
      if (!isUnknown) return judgeOwn(response);
      const verdict = route === "secret" ? "wrong-credentials" : "unexpected-deny";
      const advice = await unknownClientAdvice(client, deployment, stores.has(client));
      return { verdict, found: response.error, advice };
    });
    return isKnown;
  }

  function judgeOwn({ token, error }: TokenResponse): Result {
    if (token === undefined) return { verdict: "unexpected-deny", found: error };
    const found = `token for ${token.scopes.join(", ") || "no scope"}`;
    if (token.scopes.some((scope) => !scopes.includes(scope))) return { verdict: "unexpected-allow", found };
    if (isUpdatedIssuer(token.issuer)) findings.hasUpdatedIssuer = true;
    // Without the pool's issuer there is nothing to compare with.
    if (deployment.issuer !== "" && !issuersOfPool(deployment.issuer).includes(token.issuer)) {
      return { verdict: "unexpected-deny", found: `${found} of another issuer` };
    }
    findings.tokens.set(client, token.text);
    if (token.scopes.length === scopes.length) return { verdict: "as-expected", found };
    return { verdict: "unexpected-deny", found: `${found} instead of ${scopes.toSorted().join(", ")}` };
  }

  /** Tokens for a wrong secret, for a foreign scope, and one that bypasses the domain. */
  async function denials(credentials: ClientCredentials): Promise<void> {
    const wrong = { ...credentials, secret: otherSecret(credentials.secret) };
    await check(["token", "deny-secret"], [mainWay, wrong], denied(ERRORS[mainWay].unknown));
    const foreign = foreignScope(scopes, grants);
    await check(["token", "deny-scope"], [mainWay, credentials, foreign], denied(ERRORS[mainWay].scope));
    if (mainWay === "api") return;
    if (ways.includes("api")) await ownToken("token", credentials, "api");
    else await check(["token", "deny-token-by-api"], ["api", credentials], denied([]));
  }

  /** No token of a client that is disabled, by either way. @returns whether Cognito responded, and knows the credentials */
  async function noToken(route: "token" | "secret", credentials: ClientCredentials): Promise<boolean> {
    let isKnown = false;
    await check([route, "deny-disabled"], ["domain", credentials], async (response) => {
      isKnown = !ERRORS.domain.unknown.includes(response.error) && response.error !== String(response.status);
      return denied(ERRORS.domain.disabled)(response);
    });
    if (isKnown) await check(["token", "deny-token-by-api"], ["api", credentials], denied([]));
    return isKnown;
  }

  const delivered = await stored();
  const other = delivered?.client_id === id ? (delivered.client_secret ?? "") : "";
  const candidates = [
    ...(other === "" || other === secret ? [] : [["secret", other] as const]),
    ...(secret === "" ? [] : [["token", secret] as const]),
  ];
  if (candidates.length === 0) findings.unknownSecrets.push(client);
  for (const [route, value] of candidates) {
    const credentials = { id, secret: value };
    if (ways.length === 0 && (await noToken(route, credentials))) return;
    if (ways.length > 0 && (await ownToken(route, credentials, mainWay))) return await denials(credentials);
  }
}

/** Throttling and errors of the server are not a decision about a token. */
function failureIn({ status, error }: TokenResponse): Result | undefined {
  if (status === 429 || error === "TooManyRequestsException") return { verdict: "throttled", found: error };
  return status >= 500 ? { verdict: "backend-error", found: error } : undefined;
}

/** @param errors errors of which any is expected; any error when empty */
function denied(errors: readonly string[]): Judge {
  return ({ token, status, error }) => {
    if (token !== undefined) return { verdict: "unexpected-allow", found: "token" };
    const isExpected = errors.length === 0 ? status >= 400 : errors.includes(error);
    return { verdict: isExpected ? "as-expected" : "denied-by-other", found: error };
  };
}

/** A scope of other clients or, where there is none, one that does not exist. */
function foreignScope(own: readonly string[], grants: Grants): string {
  const all = [...grants.values()].flatMap(({ scopes }) => scopes);
  return all.find((scope) => !own.includes(scope)) ?? `${own.toSorted()[0] ?? "verify/"}-not-granted`;
}

/** Another secret of the same form. */
function otherSecret(secret: string): string {
  return `${secret.slice(0, -1)}${secret.endsWith("0") ? "1" : "0"}`;
}
