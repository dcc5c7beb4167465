/** As much CBOR as AWS's protocol has (RFC 8949): no simple values but true, false and null, no tag but that of times. */

/** A time: a number of seconds with tag 1. */
export class CborTime {
  constructor(readonly seconds: number) {}
}

/** A number that is written with a fraction even if it is a whole one. */
export class CborDouble {
  constructor(readonly value: number) {}
}

const [UNSIGNED, NEGATIVE, BYTES, TEXT, LIST, MAP, TAG, SIMPLE] = [0, 1, 2, 3, 4, 5, 6, 7];
const BREAK = Symbol("break");
const INDEFINITE = -1;

/** @throws {TypeError} for a value that CBOR does not have */
export function encodeCbor(value: unknown): Buffer {
  if (value === null || value === undefined) return Buffer.from([0xf6]);
  if (typeof value === "boolean") return Buffer.from([value ? 0xf5 : 0xf4]);
  if (typeof value === "string") return Buffer.concat([head(TEXT, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(BYTES, value.length), value]);
  if (value instanceof CborTime) return Buffer.concat([head(TAG, 1), encodeCbor(value.seconds)]);
  if (value instanceof CborDouble) return encodeDouble(value.value);
  if (Array.isArray(value)) return Buffer.concat([head(LIST, value.length), ...value.map(encodeCbor)]);
  if (typeof value === "number") return encodeNumber(value);
  if (typeof value !== "object") throw new TypeError(`CBOR has no ${typeof value}`);
  const entries = Object.entries(value);
  return Buffer.concat([
    head(MAP, entries.length),
    ...entries.flatMap(([key, item]) => [encodeCbor(key), encodeCbor(item)]),
  ]);
}

/** @throws {RangeError} when bytes are missing or have a meaning that is not known here */
export function decodeCbor(bytes: Uint8Array): unknown {
  return new Decoder(Buffer.from(bytes)).read();
}

function encodeNumber(value: number): Buffer {
  if (!Number.isSafeInteger(value)) return encodeDouble(value);
  return value < 0 ? head(NEGATIVE, -1 - value) : head(UNSIGNED, value);
}

function encodeDouble(value: number): Buffer {
  const double = Buffer.alloc(9, 0xfb);
  double.writeDoubleBE(value, 1);
  return double;
}

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  const size = length < 0x1_0000_0000 ? 4 : 8;
  const bytes = Buffer.alloc(size + 1);
  bytes[0] = (major << 5) | (size === 4 ? 26 : 27);
  if (size === 4) bytes.writeUInt32BE(length, 1);
  else bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}

class Decoder {
  private offset = 0;

  constructor(private readonly bytes: Buffer) {}

  read(): unknown {
    const first = this.bytes.readUInt8(this.offset++);
    const [major, info] = [first >> 5, first & 31];
    if (major === SIMPLE) return this.readSimple(info);
    const length = info === 31 ? INDEFINITE : this.readLength(info);
    if (major === UNSIGNED) return length;
    if (major === NEGATIVE) return -1 - length;
    if (major === TAG) return this.read();
    if (major === LIST) return this.readItems(length);
    if (major === MAP) return this.readMap(length);
    const bytes = length === INDEFINITE ? Buffer.concat(this.readItems(length).map(asBuffer)) : this.take(length);
    return major === TEXT ? bytes.toString("utf8") : new Uint8Array(bytes);
  }

  private readLength(info: number): number {
    if (info < 24) return info;
    if (info === 27) return Number(this.take(8).readBigUInt64BE());
    const size = info === 24 ? 1 : info === 25 ? 2 : info === 26 ? 4 : undefined;
    if (size === undefined) throw new RangeError(`CBOR with additional information ${info}`);
    return this.take(size).readUIntBE(0, size);
  }

  private readSimple(info: number): unknown {
    if (info === 20 || info === 21) return info === 21;
    if (info === 22 || info === 23) return null;
    if (info === 26) return this.take(4).readFloatBE();
    if (info === 27) return this.take(8).readDoubleBE();
    if (info === 31) return BREAK;
    throw new RangeError(`CBOR with simple value ${info}`);
  }

  private readItems(length: number): unknown[] {
    const items: unknown[] = [];
    while (items.length !== length) {
      const item = this.read();
      if (item === BREAK) break;
      items.push(item);
    }
    return items;
  }

  private readMap(length: number): Readonly<Record<string, unknown>> {
    const items = this.readItems(length === INDEFINITE ? INDEFINITE : length * 2);
    const entries = items.flatMap((key, index) => (index % 2 === 0 ? [[String(key), items[index + 1]] as const] : []));
    return Object.fromEntries(entries);
  }

  private take(length: number): Buffer {
    if (this.offset + length > this.bytes.length) throw new RangeError("CBOR ends too early");
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }
}

function asBuffer(part: unknown): Buffer {
  return typeof part === "string" ? Buffer.from(part) : Buffer.from(part as Uint8Array);
}
