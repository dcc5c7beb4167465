/**
 * Who the caller is, over the query protocol: form parameters in, XML out.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
import type { Account } from "../account";
import { isSigned, notEmulated } from "./aws-api";
import type { HttpRequest, HttpResponse } from "./http";

const OPERATION = "GetCallerIdentity";
export const stsOperations: readonly string[] = [OPERATION];
const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";
/** The id that AWS's documentation uses for its examples. */
const USER_ID = "AIDACKCEVSQ6C2EXAMPLE";

/** Answers a request to `sts.amazonaws.com` or `sts.<region>.amazonaws.com`. */
export function answerSts(account: Account, request: HttpRequest): HttpResponse {
  const requestId = account.uuid();
  if (!isSigned(request)) {
    return refusal(requestId, 403, "MissingAuthenticationToken", "Request is missing Authentication Token");
  }
  const asked = [...new URLSearchParams(request.query), ...new URLSearchParams(request.body.toString("utf8"))];
  const actions = asked.filter(([name]) => name === "Action").map(([, action]) => action);
  if (actions.length !== 1 || actions[0] !== OPERATION) {
    return refusal(requestId, 400, "InvalidAction", notEmulated(actions.join(), [OPERATION]));
  }
  const { id } = account;
  const identity = element("Arn", `arn:aws:iam::${id}:user/embedded-aws`) + element("UserId", USER_ID);
  const result = `<${OPERATION}Result>${identity}${element("Account", id)}</${OPERATION}Result>`;
  const metadata = `<ResponseMetadata>${element("RequestId", requestId)}</ResponseMetadata>`;
  return xml(200, requestId, `${OPERATION}Response`, result + metadata);
}

function refusal(requestId: string, status: number, code: string, message: string): HttpResponse {
  const error = element("Type", "Sender") + element("Code", code) + element("Message", message);
  return xml(status, requestId, "ErrorResponse", `<Error>${error}</Error>${element("RequestId", requestId)}`);
}

function xml(status: number, requestId: string, root: string, content: string): HttpResponse {
  return {
    status,
    headers: [
      ["Content-Type", "text/xml"],
      ["x-amzn-RequestId", requestId],
    ],
    body: `<${root} xmlns="${NAMESPACE}">${content}</${root}>\n`,
  };
}

function element(name: string, value: string): string {
  const escaped = value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<${name}>${escaped}</${name}>`;
}
