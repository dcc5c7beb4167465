/**
 * Lambda proxy integration: the event that the function receives, and the response that is made of what it returns.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
import { type HttpRequest, type HttpResponse, headerValues, withHeaders } from "../protocols/http";
import { words } from "../protocols/words";
import {
  forwardedFor,
  functionHeaders,
  isSendable,
  type Pairs,
  proxiedHeaders,
  type RequestIds,
  seenHeaders,
  traceId,
} from "./headers";
import type { Caller } from "./stage-call";

/** What API Gateway knows of a call besides the request itself. */
export interface CallContext extends Caller, RequestIds {
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
  /** Milliseconds since 1970. */
  readonly time: number;
}

const MONTHS = words("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec");

/** The event of payload format 1.0; absent maps and an absent body are `null`. */
export function proxyEvent(request: HttpRequest, context: CallContext): object {
  // A caller has no say in which host it called, and from where.
  const own = [["Host", request.host] as const, ["X-Amzn-Trace-Id", traceId(request, context)] as const];
  const sent = withHeaders(seenHeaders(request.headers), [...own, ...forwardedFor(request)]);
  const headers = grouped(oneSpelling(sent));
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

/** Members of `identity` that calls of user pools' clients have not, in the order of AWS. */
const [NO_IDENTITY, NO_USER] = [
  words("cognitoIdentityPoolId accountId cognitoIdentityId caller"),
  words("principalOrgId accessKey cognitoAuthenticationType cognitoAuthenticationProvider userArn"),
].map((names) => Object.fromEntries(names.map((name) => [name, null])));

/** The context of the call, as a function receives it. */
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
      ...NO_IDENTITY,
      sourceIp: request.sourceIp,
      ...NO_USER,
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
  const [year, month, day, clock] = new Date(time).toISOString().split(/[-T.]/);
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock} +0000`;
}

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

const MEMBERS = ["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"];

/**
 * The caller's response from what the function returned.
 * @returns what is wrong when that is not of the form that API Gateway takes; it names no value
 */
export function proxyResponse(payload: unknown, ids: RequestIds): HttpResponse | string {
  if (!isMap(payload)) return "it is not an object";
  const unknown = Object.keys(payload).filter((key) => !MEMBERS.includes(key));
  if (unknown.length > 0) return `it has ${quoted(unknown)}, expected only ${quoted(MEMBERS)}`;
  const status = statusOf(payload["statusCode"]);
  const given = headersOf(payload["headers"] ?? {}, payload["multiValueHeaders"] ?? {});
  const body = payload["body"] ?? "";
  if (status === undefined) return '"statusCode" is not an integer from 200 to 599';
  if (given === undefined) return '"headers" has to map names to values, and "multiValueHeaders" names to lists';
  if (typeof body !== "string") return '"body" is not a string';
  const headers = functionHeaders(given);
  const unsendable = headers.filter((header) => !isSendable(header)).map(([name]) => name);
  if (unsendable.length > 0) return `the headers ${quoted(unsendable)} cannot be written in HTTP`;
  return { status, headers: proxiedHeaders(headers, ids), body };
}

function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}

function statusOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return 200;
  const status = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599 ? status : undefined;
}

/** Values of both maps, those of `multiValueHeaders` first. */
function headersOf(single: unknown, multiple: unknown): Pairs | undefined {
  if (!isMap(single) || !isMap(multiple)) return undefined;
  const lists = Object.entries(multiple);
  if (!lists.every(([, values]) => Array.isArray(values))) return undefined;
  const many = lists.flatMap(([name, values]) => (values as unknown[]).map((value) => [name, value] as const));
  const isListed = (name: string, value: unknown) => many.some(([other, listed]) => other === name && listed === value);
  const all = [...many, ...Object.entries(single).filter(([name, value]) => !isListed(name, value))];
  if (all.some(([, value]) => typeof value === "object" && value !== null)) return undefined;
  return all.map(([name, value]) => [name, String(value)] as const);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
