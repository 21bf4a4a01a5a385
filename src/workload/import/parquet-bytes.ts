import { InputError } from "../../kit/errors.js";
import { wholeOf } from "./content.js";
import { compressionOf } from "./decompress.js";
import { bytesSource, type Source } from "./source.js";

const CODE = "BAD_PARQUET";

/** Of a Parquet file that was compressed once more, as a whole, which is held: it is read from its end. */
const MOST_UNPACKED = 256 * 1024 * 1024;

/** A Parquet file's bytes, as its decoder asks for them. */
export interface ParquetBytes {
  /** Where they come from: unpacked, where the file was compressed as a whole with gzip or Zstandard. */
  readonly source: Source;
  readonly file: { readonly byteLength: number; slice(from: number, to?: number): Promise<ArrayBuffer> };
}

/** @throws {InputError} BAD_PARQUET where the file is cut short or encrypted, TOO_LARGE */
export async function parquetBytes(stored: Source): Promise<ParquetBytes> {
  const packed = compressionOf(await stored.read(0, Math.min(4, stored.size))) !== null;
  const source = packed ? bytesSource(stored.name, await wholeOf(stored, MOST_UNPACKED)) : stored;
  await checkEnds(source);
  return {
    source,
    file: {
      byteLength: source.size,
      slice: async (from, to = source.size) => exactly(await source.read(from, to)),
    },
  };
}

/** What goes wrong in a decoder that was given damaged bytes is the file's fault, and said to be. */
export async function damageTold<T>(source: Source, where: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(
      CODE,
      {
        what: `the Parquet file is damaged: ${(cause as Error).message.slice(0, 300)}`,
        where: `${source.name} > ${where}`,
        mend: "fetch the file again",
      },
      { cause },
    );
  }
}

async function checkEnds(source: Source): Promise<void> {
  const refuse = (what: string): never => {
    throw new InputError(CODE, { what, where: source.name, mend: "fetch the file again" });
  };
  const last = new DataView(exactly(await source.read(Math.max(0, source.size - 8), source.size)));
  const word = last.byteLength === 8 ? textOf(last, 4) : "";
  if (word === "PARE") refuse("the file is encrypted");
  if (word !== "PAR1") refuse("the file does not end with PAR1: it is cut short, or no Parquet");
  const length = last.getUint32(0, true);
  if (length > source.size - 12)
    refuse(`the footer claims to have ${length} bytes, and the file has ${source.size}`);
}

function exactly(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

const textOf = (view: DataView, from: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(from + i)));
