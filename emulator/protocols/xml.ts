/** Just as much XML as AWS's protocols have: elements, attributes and text, no document types. */
import { serializationError } from "./codec";

export interface XmlElement {
  /** Without the prefix of its namespace. */
  readonly name: string;
  /** By their names as they were sent. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Text outside of children. */
  readonly text: string;
}

const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The root element. @throws {AwsError} `SerializationException` for what is not well-formed, document types included */
export function parseXml(text: string): XmlElement {
  const root = open("", "");
  const stack = [root];
  TOKEN.lastIndex = 0;
  const source = text.replace(/^\uFEFF/, "");
  while (TOKEN.lastIndex < source.length) {
    const token = TOKEN.exec(source);
    const parent = stack.at(-1);
    if (token === null || parent === undefined) throw malformed();
    const [, data, closing, name, attributes = "", isEmpty, content] = token;
    if (name === undefined) parent.text += data ?? unescapeXml(content ?? "");
    else if (closing === "/") {
      if (parent.sent !== name || stack.length === 1) throw malformed();
      stack.pop();
    } else {
      const element = open(name, attributes);
      parent.children.push(element);
      if (isEmpty === "") stack.push(element);
    }
  }
  const [first, ...others] = root.children;
  if (first === undefined || others.length > 0 || stack.length > 1 || root.text.trim() !== "") throw malformed();
  return first;
}

export function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\r", "&#xD;");
}

interface OpenElement extends XmlElement {
  /** Name as it was sent. */
  readonly sent: string;
  readonly children: XmlElement[];
  text: string;
}

function open(sent: string, attributes: string): OpenElement {
  const found = [...attributes.matchAll(ATTRIBUTE)].map(([, name = "", one, other]) => [
    name,
    unescapeXml(one ?? other ?? ""),
  ]);
  return {
    sent,
    name: sent.slice(sent.indexOf(":") + 1),
    attributes: Object.fromEntries(found),
    children: [],
    text: "",
  };
}

function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g,
    (whole, decimal?: string, hex?: string, name?: string) => {
      const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      if (name !== undefined) return NAMED[name] ?? whole;
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

function malformed(): Error {
  return serializationError(
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
}
