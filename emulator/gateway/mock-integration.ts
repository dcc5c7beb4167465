/**
 * An integration that API Gateway answers itself, as "enable CORS" makes it for OPTIONS.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */

import type { HttpResponse } from "../protocols/http";
import type { DeployedMethod } from "./deployed-api";
import { misconfigured } from "./execution-log";
import type { Refusal, RequestIds } from "./gateway-response";
import { integrationBody } from "./integration-request";
import { answerWith } from "./integration-response";
import { mockStatus } from "./mock-status";
import type { MappingSource } from "./parameter-mapping";

/** AWS's text in the execution log. */
const NO_STATUS = "Unable to parse statusCode. It should be an integer that is defined in the request template.";

/** The answer of the integration response for the status that the request's template chooses. */
export function answerMock(method: DeployedMethod, source: MappingSource, ids: RequestIds): HttpResponse | Refusal {
  const made = integrationBody(method.integration, source);
  if ("type" in made) return made;
  const status = mockStatus(made.body.toString("utf8"));
  if (status === undefined) return { type: "API_CONFIGURATION_ERROR", reason: misconfigured(NO_STATUS) };
  return answerWith(method.integrationResponses, { status, headers: [], body: "" }, source, ids, made.overrides);
}
