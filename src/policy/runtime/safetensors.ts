import { InputError } from "../../kit/errors.js";

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
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header["__metadata__"] = metadata;
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = JSON.stringify(header);
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

const MOST_HEADER = 1024 * 1024;
const MOST_TENSORS = 1000;

/**
 * Reads a file of float32 tensors, strictly: offsets must be in order, without holes or overlaps, and end where the file
 * does; shapes must give the sizes.
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
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, end)),
    ) as typeof header;
  } catch (error) {
    return refuse(`its header is not JSON: ${(error as Error).message}`);
  }
  if (header === null || typeof header !== "object" || Array.isArray(header))
    return refuse("its header is no object");
  const names = Object.keys(header).filter((name) => name !== "__metadata__");
  if (names.length > MOST_TENSORS) refuse(`it has ${names.length} tensors`);
  const tensors: Tensor[] = [];
  let offset = 0;
  for (const name of names) {
    const { dtype, shape, from, to } = entry(header[name], name, refuse);
    if (dtype !== "F32") refuse(`tensor ${name} is ${dtype}, and only F32 is read`);
    const size = shape.reduce((product, side) => product * side, 1);
    if (from !== offset || to !== from + 4 * size || end + to > bytes.length) {
      refuse(`tensor ${name} lies at ${from} to ${to}, not where its shape and its neighbours put it`);
    }
    const data = new Float32Array(size);
    for (let i = 0; i < size; i++) data[i] = view.getFloat32(end + from + 4 * i, true);
    tensors.push({ name, shape, data });
    offset = to;
  }
  if (end + offset !== bytes.length) refuse(`${bytes.length - end - offset} bytes belong to no tensor`);
  return tensors;
}

function entry(value: unknown, name: string, refuse: (what: string) => never) {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const whole = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length <= 8 && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!whole(shape) || !whole(offsets) || offsets.length !== 2)
    return refuse(`the entry of tensor ${name} is malformed`);
  return { dtype: String(dtype), shape, from: offsets[0]!, to: offsets[1]! };
}
