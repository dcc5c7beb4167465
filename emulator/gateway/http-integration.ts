/**
 * Integrations that ask an HTTP backend: HTTP_PROXY hands request and answer on, HTTP makes others of them.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html
 */
import type { HttpResponse } from "../protocols/http";
import { askBackend } from "./backends";
import type { DeployedMethod } from "./deployed-api";
import { DEFAULT_TIMEOUT } from "./function-integration";
import type { Refusal, RequestIds } from "./gateway-response";
import { httpProxyRequest, httpRequest } from "./http-integration-request";
import { integrationBody } from "./integration-request";
import { answerWith } from "./integration-response";
import type { MappingSource } from "./parameter-mapping";
import { answeredHeaders } from "./remapped-headers";
import type { Gateway } from "./stage-call";

const MISCONFIGURED: Refusal = { type: "API_CONFIGURATION_ERROR" };
const UNREACHABLE: Refusal = {
  type: "INTEGRATION_FAILURE",
  status: 504,
  message: "Network error communicating with endpoint",
};

/** An answer, and the status of the backend's own; without one when the backend did not answer. */
export interface HttpOutcome {
  readonly answer: HttpResponse | Refusal;
  readonly status: number | undefined;
}

/** What the backend answers, or why there is no answer. */
export async function answerWithBackend(
  gateway: Gateway,
  method: DeployedMethod,
  source: MappingSource,
  ids: RequestIds,
): Promise<HttpOutcome> {
  const { integration, integrationResponses } = method;
  const isProxy = integration.type === "HTTP_PROXY";
  const made = isProxy ? undefined : integrationBody(integration, source);
  if (made !== undefined && "type" in made) return { answer: made, status: undefined };
  const asked = made === undefined ? httpProxyRequest(method, source) : httpRequest(method, source, made);
  if (asked === undefined) return { answer: MISCONFIGURED, status: undefined };
  const answered = await askBackend(gateway, asked, integration.timeoutInMillis ?? DEFAULT_TIMEOUT);
  if (answered === "late") return { answer: { type: "INTEGRATION_TIMEOUT" }, status: undefined };
  if (answered === "unreachable") return { answer: UNREACHABLE, status: undefined };
  const { status } = answered;
  if (isProxy) return { answer: passedOn(answered, ids), status };
  return {
    answer: answerWith(integrationResponses, { ...answered, status: String(status) }, source, ids, made?.overrides),
    status,
  };
}

function passedOn({ status, headers, body }: HttpResponse, ids: RequestIds): HttpResponse {
  const hasType = headers.some(([name]) => name.toLowerCase() === "content-type");
  return {
    status,
    headers: [
      ...(hasType ? [] : [["Content-Type", "application/json"] as const]),
      ["x-amzn-RequestId", ids.requestId],
      ["x-amz-apigw-id", ids.extendedRequestId],
      ...answeredHeaders(headers),
    ],
    body,
  };
}
