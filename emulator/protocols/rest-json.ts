/**
 * REST with JSON, as API Gateway and Lambda speak it.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */

import { AwsError } from "../errors";
import { type Codec, errorBody, statusOf } from "./codec";
import type { HttpResponse } from "./http";
import { type JsonStyle, jsonStyle, parseObject, readJson, readMembers, writeJson, writeMembers } from "./json-values";
import { membersOf, operationOf } from "./model";
import { bodyMembers, bodyName, findRestOperation, payloadOf, readBindings, writeHeaders } from "./rest-bindings";

const style: JsonStyle = { ...jsonStyle, nameOf: bodyName };

export const restJsonCodec: Codec = {
  checksSignatureFirst: true,
  unsigned: new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token", 403),
  unknownOperation: ["UnknownOperationException", 404],
  find: (model, { method, path, query }) => findRestOperation(model, method, path, query),
  read(model, operation, request) {
    const members = membersOf(model, operationOf(model, operation).input);
    const bound = readBindings(model, operation, request, request.path);
    const payload = payloadOf(members);
    if (request.body.length === 0) return bound;
    if (payload?.shape.type === "blob") return { ...bound, [payload.name]: new Uint8Array(request.body) };
    if (payload !== undefined) {
      return { ...bound, [payload.name]: readJson(model, payload.of, parseObject(request.body), style) };
    }
    const inBody = bodyMembers(members, "request");
    return inBody.length === 0 ? bound : { ...readMembers(model, inBody, parseObject(request.body), style), ...bound };
  },
  write(model, operation, output, requestId) {
    const { output: structure, http } = operationOf(model, operation);
    const members = membersOf(model, structure);
    const statusMember = members.find(({ in: where }) => where === "status")?.name ?? "";
    const status = output[statusMember];
    const headers = [["x-amzn-RequestId", requestId] as const, ...writeHeaders(model, members, output)];
    const answer = { status: typeof status === "number" ? status : (http?.[2] ?? 200), headers };
    const payload = payloadOf(members);
    if (payload?.shape.type === "blob") {
      return withType("application/json", { ...answer, body: (output[payload.name] as Uint8Array | undefined) ?? "" });
    }
    if (structure === undefined || answer.status === 204) return { ...answer, body: "" };
    const value =
      payload === undefined
        ? writeMembers(model, bodyMembers(members, "answer"), output, style)
        : writeJson(model, payload.of, output[payload.name], style);
    return withType("application/json", { ...answer, body: JSON.stringify(value) });
  },
  refuse(model, error, requestId) {
    const headers = [["x-amzn-RequestId", requestId] as const, ["x-amzn-ErrorType", error.name] as const];
    const body = JSON.stringify(errorBody(model, error));
    return withType("application/json", { status: statusOf(model, error), headers, body });
  },
};

/** The answer with its content type, unless it has one or nothing to be typed. */
function withType(type: string, answer: HttpResponse): HttpResponse {
  const hasType = answer.headers.some(([name]) => name.toLowerCase() === "content-type");
  if (hasType || answer.body.length === 0) return answer;
  return { ...answer, headers: [["Content-Type", type], ...answer.headers] };
}
