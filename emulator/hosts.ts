/** The endpoints of AWS's own hosts, and of the custom domains of pools and APIs. */
import { createHash } from "node:crypto";
import { answerApiDomain, findApiDomain, isCustomHost } from "./gateway/custom-domain";
import { answerExecuteApi } from "./gateway/execute-api";
import type { Answered, Gateway, StageCall } from "./gateway/stage-call";
import { type OnAccessLog, stageEntrance } from "./gateway/stage-entrance";
import { refusedBy, withDecisionTrail } from "./protocols/decision-trail";
import type { Endpoint, HttpRequest, HttpResponse } from "./protocols/http";
import type { Runtime } from "./protocols/runtime";
import { answerService, type OperationContext, type ServiceDefinition } from "./protocols/service";
import { isAwsHost, refuseUnknownService } from "./protocols/unknown-service";
import { LogEvents } from "./runtime/log-events";
import { apigateway } from "./services/apigateway";
import { cloudTrail, recordEvent, TRAIL_LIMITS } from "./services/cloudtrail";
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
import { ssm } from "./services/ssm";
import { sts } from "./services/sts";
import { wafv2 } from "./services/wafv2";

/** What responses of all hosts are made of. */
interface Emulated {
  readonly gateway: Gateway;
  readonly logs: LogEvents;
  readonly trail: LogEvents;
  readonly answerCall: (call: StageCall) => Promise<Answered>;
}

/** Answers a request to a host whose name is made of these parts. */
type Answer = (
  emulated: Emulated,
  request: HttpRequest,
  ...parts: readonly string[]
) => HttpResponse | Promise<HttpResponse>;

/** A host: its name, with what varies in angle brackets, how it is recognized, and what answers there. */
type Host = readonly [name: string, pattern: RegExp, answer: Answer];

/** What API Gateway takes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Path of what a pool publishes about itself. */
const POOL_DOCUMENT = /^\/([^/]+)\/\.well-known\/([^/]+)$/;

/** The API of a service; where the host has no region, it is in the first one. */
const apiOf =
  (service: ServiceDefinition): Answer =>
  (emulated, request, region = "us-east-1") =>
    answerService(service, contextOf(emulated, region), request);

/** Services with an endpoint in each region, by the beginning of its host. */
const REGIONAL = {
  apigateway,
  cloudtrail: cloudTrail,
  lambda,
  logs,
  monitoring: cloudWatch,
  secretsmanager: secretsManager,
  ssm,
  wafv2,
};

const HOSTS: readonly Host[] = [
  [
    "<domain>.auth.<region>.amazoncognito.com",
    /^([a-z0-9-]+)\.auth\.([a-z0-9-]+)\.amazoncognito\.com$/,
    (emulated, request, prefix = "", region = "") =>
      answerPoolDomain(emulated, findPoolByDomain(emulated.gateway.account, region, prefix), request),
  ],
  [
    "issuer-cognito-idp.<region>.amazonaws.com",
    /^issuer-cognito-idp\.([a-z0-9-]+)\.amazonaws\.com$/,
    (emulated, request, region = "") => answerIssuer(emulated, region, request),
  ],
  [
    "cognito-idp.<region>.amazonaws.com",
    /^cognito-idp\.([a-z0-9-]+)\.amazonaws\.com$/,
    // One host for two things: a pool's public documents, and the API of the service.
    (emulated, request, region = "") =>
      POOL_DOCUMENT.test(request.path)
        ? answerIssuer(emulated, region, request)
        : apiOf(cognito)(emulated, request, region),
  ],
  [
    "<api>.execute-api.<region>.amazonaws.com",
    /^([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.amazonaws\.com$/,
    ({ gateway, answerCall }, request, apiId = "", region = "") =>
      answerExecuteApi(gateway, region, apiId, request, answerCall),
  ],
  [
    "awslambda-<region>-tasks.s3.<region>.amazonaws.com",
    /^awslambda-([a-z0-9-]+)-tasks\.s3\.\1\.amazonaws\.com$/,
    ({ gateway: { account } }, request, region = "") => answerCode(account, region, request),
  ],
  ["iam.amazonaws.com", /^iam\.amazonaws\.com$/, apiOf(iam)],
  ["<bucket>.s3.<region>.amazonaws.com", /^(?:.+\.)?s3(?:\.([a-z0-9-]+))?\.amazonaws\.com$/, apiOf(s3)],
  [
    "sts.<region>.amazonaws.com",
    /^sts\.(?:([a-z0-9-]+)\.)?amazonaws\.com$/,
    (emulated, request, region = "") => apiOf(sts)(emulated, request, region),
  ],
  ...Object.entries(REGIONAL).map(([name, service]): Host => {
    return [`${name}.<region>.amazonaws.com`, new RegExp(`^${name}\\.([a-z0-9-]+)\\.amazonaws\\.com$`), apiOf(service)];
  }),
];

/** Names of AWS's hosts that are emulated, for people. */
export const EMULATED_HOSTS = HOSTS.map(([name]) => name);

/** The longest body that the host takes, in bytes: functions are sent to Lambda, and nothing longer to any other. */
export function maxBodyBytes(host: string): number {
  return host.startsWith("lambda.") ? (lambda.maxRequestBytes ?? 0) : MAX_BODY_BYTES;
}

/** Hosts that machines call, without AWS's own APIs: token endpoints, documents of pools, and APIs. */
const CALLED_BY_MACHINES: readonly RegExp[] = [
  /\.auth\.[a-z0-9-]+\.amazoncognito\.com$/,
  /^[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com$/,
];

/** Whether a request is one that machines make, and no call of AWS's own APIs. @param url path and query */
export function isCalledByMachines(host: string, method: string, url: string): boolean {
  if (!isEmulated(host)) return false;
  if (CALLED_BY_MACHINES.some((pattern) => pattern.test(host))) return true;
  return /^(issuer-)?cognito-idp\./.test(host) && method === "GET" && POOL_DOCUMENT.test(url);
}

/** Whether requests to the host get a response: an emulated one, or one that says that the service is not emulated. */
export function isAnswered(host: string): boolean {
  return isEmulated(host) || isAwsHost(host);
}

/** Whether the host is one of AWS's that are emulated. */
export function isEmulated(host: string): boolean {
  return HOSTS.some(([, pattern]) => pattern.test(host));
}

/**
 * The endpoint of all hosts together.
 * @param onAccessLog receives every line of a stage's access log
 */
export function createEndpoint(gateway: Gateway, onAccessLog?: OnAccessLog): Endpoint {
  const { account } = gateway;
  const answer: Endpoint = async (request) => {
    for (const [, pattern, answerHost] of HOSTS) {
      const found = pattern.exec(request.host);
      if (found !== null) return await answerHost(emulated, request, ...found.slice(1));
    }
    if (isAwsHost(request.host)) return refuseUnknownService(request, account.uuid(), EMULATED_HOSTS);
    return await answerCustomHost(emulated, request);
  };
  const logs = gateway.logs ?? new LogEvents({ clock: () => account.now() });
  const trail = gateway.trail ?? new LogEvents({ clock: () => account.now(), ...TRAIL_LIMITS });
  // An API may call an emulated host: that stays within this process.
  const answerEmulated: Gateway["answerEmulated"] = (request) =>
    isEmulated(request.host) || isCustomHost(account, request.host) ? answer(request) : undefined;
  const whole: Gateway = { logs, answerEmulated, ...gateway };
  // A log group has the lines of access logs in one stream.
  const keepLine: OnAccessLog = (logGroup, line, region) => {
    logs.add({ region, logGroup, logStream: createHash("md5").update(logGroup).digest("hex") }, line);
    onAccessLog?.(logGroup, line, region);
  };
  const emulated: Emulated = { gateway: whole, logs, trail, answerCall: stageEntrance(whole, keepLine) };
  return answer;
}

async function answerCustomHost(emulated: Emulated, request: HttpRequest): Promise<HttpResponse> {
  const { account } = emulated.gateway;
  const domain = findApiDomain(account, request.host);
  if (domain !== undefined) return await answerApiDomain(account, domain, request, emulated.answerCall);
  return await answerPoolDomain(emulated, findPoolByCustomDomain(account, request.host), request);
}

async function answerPoolDomain(
  emulated: Emulated,
  pool: Pool | undefined,
  request: HttpRequest,
): Promise<HttpResponse> {
  const nothing = (why: string) => withDecisionTrail({ ...NOT_FOUND }, refusedBy("token endpoint", why));
  if (pool === undefined) return nothing(`no user pool has the domain ${request.host}`);
  if (request.path !== "/oauth2/token") return nothing("the token endpoint is /oauth2/token");
  const { account, accountId, region, runtime } = contextOf(emulated, pool.region);
  return await answerTokenRequest(account, pool, request, (event) => {
    recordEvent({ account, accountId, region, trail: runtime.trail }, request, event);
  });
}

async function answerIssuer(
  { gateway: { account } }: Emulated,
  region: string,
  { method, path }: HttpRequest,
): Promise<HttpResponse> {
  const [, poolId = "", document = ""] = POOL_DOCUMENT.exec(path) ?? [];
  const pool = method === "GET" ? findPool(account, region, poolId) : undefined;
  return (pool && (await answerDiscovery(account, pool, document))) ?? NOT_FOUND;
}

function contextOf({ gateway, logs, trail }: Emulated, region: string): Omit<OperationContext, "requestId"> {
  const { account, runner, events, functionDelay = 0, regionAccounts = {} } = gateway;
  const runtime: Runtime = { runner, logs, trail, functionDelay, ...(events && { events }) };
  return { account, region, accountId: regionAccounts[region] ?? account.id, runtime };
}

const NOT_FOUND: HttpResponse = { status: 404, headers: [], body: "" };
