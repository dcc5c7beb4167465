/**
 * AWS APIs of the REST protocol: the operation is named by method and path, and JSON is what is left of it.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
import { AwsError } from "../../errors";
import type { HttpRequest, HttpResponse } from "../http";
import { type ApiPlace, isSigned, notEmulated, refusalOf } from "./aws-api";

/** As whoever reads the input refuses a member of it. */
const INVALID = "InvalidParameterException";

/** A request to an operation. */
export interface RestCall {
  /** What the request has in place of the path's `{names}`, decoded. */
  readonly parts: Readonly<Record<string, string>>;
  /** Parameters of the query; of one that is sent twice, the first. */
  readonly query: Readonly<Record<string, string>>;
  readonly request: HttpRequest;
}

/** An answer that is more than JSON with status 200. */
export class RestAnswer {
  /** @param body bytes, text as it is, or what is sent as JSON */
  constructor(
    readonly status: number,
    readonly body: object | string | Uint8Array,
    readonly headers: HttpResponse["headers"] = [],
  ) {}
}

/** @throws {AwsError} when AWS refuses; @throws {UnsupportedError} for what is not played */
export type RestOperation<Place extends ApiPlace> = (place: Place, call: RestCall) => Promise<object | RestAnswer>;

/** What is played of a service. */
export interface RestService<Place extends ApiPlace> {
  /** By AWS's name of the operation: method, path with `{names}` in place of what varies, and what answers. */
  readonly operations: Readonly<
    Record<string, readonly [method: string, path: string, operation: RestOperation<Place>]>
  >;
  /** The body of a refusal. */
  readonly refusal: (error: AwsError) => object;
  /**
   * The service's own name of a refusal of a member of the input.
   * @default "InvalidParameterException"
   */
  readonly invalid?: string;
}

/** Answers a request to the service. */
export async function answerRestApi<Place extends ApiPlace>(
  service: RestService<Place>,
  place: Place,
  request: HttpRequest,
): Promise<HttpResponse> {
  const requestId = place.account.uuid();
  try {
    if (!isSigned(request)) {
      throw new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token", 403);
    }
    const [operation, call] = findOperation(service, request);
    const answered = await operation(place, call);
    return send(requestId, answered instanceof RestAnswer ? answered : new RestAnswer(200, answered));
  } catch (error) {
    const refusal = refusalOf(error);
    const name = refusal.name === INVALID ? (service.invalid ?? INVALID) : refusal.name;
    const answer = new RestAnswer(refusal.status, service.refusal(refusal), [["x-amzn-ErrorType", name]]);
    return send(requestId, answer);
  }
}

function findOperation<Place extends ApiPlace>(
  { operations }: RestService<Place>,
  request: HttpRequest,
): readonly [RestOperation<Place>, RestCall] {
  for (const [method, path, operation] of Object.values(operations)) {
    const parts = method === request.method ? matchPath(path, request.path) : undefined;
    if (parts === undefined) continue;
    const query = Object.fromEntries([...new URLSearchParams(request.query)].reverse());
    return [operation, { parts, query, request }];
  }
  const asked = `${request.method} ${request.path}`;
  throw new AwsError("UnknownOperationException", notEmulated(asked, Object.keys(operations)), 404);
}

/** What stands in place of the names; `undefined` when the path is another one. */
function matchPath(wanted: string, path: string): Readonly<Record<string, string>> | undefined {
  const [wantedParts, sent] = [wanted.split("/"), path.split("/")];
  if (wantedParts.length !== sent.length) return undefined;
  const parts: (readonly [name: string, value: string])[] = [];
  for (const [index, part] of wantedParts.entries()) {
    const value = decode(sent[index] ?? "");
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined ? part !== value : value === "") return undefined;
    if (name !== undefined) parts.push([name, value]);
  }
  return Object.fromEntries(parts);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function send(requestId: string, { status, body, headers }: RestAnswer): HttpResponse {
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  return {
    status,
    headers: [
      ...(isRaw ? [] : [["Content-Type", "application/json"] as const]),
      ["x-amzn-RequestId", requestId],
      ...headers,
    ],
    body: isRaw ? body : JSON.stringify(body),
  };
}
