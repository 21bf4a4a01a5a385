/**
 * Checks the metadata of an Arrow IPC file before the Arrow library sees it. The library believes every length that it
 * reads, so one changed byte can make it allocate until the process dies. The metadata are FlatBuffers; what is checked
 * is that every vector that the library will walk lies within its buffer, that the walk is short, and that no batch
 * claims more rows than its body has room for. Layouts: Arrow columnar format 1.5, File.fbs, Message.fbs, Schema.fbs.
 */
export interface Block {
  readonly offset: number;
  readonly metadataLength: number;
  readonly bodyLength: number;
}

export class ArrowDamage extends Error {}

/** Tables visited in one buffer, at most: more fields than any trace has. */
const TABLES = 100_000;

interface Shape {
  /** By slot of the table: the shape of the tables in a vector, or the bytes of its structs. */
  readonly vectors?: Readonly<Record<number, Shape | number>>;
  readonly tables?: Readonly<Record<number, Shape>>;
}

const KEY_VALUE: Shape = {};
const FIELD: { vectors: Record<number, Shape | number> } = { vectors: { 6: KEY_VALUE } };
FIELD.vectors[5] = FIELD;
const SCHEMA: Shape = { vectors: { 1: FIELD, 2: KEY_VALUE, 3: 8 } };
const FOOTER: Shape = { tables: { 1: SCHEMA }, vectors: { 2: 24, 3: 24, 4: KEY_VALUE } };
const RECORD_BATCH: Shape = { vectors: { 1: 16, 2: 16, 4: 8 } };
const DICTIONARY_BATCH: Shape = { tables: { 1: RECORD_BATCH } };
const MESSAGE: Shape = { vectors: { 4: KEY_VALUE } };
const HEADER_DICTIONARY = 2;
const HEADER_BATCH = 3;

/** The blocks that a footer names, each within the file. */
export function checkFooter(
  footer: Uint8Array,
  fileSize: number,
): { readonly dictionaries: readonly Block[]; readonly batches: readonly Block[] } {
  const buffer = new FlatBuffer(footer);
  const root = buffer.root();
  buffer.check(root, FOOTER);
  const blocks = (slot: number) => {
    const { start, length } = buffer.vector(root, slot);
    return Array.from({ length }, (_, i) => {
      const at = start + i * 24;
      const block = {
        offset: buffer.long(at),
        metadataLength: buffer.int(at + 8),
        bodyLength: buffer.long(at + 16),
      };
      const { offset, metadataLength, bodyLength } = block;
      if (
        offset < 8 ||
        metadataLength < 8 ||
        bodyLength < 0 ||
        offset + metadataLength + bodyLength > fileSize
      ) {
        throw new ArrowDamage("a block lies beyond the end of the file");
      }
      return block;
    });
  };
  return { dictionaries: blocks(2), batches: blocks(3) };
}

/**
 * @param metadata the bytes [offset, offset + metadataLength) of the file
 * @returns how many of them are the message's, its prefix included
 */
export function checkMessage(metadata: Uint8Array, block: Block, kind: "dictionary" | "batch"): number {
  const view = new DataView(metadata.buffer, metadata.byteOffset, metadata.byteLength);
  // Before Arrow 0.15 there was no continuation mark.
  const prefix = view.getInt32(0, true) === -1 ? 8 : 4;
  const length = view.getInt32(prefix - 4, true);
  const end = prefix + length;
  if (length <= 0 || end > metadata.length) throw new ArrowDamage("a message is longer than its block");
  const buffer = new FlatBuffer(metadata.subarray(prefix, end));
  const message = buffer.root();
  buffer.check(message, MESSAGE);
  const header = buffer.byte(buffer.field(message, 1));
  if (header !== (kind === "batch" ? HEADER_BATCH : HEADER_DICTIONARY)) {
    throw new ArrowDamage(`a block that should hold a ${kind} holds something else`);
  }
  if (buffer.long(buffer.field(message, 3)) !== block.bodyLength) {
    throw new ArrowDamage("message and footer disagree on the length of a body");
  }
  let batch = buffer.table(message, 2);
  buffer.check(batch, kind === "batch" ? RECORD_BATCH : DICTIONARY_BATCH);
  if (kind === "dictionary") batch = buffer.table(batch, 1);
  if (buffer.field(batch, 3) !== 0) throw new ArrowDamage("it is compressed");
  checkLengths(buffer, batch, block.bodyLength);
  return end;
}

/** A checked footer that names no blocks: all that is left of it is the schema. */
export function schemaFooter(footer: Uint8Array): Uint8Array {
  const bytes = footer.slice();
  const buffer = new FlatBuffer(bytes);
  const root = buffer.root();
  for (const slot of [2, 3]) {
    const { start, length } = buffer.vector(root, slot);
    if (length > 0) new DataView(bytes.buffer).setUint32(start - 4, 0, true);
  }
  return bytes;
}

/** Every row takes at least four bytes, in whichever column; a child (of a list) likewise. */
function checkLengths(buffer: FlatBuffer, batch: number, bodyLength: number): void {
  const most = bodyLength / 4;
  const nodes = buffer.vector(batch, 1);
  const lengths = Array.from({ length: nodes.length }, (_, i) => buffer.long(nodes.start + i * 16));
  lengths.push(buffer.long(buffer.field(batch, 0)));
  if (lengths.some((rows) => rows < 0 || rows > most)) {
    throw new ArrowDamage(
      "a record batch claims more rows than its body can hold: the body is shorter than its metadata say",
    );
  }
  const regions = buffer.vector(batch, 2);
  for (let i = 0; i < regions.length; i++) {
    const offset = buffer.long(regions.start + i * 16);
    const length = buffer.long(regions.start + i * 16 + 8);
    if (offset < 0 || length < 0 || offset + length > bodyLength) {
      throw new ArrowDamage(
        "a column lies beyond its record batch: the body is shorter than its metadata say",
      );
    }
  }
}

/** Reads of a FlatBuffer, by absolute position; a DataView throws where one lies outside. */
class FlatBuffer {
  private readonly view: DataView;
  private tables = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  root(): number {
    return this.view.getUint32(0, true);
  }

  /** Position of a field's value; 0 where the table does not have it. */
  field(table: number, slot: number): number {
    const vtable = table - this.view.getInt32(table, true);
    const at = 4 + 2 * slot;
    const offset = at < this.view.getUint16(vtable, true) ? this.view.getUint16(vtable + at, true) : 0;
    return offset === 0 ? 0 : table + offset;
  }

  table(parent: number, slot: number): number {
    const at = this.field(parent, slot);
    if (at === 0) throw new ArrowDamage("a part of the metadata is missing");
    return at + this.view.getUint32(at, true);
  }

  vector(table: number, slot: number): { readonly start: number; readonly length: number } {
    const at = this.field(table, slot);
    if (at === 0) return { start: 0, length: 0 };
    const start = at + this.view.getUint32(at, true);
    return { start: start + 4, length: this.view.getUint32(start, true) };
  }

  byte(at: number): number {
    return at === 0 ? 0 : this.view.getUint8(at);
  }

  int(at: number): number {
    return this.view.getInt32(at, true);
  }

  long(at: number): number {
    return at === 0 ? 0 : Number(this.view.getBigInt64(at, true));
  }

  check(table: number, { vectors = {}, tables = {} }: Shape): void {
    if (++this.tables > TABLES) throw new ArrowDamage("the metadata are too large");
    for (const [slot, shape] of Object.entries(tables)) this.check(this.table(table, Number(slot)), shape);
    for (const [slot, shape] of Object.entries(vectors)) {
      const { start, length } = this.vector(table, Number(slot));
      const size = typeof shape === "number" ? shape : 4;
      if (start + length * size > this.view.byteLength)
        throw new ArrowDamage("a list in the metadata is cut off");
      if (typeof shape === "number") continue;
      for (let i = 0; i < length; i++) {
        const at = start + 4 * i;
        this.check(at + this.view.getUint32(at, true), shape);
      }
    }
  }
}
