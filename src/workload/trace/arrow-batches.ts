import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import {
  type RecordBatch,
  RecordBatchReader,
  type RecordBatchStreamReader,
  RecordBatchStreamWriter,
  type Schema,
} from "apache-arrow";
import { InputError } from "../../kit/errors.js";
import { ArrowDamage, type Block, checkFooter, checkMessage, schemaFooter } from "./arrow-check.js";
import { checkEnds, footerLength, guard, noFile } from "./arrow-file.js";
import { ByteSink } from "./byte-sink.js";

/** What tells one version of a file from another. */
export interface FileStamp {
  readonly bytes: number;
  readonly modified: number;
}

/**
 * The record batches of an Arrow file on disk, whichever is asked for next, each read when it is asked for. Nothing stays
 * open between two reads, so there is nothing to close: a simulation that is dropped midway leaves no descriptor behind.
 *
 * An Arrow file is a stream of messages with an index behind it. The library is given a stream: the schema, all
 * dictionaries, and then the batches in the order in which they are wanted.
 */
export class ArrowBatches {
  readonly schema: Schema;
  readonly count: number;
  private readonly reader: RecordBatchStreamReader;
  private readonly dictionaries: readonly Block[];
  private readonly batches: readonly Block[];
  private wanted: Block | null = null;

  /**
   * @param stamp the file as it was when it was first read; as it is now by default
   * @throws {InputError} NO_FILE, EMPTY, BAD_ARROW, or TRACE_CHANGED
   */
  constructor(
    readonly path: string,
    public readonly stamp: FileStamp = stampOf(path),
  ) {
    const { dictionaries, batches, schema } = this.reading((file) => {
      const { bytes } = stamp;
      const head = file.at(0, Math.min(8, bytes));
      const tail = file.at(Math.max(0, bytes - 10), Math.min(10, bytes));
      checkEnds(head, tail, bytes, path);
      const length = footerLength(tail);
      return guard(path, () => {
        const footer = file.at(bytes - 10 - length, length);
        return { ...checkFooter(footer, bytes), schema: schemaIn(footer) };
      });
    });
    this.dictionaries = dictionaries;
    this.batches = batches;
    this.count = batches.length;
    this.schema = schema;
    this.reader = guard(path, () => {
      const reader = RecordBatchReader.from(this.messages()) as RecordBatchStreamReader;
      return reader.open();
    });
  }

  /** @throws {InputError} BAD_ARROW or TRACE_CHANGED */
  read(index: number): RecordBatch {
    this.wanted = this.batches[index]!;
    return guard(this.path, () => {
      const { value } = this.reader.next();
      if (value === undefined || value === null) throw new ArrowDamage(`record batch ${index} is not there`);
      return value as RecordBatch;
    });
  }

  private *messages(): Generator<Uint8Array> {
    yield schemaMessage(this.schema);
    for (const block of this.dictionaries) yield* this.message(block, "dictionary");
    // The library asks for more once when it has all that it needs, and is given nothing; it asks twice when a message was
    // shorter than it says.
    for (let idle = 0; idle < 2; ) {
      const block = this.wanted;
      this.wanted = null;
      if (block === null) {
        idle++;
        yield new Uint8Array(0);
      } else {
        idle = 0;
        yield* this.message(block, "batch");
      }
    }
  }

  /** Metadata and body apart: a body in a buffer of its own is aligned, so that columns are views of it. */
  private *message(block: Block, kind: "dictionary" | "batch"): Generator<Uint8Array> {
    const { offset, metadataLength, bodyLength } = block;
    const [metadata, body] = this.reading((file) => [
      file.at(offset, metadataLength),
      file.at(offset + metadataLength, bodyLength),
    ]);
    yield metadata!.subarray(0, checkMessage(metadata!, block, kind));
    if (bodyLength > 0) yield body!;
  }

  private reading<T>(read: (file: OpenFile) => T): T {
    return withFile(this.path, (file) => {
      const { bytes, modified } = file.stamp();
      if (bytes === this.stamp.bytes && modified === this.stamp.modified) return read(file);
      throw new InputError("TRACE_CHANGED", {
        what: "the trace was changed while it was being read",
        where: this.path,
        mend: "leave it alone until the run has ended, and start again",
      });
    });
  }
}

/** Read by the library from a file that has no batches: its own reader wants the whole file at once. */
function schemaIn(footer: Uint8Array): Schema {
  const magic = new TextEncoder().encode("ARROW1");
  const bytes = new Uint8Array(8 + footer.length + 4 + magic.length);
  bytes.set(magic);
  bytes.set(schemaFooter(footer), 8);
  new DataView(bytes.buffer).setInt32(8 + footer.length, footer.length, true);
  bytes.set(magic, 8 + footer.length + 4);
  return RecordBatchReader.from(bytes).open().schema;
}

function schemaMessage(schema: Schema): Uint8Array {
  const sink = new ByteSink();
  new RecordBatchStreamWriter().reset(sink, schema);
  return Buffer.concat(sink.drain());
}

/** The bytes of a file in pieces, from its beginning. */
export function* piecesOf(path: string, size = 2 ** 20): Generator<Uint8Array> {
  const { bytes } = stampOf(path);
  for (let at = 0; at < bytes; at += size) {
    yield withFile(path, (file) => file.at(at, Math.min(size, bytes - at)));
  }
}

const stampOf = (path: string): FileStamp => withFile(path, (file) => file.stamp());

interface OpenFile {
  stamp(): FileStamp;
  at(position: number, length: number): Uint8Array<ArrayBuffer>;
}

function withFile<T>(path: string, use: (file: OpenFile) => T): T {
  const descriptor = opened(path);
  try {
    return use({
      stamp: () => {
        const { size, mtimeMs } = fstatSync(descriptor);
        return { bytes: size, modified: mtimeMs };
      },
      at: (position, length) => {
        const bytes = new Uint8Array(length);
        for (let read = 0; read < length; ) {
          const more = readSync(descriptor, bytes, read, length - read, position + read);
          if (more === 0) throw new ArrowDamage("the file ends before what it says is in it");
          read += more;
        }
        return bytes;
      },
    });
  } finally {
    closeSync(descriptor);
  }
}

function opened(path: string): number {
  try {
    return openSync(path, "r");
  } catch (cause) {
    throw noFile(path, cause as NodeJS.ErrnoException);
  }
}
