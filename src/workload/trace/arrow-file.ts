import { type FileHandle, open } from "node:fs/promises";
import {
  type AsyncRecordBatchFileReader,
  type RecordBatch,
  type RecordBatchFileReader,
  RecordBatchReader,
} from "apache-arrow";
import { InputError, SwitchyardError } from "../../kit/errors.js";
import { type Block, checkFooter, checkMessage } from "./arrow-check.js";

const MAGIC = "ARROW1";
/** Magic, two bytes of padding, footer length, magic. */
const LEAST_BYTES = 18;

/** An Arrow IPC file in memory: its reader, with the schema and all dictionaries read. */
export function openArrowBytes(bytes: Uint8Array, file: string): RecordBatchFileReader {
  checkEnds(bytes.subarray(0, 8), bytes.subarray(-10), bytes.length, file);
  // Columns are views of these bytes, and a view of doubles must begin at a multiple of eight.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes);
  return guard(file, () => {
    const { dictionaries, batches } = checkFooter(footerOf(aligned), aligned.length);
    const messageOf = ({ offset, metadataLength }: Block) =>
      aligned.subarray(offset, offset + metadataLength);
    for (const block of dictionaries) checkMessage(messageOf(block), block, "dictionary");
    for (const block of batches) checkMessage(messageOf(block), block, "batch");
    const reader = RecordBatchReader.from(aligned) as RecordBatchFileReader;
    reader.open();
    return reader;
  });
}

export function* batchesOf(reader: RecordBatchFileReader, file: string): Generator<RecordBatch> {
  for (let i = 0; i < reader.numRecordBatches; i++) {
    yield found(
      guard(file, () => reader.readRecordBatch(i)),
      i,
      file,
    );
  }
}

/** An Arrow IPC file on disk; close the handle when done. */
export async function openArrowFile(
  file: string,
): Promise<{ readonly handle: FileHandle; readonly reader: AsyncRecordBatchFileReader }> {
  const handle = await open(file, "r").catch((cause: NodeJS.ErrnoException) => {
    throw noFile(file, cause);
  });
  try {
    const { size } = await handle.stat();
    const head = await readAt(handle, 0, Math.min(8, size));
    const tail = await readAt(handle, Math.max(0, size - 10), Math.min(10, size));
    checkEnds(head, tail, size, file);
    const reader = await guardAsync(file, async () => {
      await checkMetadata(handle, size, tail);
      const made = (await RecordBatchReader.from(handle)) as unknown as AsyncRecordBatchFileReader;
      await made.open();
      return made;
    });
    return { handle, reader };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

export async function* asyncBatchesOf(
  reader: AsyncRecordBatchFileReader,
  file: string,
): AsyncGenerator<RecordBatch> {
  for (let i = 0; i < reader.numRecordBatches; i++) {
    yield found(await guardAsync(file, async () => reader.readRecordBatch(i)), i, file);
  }
}

async function checkMetadata(handle: FileHandle, size: number, tail: Uint8Array): Promise<void> {
  const length = footerLength(tail);
  const { dictionaries, batches } = checkFooter(await readAt(handle, size - 10 - length, length), size);
  const messageOf = ({ offset, metadataLength }: Block) => readAt(handle, offset, metadataLength);
  for (const block of dictionaries) checkMessage(await messageOf(block), block, "dictionary");
  for (const block of batches) checkMessage(await messageOf(block), block, "batch");
}

export function noFile(file: string, cause: NodeJS.ErrnoException): InputError {
  return new InputError(
    "NO_FILE",
    {
      what: cause.code === "ENOENT" ? "there is no such file" : `the file cannot be read: ${cause.message}`,
      where: file,
      mend: "check the path",
    },
    { cause },
  );
}

function footerOf(bytes: Uint8Array): Uint8Array {
  const end = bytes.length - 10;
  return bytes.subarray(end - footerLength(bytes.subarray(end)), end);
}

/** @param tail the last ten bytes: the footer's length, then the magic */
export function footerLength(tail: Uint8Array): number {
  return new DataView(tail.buffer, tail.byteOffset, tail.byteLength).getInt32(0, true);
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await handle.read(bytes, 0, length, position);
  return bytes;
}

/** An Arrow file begins and ends with its magic, and its footer fits between. */
export function checkEnds(head: Uint8Array, tail: Uint8Array, size: number, file: string): void {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
  if (size === 0)
    throw new InputError("EMPTY", { what: "the file is empty", where: file, mend: "give an Arrow trace" });
  if (text(head).startsWith("\xff\xff\xff\xff")) {
    throw new InputError("BAD_ARROW", {
      what: "this is an Arrow IPC stream, and a trace is an Arrow IPC file",
      where: file,
      mend: "write it with an IPC file writer (in pyarrow: pa.ipc.new_file)",
    });
  }
  if (!text(head).startsWith(MAGIC)) {
    throw new InputError("BAD_ARROW", {
      what: `this is not an Arrow IPC file: it does not begin with ${MAGIC}`,
      where: file,
      mend: "give a trace made by `switchyard trace import`",
    });
  }
  if (size < LEAST_BYTES || !text(tail).endsWith(MAGIC)) {
    throw new InputError("BAD_ARROW", {
      what: `the Arrow file has no footer: ${MAGIC} is missing at the end, so it is cut off`,
      where: file,
      mend: "copy or import it again",
    });
  }
  const footer = footerLength(tail);
  if (footer <= 0 || footer > size - LEAST_BYTES) {
    throw new InputError("BAD_ARROW", {
      what: `the Arrow file's footer claims ${footer} bytes in a file of ${size}`,
      where: file,
      mend: DAMAGED,
    });
  }
}

function found(batch: RecordBatch | null, index: number, file: string): RecordBatch {
  if (batch !== null) return batch;
  throw new InputError("BAD_ARROW", {
    what: `record batch ${index} does not stand where the footer says`,
    where: file,
    mend: DAMAGED,
  });
}

/** Whatever the Arrow library trips over in bytes that we did not write is the file's fault. */
export function guard<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw damaged(error, file);
  }
}

async function guardAsync<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw damaged(error, file);
  }
}

function damaged(error: unknown, file: string): Error {
  if (error instanceof SwitchyardError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const compressed = /compressed/.test(message);
  return new InputError(
    "BAD_ARROW",
    {
      what: compressed
        ? "the Arrow file is compressed, which is not read"
        : `the Arrow file cannot be read: ${message}`,
      where: file,
      mend: compressed ? "write it without compression" : DAMAGED,
    },
    { cause: error },
  );
}

const DAMAGED = "the file is damaged: copy or import it again";
