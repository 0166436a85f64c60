//! Makes a screenshot small: at most 64 colours, as pages of text have hardly more, and well packed. And says how
//! far two pictures are apart. Knows the PNG files that Chromium writes (8 bits a channel, not interlaced) and those
//! that are made here, and no others.
import { deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const COLOURS_MAX = 64;
const CHANNELS = { 2: 3, 3: 1, 6: 4 };

/** The same picture with few colours. */
export function withFewColours(png) {
  const { width, height, pixels } = read(png);
  const palette = chooseColours(pixels);
  const known = new Map();
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0, from = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, from += 3) {
      const colour = (pixels[from] << 16) | (pixels[from + 1] << 8) | pixels[from + 2];
      if (!known.has(colour)) known.set(colour, nearest(palette, colour));
      rows[y * (width + 1) + 1 + x] = known.get(colour);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8); // 8 bits, with a palette.
  const colours = Buffer.from(palette.flatMap((colour) => parts(colour)));
  const packed = deflateSync(rows, { level: 9, memLevel: 9 });
  return Buffer.concat([SIGNATURE, chunk('IHDR', head), chunk('PLTE', colours), chunk('IDAT', packed), chunk('IEND', Buffer.alloc(0))]);
}

/** Side of a place of a picture, in pixels: a line of text more or less moves what is below it by more. */
const PLACE = 24;
/** How far the light of a place may be off, of 255, before it differs. */
const LIGHT = 24;

/** The share of places whose light differs, from 0 to 1; 1 if the pictures differ in size. */
export function unlike(one, other) {
  const [a, b] = [one, other].map((png) => lights(read(png)));
  if (a.length !== b.length) return 1;
  const differ = a.filter((light, place) => Math.abs(light - b[place]) > LIGHT);
  return differ.length / a.length;
}

/** How light each place is, of 255. */
function lights({ width, height, pixels }) {
  const columns = Math.ceil(width / PLACE);
  const sums = new Float64Array(columns * Math.ceil(height / PLACE));
  const counts = new Float64Array(sums.length);
  for (let y = 0, from = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, from += 3) {
      const place = Math.floor(y / PLACE) * columns + Math.floor(x / PLACE);
      sums[place] += (pixels[from] + pixels[from + 1] + pixels[from + 2]) / 3;
      counts[place] += 1;
    }
  }
  return [...sums].map((sum, place) => sum / counts[place]);
}

const parts = (colour) => [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255];

/** Red, green and blue of every pixel. */
function read(png) {
  let at = 8, width, height, channels, palette;
  const packed = [];
  while (at < png.length) {
    const length = png.readUInt32BE(at);
    const kind = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (kind === 'IHDR') {
      [width, height, channels] = [data.readUInt32BE(0), data.readUInt32BE(4), CHANNELS[data[9]]];
      if (data[8] !== 8 || channels === undefined || data[12] !== 0) throw new Error('not a PNG as Chromium writes them');
    }
    if (kind === 'PLTE') palette = data;
    if (kind === 'IDAT') packed.push(data);
    at += length + 12;
  }
  const raw = inflateSync(Buffer.concat(packed));
  const line = width * channels;
  const pixels = Buffer.alloc(width * height * 3);
  let above = Buffer.alloc(line);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (line + 1)];
    const row = raw.subarray(y * (line + 1) + 1, (y + 1) * (line + 1));
    for (let i = 0; i < line; i += 1) {
      const left = i < channels ? 0 : row[i - channels];
      const corner = i < channels ? 0 : above[i - channels];
      row[i] += [0, left, above[i], (left + above[i]) >> 1, paeth(left, above[i], corner)][filter];
    }
    for (let x = 0; x < width; x += 1) {
      const to = (y * width + x) * 3;
      if (palette) palette.copy(pixels, to, row[x] * 3, row[x] * 3 + 3);
      else row.copy(pixels, to, x * channels, x * channels + 3);
    }
    above = row;
  }
  return { width, height, pixels };
}

function paeth(left, up, corner) {
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** The colours that are used most, no two of them alike. */
function chooseColours(pixels) {
  const counts = new Map();
  for (let from = 0; from < pixels.length; from += 3) {
    const colour = (pixels[from] << 16) | (pixels[from + 1] << 8) | pixels[from + 2];
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = [];
  for (const [colour] of [...counts].sort((one, next) => next[1] - one[1] || one[0] - next[0])) {
    if (palette.length === COLOURS_MAX) break;
    // A ground is often nearly another one; a letter's edge need not be.
    const far = palette.length < 12 ? 0 : 24 * 24;
    if (palette.every((chosen) => distance(chosen, colour) > far)) palette.push(colour);
  }
  return palette;
}

function distance(one, next) {
  const [r, g, b] = parts(one);
  const [r2, g2, b2] = parts(next);
  return (r - r2) ** 2 + (g - g2) ** 2 + (b - b2) ** 2;
}

function nearest(palette, colour) {
  let best = 0;
  for (let at = 1; at < palette.length; at += 1) {
    if (distance(palette[at], colour) < distance(palette[best], colour)) best = at;
  }
  return best;
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  let rest = 0xffffffff;
  for (const byte of body) rest = CRC[(rest ^ byte) & 255] ^ (rest >>> 8);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE((rest ^ 0xffffffff) >>> 0, body.length + 4);
  return whole;
}
