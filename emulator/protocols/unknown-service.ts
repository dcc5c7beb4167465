/** Services of AWS that are not emulated: an error of the protocol that the request speaks, so that its client can show it. */
import { AwsError } from "../errors";
import { codecFor } from "./codecs";
import type { HttpRequest, HttpResponse } from "./http";
import { header } from "./http";
import type { Protocol, ServiceModel } from "./model";
import { escapeXml } from "./xml";

/**
 * Hosts of AWS's APIs: a service, and a region where it has one. Some services have a word before their name, such as
 * `api.ecr.eu-west-1.amazonaws.com`. Hosts of customers' own resources have more parts, or digits there.
 */
const AWS_HOST =
  /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)?|[a-z]+\.[a-z0-9-]+\.[a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com|api\.aws)$/;

/** Services with the protocol restXml, by the first part of their hosts. */
const REST_XML = ["cloudfront", "route53", "s3-control"];

/** A service of which nothing is known. */
const UNKNOWN: Omit<ServiceModel, "protocols"> = {
  service: "",
  version: "",
  target: "",
  namespace: "",
  operations: {},
  errors: {},
  shapes: {},
};

/** Whether the host is one of AWS's. */
export function isAwsHost(host: string): boolean {
  return AWS_HOST.test(host);
}

/** Refuses the request: `NotEmulated`, with status 501, which SDKs do not retry. @param emulated names of hosts that answer */
export function refuseUnknownService(
  request: HttpRequest,
  requestId: string,
  emulated: readonly string[],
): HttpResponse {
  const { host } = request;
  const message = `The embedded AWS does not emulate ${host}. Emulated: ${emulated.join(", ")}.`;
  const error = new AwsError("NotEmulated", message, 501);
  if (host.startsWith("ec2.")) return ec2Refusal(error, requestId);
  const model = { ...UNKNOWN, protocols: [protocolOf(request)] };
  return codecFor(model, request).refuse(model, error, requestId, request);
}

function protocolOf(request: HttpRequest): Protocol {
  if (header(request, "smithy-protocol") === "rpc-v2-cbor") return "rpcv2Cbor";
  const type = header(request, "Content-Type") ?? "";
  if (header(request, "X-Amz-Target") !== undefined) return type.includes("1.1") ? "awsJson1_1" : "awsJson1_0";
  if (type.startsWith("application/x-www-form-urlencoded")) return "awsQuery";
  return REST_XML.includes(request.host.split(".")[0] ?? "") ? "restXml" : "restJson1";
}

/** EC2 has a protocol of its own. @see https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html */
function ec2Refusal({ name, message, status }: AwsError, requestId: string): HttpResponse {
  const error = `<Error><Code>${name}</Code><Message>${escapeXml(message)}</Message></Error>`;
  const body = `<Response><Errors>${error}</Errors><RequestID>${requestId}</RequestID></Response>`;
  return { status, headers: [["Content-Type", "text/xml"]], body };
}
