/**
 * Smithy's RPC protocol with CBOR, which newer SDKs speak to CloudWatch.
 *
 * @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */

import { AwsError } from "../errors";
import { queryError } from "./aws-json";
import { CborDouble, CborTime, decodeCbor, encodeCbor } from "./cbor";
import { type Codec, errorBody, named, serializationError, statusOf, typeOf } from "./codec";
import type { Structure } from "./constraints";
import type { HttpResponse } from "./http";
import { type JsonStyle, jsonStyle, readMembers, writeMembers } from "./json-values";
import { membersOf, operationOf } from "./model";

const style: JsonStyle = {
  ...jsonStyle,
  writeBlob: (bytes) => bytes,
  writeTime: (seconds) => new CborTime(seconds),
  writeDouble: (value) => new CborDouble(value),
  readBlob: (value) => {
    if (value instanceof Uint8Array) return value;
    throw serializationError("Expected bytes or null");
  },
};

export const rpcCborCodec: Codec = {
  checksSignatureFirst: false,
  unsigned: new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token"),
  unknownOperation: ["UnknownOperationException", 404],
  find(model, { path }) {
    const [, service, name = ""] = /^\/service\/(\w+)\/operation\/(\w+)$/.exec(path) ?? [];
    return service === model.target ? named(model, name) : { text: name };
  },
  read(model, operation, { body }) {
    const value = body.length === 0 ? {} : decode(body);
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw serializationError("Expected map or null");
    return readMembers(model, membersOf(model, operationOf(model, operation).input), value as Structure, style);
  },
  write(model, operation, output, requestId) {
    const { output: structure } = operationOf(model, operation);
    if (structure === undefined) return answer(requestId, 200, undefined);
    return answer(requestId, 200, writeMembers(model, membersOf(model, structure), output, style));
  },
  refuse(model, error, requestId) {
    const refusal = answer(requestId, statusOf(model, error), {
      __type: typeOf(model, error),
      ...errorBody(model, error),
    });
    return { ...refusal, headers: [...refusal.headers, ...queryError(model, error)] };
  },
};

function decode(body: Buffer): unknown {
  try {
    return decodeCbor(body);
  } catch (cause) {
    throw serializationError(cause instanceof Error ? cause.message : String(cause));
  }
}

function answer(requestId: string, status: number, value: Structure | undefined): HttpResponse {
  return {
    status,
    headers: [
      ["smithy-protocol", "rpc-v2-cbor"],
      ...(value === undefined ? [] : [["Content-Type", "application/cbor"] as const]),
      ["x-amzn-RequestId", requestId],
    ],
    body: value === undefined ? "" : encodeCbor(value),
  };
}
