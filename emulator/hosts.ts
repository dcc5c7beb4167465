/** Which endpoint a host belongs to: AWS's own hosts, and those that somebody made a domain of a pool or an API. */
import { createHash } from "node:crypto";
import type { Account } from "./account/account";
import { answerApiDomain, findApiDomain, isCustomHost } from "./gateway/custom-domain";
import { answerExecuteApi } from "./gateway/execute-api";
import type { Answered, Gateway, StageCall } from "./gateway/stage-call";
import { type OnAccessLog, stageEntrance } from "./gateway/stage-entrance";
import type { Endpoint, HttpRequest, HttpResponse } from "./protocols/http";
import { answerService, type OperationContext } from "./protocols/service";
import { LogEvents } from "./runtime/log-events";
import { apigateway } from "./services/apigateway";
import { cloudWatch } from "./services/cloudwatch";
import { cognito } from "./services/cognito";
import { answerDiscovery } from "./services/cognito/discovery";
import { findPool, findPoolByCustomDomain, findPoolByDomain, type Pool } from "./services/cognito/pool-hosts";
import { answerTokenRequest } from "./services/cognito/token-endpoint";
import { iam } from "./services/iam";
import { answerCode, lambda } from "./services/lambda";
import { logs } from "./services/logs";
import { s3 } from "./services/s3";
import { secretsManager } from "./services/secretsmanager";
import { sts } from "./services/sts";
import { wafv2 } from "./services/wafv2";

/** What the hosts together are. */
interface Played {
  readonly gateway: Gateway;
  readonly logs: LogEvents;
  readonly answerCall: (call: StageCall) => Promise<Answered>;
}

/** Answers a request to a host whose name is made of these parts. */
type Answer = (played: Played, request: HttpRequest, ...parts: readonly string[]) => Promise<HttpResponse>;

/** IAM has one endpoint for all regions; it is in this one. */
const IAM_REGION = "us-east-1";

/** What API Gateway takes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Path of what a pool publishes about itself. */
const POOL_DOCUMENT = /^\/([^/]+)\/\.well-known\/([^/]+)$/;

/** AWS's hosts: what people are told of them, how they are recognised, and what answers there. */
const HOSTS: readonly (readonly [name: string, pattern: RegExp, answer: Answer])[] = [
  [
    "<domain>.auth.<region>.amazoncognito.com",
    /^([a-z0-9-]+)\.auth\.([a-z0-9-]+)\.amazoncognito\.com$/,
    async ({ gateway: { account } }, request, prefix = "", region = "") =>
      await answerPoolDomain(account, findPoolByDomain(account, region, prefix), request),
  ],
  [
    "issuer-cognito-idp.<region>.amazonaws.com",
    /^issuer-cognito-idp\.([a-z0-9-]+)\.amazonaws\.com$/,
    async (played, request, region = "") => answerIssuer(played, region, request),
  ],
  [
    "cognito-idp.<region>.amazonaws.com",
    /^cognito-idp\.([a-z0-9-]+)\.amazonaws\.com$/,
    async (played, request, region = "") => await answerCognitoHost(played, region, request),
  ],
  [
    "<api>.execute-api.<region>.amazonaws.com",
    /^([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.amazonaws\.com$/,
    async ({ gateway, answerCall }, request, apiId = "", region = "") =>
      await answerExecuteApi(gateway, region, apiId, request, answerCall),
  ],
  [
    "apigateway.<region>.amazonaws.com",
    /^apigateway\.([a-z0-9-]+)\.amazonaws\.com$/,
    async (played, request, region = "") => await answerService(apigateway, contextOf(played, region), request),
  ],
  [
    "iam.amazonaws.com",
    /^iam\.amazonaws\.com$/,
    async (played, request) => await answerService(iam, contextOf(played, IAM_REGION), request),
  ],
  [
    "lambda.<region>.amazonaws.com",
    /^lambda\.([a-z0-9-]+)\.amazonaws\.com$/,
    async (played, request, region = "") => await answerService(lambda, contextOf(played, region), request),
  ],
  [
    "awslambda-<region>-tasks.s3.<region>.amazonaws.com",
    /^awslambda-([a-z0-9-]+)-tasks\.s3\.\1\.amazonaws\.com$/,
    async ({ gateway: { account } }, request, region = "") => answerCode(account, region, request),
  ],
  [
    "logs.<region>.amazonaws.com",
    /^logs\.([a-z0-9-]+)\.amazonaws\.com$/,
    async (played, request, region = "") => await answerService(logs, contextOf(played, region), request),
  ],
  [
    "monitoring.<region>.amazonaws.com",
    /^monitoring\.([a-z0-9-]+)\.amazonaws\.com$/,
    async (played, request, region = "") => await answerService(cloudWatch, contextOf(played, region), request),
  ],
  [
    "<bucket>.s3.<region>.amazonaws.com",
    /^(?:.+\.)?s3(?:\.([a-z0-9-]+))?\.amazonaws\.com$/,
    async (played, request, region = "us-east-1") => await answerService(s3, contextOf(played, region), request),
  ],
  [
    "secretsmanager.<region>.amazonaws.com",
    /^secretsmanager\.([a-z0-9-]+)\.amazonaws\.com$/,
    async (played, request, region = "") => await answerService(secretsManager, contextOf(played, region), request),
  ],
  [
    "sts.<region>.amazonaws.com",
    /^sts\.(?:([a-z0-9-]+)\.)?amazonaws\.com$/,
    async (played, request, region = "") => await answerService(sts, contextOf(played, region), request),
  ],
  [
    "wafv2.<region>.amazonaws.com",
    /^wafv2\.([a-z0-9-]+)\.amazonaws\.com$/,
    async (played, request, region = "") => await answerService(wafv2, contextOf(played, region), request),
  ],
];

/** What is played of AWS, for people. */
export const PLAYED_HOSTS = HOSTS.map(([name]) => name);

/** The longest body that the host takes, in bytes: functions are sent to Lambda, and nothing longer to any other. */
export function maxBodyBytes(host: string): number {
  return host.startsWith("lambda.") ? (lambda.maxRequestBytes ?? 0) : MAX_BODY_BYTES;
}

/** Whether the host is one of AWS's that are played here. */
export function isPlayed(host: string): boolean {
  return HOSTS.some(([, pattern]) => pattern.test(host));
}

/**
 * The endpoint of all hosts together.
 * @param onAccessLog told of every line of a stage's access log
 */
export function createEndpoint(gateway: Gateway, onAccessLog?: OnAccessLog): Endpoint {
  const { account } = gateway;
  const answer: Endpoint = async (request) => {
    for (const [, pattern, answerHost] of HOSTS) {
      const found = pattern.exec(request.host);
      if (found !== null) return await answerHost(played, request, ...found.slice(1));
    }
    return await answerCustomHost(played, request);
  };
  const logs = gateway.logs ?? new LogEvents(() => account.now());
  // An API may call what is played here: it stays within this process.
  const whole: Gateway = {
    logs,
    answerPlayed: (request) =>
      isPlayed(request.host) || isCustomHost(account, request.host) ? answer(request) : undefined,
    ...gateway,
  };
  const played: Played = { gateway: whole, logs, answerCall: stageEntrance(whole, keepingLines(logs, onAccessLog)) };
  return answer;
}

/** Keeps lines of access logs besides telling of them. A group has them in one stream. */
function keepingLines(logs: LogEvents, onAccessLog?: OnAccessLog): OnAccessLog {
  return (logGroup, line, region) => {
    const logStream = createHash("md5").update(logGroup).digest("hex");
    logs.add({ region, logGroup, logStream }, line);
    onAccessLog?.(logGroup, line, region);
  };
}

async function answerCustomHost({ gateway, answerCall }: Played, request: HttpRequest): Promise<HttpResponse> {
  const { account } = gateway;
  const domain = findApiDomain(account, request.host);
  if (domain !== undefined) return await answerApiDomain(account, domain, request, answerCall);
  return await answerPoolDomain(account, findPoolByCustomDomain(account, request.host), request);
}

async function answerPoolDomain(account: Account, pool: Pool | undefined, request: HttpRequest): Promise<HttpResponse> {
  if (pool === undefined || request.path !== "/oauth2/token") return notFound();
  return await answerTokenRequest(account, pool, request);
}

/** One host for two things: a pool's public documents, and the API of the service. */
/** The updated issuer's host has documents alone. */
function answerIssuer({ gateway: { account } }: Played, region: string, { method, path }: HttpRequest): HttpResponse {
  const [, poolId = "", document = ""] = POOL_DOCUMENT.exec(path) ?? [];
  const pool = method === "GET" ? findPool(account, region, poolId) : undefined;
  return (pool && answerDiscovery(account, pool, document)) ?? notFound();
}

async function answerCognitoHost(played: Played, region: string, request: HttpRequest): Promise<HttpResponse> {
  if (POOL_DOCUMENT.test(request.path)) return answerIssuer(played, region, request);
  return await answerService(cognito, contextOf(played, region), request);
}

function contextOf({ gateway, logs }: Played, region: string): Omit<OperationContext, "requestId"> {
  const { account, runner, functionDelay = 0, regionAccounts = {} } = gateway;
  return { account, region, accountId: regionAccounts[region] ?? account.id, runtime: { runner, logs, functionDelay } };
}

function notFound(): HttpResponse {
  return { status: 404, headers: [], body: "" };
}
