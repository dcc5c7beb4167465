/**
 * Whether a bucket is there, by the path-style address. Objects are not played: a stack that runs here keeps its state
 * on this machine.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
 */
import { text } from "../../attributes";
import { bucket } from "../../resources/s3";
import type { HttpRequest, HttpResponse } from "../http";
import { type ApiPlace, isSigned, notEmulated } from "./aws-api";

export const s3Operations: readonly string[] = ["HeadBucket"];

/** Answers a request to `s3.<region>.amazonaws.com`. */
export function answerS3({ account, region }: ApiPlace, request: HttpRequest): HttpResponse {
  const requestId = account.uuid();
  if (!isSigned(request)) return refuse(requestId, request, 403, "AccessDenied", "Access Denied");
  const name = /^\/([^/]+)\/?$/.exec(request.path)?.[1];
  if (request.method !== "HEAD" || name === undefined) {
    const asked = `${request.method} ${request.path}`;
    return refuse(requestId, request, 501, "NotImplemented", notEmulated(asked, s3Operations));
  }
  const found = account.list(bucket.type).find(({ id }) => id === name);
  const of = found === undefined ? undefined : text(found, "bucket_region");
  const id = ["x-amz-request-id", requestId] as const;
  if (of === undefined) return { status: 404, headers: [id], body: "" };
  return { status: of === region ? 200 : 301, headers: [id, ["x-amz-bucket-region", of]], body: "" };
}

function refuse(
  requestId: string,
  { method }: HttpRequest,
  status: number,
  code: string,
  message: string,
): HttpResponse {
  const headers = [["x-amz-request-id", requestId]] as const;
  if (method === "HEAD") return { status, headers, body: "" };
  const escaped = message.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escaped}</Message><RequestId>${requestId}</RequestId></Error>`;
  return { status, headers: [["Content-Type", "application/xml"], ...headers], body };
}
