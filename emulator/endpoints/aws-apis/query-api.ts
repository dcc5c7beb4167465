/**
 * AWS APIs of the query protocol: form parameters in, XML out.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
import { AwsError } from "../../errors";
import type { HttpRequest, HttpResponse } from "../http";
import { type ApiOperation, type ApiPlace, isSigned, type Json, notEmulated, refusalOf } from "./aws-api";

/** What is played of a service. */
export interface QueryService {
  /** Namespace of its XML. */
  readonly namespace: string;
  /** By AWS's name; an operation gets the parameters as texts. One that answers nothing has no result element. */
  readonly operations: Readonly<Record<string, ApiOperation>>;
}

/** Answers a request to the service. */
export async function answerQueryApi(
  service: QueryService,
  place: ApiPlace,
  request: HttpRequest,
): Promise<HttpResponse> {
  const requestId = place.account.uuid();
  const answer = (status: number, root: string, content: Json): HttpResponse => ({
    status,
    headers: [
      ["Content-Type", "text/xml"],
      ["x-amzn-RequestId", requestId],
    ],
    body: `<${root} xmlns="${service.namespace}">${elements(content)}</${root}>\n`,
  });
  try {
    const [name, parameters] = findOperation(service, request);
    const result = (await service.operations[name]?.(place, parameters)) ?? {};
    const content = Object.keys(result).length === 0 ? {} : { [`${name}Result`]: result };
    return answer(200, `${name}Response`, { ...content, ResponseMetadata: { RequestId: requestId } });
  } catch (error) {
    const { name, message, status } = refusalOf(error);
    const refusal = { Type: status < 500 ? "Sender" : "Receiver", Code: name, Message: message };
    return answer(status, "ErrorResponse", { Error: refusal, RequestId: requestId });
  }
}

function findOperation({ operations }: QueryService, request: HttpRequest): readonly [name: string, input: Json] {
  if (!isSigned(request)) {
    throw new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
  }
  const sent = [...new URLSearchParams(request.query), ...new URLSearchParams(request.body.toString("utf8"))];
  const actions = sent.filter(([name]) => name === "Action").map(([, action]) => action);
  const [name = "", ...others] = actions;
  if (others.length > 0 || !Object.hasOwn(operations, name)) {
    throw new AwsError("InvalidAction", notEmulated(actions.join(), Object.keys(operations)));
  }
  return [name, Object.fromEntries(sent)];
}

/** Structures become elements in elements, lists become `<member>`s. */
function elements(content: unknown): string {
  if (Array.isArray(content)) return content.map((item) => `<member>${elements(item)}</member>`).join("");
  if (typeof content !== "object" || content === null) return escaped(String(content));
  return Object.entries(content)
    .map(([name, inner]) => `<${name}>${elements(inner)}</${name}>`)
    .join("");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
