import { type CellBlock, CellBlockBuilder } from "../cell-block.js";

/** Records of a table of which some columns are wanted. A cell whose end lies before its start is absent. */
export interface TableBlock {
  readonly cells: CellBlock;
  /** The first record that is a row. */
  readonly from: number;
  /** By wanted column: which cell of a record it is. */
  readonly places: readonly number[];
  /** By record: which of the files it stands in; one number where that is the same for all. */
  readonly file: number | Int32Array;
}

/** Makes blocks of records that come as text. */
export class TextBlockBuilder {
  private readonly builder = new CellBlockBuilder();
  private readonly places: readonly number[];
  private texts: string[] = [];
  private files: number[] = [];
  private bytes = 0;

  /** @param columns of each record, all of them wanted */
  constructor(columns: number) {
    this.places = Array.from({ length: columns }, (_, c) => c);
  }

  get records(): number {
    return this.builder.records;
  }

  add(cells: readonly (string | null)[], line: number, file: number): void {
    for (const cell of cells) {
      if (cell === null) {
        this.builder.addCell(0, -1);
        continue;
      }
      this.texts.push(cell);
      const start = this.bytes;
      this.bytes += Buffer.byteLength(cell);
      this.builder.addCell(start, this.bytes);
    }
    this.builder.endRecord(line);
    this.files.push(file);
  }

  /** Valid until the next record is added. */
  take(): TableBlock {
    const block = this.builder.block(Buffer.from(this.texts.join("")));
    const file = Int32Array.from(this.files);
    this.builder.clear();
    this.texts = [];
    this.files = [];
    this.bytes = 0;
    return { cells: block, from: 0, places: this.places, file };
  }
}
