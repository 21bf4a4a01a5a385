import { assert } from "../../kit/assert.js";
import { InputError, SwitchyardError } from "../../kit/errors.js";
import { type JsonValue, readJson } from "../../kit/json.js";

/** A tensor by name, float32, row by row. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * The safetensors format (github.com/huggingface/safetensors): eight bytes of header length, a JSON header, the tensors'
 * bytes end to end. Only F32 here. Equal tensors give equal bytes.
 */
export function writeSafetensors(
  tensors: readonly Tensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  // Put together by hand: an object would sort names that look like numbers to the front.
  const entries: string[] = [];
  if (Object.keys(metadata).length > 0) entries.push(`"__metadata__":${JSON.stringify(metadata)}`);
  const names = new Set(["__metadata__"]);
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    assert(!names.has(name), "every tensor has a name of its own");
    names.add(name);
    assert(elements(shape) === data.length, "a tensor has as many elements as its shape says");
    const entry = { dtype: "F32", shape, data_offsets: [offset, offset + data.byteLength] };
    entries.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    offset += data.byteLength;
  }
  const json = `{${entries.join(",")}}`;
  // The tensors begin at a multiple of eight, as the reference writer has it: the header is padded with spaces.
  const padded = new TextEncoder().encode(
    json.padEnd(Math.ceil(byteLength(json) / 8) * 8 - byteLength(json) + json.length),
  );
  const bytes = new Uint8Array(8 + padded.length + offset);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(padded.length), true);
  bytes.set(padded, 8);
  let at = 8 + padded.length;
  for (const { data } of tensors) {
    for (let i = 0; i < data.length; i++, at += 4) view.setFloat32(at, data[i]!, true);
  }
  return bytes;
}

const byteLength = (text: string): number => new TextEncoder().encode(text).length;

const elements = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

const MOST_HEADER = 1024 * 1024;
const MOST_TENSORS = 1000;
const MOST_DEPTH = 4;

/**
 * Reads a file of float32 tensors, strictly: they must lie end to end, without holes or overlaps, and end where the file
 * does; shapes must give the sizes. The header may name them in any order, as the format allows.
 * @returns the tensors as they lie in the file
 * @throws {InputError} BAD_SAFETENSORS
 */
export function readSafetensors(bytes: Uint8Array, file: string): Tensor[] {
  const refuse = (what: string): never => {
    throw new InputError("BAD_SAFETENSORS", { what, where: file, mend: "get the file anew" });
  };
  if (bytes.length < 8) refuse("the file is too short to be safetensors");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(MOST_HEADER) || 8n + length > BigInt(bytes.length))
    refuse(`its header of ${length} bytes does not fit`);
  const end = 8 + Number(length);
  if (bytes[8] !== 0x7b) refuse("its header does not begin with {");
  const header = fields(headerOf(bytes.subarray(8, end), file, refuse));
  if (header === undefined) return refuse("its header is no object");
  const { __metadata__: metadata = {}, ...rest } = header;
  const notes = fields(metadata);
  if (notes === undefined || !Object.values(notes).every((note) => typeof note === "string"))
    refuse("its metadata is no map of texts");
  const entries = Object.entries(rest).map(([name, value]) => entry(name, value, refuse));
  if (entries.length > MOST_TENSORS) refuse(`it has ${entries.length} tensors`);
  entries.sort((a, b) => a.from - b.from || a.to - b.to);
  const tensors: Tensor[] = [];
  let offset = 0;
  for (const { name, shape, from, to } of entries) {
    const size = elements(shape);
    if (from !== offset || to !== from + 4 * size || end + to > bytes.length) {
      refuse(`tensor ${show(name)} lies at ${from} to ${to}, not where its shape and its neighbours put it`);
    }
    const data = new Float32Array(size);
    for (let i = 0; i < size; i++) data[i] = view.getFloat32(end + from + 4 * i, true);
    tensors.push({ name, shape, data });
    offset = to;
  }
  if (end + offset !== bytes.length) refuse(`${bytes.length - end - offset} bytes belong to no tensor`);
  return tensors;
}

function headerOf(bytes: Uint8Array, file: string, refuse: (what: string) => never): JsonValue {
  try {
    const { value, remarks } = readJson(bytes, file, { bytes: MOST_HEADER, depth: MOST_DEPTH });
    return remarks.some(({ code }) => code === "DUPLICATE_KEY")
      ? refuse("a key stands in its header twice")
      : value;
  } catch (error) {
    if (!(error instanceof SwitchyardError) || error.code === "BAD_SAFETENSORS") throw error;
    return refuse(`its header will not do: ${error.what}`);
  }
}

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  /** Bytes, counted from where the data begins. */
  readonly from: number;
  readonly to: number;
}

function entry(name: string, value: unknown, refuse: (what: string) => never): Entry {
  const { dtype, shape, data_offsets: offsets, ...more } = fields(value) ?? {};
  const whole = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length <= 8 && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!whole(shape) || !whole(offsets) || offsets.length !== 2 || Object.keys(more).length > 0)
    return refuse(`the entry of tensor ${show(name)} is malformed`);
  if (dtype !== "F32") refuse(`tensor ${show(name)} is not F32, and nothing else is read`);
  return { name, shape, from: offsets[0]!, to: offsets[1]! };
}

function fields(value: unknown): Record<string, unknown> | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** A name from the file, so that it cannot steer the terminal that it is shown on. */
const show = (name: string): string => JSON.stringify(name.slice(0, 100)).replace(/\p{Cc}/gu, " ");
