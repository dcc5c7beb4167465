/**
 * Lambda proxy integration: the event that the function receives, and the answer made of what it returns.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
import { type HttpRequest, type HttpResponse, headerValues } from "./http";

/** What API Gateway knows of a call besides the request itself. */
export interface CallContext {
  readonly accountId: string;
  readonly apiId: string;
  readonly deploymentId: string;
  readonly stage: string;
  readonly resourceId: string;
  /** Path of the resource, with braces. */
  readonly resourcePath: string;
  /** Path as called, without the stage. */
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Claims of the caller's token; `undefined` for an open method. */
  readonly claims: Readonly<Record<string, string>> | undefined;
  readonly requestId: string;
  readonly extendedRequestId: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The event of payload format 1.0; absent maps and an absent body are `null`. */
export function proxyEvent(request: HttpRequest, context: CallContext): object {
  const headers = grouped([
    ...request.headers.filter(([name]) => !isOfConnection(name)),
    ...addedHeaders(request, context),
  ]);
  const query = grouped([...new URLSearchParams(request.query)]);
  return {
    resource: context.resourcePath,
    path: context.path,
    httpMethod: request.method,
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: lastOf(query),
    multiValueQueryStringParameters: query,
    pathParameters: orNull(context.pathParameters),
    stageVariables: null,
    requestContext: requestContext(request, context),
    body: request.body.length === 0 ? null : request.body.toString("utf8"),
    isBase64Encoded: false,
  };
}

/** Headers that speak of the connection to API Gateway, which is not the function's. */
function isOfConnection(name: string): boolean {
  return ["connection", "content-length", "keep-alive", "transfer-encoding"].includes(name.toLowerCase());
}

/** What API Gateway adds to every request. */
function addedHeaders({ sourceIp }: HttpRequest, { time, requestId }: CallContext): Pairs {
  const seconds = Math.floor(time / 1000).toString(16);
  return [
    ["X-Amzn-Trace-Id", `Root=1-${seconds}-${requestId.replaceAll("-", "").slice(0, 24)}`],
    ["X-Forwarded-For", sourceIp],
    ["X-Forwarded-Port", "443"],
    ["X-Forwarded-Proto", "https"],
  ];
}

function requestContext(request: HttpRequest, context: CallContext): object {
  const { claims } = context;
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
    domainPrefix: context.apiId,
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
    },
    domainName: request.host,
    deploymentId: context.deploymentId,
    apiId: context.apiId,
  };
}

/** `02/Jul/2026:11:43:54 +0000` */
function requestTime(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

type Pairs = readonly (readonly [name: string, value: string])[];

/** Values by name, under the spelling that came first; `null` when there is nothing. */
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

const ANSWER_KEYS = ["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"];

/**
 * The caller's answer from what the function returned.
 *
 * @returns `undefined` when the function's answer is not of the form that API Gateway takes
 */
export function proxyResponse(
  payload: unknown,
  ids: Pick<CallContext, "requestId" | "extendedRequestId">,
): HttpResponse | undefined {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return undefined;
  const answer = payload as Readonly<Record<string, unknown>>;
  if (Object.keys(answer).some((key) => !ANSWER_KEYS.includes(key))) return undefined;
  const status = statusOf(answer["statusCode"]);
  const headers = headersOf(answer["headers"], answer["multiValueHeaders"]);
  const body = answer["body"] ?? "";
  if (status === undefined || headers === undefined || typeof body !== "string") return undefined;
  const hasType = headers.some(([name]) => name.toLowerCase() === "content-type");
  return {
    status,
    headers: [
      ...(hasType ? [] : [["Content-Type", "application/json"] as const]),
      ["x-amzn-RequestId", ids.requestId],
      ["x-amz-apigw-id", ids.extendedRequestId],
      ...headers,
    ],
    body,
  };
}

function statusOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return 200;
  const status = typeof value === "string" ? Number(value) : value;
  return typeof status === "number" && Number.isInteger(status) && status >= 100 && status <= 599 ? status : undefined;
}

/** Values of both maps, those of `multiValueHeaders` first. */
function headersOf(single: unknown, multiple: unknown): Pairs | undefined {
  const many = mapOf(multiple);
  const one = mapOf(single);
  if (many === undefined || one === undefined) return undefined;
  const lists = Object.entries(many);
  if (!lists.every(([, values]) => Array.isArray(values))) return undefined;
  const pairs = lists.flatMap(([name, values]) =>
    (values as readonly unknown[]).map((value) => [name, value] as const),
  );
  const all = [...pairs, ...Object.entries(one).filter(([name, value]) => !isListed(many, name, value))];
  return all.map(([name, value]) => [name, String(value)] as const);
}

function isListed(many: Readonly<Record<string, unknown>>, name: string, value: unknown): boolean {
  const listed = many[name];
  return Array.isArray(listed) && listed.includes(value);
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined || value === null) return {};
  return typeof value === "object" && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
}
