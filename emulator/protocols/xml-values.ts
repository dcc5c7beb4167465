/** Values of XML by shape. @see https://smithy.io/2.0/spec/protocol-traits.html#xml-bindings */
import type { Structure } from "./constraints";
import {
  type ListShape,
  type MapShape,
  type Member,
  type MemberShape,
  membersOf,
  type ServiceModel,
  shapeOf,
} from "./model";
import { readText } from "./rest-bindings";
import { writeTimestamp } from "./timestamp";
import { escapeXml, type XmlElement } from "./xml";

const SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance";

/** What of a member matters here. */
type How = Pick<Member, "flat" | "format">;

/** The members that are in the element. @throws {AwsError} `SerializationException` for values of a wrong type */
export function readXmlMembers(model: ServiceModel, members: readonly MemberShape[], element: XmlElement): Structure {
  const found = members.flatMap((member): (readonly [string, unknown])[] => {
    const { as = member.name } = member;
    if (member.attribute === true) {
      const value = element.attributes[as];
      return value === undefined ? [] : [[member.name, value]];
    }
    const elements = element.children.filter(({ name }) => name === as);
    return elements.length === 0 ? [] : [[member.name, readXml(model, member.of, elements, member)]];
  });
  return Object.fromEntries(found);
}

/** @param elements the value's; more than one only where a list or a map is flat */
export function readXml(model: ServiceModel, of: string, elements: readonly XmlElement[], { flat }: How = {}): unknown {
  const shape = shapeOf(model, of);
  const [element] = elements;
  if (shape.type === "list") {
    const items = flat === true ? elements : (element?.children ?? []);
    return items.map((item) => readXml(model, shape.of, [item]));
  }
  if (shape.type === "map") {
    const entries = flat === true ? elements : (element?.children ?? []);
    const read = (entry: XmlElement, name: string) => entry.children.filter((child) => child.name === name);
    return Object.fromEntries(
      entries.map((entry) => [read(entry, "key")[0]?.text ?? "", readXml(model, shape.of, read(entry, "value"))]),
    );
  }
  if ("members" in shape) return element === undefined ? {} : readXmlMembers(model, membersOf(model, of), element);
  return readText(model, of, element?.text ?? "");
}

/** Elements of the members that are set, in the order of the values. */
export function writeXmlMembers(model: ServiceModel, members: readonly MemberShape[], values: Structure): string {
  const byName = new Map(members.map((member) => [member.name, member]));
  return Object.entries(values)
    .map(([name, value]) => {
      const member = byName.get(name);
      if (member === undefined || member.attribute === true || value === undefined || value === null) return "";
      return writeXml(model, member.of, member.as ?? name, value, member);
    })
    .join("");
}

/** The value in elements of the name. */
export function writeXml(model: ServiceModel, of: string, name: string, value: unknown, how: How = {}): string {
  const shape = shapeOf(model, of);
  if ("members" in shape) {
    const members = membersOf(model, of);
    const inner = writeXmlMembers(model, members, value as Structure);
    return `<${name}${writeAttributes(members, value as Structure)}>${inner}</${name}>`;
  }
  if (shape.type === "list" || shape.type === "map") {
    const items =
      shape.type === "list" ? writeItems(model, shape, name, value, how) : writeEntries(model, shape, name, value, how);
    return how.flat === true ? items : `<${name}>${items}</${name}>`;
  }
  const isTime = shape.type === "timestamp";
  const text = isTime ? writeTimestamp(value as number, how.format ?? shape.format ?? "date-time") : value;
  const shown = value instanceof Uint8Array ? Buffer.from(value).toString("base64") : String(text);
  return `<${name}>${escapeXml(shown)}</${name}>`;
}

function writeItems(model: ServiceModel, shape: ListShape, name: string, value: unknown, { flat }: How): string {
  const itemName = flat === true ? name : (shape.as ?? "member");
  return (value as readonly unknown[]).map((item) => writeXml(model, shape.of, itemName, item)).join("");
}

function writeEntries(model: ServiceModel, shape: MapShape, name: string, value: unknown, { flat }: How): string {
  const entryName = flat === true ? name : "entry";
  const entries = Object.entries(value as Structure).map(([key, item]) => {
    return `<${entryName}><key>${escapeXml(key)}</key>${writeXml(model, shape.of, "value", item)}</${entryName}>`;
  });
  return entries.join("");
}

function writeAttributes(members: readonly MemberShape[], values: Structure): string {
  const attributes = members.filter(({ attribute, name }) => attribute === true && values[name] !== undefined);
  return attributes
    .map(({ as, name }) => {
      const sent = as ?? name;
      const namespace = sent.startsWith("xsi:") ? ` xmlns:xsi="${SCHEMA_INSTANCE}"` : "";
      return `${namespace} ${sent}="${escapeXml(String(values[name]))}"`;
    })
    .join("");
}
