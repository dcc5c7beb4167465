/**
 * REST with XML, as S3 speaks it, with the bucket in the path or in the host.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
 */

import { createHash } from "node:crypto";
import { AwsError } from "../errors";
import { decodeChunks, isChunked } from "./aws-chunked";
import { type Codec, statusOf } from "./codec";
import { type HttpRequest, type HttpResponse, header } from "./http";
import { type MemberShape, membersOf, operationOf, type ServiceModel, shapeOf } from "./model";
import { bodyMembers, findRestOperation, payloadOf, readBindings, writeHeaders } from "./rest-bindings";
import { escapeXml, parseXml } from "./xml";
import { readXml, readXmlMembers, writeXmlMembers } from "./xml-values";

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

export const restXmlCodec: Codec = {
  checksSignatureFirst: true,
  unsigned: new AwsError("AccessDenied", "Access Denied", 403),
  unknownOperation: ["NotImplemented", 501],
  find(model, request) {
    const asked = findRestOperation(model, request.method, pathOf(request), request.query);
    const isCopy = header(request, "x-amz-copy-source") !== undefined;
    return isCopy ? { text: `${asked.text} with x-amz-copy-source` } : asked;
  },
  read(model, operation, request) {
    const members = membersOf(model, operationOf(model, operation).input);
    const bound = readBindings(model, operation, request, pathOf(request));
    const body = isChunked(request) ? decodeChunks(request.body) : request.body;
    const payload = payloadOf(members);
    if (payload?.shape.type === "blob") return { ...bound, [payload.name]: new Uint8Array(body) };
    if (payload?.shape.type === "string") return { ...bound, [payload.name]: body.toString("utf8") };
    if (body.length === 0) return bound;
    const root = parseXml(body.toString("utf8"));
    if (payload !== undefined) return { ...bound, [payload.name]: readXml(model, payload.of, [root]) };
    return { ...readXmlMembers(model, bodyMembers(members, "request"), root), ...bound };
  },
  write(model, operation, output, requestId) {
    const { output: structure, http } = operationOf(model, operation);
    const members = membersOf(model, structure);
    const answer = {
      status: http?.[2] ?? 200,
      headers: [...idHeaders(requestId), ...writeHeaders(model, members, output)],
    };
    const payload = payloadOf(members);
    const value = payload === undefined ? undefined : output[payload.name];
    if (payload?.shape.type === "blob") return { ...answer, body: (value as Uint8Array | undefined) ?? "" };
    if (payload?.shape.type === "string") return { ...answer, body: String(value ?? "") };
    const inBody = payload === undefined ? bodyMembers(members, "answer") : membersOf(model, payload.of);
    const isEmpty = http?.[0] === "HEAD" || (payload === undefined ? inBody.length === 0 : value === undefined);
    if (isEmpty) return { ...answer, body: "" };
    const root = rootName(model, payload, structure ?? "");
    const inner = isUnwrapped(root, inBody)
      ? escapeXml(String(output[root] ?? ""))
      : writeXmlMembers(model, inBody, payload === undefined ? output : (value as typeof output));
    const start = `${DECLARATION}<${root} xmlns="${model.namespace ?? ""}"`;
    const body = inner === "" ? `${start}/>` : `${start}>${inner}</${root}>`;
    return { ...answer, headers: [["Content-Type", "application/xml"], ...answer.headers], body };
  },
  refuse(model, error, requestId, { method }) {
    const { details } = error;
    const { Region } = details;
    const region = Region === undefined ? [] : [["x-amz-bucket-region", Region] as const];
    const answer = { status: statusOf(model, error), headers: [...idHeaders(requestId), ...region] };
    if (method === "HEAD") return { ...answer, body: "" };
    const isMalformed = error.name === "SerializationException";
    const shown = Object.entries(details).filter(([name]) => name !== "Region");
    const more = shown.map(([name, value]) => `<${name}>${escapeXml(value ?? "")}</${name}>`).join("");
    const code = isMalformed ? "MalformedXML" : error.name;
    const inner = `<Code>${code}</Code><Message>${escapeXml(error.message)}</Message>${more}`;
    const body = `${DECLARATION}<Error>${inner}<RequestId>${requestId}</RequestId></Error>`;
    return { ...answer, headers: [["Content-Type", "application/xml"], ...answer.headers], body };
  },
};

function idHeaders(requestId: string): HttpResponse["headers"] {
  return [
    ["x-amz-request-id", requestId],
    ["x-amz-id-2", createHash("sha384").update(requestId).digest("base64")],
  ];
}

/** The path with the bucket in it: `bucket.s3.eu-west-1.amazonaws.com/key` is the same as `s3…/bucket/key`. */
function pathOf({ host, path }: HttpRequest): string {
  const bucket = /^(.+)\.s3[.-]/.exec(host)?.[1];
  return bucket === undefined ? path : `/${bucket}${path}`;
}

function rootName(model: ServiceModel, payload: MemberShape | undefined, structure: string): string {
  const name = payload?.of ?? structure;
  const shape = shapeOf(model, name);
  return payload?.as ?? ("members" in shape ? shape.as : undefined) ?? name;
}

/** Whether the root element has the text of its only member: GetBucketLocation alone answers so. */
function isUnwrapped(root: string, members: readonly MemberShape[]): boolean {
  return members.length === 1 && members[0]?.name === root;
}
