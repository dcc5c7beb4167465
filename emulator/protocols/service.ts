/**
 * A service of AWS: operations over a table of shapes. The room of a service defines it once; requests over the wire,
 * the Terraform face and other services reach it through the same operations.
 */
import type { Account } from "../account/account";
import { AwsError, UnsupportedError } from "../errors";
import type { Codec } from "./codec";
import { codecFor } from "./codecs";
import { type ConstraintStyle, type Structure, violationText } from "./constraints";
import { type HttpRequest, type HttpResponse, header } from "./http";
import { loadModel, membersOf, operationOf, type ServiceModel } from "./model";
import type { Runtime } from "./runtime";

/** Where an operation happens. */
export interface OperationContext {
  readonly account: Account;
  readonly region: string;
  /** Id of the AWS account that the caller is in. */
  readonly accountId: string;
  readonly runtime: Runtime;
  readonly requestId: string;
  /** Access key that the request is signed with; left out for calls that no request makes. */
  readonly accessKeyId?: string;
}

/**
 * One operation, from AWS's input to AWS's output: plain objects with AWS's names, times as seconds since 1970, blobs as
 * `Uint8Array`, and members absent where they are not set.
 * @throws {AwsError} when AWS refuses; @throws {UnsupportedError} for what is not emulated
 */
export type Operation<Input = unknown, Output = unknown> = (
  context: OperationContext,
  input: Input,
) => Output | Promise<Output>;

/** What a room says of its service. */
export interface ServiceDefinition {
  readonly name: string;
  /** The table, loaded when it is first needed. */
  readonly model: () => ServiceModel;
  /** What is emulated, by name; see {@link operationsIn}. */
  readonly operations: () => Operations;
  /** Name of the error that says which constraints an input breaks; `own` when the operations check it themselves. */
  readonly constraintError: string;
  /** What the service checks of every input in words of its own, after the constraints. @throws {AwsError} */
  check?(input: Structure): void;
  /** How the service's texts differ from those of AWS's framework; left out means that they do not. */
  readonly constraintStyle?: ConstraintStyle;
  /**
   * Operations that change something although their names begin as {@link READING} has it: GetSecretValue notes when it
   * was last called.
   */
  readonly writes?: readonly string[];
  /** Operations that take unsigned requests as well: their input proves who calls. */
  readonly unsigned?: readonly string[];
  /** What requests may have, in bytes; left out: the host's limit is the only one. */
  readonly maxRequestBytes?: number;
  /** By operation, members that are refused when they are set, such as `LambdaConfig` or `LambdaConfig.PreSignUp`. */
  readonly notEmulated?: Readonly<Record<string, readonly string[]>>;
}

/** How names of operations begin that change nothing. */
const READING = /^(Get|List|Describe|Head|Filter|Lookup|Invoke|Test|Validate)/;

/** Operations by name. */
export type Operations = Readonly<Record<string, Operation<never>>>;

/**
 * The operations of a room's model that the modules export: `CreateStage` as the function `createStage`, or under its own
 * name. They are looked for when they are first needed, as the model is loaded then.
 */
export function operationsIn(room: string, ...modules: readonly object[]): () => Operations {
  let found: Operations | undefined;
  return () => {
    found ??= operationsOf(loadModel(room), Object.assign({}, ...modules));
    return found;
  };
}

function operationsOf({ operations }: ServiceModel, exported: Operations): Operations {
  const camel = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
  const named = Object.keys(operations).map((name) => [name, exported[name] ?? exported[camel(name)]]);
  return Object.fromEntries(named.filter(([, operation]) => operation !== undefined));
}

/** Whether the operation changes nothing: it needs no transaction. */
export function isReading({ writes = [] }: ServiceDefinition, operation: string): boolean {
  return READING.test(operation) && !writes.includes(operation);
}

/**
 * Checks the input and runs the operation, without any wire. It opens no transaction: an operation that writes has to be
 * called inside of `Account.change`.
 *
 * @throws {AwsError} when AWS refuses, or `NotEmulated` for a member that is not emulated
 */
export async function callOperation(
  service: ServiceDefinition,
  context: OperationContext,
  name: string,
  input: Structure,
): Promise<Structure> {
  const operations = service.operations();
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) throw new UnsupportedError(notEmulated(name, Object.keys(operations)));
  const { constraintError, constraintStyle } = service;
  const violation =
    constraintError === "own" ? undefined : violationText(service.model(), name, input, constraintStyle);
  if (violation !== undefined) throw new AwsError(constraintError, violation);
  service.check?.(input);
  refuseOthers(service, name, input);
  return ((await operation(context, input as never)) ?? {}) as Structure;
}

/** Answers an HTTP request to the service; an operation that writes is one change of the account. */
export async function answerService(
  service: ServiceDefinition,
  context: Omit<OperationContext, "requestId">,
  request: HttpRequest,
): Promise<HttpResponse> {
  const model = service.model();
  const codec = codecFor(model, request);
  const requestId = context.account.uuid();
  try {
    const operation = findOperation(service, codec, request);
    requireSize(service, operation, request);
    const input = codec.read(model, operation, request);
    const accessKeyId = /Credential=([^/,]*)/.exec(header(request, "Authorization") ?? "")?.[1] ?? "";
    const call = () => callOperation(service, { ...context, requestId, accessKeyId }, operation, input);
    const output = isReading(service, operation)
      ? await call()
      : await context.account.change(async () => ({ result: await call(), operation: null }));
    return codec.write(model, operation, output, requestId);
  } catch (error) {
    return codec.refuse(model, refusalOf(error), requestId, request);
  }
}

function findOperation(
  { operations: emulated, model, unsigned }: ServiceDefinition,
  codec: Codec,
  request: HttpRequest,
): string {
  const operations = emulated();
  const isUnsigned = !isSigned(request);
  if (codec.checksSignatureFirst && isUnsigned) throw codec.unsigned;
  const { text, operation } = codec.find(model(), request);
  if (operation === undefined || !Object.hasOwn(operations, operation)) {
    const [name, status] = codec.unknownOperation;
    throw new AwsError(name, notEmulated(text, Object.keys(operations)), status);
  }
  if (isUnsigned && unsigned?.includes(operation) !== true) throw codec.unsigned;
  return operation;
}

function requireSize({ maxRequestBytes }: ServiceDefinition, operation: string, { body }: HttpRequest): void {
  if (maxRequestBytes === undefined || body.length <= maxRequestBytes) return;
  const message = `Request must be smaller than ${maxRequestBytes} bytes for the ${operation} operation`;
  throw new AwsError("RequestEntityTooLargeException", message, 413);
}

/** Whether the request carries a signature of version 4; it is not checked. */
function isSigned(request: HttpRequest): boolean {
  return /^AWS4-HMAC-SHA256 /.test(header(request, "Authorization") ?? "");
}

function refuseOthers({ notEmulated: paths, model }: ServiceDefinition, name: string, input: Structure): void {
  const refused = paths?.[name] ?? [];
  const set = refused.find((path) => isSet(input, path.split(".")));
  if (set === undefined) return;
  const { input: structure } = operationOf(model(), name);
  const emulated = membersOf(model(), structure).filter((member) => !refused.includes(member.name));
  const names = emulated.map((member) => member.name);
  throw new AwsError("NotEmulated", `${set} is not emulated here. Emulated: ${names.join(", ")}.`, 501);
}

/** Whether there is something at the path; empty structures and lists, as SDKs of some callers send them, say nothing. */
function isSet(value: unknown, [name, ...names]: readonly string[]): boolean {
  if (name === undefined) return value !== undefined && !isEmpty(value);
  return (
    typeof value === "object" &&
    value !== null &&
    Object.hasOwn(value, name) &&
    isSet((value as Structure)[name], names)
  );
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).every(isEmpty);
}

function notEmulated(asked: string, emulated: readonly string[]): string {
  return `${asked || "This request"} is not emulated. Emulated: ${emulated.join(", ")}.`;
}

function refusalOf(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  if (error instanceof UnsupportedError) return new AwsError("NotEmulated", error.message, 501);
  throw error;
}
