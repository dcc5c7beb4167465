/**
 * The request that an HTTP backend gets: the integration's URI with the mapped parameters in it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping.html
 */
import { type HttpRequest, headerValues, withHeaders } from "../protocols/http";
import type { BackendRequest } from "./backends";
import { contextValue } from "./context-variables";
import type { DeployedMethod } from "./deployed-api";
import { type IntegrationBody, mediaTypeOf } from "./integration-request";
import type { Overrides } from "./mapping-template";
import { type Mapped, type MappingSource, mappedTo } from "./parameter-mapping";
import { forwardedHeaders, isSendable, mappableHeaders } from "./remapped-headers";
import { withStageVariables } from "./stage-variables";
import { traceId } from "./trace-id";

/** What a value may put into a host's name: no sign with which another part of the URI begins. */
const HOST_PART = /^[A-Za-z0-9.-]+$/;

/** Headers that API Gateway sets for every request, so that a call with a mapping for them fails. */
const NEVER_MAPPED = ["content-length", "transfer-encoding"];

type Pairs = HttpRequest["headers"];

/** The request as it came, with the mapped parameters; `undefined` when the integration cannot be asked. */
export function httpProxyRequest(method: DeployedMethod, source: MappingSource): BackendRequest | undefined {
  const { request } = source;
  const headers = withHeaders(forwardedHeaders(request.headers), forwardedFor(request));
  const hasAgent = headerValues(request, "User-Agent").length > 0;
  const own = ownHeaders(source).filter(([name]) => name !== "User-Agent" || !hasAgent);
  const made = { body: request.body, overrides: new Map<string, string>() };
  return backendRequest(method, source, made, {
    headers: withHeaders(headers, own),
    query: [...new URLSearchParams(request.query)],
  });
}

/** A request with nothing of the caller's but what is mapped; `undefined` when the integration cannot be asked. */
export function httpRequest(
  method: DeployedMethod,
  source: MappingSource,
  made: IntegrationBody,
): BackendRequest | undefined {
  const type = made.body.length === 0 ? [] : [["Content-Type", mediaTypeOf(source.request)] as const];
  const headers = [["Accept", "application/json"] as const, ...type, ...ownHeaders(source)];
  return backendRequest(method, source, made, { headers, query: [] });
}

interface Given {
  readonly headers: Pairs;
  readonly query: Pairs;
}

function backendRequest(
  { integration, resourcePath }: DeployedMethod,
  source: MappingSource,
  { body, overrides }: IntegrationBody,
  given: Given,
): BackendRequest | undefined {
  const mapped = (place: string) => {
    const ofPlace = mappedTo(integration.requestParameters, `integration.request.${place}.`, source);
    return withOverrides(ofPlace, overrides, place);
  };
  const uri = fillIn(withStageVariables(integration.uri ?? "", source.stageVariables), mapped("path"), (name) =>
    isGreedy(integration, name, resourcePath),
  );
  const [, origin, path = "", query = ""] = /^(https?:\/\/[^/?#]+)([^?#]*)\??([^#]*)$/.exec(uri ?? "") ?? [];
  const ofIntegration = mappableHeaders([...mapped("header")]);
  const host = origin !== undefined && URL.canParse(origin) ? new URL(origin).host : undefined;
  const headers = withHeaders([["Host", host ?? ""], ...given.headers], ofIntegration);
  const isMappable = ofIntegration.every(([name]) => !NEVER_MAPPED.includes(name.toLowerCase()));
  if (origin === undefined || host === undefined || !isMappable || !headers.every(isSendable)) return undefined;
  const verb = integration.httpMethod;
  return {
    origin: new URL(origin).origin,
    method: verb === undefined || verb === "ANY" ? source.request.method : verb,
    path: path === "" ? "/" : path,
    query: joined(query, given.query, mapped("querystring")),
    headers: [...headers, ["Content-Length", String(body.length)]],
    body,
    sourceIp: source.request.sourceIp,
    hops: source.request.hops ?? 0,
  };
}

function withOverrides(mapped: Mapped, overrides: Overrides, place: string): Mapped {
  const prefix = `requestOverride.${place}.`;
  const own = [...overrides].filter(([path]) => path.startsWith(prefix));
  return new Map([...mapped, ...own.map(([path, value]) => [path.slice(prefix.length), value] as const)]);
}

/** Whether the parameter of the URI is taken from `{name+}`, which is all of the path that is left. */
function isGreedy(
  { requestParameters = {} }: DeployedMethod["integration"],
  name: string,
  resourcePath: string,
): boolean {
  const expression = requestParameters[`integration.request.path.${name}`] ?? "";
  return resourcePath.endsWith(`{${expression.replace("method.request.path.", "")}+}`);
}

/**
 * The URI with the values in place of `{name}`; `undefined` when one is missing, or is none for the host's name. A
 * value stays within its part of the path, slashes and all, but for that of a greedy parameter.
 */
function fillIn(uri: string, values: Mapped, keepsSlashes: (name: string) => boolean): string | undefined {
  const names = [...uri.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name);
  if (!names.every((name) => values.has(name))) return undefined;
  const host = /^https?:\/\/[^/?#]*/.exec(uri)?.[0] ?? "";
  const isName = (name = "") => HOST_PART.test(values.get(name) ?? "");
  if (![...host.matchAll(/\{([^}]+)\}/g)].every(([, name]) => isName(name))) return undefined;
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

/** What API Gateway says of itself. */
function ownHeaders({ context, request }: MappingSource): Pairs {
  const id = contextValue(context, ["apiId"]) ?? "";
  const requestId = contextValue(context, ["requestId"]) ?? "";
  const time = Number(contextValue(context, ["requestTimeEpoch"]) ?? 0);
  return [
    ["User-Agent", `AmazonAPIGateway_${id}`],
    ["x-amzn-apigateway-api-id", id],
    ["X-Amzn-Trace-Id", traceId(request, { requestId, time })],
  ];
}

/** A caller has no say in from where it called. */
function forwardedFor(request: HttpRequest): Pairs {
  return [
    ["X-Forwarded-For", [...headerValues(request, "X-Forwarded-For"), request.sourceIp].join(", ")],
    ["X-Forwarded-Port", "443"],
    ["X-Forwarded-Proto", "https"],
  ];
}
