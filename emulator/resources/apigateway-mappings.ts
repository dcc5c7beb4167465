/**
 * Which parameters a method declares, and what becomes of them on the way to the integration and back.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping-sources.html
 */
import { type Attributes, optionalText, textMap, texts } from "../attributes";
import { type AwsError, UnsupportedError } from "../errors";
import { isContextVariable } from "../gateway/context-variables";
import { GATEWAY_VARIABLE } from "../gateway/gateway-response-variables";
import { parsePath } from "../gateway/json-path";
import { checkTemplate } from "../gateway/mapping-template";
import { badRequest } from "./apigateway-rules";

const REQUEST_PARAMETER = /^method\.request\.(?:path|querystring|header)\.[a-zA-Z0-9._$-]+$/;
const INTEGRATION_PARAMETER = /^integration\.request\.(?:path|querystring|header)\.[a-zA-Z0-9._$-]+$/;
const RESPONSE_HEADER = /^method\.response\.header\.[a-zA-Z0-9._$-]+$/;
const INTEGRATION_HEADER = /^integration\.response\.header\.[a-zA-Z0-9._$-]+$/;
const FIXED = /^'[^']*'$/;
const BODY = /^(?<of>method\.request|integration\.response)\.body(?:\.(?<path>.+))?$/;
const GATEWAY_HEADER = /^gatewayresponse\.header\.[a-zA-Z0-9._$-]+$/;
const MULTIPLE = /\.multivalue(?:querystring|header)\./;

/** Names of the parameters that a method declares, required or not. @throws {AwsError} `BadRequestException` */
export function checkRequestParameters(method: Attributes): void {
  for (const name of Object.keys(textMap(method, "request_parameters"))) {
    if (!REQUEST_PARAMETER.test(name)) throw refusal(name);
  }
}

/**
 * Checks what an integration takes over from the request: only what the method declares may be mapped.
 * @throws {AwsError} `BadRequestException`
 * @throws {UnsupportedError} for sources that are not emulated
 */
export function checkRequestMappings(integration: Attributes, method: Attributes): void {
  const declared = Object.keys(textMap(method, "request_parameters"));
  const mapped = textMap(integration, "request_parameters");
  for (const [name, value] of Object.entries(mapped)) {
    if (!INTEGRATION_PARAMETER.test(name)) throw refusal(name);
    if (declared.includes(value)) continue;
    if (REQUEST_PARAMETER.test(value)) throw refusal(value);
    checkSource("aws_api_gateway_integration", name, value, "method.request");
  }
  const keys = [...declared, ...Object.keys(mapped)];
  for (const key of texts(integration, "cache_key_parameters")) {
    if (!keys.includes(key)) throw badRequest("Invalid cache key parameter specified");
  }
}

/**
 * Checks when an integration response counts, and its headers: only what the method response declares may be set.
 * @param methodResponse the one of the same status; `undefined` when there is none
 * @throws {AwsError} `BadRequestException`
 * @throws {UnsupportedError} for sources that are not emulated
 */
export function checkResponse(response: Attributes, methodResponse: Attributes | undefined): void {
  if (methodResponse === undefined) throw invalid("No method response exists for method.");
  const declared = Object.keys(textMap(methodResponse, "response_parameters"));
  for (const [name, value] of Object.entries(textMap(response, "response_parameters"))) {
    if (!RESPONSE_HEADER.test(name) || !declared.includes(name)) throw refusal(name);
    if (!INTEGRATION_HEADER.test(value)) {
      checkSource("aws_api_gateway_integration_response", name, value, "integration.response");
    }
  }
  if (!isPattern(optionalText(response, "selection_pattern") ?? "")) {
    throw badRequest("Invalid selection pattern specified");
  }
}

/** Checks templates by their content type. @throws {UnsupportedError} naming what is not played */
export function checkTemplates(type: string, attribute: string, given: Attributes): void {
  for (const [contentType, template] of Object.entries(textMap(given, attribute))) {
    try {
      checkTemplate(template);
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      throw new UnsupportedError(`${type}.${attribute}["${contentType}"]: ${error.message}`, { cause: error });
    }
  }
}

/**
 * Checks what a gateway response adds.
 * @throws {AwsError} `BadRequestException`
 * @throws {UnsupportedError} for variables and sources that are not emulated
 */
export function checkGatewayResponse(response: Attributes): void {
  const type = "aws_api_gateway_gateway_response";
  for (const [name, value] of Object.entries(textMap(response, "response_parameters"))) {
    if (!GATEWAY_HEADER.test(name)) throw wrongExpression(name);
    if (!REQUEST_PARAMETER.test(value)) checkSource(type, name, value, "method.request");
  }
  for (const [contentType, template] of Object.entries(textMap(response, "response_templates"))) {
    for (const [whole, root, names = ""] of template.matchAll(GATEWAY_VARIABLE)) {
      if (root !== "context" || isContextVariable(names.split("."))) continue;
      throw new UnsupportedError(`${type}.response_templates["${contentType}"]: ${whole} is not emulated`);
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
function checkSource(type: string, name: string, value: string, from: "method.request" | "integration.response"): void {
  const [root, ...names] = value.split(".");
  const { of, path } = BODY.exec(value)?.groups ?? {};
  if (FIXED.test(value) || /^stageVariables\.[a-zA-Z0-9_]+$/.test(value)) return;
  if (of === from) {
    if (path !== undefined) parsePath(path);
    return;
  }
  if (root === "context" && isContextVariable(names)) return;
  if (root === "context" || MULTIPLE.test(value)) throw notEmulated(type, name, value);
  throw wrongExpression(value);
}

function notEmulated(type: string, name: string, value: string): UnsupportedError {
  const several = MULTIPLE.test(value) ? " Of several values, the last one is used." : "";
  return new UnsupportedError(`${type}: ${name} = ${value} is not emulated.${several}`);
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
