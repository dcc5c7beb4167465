/** Which endpoint a host belongs to. Hosts are AWS's own; whatever is not listed here is not played. */
import type { Account } from "../account";
import { answerCognitoApi } from "./aws-api";
import { answerDiscovery } from "./discovery";
import { answerExecuteApi } from "./execute-api";
import type { Endpoint, HttpResponse } from "./http";
import type { FunctionRunner } from "./invoke";
import { findPool, findPoolByDomain } from "./pools";
import { answerTokenRequest } from "./token";

const POOL_DOMAIN = /^([a-z0-9-]+)\.auth\.([a-z0-9-]+)\.amazoncognito\.com$/;
const COGNITO_API = /^cognito-idp\.([a-z0-9-]+)\.amazonaws\.com$/;
const EXECUTE_API = /^([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.amazonaws\.com$/;

/** What is played, for people. */
export const PLAYED_HOSTS = [
  "<domain>.auth.<region>.amazoncognito.com",
  "cognito-idp.<region>.amazonaws.com",
  "<api>.execute-api.<region>.amazonaws.com",
] as const;

/** Whether the host is one of AWS's that are played here; only for those a certificate is made. */
export function isPlayed(host: string): boolean {
  return [POOL_DOMAIN, COGNITO_API, EXECUTE_API].some((pattern) => pattern.test(host));
}

/** The endpoint of all hosts together. */
export function createEndpoint(account: Account, runner: Pick<FunctionRunner, "invoke">): Endpoint {
  return async (request) => {
    const [, prefix, domainRegion] = POOL_DOMAIN.exec(request.host) ?? [];
    if (prefix !== undefined && domainRegion !== undefined) {
      const pool = findPoolByDomain(account, domainRegion, prefix);
      if (pool === undefined || request.path !== "/oauth2/token") return notFound();
      return await answerTokenRequest(account, pool, request);
    }
    const [, cognitoRegion] = COGNITO_API.exec(request.host) ?? [];
    if (cognitoRegion !== undefined) return await answerCognitoHost(account, cognitoRegion, request);
    const [, apiId, apiRegion] = EXECUTE_API.exec(request.host) ?? [];
    if (apiId === undefined || apiRegion === undefined) return notFound();
    return await answerExecuteApi({ account, runner }, apiRegion, apiId, request);
  };
}

/** One host for two things: a pool's public documents, and the API of the service. */
async function answerCognitoHost(account: Account, region: string, request: Parameters<Endpoint>[0]) {
  const [, poolId, document] = /^\/([^/]+)\/\.well-known\/([^/]+)$/.exec(request.path) ?? [];
  if (poolId === undefined || document === undefined) return await answerCognitoApi(account, region, request);
  const pool = request.method === "GET" ? findPool(account, region, poolId) : undefined;
  return (pool && answerDiscovery(account, pool, document)) ?? notFound();
}

function notFound(): HttpResponse {
  return { status: 404, headers: [], body: "" };
}
