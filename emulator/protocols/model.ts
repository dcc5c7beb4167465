/**
 * Tables of AWS's shapes, one for each service: `emulator/services/<room>/model.json`, written by `npm run aws-model`.
 * They hold what is reachable from the operations in use.
 *
 * @see https://smithy.io/2.0/spec/model.html
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Name of a wire protocol, as Smithy calls it. */
export type Protocol = "awsJson1_0" | "awsJson1_1" | "awsQuery" | "restJson1" | "restXml" | "rpcv2Cbor";

/** What a value is on the wire, where it has no constraints; a shape's name begins with a capital or is another word. */
export const PRIMITIVES = [
  "blob",
  "boolean",
  "document",
  "double",
  "float",
  "integer",
  "long",
  "string",
  "timestamp",
] as const;

export type Primitive = (typeof PRIMITIVES)[number];

/** How a time is written; left out means what the protocol has by default. */
export type TimestampFormat = "date-time" | "epoch-seconds" | "http-date";

/** All of a service. */
export interface ServiceModel {
  /** Name of the service's endpoint, such as `cognito-idp`. */
  readonly service: string;
  readonly version: string;
  /** The first is the one in the model. */
  readonly protocols: readonly Protocol[];
  /** What comes before the operation's name in `X-Amz-Target`. */
  readonly target: string;
  /** Namespace of its XML. */
  readonly namespace?: string;
  readonly operations: Readonly<Record<string, OperationModel>>;
  /** Errors by the name that is sent. */
  readonly errors: Readonly<Record<string, ErrorModel>>;
  readonly shapes: Readonly<Record<string, Shape>>;
  /**
   * Parameters of a query that select one of the service's operations, those not in use included; only with HTTP
   * bindings.
   */
  readonly selectors?: readonly string[];
}

export interface OperationModel {
  /** Name of a structure; left out when there are no members. */
  readonly input?: string;
  /** Name of a structure; left out when nothing is answered. */
  readonly output?: string;
  /** With HTTP bindings: what the request looks like, with `{names}` for members, and the status of the answer. */
  readonly http?: readonly [method: string, uri: string, status: number];
}

export interface ErrorModel {
  /** @default 400 */
  readonly status?: number;
  /** Member that has the text. @default "message" */
  readonly message?: string;
  /** Whether it has a member `Type`, `User` or `Service`. */
  readonly typed?: true;
  /** Name of its shape, by which the JSON and CBOR protocols call it, where the query protocol has another one. */
  readonly shape?: string;
}

export type Shape = StructureShape | ListShape | MapShape | SimpleShape;

/** A union is a structure of which one member is set. */
export interface StructureShape {
  readonly type: "structure" | "union";
  /** A member that is nothing but a value of a shape is that shape's name. */
  readonly members: Readonly<Record<string, string | Member>>;
  /** Name of the XML's root element, where it is not the shape's. */
  readonly as?: string;
}

/** Bounds of the number of items, code points or bytes, or of a number. */
interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

export interface ListShape extends Bounds {
  readonly type: "list";
  /** Shape of the items. */
  readonly of: string;
  /** Name of an item's XML element, where it is not `member`. */
  readonly as?: string;
  /** Whether AWS lists "Member must not be null" among the constraints of the items. */
  readonly itemsNotNull?: true;
}

export interface MapShape extends Bounds {
  readonly type: "map";
  readonly key: string;
  /** Shape of the values. */
  readonly of: string;
  readonly itemsNotNull?: true;
}

export interface SimpleShape extends Bounds {
  readonly type: Primitive;
  /** A Java regular expression that all of the text has to match. */
  readonly pattern?: string;
  /** Values in the order in which AWS got them, as the SDKs have them. */
  readonly enum?: readonly string[];
  /** Whether AWS keeps the value out of its texts. */
  readonly sensitive?: true;
  readonly format?: TimestampFormat;
}

export interface Member {
  /** Name of the shape, or a primitive. */
  readonly of: string;
  readonly required?: true;
  /** Where it is in an HTTP request or answer; left out means in the body. `headers` and `queries` are those left over. */
  readonly in?: "path" | "query" | "queries" | "header" | "headers" | "payload" | "status";
  /** Its name there, where it is not the member's. */
  readonly as?: string;
  /** Whether items stand in XML or a form without an element around them. */
  readonly flat?: true;
  /** Whether it is an attribute of the XML element. */
  readonly attribute?: true;
  readonly format?: TimestampFormat;
}

/** A member with its shape looked up. */
export interface MemberShape extends Member {
  readonly name: string;
  readonly shape: Shape;
}

const loaded = new Map<string, ServiceModel>();

/** The table of the room, read when it is first asked for. */
export function loadModel(room: string): ServiceModel {
  const known = loaded.get(room);
  if (known !== undefined) return known;
  const path = join(__dirname, "..", "services", room, "model.json");
  const model = JSON.parse(readFileSync(path, "utf8")) as ServiceModel;
  loaded.set(room, model);
  return model;
}

/** The shape of the name, which may be a primitive's. @throws {Error} when there is none */
export function shapeOf({ service, shapes }: ServiceModel, name: string): Shape {
  const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
  if (shape !== undefined) return shape;
  if (isPrimitive(name)) return { type: name };
  throw new Error(`${service} has no shape "${name}"`);
}

/** Members of structures, which are looked up for each value of each resource. */
const members = new WeakMap<Shape, readonly MemberShape[]>();

/** Members of a structure in the table's order; none when there is no structure. */
export function membersOf(model: ServiceModel, name: string | undefined): readonly MemberShape[] {
  const shape = name === undefined ? undefined : shapeOf(model, name);
  if (shape === undefined || !("members" in shape)) return [];
  const found =
    members.get(shape) ?? Object.entries(shape.members).map(([member, of]) => memberShape(model, member, of));
  members.set(shape, found);
  return found;
}

/** The operation of the name. @throws {Error} when the table has none: it has to be added to `operations.ts` */
export function operationOf({ service, operations }: ServiceModel, name: string): OperationModel {
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) throw new Error(`the table of ${service} has no operation "${name}"`);
  return operation;
}

function memberShape(model: ServiceModel, name: string, member: string | Member): MemberShape {
  const whole = typeof member === "string" ? { of: member } : member;
  return { ...whole, name, shape: shapeOf(model, whole.of) };
}

function isPrimitive(name: string): name is Primitive {
  return PRIMITIVES.some((primitive) => primitive === name);
}
