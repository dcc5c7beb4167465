/** What the wire protocols have in common: each is a codec from requests to inputs and from outputs to answers. */

import { AwsError } from "../errors";
import type { Structure } from "./constraints";
import type { HttpRequest, HttpResponse } from "./http";
import type { ServiceModel } from "./model";
import { present } from "./values";

/** What a request asks for. */
export interface Asked {
  /** What is shown of it when it is not emulated; empty when it names nothing. */
  readonly text: string;
  /** Name of an operation of the table. */
  readonly operation?: string;
}

export interface Codec {
  /** Whether an unsigned request is refused before its operation is looked at. */
  readonly checksSignatureFirst: boolean;
  readonly unsigned: AwsError;
  /** Name and status of the refusal of an operation that there is not. */
  readonly unknownOperation: readonly [name: string, status: number];
  find(model: ServiceModel, request: HttpRequest): Asked;
  /** The input of the operation. @throws {AwsError} `SerializationException` for values of a wrong type */
  read(model: ServiceModel, operation: string, request: HttpRequest): Structure;
  write(model: ServiceModel, operation: string, output: Structure, requestId: string): HttpResponse;
  refuse(model: ServiceModel, error: AwsError, requestId: string, request: HttpRequest): HttpResponse;
}

/** Status of a refusal: the error's own or, where that is the usual one, the model's. */
export function statusOf({ errors }: ServiceModel, { name, status }: AwsError): number {
  const known = Object.hasOwn(errors, name) ? errors[name]?.status : undefined;
  return status === 400 ? (known ?? 400) : status;
}

/** The body of a refusal in JSON: the text under the name that the model has for it, and its details. */
export function errorBody({ errors }: ServiceModel, { name, message, status, details }: AwsError): Structure {
  const known = Object.hasOwn(errors, name) ? errors[name] : undefined;
  const key = name === "SerializationException" ? "Message" : (known?.message ?? "message");
  const type = known?.typed === true ? { Type: status < 500 ? "User" : "Service" } : {};
  return present({ ...type, ...details, [key]: message === "" ? undefined : message });
}

/** `__type` of a refusal: a service that spoke the query protocol first has other names there. */
export function typeOf(model: ServiceModel, { name }: AwsError): string {
  if (!isQueryCompatible(model)) return name;
  const known = Object.hasOwn(model.errors, name) ? model.errors[name]?.shape : undefined;
  return known ?? (name === "ValidationError" ? "ValidationException" : name);
}

/** Whether clients of the query protocol have to get along with the service's other protocols. */
export function isQueryCompatible({ protocols }: ServiceModel): boolean {
  return protocols[0] === "awsQuery";
}

export function serializationError(message: string): AwsError {
  return new AwsError("SerializationException", message);
}

/** The operation of a name as it was sent. */
export function named({ operations }: ServiceModel, name: string): Asked {
  return Object.hasOwn(operations, name) ? { text: name, operation: name } : { text: name };
}
