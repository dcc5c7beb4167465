/**
 * Lambda proxy integration: the event that the function receives.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
 */

import { type HttpRequest, headerValues, withHeaders } from "../protocols/http";
import { withoutConnectionHeaders } from "./remapped-headers";
import { traceId } from "./trace-id";

/** What is known of whoever calls. */
export interface Caller {
  /** Claims of the token; `undefined` for an open method and for a refused token. */
  readonly claims: Readonly<Record<string, string>> | undefined;
  /** The API key that the method requires. Left out: it requires none, or the key was refused. */
  readonly apiKey?: { readonly id: string; readonly value: string };
}

/** What API Gateway knows of a call besides the request itself. */
export interface CallContext extends Caller {
  readonly accountId: string;
  readonly apiId: string;
  readonly deploymentId: string;
  readonly stage: string;
  readonly resourceId: string;
  /** Path of the resource, with braces. */
  readonly resourcePath: string;
  /** Path as called, without the stage; several slashes at its beginning are one. */
  readonly path: string;
  /** Percent-encoded as sent. */
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly extendedRequestId: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The event of payload format 1.0; absent maps and an absent body are `null`. */
export function proxyEvent(request: HttpRequest, context: CallContext): object {
  const headers = grouped(oneSpelling(eventHeaders(request, context)));
  const query = grouped([...new URLSearchParams(request.query)]);
  return {
    resource: context.resourcePath,
    path: context.path === "" ? "/" : context.path,
    httpMethod: request.method,
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: lastOf(query),
    multiValueQueryStringParameters: query,
    pathParameters: orNull(context.pathParameters),
    stageVariables: orNull(context.stageVariables),
    requestContext: requestContext(request, context),
    body: request.body.length === 0 ? null : request.body.toString("utf8"),
    isBase64Encoded: false,
  };
}

/** Headers sent and those that API Gateway adds; a caller has no say in which host it called, and from where. */
function eventHeaders(request: HttpRequest, context: CallContext): Pairs {
  const forwardedFor = [...headerValues(request, "X-Forwarded-For"), request.sourceIp].join(", ");
  return withHeaders(withoutConnectionHeaders(request.headers), [
    ["Host", request.host],
    ["X-Amzn-Trace-Id", traceId(request, context)],
    ["X-Forwarded-For", forwardedFor],
    ["X-Forwarded-Port", "443"],
    ["X-Forwarded-Proto", "https"],
  ]);
}

/** Headers that have one spelling (recorded). */
const SPELLINGS = ["Authorization", "User-Agent"].map((name) => [name.toLowerCase(), name] as const);

/** Every name in the case in which it came first: to a function, `x-a` and `X-A` are one header. */
function oneSpelling(pairs: Pairs): Pairs {
  const spellings = new Map(SPELLINGS);
  return pairs.map(([name, value]) => {
    const spelling = spellings.get(name.toLowerCase()) ?? name;
    spellings.set(name.toLowerCase(), spelling);
    return [spelling, value] as const;
  });
}

/** What API Gateway knows of the call, as a function receives it. */
export function requestContext(request: HttpRequest, context: CallContext): Readonly<Record<string, unknown>> {
  const { claims, apiKey } = context;
  return {
    resourceId: context.resourceId,
    ...(claims === undefined ? {} : { authorizer: { claims } }),
    resourcePath: context.resourcePath,
    httpMethod: request.method,
    extendedRequestId: context.extendedRequestId,
    requestTime: requestTime(context.time),
    path: request.path,
    accountId: context.accountId,
    protocol: "HTTP/1.1",
    stage: context.stage,
    domainPrefix: request.host.split(".")[0] ?? "",
    requestTimeEpoch: context.time,
    requestId: context.requestId,
    identity: {
      cognitoIdentityPoolId: null,
      accountId: null,
      cognitoIdentityId: null,
      caller: null,
      sourceIp: request.sourceIp,
      principalOrgId: null,
      accessKey: null,
      cognitoAuthenticationType: null,
      cognitoAuthenticationProvider: null,
      userArn: null,
      userAgent: headerValues(request, "User-Agent").at(-1) ?? null,
      user: null,
      ...(apiKey === undefined ? {} : { apiKey: apiKey.value, apiKeyId: apiKey.id }),
    },
    domainName: request.host,
    deploymentId: context.deploymentId,
    apiId: context.apiId,
  };
}

/** `02/Jul/2026:11:43:54 +0000` */
export function requestTime(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

type Pairs = readonly (readonly [name: string, value: string])[];

/** Values by name; `null` when there is nothing. */
function grouped(pairs: Pairs): Readonly<Record<string, readonly string[]>> | null {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  return orNull(Object.fromEntries(groups));
}

function lastOf(groups: Readonly<Record<string, readonly string[]>> | null): Readonly<Record<string, string>> | null {
  if (groups === null) return null;
  return Object.fromEntries(Object.entries(groups).map(([name, values]) => [name, values.at(-1) ?? ""]));
}

function orNull<Value>(map: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> | null {
  return Object.keys(map).length === 0 ? null : map;
}
