/**
 * AWS's JSON protocols: a header names the operation, input and output are the bodies.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */

import { AwsError } from "../errors";
import { type Codec, errorBody, isQueryCompatible, named, statusOf, typeOf } from "./codec";
import { type HttpResponse, header } from "./http";
import { parseObject, readMembers, writeMembers } from "./json-values";
import { membersOf, operationOf, type Protocol, type ServiceModel } from "./model";

/** @param version of the protocol, which the content type shows */
const awsJson = (version: "1.0" | "1.1"): Codec => {
  const answer = (requestId: string, status: number, body: string, headers: HttpResponse["headers"]) => ({
    status,
    headers: [
      ["Content-Type", `application/x-amz-json-${version}`] as const,
      ["x-amzn-RequestId", requestId] as const,
      ...headers,
    ],
    body,
  });
  return {
    checksSignatureFirst: false,
    unsigned: new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token"),
    unknownOperation: ["UnknownOperationException", 400],
    find(model, request) {
      const [name = "", ...namespace] = (header(request, "X-Amz-Target") ?? "").split(".").toReversed();
      // The AWS CLI puts the package's name before CloudTrail's.
      return namespace[0] === model.target ? named(model, name) : { text: name };
    },
    read(model, operation, request) {
      const object = parseObject(request.body);
      return readMembers(model, membersOf(model, operationOf(model, operation).input), object);
    },
    write(model, operation, output, requestId) {
      const { output: structure } = operationOf(model, operation);
      const body =
        structure === undefined ? "" : JSON.stringify(writeMembers(model, membersOf(model, structure), output));
      return answer(requestId, 200, body, []);
    },
    refuse(model, error, requestId) {
      const body = JSON.stringify({ __type: typeOf(model, error), ...errorBody(model, error) });
      const headers = [["x-amzn-ErrorType", error.name] as const, ...queryError(model, error)];
      // Whatever status the models and the documentation name: refusals of services that always spoke these protocols
      // are recorded with 400.
      const isAlways400 = !isQueryCompatible(model) && error.status < 500;
      return answer(requestId, isAlways400 ? 400 : statusOf(model, error), body, headers);
    },
  };
};

/** The error code of the former query protocol, for clients of a service that used it. */
export function queryError(model: ServiceModel, { name, status }: AwsError): HttpResponse["headers"] {
  return isQueryCompatible(model) ? [["x-amzn-query-error", `${name};${status < 500 ? "Sender" : "Receiver"}`]] : [];
}

export const awsJsonCodecs: Readonly<Partial<Record<Protocol, Codec>>> = {
  awsJson1_0: awsJson("1.0"),
  awsJson1_1: awsJson("1.1"),
};
