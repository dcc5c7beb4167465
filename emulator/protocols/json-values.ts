/** Values of JSON by shape: times are numbers, blobs are base64, and null counts as left out. */
import { serializationError } from "./codec";
import type { Structure } from "./constraints";
import { type MemberShape, membersOf, type Primitive, type ServiceModel, shapeOf, type TimestampFormat } from "./model";
import { readTimestamp, writeTimestamp } from "./timestamp";

/** How a protocol writes values that JSON does not have. */
export interface JsonStyle {
  /** Name of the member in the body. */
  readonly nameOf: (member: MemberShape) => string;
  readonly writeBlob: (bytes: Uint8Array) => unknown;
  readonly readBlob: (value: unknown) => Uint8Array;
  /** @default the number itself */
  readonly writeDouble?: (value: number) => unknown;
  readonly writeTime: (seconds: number, format: TimestampFormat | undefined) => unknown;
}

/** JSON as AWS's protocols have it. */
export const jsonStyle: JsonStyle = {
  nameOf: ({ name }) => name,
  writeBlob: (bytes) => Buffer.from(bytes).toString("base64"),
  readBlob: readBase64,
  writeTime: (seconds, format) => writeTimestamp(seconds, format ?? "epoch-seconds"),
};

const NUMBERS: readonly string[] = ["integer", "long", "float", "double"];

/** The members that are in the object. @throws {AwsError} `SerializationException` for values of a wrong type */
export function readMembers(
  model: ServiceModel,
  members: readonly MemberShape[],
  object: Structure,
  style: JsonStyle = jsonStyle,
): Structure {
  const found = members.flatMap((member): (readonly [string, unknown])[] => {
    const name = style.nameOf(member);
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    return value === undefined || value === null ? [] : [[member.name, readJson(model, member.of, value, style)]];
  });
  return Object.fromEntries(found);
}

/** One value of the shape. @throws {AwsError} `SerializationException` when its type is wrong */
export function readJson(model: ServiceModel, name: string, value: unknown, style: JsonStyle = jsonStyle): unknown {
  const shape = shapeOf(model, name);
  if (shape.type === "list") {
    if (!Array.isArray(value)) throw serializationError("Expected list or null");
    return value.map((item) => (item === null ? null : readJson(model, shape.of, item, style)));
  }
  if (shape.type === "map" || "members" in shape) {
    if (!isObject(value)) throw serializationError("Expected map or null");
    if ("members" in shape) return readMembers(model, membersOf(model, name), value, style);
    const entries = Object.entries(value).filter(([, item]) => item !== null);
    return Object.fromEntries(entries.map(([key, item]) => [key, readJson(model, shape.of, item, style)]));
  }
  return readSimple(shape.type, value, style);
}

/** The value for `JSON.stringify`; members that are not of the shape are left out. */
export function writeJson(
  model: ServiceModel,
  name: string,
  value: unknown,
  style: JsonStyle = jsonStyle,
  format?: TimestampFormat,
): unknown {
  const shape = shapeOf(model, name);
  if ("members" in shape) return writeMembers(model, membersOf(model, name), value as Structure, style);
  if (shape.type === "list") {
    return (value as readonly unknown[]).map((item) =>
      item === null ? null : writeJson(model, shape.of, item, style),
    );
  }
  if (shape.type === "map") {
    const entries = Object.entries(value as Structure).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.map(([key, item]) => [key, writeJson(model, shape.of, item, style)]));
  }
  if (shape.type === "timestamp") return style.writeTime(value as number, format ?? shape.format);
  if (shape.type === "double" && style.writeDouble !== undefined) return style.writeDouble(value as number);
  return shape.type === "blob" ? style.writeBlob(value as Uint8Array) : value;
}

export function writeMembers(
  model: ServiceModel,
  members: readonly MemberShape[],
  values: Structure,
  style: JsonStyle = jsonStyle,
): Structure {
  const found = members.flatMap((member): (readonly [string, unknown])[] => {
    const value = values[member.name];
    if (value === undefined || value === null) return [];
    return [[style.nameOf(member), writeJson(model, member.of, value, style, member.format)]];
  });
  return Object.fromEntries(found);
}

/** The body's JSON object. @throws {AwsError} `SerializationException` when it is not one */
export function parseObject(body: Uint8Array): Structure {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    value = undefined;
  }
  if (!isObject(value)) throw serializationError("the request's body is not a JSON object");
  return value;
}

function readSimple(type: Primitive, value: unknown, style: JsonStyle): unknown {
  if (type === "document") return value;
  if (type === "blob") return style.readBlob(value);
  if (type === "timestamp" && (typeof value === "number" || typeof value === "string")) return readTimestamp(value);
  const isNumber = typeof value === "number" && (Number.isSafeInteger(value) || type === "double" || type === "float");
  const isRight = NUMBERS.includes(type) ? isNumber : typeof value === type;
  if (isRight) return value;
  throw wrongType(value, type);
}

function readBase64(value: unknown): Uint8Array {
  if (typeof value !== "string") throw wrongType(value, "blob");
  return new Uint8Array(Buffer.from(value, "base64"));
}

/** As AWS's framework says it, Java's classes included. */
function wrongType(value: unknown, type: Primitive): Error {
  if (Array.isArray(value)) return serializationError("Start of list found where not expected");
  if (isObject(value)) return serializationError("Start of structure or map found where not expected.");
  const classes: Readonly<Record<string, string>> = {
    boolean: "java.lang.Boolean",
    number: "com.amazon.coral.value.json.numbers.TruncatingBigNumber",
    string: "java.lang.String",
  };
  const wanted = type.charAt(0).toUpperCase() + type.slice(1);
  return serializationError(`class ${classes[typeof value]} can not be converted to an ${wanted}`);
}

function isObject(value: unknown): value is Structure {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
