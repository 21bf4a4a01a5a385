/**
 * Columns of numbers as bytes that compress well, for a page that holds them: each number is cut into bytes, and the lowest bytes of
 * all stand together, then the next. Whole numbers from 0 to 2^53 keep every bit; other numbers keep 12 bits of precision,
 * which is what people read.
 */
export interface PackedLayout {
  /** Names and lengths of the columns in their order, and bytes of a number; 0 for numbers that are not whole. */
  readonly columns: readonly (readonly [name: string, length: number, bytes: number])[];
}

export type Packable = Readonly<Record<string, Float64Array | Int32Array | Uint8Array>>;

/** @param whole columns of whole numbers @param real columns of others */
export function packColumns(
  whole: Packable,
  real: Packable,
): { readonly layout: PackedLayout; readonly bytes: Uint8Array } {
  const columns: [string, number, number][] = [];
  const parts: Uint8Array[] = [];
  for (const [name, values] of Object.entries(whole)) {
    const planes = planesOf(values);
    columns.push([name, values.length, planes]);
    for (let plane = 0, unit = 1; plane < planes; plane++, unit *= 256) {
      const part = new Uint8Array(values.length);
      for (let i = 0; i < part.length; i++) part[i] = Math.floor(values[i]! / unit) % 256;
      parts.push(part);
    }
  }
  for (const [name, values] of Object.entries(real)) {
    columns.push([name, values.length, 0]);
    const near = new Float32Array(values.length);
    for (let i = 0; i < near.length; i++) near[i] = rounded(values[i]!);
    const bits = new Uint32Array(near.buffer);
    for (let shift = 0; shift < 32; shift += 8) {
      const part = new Uint8Array(values.length);
      for (let i = 0; i < part.length; i++) part[i] = (bits[i]! >>> shift) & 255;
      parts.push(part);
    }
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { layout: { columns }, bytes };
}

/** Bytes that the largest takes, at least one. */
function planesOf(values: Packable[string]): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  let planes = 1;
  for (let room = 256; most >= room; room *= 256) planes++;
  return planes;
}

const single = new Float32Array(1);
const word = new Uint32Array(single.buffer);
/** To 12 bits after the leading one, the nearest. */
function rounded(value: number): number {
  single[0] = value;
  if (!Number.isFinite(single[0]!)) return single[0]!;
  word[0] = (word[0]! + 0x400) & ~0x7ff;
  return single[0]!;
}

/** Columns by name again: whole numbers of up to four bytes as Int32Array where they fit, all others as Float64Array. */
export function unpackColumns(
  { columns }: PackedLayout,
  bytes: Uint8Array,
): Map<string, Int32Array | Float64Array> {
  const found = new Map<string, Int32Array | Float64Array>();
  let at = 0;
  for (const [name, length, planes] of columns) {
    if (planes === 0) {
      const bits = new Uint32Array(length);
      for (let shift = 0; shift < 32; shift += 8, at += length) {
        for (let i = 0; i < length; i++) bits[i]! |= bytes[at + i]! << shift;
      }
      found.set(name, Float64Array.from(new Float32Array(bits.buffer)));
      continue;
    }
    const values = planes < 4 ? new Int32Array(length) : new Float64Array(length);
    for (let plane = 0, unit = 1; plane < planes; plane++, unit *= 256, at += length) {
      if (plane === 0) for (let i = 0; i < length; i++) values[i] = bytes[at + i]!;
      else for (let i = 0; i < length; i++) values[i]! += bytes[at + i]! * unit;
    }
    found.set(name, values);
  }
  return found;
}
