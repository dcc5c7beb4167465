/**
 * Integrations that call an HTTP backend: HTTP_PROXY passes request and response on, HTTP makes others of them.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping.html
 */
import { type HttpResponse, headerValues, withHeaders } from "../protocols/http";
import { contextValue } from "../templates/context-variables";
import { type BackendRequest, callBackend } from "./backends";
import type { DeployedMethod } from "./deployed-api";
import { DEFAULT_TIMEOUT } from "./function-integration";
import type { Refusal } from "./gateway-response";
import {
  answeredHeaders,
  forwardedFor,
  forwardedHeaders,
  isSendable,
  mappableHeaders,
  type Pairs,
  proxiedHeaders,
  type RequestIds,
  traceId,
} from "./headers";
import { answerWith, type IntegrationBody, integrationBody, mediaTypeOf, overridesOf } from "./integration-mapping";
import { type Mapped, type MappingSource, mappedTo, withStageVariables } from "./parameter-mapping";
import type { Gateway } from "./stage-call";

/** What a value may put into a host's name: no sign with which another part of the URI begins. */
const HOST_PART = /^[A-Za-z0-9.-]+$/;
/** Headers that API Gateway sets for every request, so that a call with a mapping for them fails. */
const NEVER_MAPPED = ["content-length", "transfer-encoding"];

/** A response, and the status of the backend's own; without one when the backend did not answer. */
export interface HttpOutcome {
  readonly answer: HttpResponse | Refusal;
  readonly status: number | undefined;
}

/** The response made of the backend's, or why there is none. */
export async function answerWithBackend(
  gateway: Gateway,
  method: DeployedMethod,
  source: MappingSource,
  ids: RequestIds,
): Promise<HttpOutcome> {
  const { integration, integrationResponses } = method;
  const isProxy = integration.type === "HTTP_PROXY";
  const refused = (answer: Refusal): HttpOutcome => ({ answer, status: undefined });
  const made = isProxy ? proxyBody(source) : integrationBody(integration, source);
  if ("type" in made) return refused(made);
  const sent = backendRequest(method, source, made, isProxy ? proxied(source) : ownRequest(source, made));
  if (sent === undefined) return refused({ type: "API_CONFIGURATION_ERROR" });
  const answered = await callBackend(gateway, sent, integration.timeoutInMillis ?? DEFAULT_TIMEOUT);
  if (answered === "timeout") return refused({ type: "INTEGRATION_TIMEOUT" });
  if (answered === "unreachable") {
    return refused({ type: "INTEGRATION_FAILURE", status: 504, message: "Network error communicating with endpoint" });
  }
  const { status, headers, body } = answered;
  if (isProxy) return { answer: { status, headers: proxiedHeaders(answeredHeaders(headers), ids), body }, status };
  const response = { ...answered, status: String(status) };
  return { answer: answerWith(integrationResponses, response, source, ids, made.overrides), status };
}

const proxyBody = ({ request }: MappingSource): IntegrationBody => ({ body: request.body, overrides: new Map() });

interface Unmapped {
  readonly headers: Pairs;
  readonly query: Pairs;
}

/** The request as it came. */
function proxied(source: MappingSource): Unmapped {
  const { request } = source;
  const headers = withHeaders(forwardedHeaders(request.headers), forwardedFor(request));
  const hasAgent = headerValues(request, "User-Agent").length > 0;
  const own = ownHeaders(source).filter(([name]) => name !== "User-Agent" || !hasAgent);
  return { headers: withHeaders(headers, own), query: [...new URLSearchParams(request.query)] };
}

/** A request with nothing of the caller's but the body's type. */
function ownRequest(source: MappingSource, { body }: IntegrationBody): Unmapped {
  const type = body.length === 0 ? [] : [["Content-Type", mediaTypeOf(source.request)] as const];
  return { headers: [["Accept", "application/json"], ...type, ...ownHeaders(source)], query: [] };
}

/** What API Gateway sends about itself. */
function ownHeaders({ context, request }: MappingSource): Pairs {
  const [id = "", requestId = "", time] = ["apiId", "requestId", "requestTimeEpoch"].map((name) =>
    contextValue(context, [name]),
  );
  return [
    ["User-Agent", `AmazonAPIGateway_${id}`],
    ["x-amzn-apigateway-api-id", id],
    ["X-Amzn-Trace-Id", traceId(request, { requestId, time: Number(time ?? 0) })],
  ];
}

/** The request with the mapped parameters in it; `undefined` when the backend cannot be called. */
function backendRequest(
  { integration, resourcePath }: DeployedMethod,
  source: MappingSource,
  { body, overrides }: IntegrationBody,
  given: Unmapped,
): BackendRequest | undefined {
  const { requestParameters = {}, httpMethod: verb = "ANY" } = integration;
  const { request, stageVariables } = source;
  const mapped = (place: string): Mapped => {
    const ofPlace = mappedTo(requestParameters, `integration.request.${place}.`, source);
    return new Map([...ofPlace, ...overridesOf(overrides, `requestOverride.${place}.`)]);
  };
  // A parameter of the URI that is taken from `{name+}` is all of the path that is left.
  const isGreedy = (name: string) => {
    const expression = requestParameters[`integration.request.path.${name}`] ?? "";
    return resourcePath.endsWith(`{${expression.replace("method.request.path.", "")}+}`);
  };
  const uri = fillIn(withStageVariables(integration.uri ?? "", stageVariables), mapped("path"), isGreedy);
  const [, target = "", path = "", query = ""] = /^(https?:\/\/[^/?#]+)([^?#]*)\??([^#]*)$/.exec(uri ?? "") ?? [];
  if (!URL.canParse(target)) return undefined;
  const { host, origin } = new URL(target);
  const ofIntegration = mappableHeaders([...mapped("header")]);
  const headers = withHeaders([["Host", host], ...given.headers], ofIntegration);
  const isMappable = ofIntegration.every(([name]) => !NEVER_MAPPED.includes(name.toLowerCase()));
  if (!isMappable || !headers.every(isSendable)) return undefined;
  return {
    origin,
    method: verb === "ANY" ? request.method : verb,
    path: path === "" ? "/" : path,
    query: joined(query, given.query, mapped("querystring")),
    headers: [...headers, ["Content-Length", String(body.length)]],
    body,
    sourceIp: request.sourceIp,
    hops: request.hops ?? 0,
  };
}

/**
 * The URI with the values in place of `{name}`; `undefined` when one is missing, or is none for the host's name. A
 * value stays within its part of the path, slashes and all, but for that of a greedy parameter.
 */
function fillIn(uri: string, values: Mapped, keepsSlashes: (name: string) => boolean): string | undefined {
  const namesIn = (text: string) => [...text.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name);
  const host = /^https?:\/\/[^/?#]*/.exec(uri)?.[0] ?? "";
  if (!namesIn(uri).every((name) => values.has(name))) return undefined;
  if (!namesIn(host).every((name) => HOST_PART.test(values.get(name) ?? ""))) return undefined;
  return uri.replace(/\{([^}]+)\}/g, (_whole, name: string) => {
    const encoded = encodedPart(values.get(name) ?? "");
    return keepsSlashes(name) ? encoded.replaceAll("%2F", "/") : encoded;
  });
}

/** Query string of the URI, then the caller's, with mapped parameters in place of those of the same name. */
function joined(ofUri: string, sent: Pairs, mapped: Mapped): string {
  const kept = sent.filter(([name]) => !mapped.has(name));
  const pairs = [...kept, ...mapped].map(([name, value]) => `${encodedPart(name)}=${encodedPart(value)}`);
  return [...(ofUri === "" ? [] : [ofUri]), ...pairs].join("&");
}

/** By way of UTF-8, in which half a character becomes the sign for one that cannot be shown. */
function encodedPart(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}
