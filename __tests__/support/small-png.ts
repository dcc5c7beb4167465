/**
 * Makes a screenshot small: at most 256 colours, each the most frequent of those that are nearly the same, and the best
 * compression. Flat pages keep their colours.
 *
 * @see https://www.w3.org/TR/png-3/
 */
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = 8;
const [RGB, PALETTE, RGBA] = [2, 3, 6];
const MAX_COLORS = 256;

/** @param png with 8 bits for each sample, not interlaced, as browsers write it @returns the same picture, opaque */
export function smallPng(png: Buffer): Buffer {
  const { header, data } = chunksOf(png);
  const [width, height, bits, type, interlace] = [
    header.readUInt32BE(0),
    header.readUInt32BE(4),
    header[8],
    header[9] ?? 0,
    header[12],
  ];
  if (bits !== 8 || ![RGB, RGBA].includes(type) || interlace !== 0) throw new Error("not a screenshot of a browser");
  const samples = type === RGB ? 3 : 4;
  const pixels = unfiltered(inflateSync(data), width * samples, samples);
  const colors = Array.from({ length: width * height }, (_, at) => pixels.readUIntBE(at * samples, 3));
  const { palette, indexOf } = paletteOf(colors);
  const rows = Buffer.alloc((width + 1) * height);
  for (const [at, color] of colors.entries()) rows[at + Math.floor(at / width) + 1] = indexOf(color);
  const newHeader = Buffer.from(header);
  newHeader[9] = PALETTE;
  return Buffer.concat([
    png.subarray(0, SIGNATURE),
    chunk("IHDR", newHeader),
    chunk("PLTE", Buffer.concat(palette.map((color) => Buffer.from([color >> 16, (color >> 8) & 255, color & 255])))),
    chunk("IDAT", deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunksOf(png: Buffer): { readonly header: Buffer; readonly data: Buffer } {
  const found: (readonly [type: string, data: Buffer])[] = [];
  for (let at = SIGNATURE; at < png.length; ) {
    const length = png.readUInt32BE(at);
    found.push([png.toString("latin1", at + 4, at + 8), png.subarray(at + 8, at + 8 + length)]);
    at += length + 12;
  }
  const of = (type: string) => Buffer.concat(found.filter(([name]) => name === type).map(([, data]) => data));
  return { header: of("IHDR"), data: of("IDAT") };
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** The samples without the filters of their rows. */
function unfiltered(rows: Buffer, rowBytes: number, samples: number): Buffer {
  const height = rows.length / (rowBytes + 1);
  const out = Buffer.alloc(rowBytes * height);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (rowBytes + 1)];
    for (let x = 0; x < rowBytes; x++) {
      const at = y * rowBytes + x;
      const left = x < samples ? 0 : (out[at - samples] ?? 0);
      const up = y === 0 ? 0 : (out[at - rowBytes] ?? 0);
      const corner = x < samples || y === 0 ? 0 : (out[at - rowBytes - samples] ?? 0);
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      out[at] = (rows[y * (rowBytes + 1) + 1 + x] ?? 0) + predicted;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const [toLeft, toUp, toCorner] = [left, up, corner].map((value) => Math.abs(estimate - value)) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** The palette, and the place of a color of the picture in it. */
function paletteOf(colors: readonly number[]) {
  const counts = new Map<number, number>();
  for (const color of colors) counts.set(color, (counts.get(color) ?? 0) + 1);
  const frequent = [...counts].toSorted((a, b) => b[1] - a[1]).map(([color]) => color);
  for (let dropped = 0; dropped < 8; dropped++) {
    const bucketOf = (color: number) =>
      [color >> 16, (color >> 8) & 255, color & 255].map((sample) => sample >> dropped).join();
    const places = new Map<string, number>();
    const palette = frequent.filter((color) => {
      const bucket = bucketOf(color);
      if (places.has(bucket)) return false;
      places.set(bucket, places.size);
      return true;
    });
    if (palette.length > MAX_COLORS) continue;
    const known = new Map(frequent.map((color) => [color, places.get(bucketOf(color)) ?? 0]));
    return { palette, indexOf: (color: number) => known.get(color) ?? 0 };
  }
  throw new Error("more colors than a palette has");
}
