/**
 * Which parameters a method declares, and what becomes of them on the way to the integration and back.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping-sources.html
 */
import { type Attributes, optionalText, textMap, texts } from "../attributes";
import { type AwsError, UnsupportedError } from "../errors";
import { badRequest } from "./apigateway-rules";
import { isContextVariable } from "./context-variables";
import { parseTemplate } from "./mapping-template";

const REQUEST_PARAMETER = /^method\.request\.(?:path|querystring|header)\.[a-zA-Z0-9._$-]+$/;
const INTEGRATION_PARAMETER = /^integration\.request\.(?:path|querystring|header)\.[a-zA-Z0-9._$-]+$/;
const RESPONSE_HEADER = /^method\.response\.header\.[a-zA-Z0-9._$-]+$/;
const INTEGRATION_HEADER = /^integration\.response\.header\.[a-zA-Z0-9._$-]+$/;
const FIXED = /^'[^']*'$/;
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
 * @throws {UnsupportedError} for values that are taken from elsewhere
 */
export function checkRequestMappings(integration: Attributes, method: Attributes): void {
  const declared = Object.keys(textMap(method, "request_parameters"));
  const mapped = textMap(integration, "request_parameters");
  for (const [name, value] of Object.entries(mapped)) {
    if (!INTEGRATION_PARAMETER.test(name)) throw refusal(name);
    if (declared.includes(value) || isFixedOrContext(value)) continue;
    throw REQUEST_PARAMETER.test(value) ? refusal(value) : notEmulated("aws_api_gateway_integration", name, value);
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
 * @throws {UnsupportedError} for values that are taken from elsewhere
 */
export function checkResponse(response: Attributes, methodResponse: Attributes | undefined): void {
  if (methodResponse === undefined) throw invalid("No method response exists for method.");
  const declared = Object.keys(textMap(methodResponse, "response_parameters"));
  for (const [name, value] of Object.entries(textMap(response, "response_parameters"))) {
    if (!RESPONSE_HEADER.test(name) || !declared.includes(name)) throw refusal(name);
    if (INTEGRATION_HEADER.test(value) || isFixedOrContext(value)) continue;
    throw notEmulated("aws_api_gateway_integration_response", name, value);
  }
  if (!isPattern(optionalText(response, "selection_pattern") ?? "")) {
    throw badRequest("Invalid selection pattern specified");
  }
}

/** Checks templates by their content type. @throws {UnsupportedError} naming what is not played */
export function checkTemplates(type: string, attribute: string, given: Attributes): void {
  for (const [contentType, template] of Object.entries(textMap(given, attribute))) {
    try {
      parseTemplate(template);
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      throw new UnsupportedError(`${type}.${attribute}["${contentType}"]: ${error.message}`, { cause: error });
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

function isFixedOrContext(value: string): boolean {
  const [root, ...names] = value.split(".");
  return FIXED.test(value) || (root === "context" && isContextVariable(names));
}

function notEmulated(type: string, name: string, value: string): UnsupportedError {
  const several = MULTIPLE.test(value) ? " Of several values, the last one is played." : "";
  return new UnsupportedError(`${type}: ${name} = ${value} is not emulated.${several}`);
}

function refusal(parameter: string): AwsError {
  return invalid(`Invalid mapping expression parameter specified: ${parameter}`);
}

function invalid(error: string): AwsError {
  return badRequest(`Invalid mapping expression specified: Validation Result: warnings : [], errors : [${error}]`);
}
