import type { CompressionCodec, Compressors, SchemaElement } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";

/** A page is some megabyte; what claims more is damaged or a bomb. */
const MOST_PAGE_BYTES = 256 * 1024 * 1024;

export interface ColumnChunkShape {
  readonly codec: CompressionCodec;
  readonly compressors: Compressors;
  readonly type: SchemaElement["type"];
  /** Values of the chunk, nulls included, as its metadata has it. */
  readonly values: number;
  readonly maxRepetition: number;
  readonly maxDefinition: number;
}

/**
 * Holds the pages of a column chunk to what its metadata says before they are decoded. The decoder trusts page headers and
 * run lengths, and would fill memory with what a damaged one claims.
 * @throws {Error} in words for whoever reads the file
 */
export function checkPages(chunk: Uint8Array, shape: ColumnChunkShape): void {
  const reader = { view: new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength), offset: 0 };
  let seen = 0;
  while (seen < shape.values) {
    if (reader.offset >= chunk.length) throw new Error(`its pages hold ${seen} values of ${shape.values}`);
    const header = parquetHeader(reader);
    const { compressed_page_size: stored, uncompressed_page_size: size } = header;
    const bytes = chunk.subarray(reader.offset, reader.offset + stored);
    if (!(stored >= 0) || bytes.length !== stored) throw new Error("a page is longer than its column");
    if (!(size >= 0) || size > MOST_PAGE_BYTES) throw new Error(`a page claims to have ${size} bytes`);
    reader.offset += stored;
    const dictionary = header.dictionary_page_header;
    if (dictionary !== undefined && header.type === "DICTIONARY_PAGE") {
      if (!(dictionary.num_values >= 0) || dictionary.num_values > size)
        throw new Error(`a dictionary of ${size} bytes claims to have ${dictionary.num_values} values`);
      continue;
    }
    const plain = header.type === "DATA_PAGE" ? header.data_page_header : undefined;
    const second = header.type === "DATA_PAGE_V2" ? header.data_page_header_v2 : undefined;
    const page = plain ?? second;
    if (page === undefined)
      throw new Error(`the header of a page does not decode (page type ${header.type})`);
    if (!(page.num_values >= 0) || page.num_values > shape.values - seen)
      throw new Error(`a page claims to have ${page.num_values} values, and ${shape.values - seen} are left`);
    seen += page.num_values;
    if (plain !== undefined) checkPage(inflated(bytes, size, shape), plain, shape);
    else checkSecondPage(bytes, size, second!, shape);
  }
}

function checkPage(
  page: Uint8Array,
  { num_values: values, encoding }: { readonly num_values: number; readonly encoding: string },
  shape: ColumnChunkShape,
): void {
  let at = 0;
  for (const most of [shape.maxRepetition, shape.maxDefinition]) {
    if (most === 0) continue;
    const length = new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(at, true);
    at += 4;
    if (length > page.length - at) throw new Error("the levels of a page are longer than the page");
    checkRuns(page.subarray(at, at + length), bitsOf(most), values);
    at += length;
  }
  checkIndices(page.subarray(at), encoding, values, shape);
}

function checkSecondPage(
  stored: Uint8Array,
  size: number,
  header: {
    readonly num_values: number;
    readonly num_nulls: number;
    readonly encoding: string;
    readonly is_compressed?: boolean;
    readonly repetition_levels_byte_length: number;
    readonly definition_levels_byte_length: number;
  },
  shape: ColumnChunkShape,
): void {
  const { repetition_levels_byte_length: r, definition_levels_byte_length: d, num_values: values } = header;
  if (
    !(r >= 0 && d >= 0) ||
    r + d > stored.length ||
    r + d > size ||
    !(header.num_nulls >= 0) ||
    header.num_nulls > values
  )
    throw new Error("the header of a page contradicts itself");
  if (shape.maxRepetition > 0) checkRuns(stored.subarray(0, r), bitsOf(shape.maxRepetition), values);
  if (shape.maxDefinition > 0) checkRuns(stored.subarray(r, r + d), bitsOf(shape.maxDefinition), values);
  const rest = stored.subarray(r + d);
  const page = header.is_compressed === false ? rest : inflated(rest, size - r - d, shape);
  checkIndices(page, header.encoding, values, shape);
}

function checkIndices(page: Uint8Array, encoding: string, values: number, { type }: ColumnChunkShape): void {
  if (!/DICTIONARY$/.test(encoding) && encoding !== "RLE") return;
  // Truth values have their length before them, others the number of bits.
  const flags = type === "BOOLEAN";
  const bits = flags ? 1 : (page[0] ?? 0);
  if (bits > 32) throw new Error(`indices of ${bits} bits`);
  if (bits > 0) checkRuns(page.subarray(flags ? 4 : 1), bits, values);
}

/** Runs of the hybrid of run lengths and packed bits: none may be longer than what is left to be told. */
function checkRuns(bytes: Uint8Array, bits: number, values: number): void {
  let at = 0;
  let seen = 0;
  while (seen < values && at < bytes.length) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 28) throw new Error("a run does not end");
      header += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    const packed = header % 2 === 1;
    const length = Math.floor(header / 2) * (packed ? 8 : 1);
    // The last of packed bits are filled up, by some writers to a whole group of 512.
    if (length > values - seen + (packed ? 511 : 0))
      throw new Error(`a run claims to have ${length} values, and ${values - seen} are left`);
    seen += length;
    at += packed ? (length / 8) * bits : Math.ceil(bits / 8);
  }
}

function inflated(bytes: Uint8Array, size: number, { codec, compressors }: ColumnChunkShape): Uint8Array {
  if (codec === "UNCOMPRESSED") return bytes;
  const decompress = compressors[codec];
  if (decompress === undefined) throw new Error(`its compression (${codec}) is not read here`);
  const page = decompress(bytes, size);
  if (page.length !== size) throw new Error(`a page has ${page.length} bytes, and its header says ${size}`);
  return page;
}

const bitsOf = (most: number): number => 32 - Math.clz32(most);
