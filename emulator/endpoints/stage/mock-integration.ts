/**
 * An integration that API Gateway answers itself, as "enable CORS" makes it for OPTIONS.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */

import type { HttpResponse } from "../http";
import type { DeployedMethod } from "./deployed-api";
import type { Refusal, RequestIds } from "./gateway-response";
import { integrationBody } from "./integration-request";
import { answerWith } from "./integration-response";
import type { MappingSource } from "./parameter-mapping";

/** The answer of the integration response for the status that the request's template chooses. */
export function answerMock(method: DeployedMethod, source: MappingSource, ids: RequestIds): HttpResponse | Refusal {
  const made = integrationBody(method.integration, source);
  if ("type" in made) return made;
  const status = statusCodeIn(made.body.toString("utf8"));
  if (status === undefined) return { type: "API_CONFIGURATION_ERROR" };
  return answerWith(method.integrationResponses, { status, headers: [], body: "" }, source, ids);
}

/** The status that the text chooses; `undefined` when it is not a JSON object, or chooses none. */
function statusCodeIn(json: string): string | undefined {
  let chosen: unknown;
  try {
    chosen = (JSON.parse(json) as { readonly statusCode?: unknown }).statusCode;
  } catch {
    return undefined;
  }
  const isScalar = typeof chosen === "number" || typeof chosen === "string";
  return isScalar && /^[1-5]\d\d$/.test(String(chosen)) ? String(chosen) : undefined;
}
