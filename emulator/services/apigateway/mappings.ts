/**
 * Which parameters a method declares, and what becomes of them on the way to the integration and back. Pure.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping-sources.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { type AwsError, UnsupportedError } from "../../errors";
import type { Wire } from "../../protocols/values";
import { GATEWAY_VARIABLE, isContextVariable } from "../../templates/context-variables";
import { parsePath } from "../../templates/json-path";
import { checkTemplate } from "../../templates/mapping-template";
import { badRequest } from "./refusals";

const REQUEST_PARAMETER = /^method\.request\.(?:path|querystring|header)\.[a-zA-Z0-9._$-]+$/;
const INTEGRATION_PARAMETER = /^integration\.request\.(?:path|querystring|header)\.[a-zA-Z0-9._$-]+$/;
const RESPONSE_HEADER = /^method\.response\.header\.[a-zA-Z0-9._$-]+$/;
const INTEGRATION_HEADER = /^integration\.response\.header\.[a-zA-Z0-9._$-]+$/;
const FIXED = /^'[^']*'$/;
const BODY = /^(?<of>method\.request|integration\.response)\.body(?:\.(?<path>.+))?$/;
const GATEWAY_HEADER = /^gatewayresponse\.header\.[a-zA-Z0-9._$-]+$/;
const MULTIPLE = /\.multivalue(?:querystring|header)\./;

/** Texts by name; of a template that is empty, AWS keeps null. */
type Texts = Readonly<Record<string, string | null>> | undefined;

/** Names of the parameters that a method declares, required or not. @throws {AwsError} `BadRequestException` */
export function checkRequestParameters({ requestParameters = {} }: Pick<Wire<sdk.Method>, "requestParameters">): void {
  const names = Object.keys(requestParameters);
  for (const name of names) {
    if (REQUEST_PARAMETER.test(name)) continue;
    throw name.includes(".") ? refusal(name) : invalid(`Invalid mapping expression specified: ${name}`);
  }
  const plain = names.map((name) => name.split(".").slice(3).join("."));
  if (new Set(plain).size === plain.length) return;
  throw badRequest("Parameter names must be unique across querystring, header and path");
}

/** Names of the headers that a method response declares. @throws {AwsError} `BadRequestException` */
export function checkResponseParameters(parameters: Readonly<Record<string, boolean>> | undefined): void {
  for (const name of Object.keys(parameters ?? {})) if (!RESPONSE_HEADER.test(name)) throw refusal(name);
}

/**
 * Checks what an integration takes over from the request: only what the method declares may be mapped.
 * @throws {AwsError} `BadRequestException`
 * @throws {UnsupportedError} for sources that are not emulated
 */
export function checkRequestMappings(integration: Wire<sdk.Integration>, method: Wire<sdk.Method>): void {
  const declared = Object.keys(method.requestParameters ?? {});
  const mapped = integration.requestParameters ?? {};
  for (const [name, value] of Object.entries(mapped)) {
    if (!INTEGRATION_PARAMETER.test(name)) throw refusal(name);
    if (declared.includes(value)) continue;
    if (REQUEST_PARAMETER.test(value)) throw refusal(value);
    checkSource("requestParameters", name, value, "method.request");
  }
  const keys = [...declared, ...Object.keys(mapped)];
  for (const key of integration.cacheKeyParameters ?? []) {
    if (!keys.includes(key)) throw badRequest("Invalid cache key parameter specified");
  }
  checkTemplates("requestTemplates", integration.requestTemplates);
}

/**
 * Checks when an integration response counts, and its headers: only what the method response declares may be set.
 * @throws {AwsError} `BadRequestException`
 * @throws {UnsupportedError} for sources that are not emulated
 */
export function checkResponse(
  response: Wire<sdk.IntegrationResponse>,
  methodResponse: Wire<sdk.MethodResponse> | undefined,
): void {
  const mapped = Object.entries(response.responseParameters ?? {});
  if (methodResponse === undefined && mapped.length > 0) throw invalid("No method response exists for method.");
  const declared = Object.keys(methodResponse?.responseParameters ?? {});
  for (const [name, value] of mapped) {
    if (!RESPONSE_HEADER.test(name) || !declared.includes(name)) throw refusal(name);
    if (!INTEGRATION_HEADER.test(value)) checkSource("responseParameters", name, value, "integration.response");
  }
  if (!isPattern(response.selectionPattern ?? "")) throw badRequest("Invalid selection pattern specified");
  checkTemplates("responseTemplates", response.responseTemplates);
}

/**
 * Checks templates by their content type.
 * @throws {AwsError} `BadRequestException` for what is not a content type
 * @throws {UnsupportedError} naming what is not emulated
 */
export function checkTemplates(what: string, templates: Texts): void {
  for (const [contentType, template] of Object.entries(templates ?? {})) {
    if (!/^[^/\s]+\/[^/\s]+/.test(contentType) && contentType !== "$default") {
      throw badRequest(`Validation Result: warnings : [], errors : [Invalid content type specified: ${contentType}]`);
    }
    try {
      checkTemplate(template ?? "");
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      throw new UnsupportedError(`${what}["${contentType}"]: ${error.message}`, { cause: error });
    }
  }
}

/**
 * Checks what a gateway response adds.
 * @throws {AwsError} `BadRequestException`
 * @throws {UnsupportedError} for variables and sources that are not emulated
 */
export function checkGatewayResponse(response: Wire<sdk.GatewayResponse>): void {
  for (const [name, value] of Object.entries(response.responseParameters ?? {})) {
    if (!GATEWAY_HEADER.test(name)) throw wrongExpression(name);
    if (!REQUEST_PARAMETER.test(value)) checkSource("responseParameters", name, value, "method.request");
  }
  for (const [contentType, template] of Object.entries(response.responseTemplates ?? {})) {
    for (const [whole, root, names = ""] of template.matchAll(GATEWAY_VARIABLE)) {
      if (root !== "context" || isContextVariable(names.split("."))) continue;
      throw new UnsupportedError(`responseTemplates["${contentType}"]: ${whole} is not emulated`);
    }
  }
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Checks a value that is not a parameter: `'text'`, a variable, or a part of a body.
 * @param from whose body may be a source
 */
function checkSource(what: string, name: string, value: string, from: "method.request" | "integration.response"): void {
  const [root, ...names] = value.split(".");
  const { of, path } = BODY.exec(value)?.groups ?? {};
  if (FIXED.test(value) || /^stageVariables\.[a-zA-Z0-9_]+$/.test(value)) return;
  if (of === from) {
    if (path !== undefined) parsePath(path);
    return;
  }
  if (root === "context" && isContextVariable(names)) return;
  if (root === "context" || MULTIPLE.test(value)) throw notEmulated(what, name, value);
  throw wrongExpression(value);
}

function notEmulated(what: string, name: string, value: string): UnsupportedError {
  const several = MULTIPLE.test(value) ? " Of several values, the last one is used." : "";
  return new UnsupportedError(`${what}: ${name} = ${value} is not emulated.${several}`);
}

/** AWS's refusal of a literal without quotes, or of a key of the wrong kind (aws/aws-cli#2879, aws/aws-cdk#11306). */
function wrongExpression(expression: string): AwsError {
  return invalid(`Invalid mapping expression specified: ${expression}`);
}

function refusal(parameter: string): AwsError {
  return invalid(`Invalid mapping expression parameter specified: ${parameter}`);
}

function invalid(error: string): AwsError {
  return badRequest(`Invalid mapping expression specified: Validation Result: warnings : [], errors : [${error}]`);
}
