/* PNG pictures of at most 256 colours: a third of the size that a browser writes for a picture of a page. */

import { crc32, deflateSync, inflateSync } from "node:zlib";

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const mostColours = 256;
const [typeRgb, typePalette, typeRgba] = [2, 3, 6];

/**
 * Encodes a PNG of 8 bits a channel with a palette of its most frequent colours. Other colours are replaced by the nearest of them,
 * and transparency is removed.
 * https://www.w3.org/TR/png-3/
 */
export function palettePng(png: Buffer): Buffer {
  const { width, height, pixels } = decoded(png);
  const palette = frequentColours(pixels);
  const indexOf = new Map(palette.map((colour, index) => [colour, index]));
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = pixels[y * width + x] ?? 0;
      const known = indexOf.get(colour);
      const index = known ?? nearest(palette, colour);
      if (known === undefined) indexOf.set(colour, index);
      rows[y * (width + 1) + 1 + x] = index;
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, typePalette], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

interface Picture {
  readonly width: number;
  readonly height: number;
  /** 0xrrggbb, row by row. */
  readonly pixels: Uint32Array;
}

function decoded(png: Buffer): Picture {
  const parts: Buffer[] = [];
  let [width, height, channels] = [0, 0, 3];
  for (let at = signature.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      const [depth, colourType] = [data[8], data[9]];
      if (depth !== 8 || (colourType !== typeRgb && colourType !== typeRgba) || data[12] !== 0) {
        throw new Error(`no PNG that is read here: depth ${depth}, colour type ${colourType}, interlaced ${data[12]}`);
      }
      channels = colourType === typeRgb ? 3 : 4;
    }
    if (type === "IDAT") parts.push(data);
    at += length + 12;
  }
  const bytes = unfiltered(inflateSync(Buffer.concat(parts)), width * channels, height, channels);
  const pixels = Uint32Array.from({ length: width * height }, (_, pixel) => {
    const at = pixel * channels;
    return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  });
  return { width, height, pixels };
}

function unfiltered(filtered: Buffer, rowLength: number, height: number, channels: number): Buffer {
  // One row above the first and one pixel left of each row, all 0, as what the filters take for what is not there.
  const width = rowLength + channels;
  const rows = Buffer.alloc(width * (height + 1));
  for (let y = 0; y < height; y++) {
    const from = y * (rowLength + 1);
    const filter = filtered[from] ?? 0;
    const row = (y + 1) * width + channels;
    for (let x = 0; x < rowLength; x++) {
      const at = row + x;
      const predicted = predict(
        filter,
        byteAt(rows, at - channels),
        byteAt(rows, at - width),
        byteAt(rows, at - width - channels),
      );
      rows[at] = (byteAt(filtered, from + 1 + x) + predicted) & 255;
    }
  }
  return Buffer.concat(
    Array.from({ length: height }, (_, y) => rows.subarray((y + 1) * width + channels, (y + 2) * width)),
  );
}

function byteAt(bytes: Buffer, at: number): number {
  return bytes[at] ?? 0;
}

function predict(filter: number, left: number, up: number, upLeft: number): number {
  return [0, left, up, (left + up) >> 1, paeth(left, up, upLeft)][filter] ?? 0;
}

function paeth(left: number, up: number, upLeft: number): number {
  const estimate = left + up - upLeft;
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - upLeft)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : upLeft;
}

function frequentColours(pixels: Uint32Array): number[] {
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostColours)
    .map(([colour]) => colour);
}

function nearest(palette: readonly number[], colour: number): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const [index, other] of palette.entries()) {
    const distance = [16, 8, 0].reduce(
      (sum, bits) => sum + (((colour >> bits) & 255) - ((other >> bits) & 255)) ** 2,
      0,
    );
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
