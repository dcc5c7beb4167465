/**
 * Which names an authority's certificates may be for: the extension "name constraints", for which the library that
 * makes certificates has no class. A domain stands for itself and for everything below it. Kinds of names that nothing
 * is said of would be free: addresses are excluded altogether; people and URIs, of which not all can be excluded, are
 * permitted below a domain that nobody has.
 *
 * `SEQUENCE { [0] { SEQUENCE { [2] name } … } [1] { SEQUENCE { [7] address and mask } … } }`
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10
 */

/** The extension's id. */
export const NAME_CONSTRAINTS = "2.5.29.30";

/** The extension's head in a certificate: its id, and that whoever does not know it must refuse the certificate. */
const CRITICAL_HEAD = Buffer.from("0603551d1e0101ff", "hex");

const SEQUENCE = 0x30;
const PERMITTED = 0xa0;
const EXCLUDED = 0xa1;
const EMAIL = 0x81;
const DNS_NAME = 0x82;
const URI = 0x86;
const IP_ADDRESS = 0x87;
const OCTET_STRING = 0x04;

/** Below it there is nothing, and never will be. @see https://www.rfc-editor.org/rfc/rfc6761#section-6.4 */
const NOBODYS = Buffer.from("invalid", "ascii");
/** Mail of nobody, and what nobody serves. */
const PERMITTED_OTHERS = subtrees([tagged(EMAIL, NOBODYS), tagged(URI, NOBODYS)]);
/** Every address of versions 4 and 6. */
const EXCLUDED_ADDRESSES = subtrees([tagged(IP_ADDRESS, Buffer.alloc(8)), tagged(IP_ADDRESS, Buffer.alloc(32))]);

/** The extension's value, in DER. */
export function permittedSubtrees(domains: readonly string[]): Uint8Array {
  const ofDomains = subtrees(domains.map((domain) => tagged(DNS_NAME, Buffer.from(domain, "ascii"))));
  const permitted = tagged(PERMITTED, Buffer.concat([ofDomains, PERMITTED_OTHERS]));
  return tagged(SEQUENCE, Buffer.concat([permitted, tagged(EXCLUDED, EXCLUDED_ADDRESSES)]));
}

/** Domains that a certificate is limited to, in DER; none when it has no such limit, or not all that it should have. */
export function permittedDomains(certificate: Buffer): readonly string[] {
  const head = certificate.indexOf(CRITICAL_HEAD);
  if (head < 0) return [];
  const value = read(certificate.subarray(head + CRITICAL_HEAD.length), OCTET_STRING);
  const { content: permitted, rest } = read(read(value.content, SEQUENCE).content, PERMITTED);
  const isWhole = permitted.subarray(-PERMITTED_OTHERS.length).equals(PERMITTED_OTHERS);
  if (!isWhole || !rest.equals(tagged(EXCLUDED, EXCLUDED_ADDRESSES))) return [];
  let ofDomains = permitted.subarray(0, -PERMITTED_OTHERS.length);
  const domains: string[] = [];
  while (ofDomains.length > 0) {
    const subtree = read(ofDomains, SEQUENCE);
    domains.push(read(subtree.content, DNS_NAME).content.toString("ascii"));
    ofDomains = subtree.rest;
  }
  return domains;
}

function subtrees(names: readonly Buffer[]): Buffer {
  return Buffer.concat(names.map((name) => tagged(SEQUENCE, name)));
}

function tagged(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content)]), content]);
}

/** Up to 127 in one byte; more in as many as it takes, and before them how many those are. */
function lengthOf({ length }: Buffer): readonly number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

/** What the tag at the beginning holds, and what comes after it. @throws {RangeError} when there is another tag */
function read(der: Buffer, tag: number): { readonly content: Buffer; readonly rest: Buffer } {
  const [found, first = 0] = der;
  if (found !== tag) throw new RangeError(`expected tag ${tag}, got ${found}`);
  const more = first < 0x80 ? 0 : first & 0x7f;
  const length = more === 0 ? first : der.readUIntBE(2, more);
  const start = 2 + more;
  return { content: der.subarray(start, start + length), rest: der.subarray(start + length) };
}
