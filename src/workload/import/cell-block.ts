/**
 * Records whose cells are ranges of bytes in UTF-8: the cells of record r are firstCell[r] .. firstCell[r + 1), and cell c
 * is bytes[start[c] .. end[c]). All of it is used again for the next block.
 */
export interface CellBlock {
  readonly bytes: Buffer;
  readonly records: number;
  /** [records + 1], from 0 */
  readonly firstCell: Int32Array;
  /** [cells] */
  readonly start: Int32Array;
  /** [cells] */
  readonly end: Int32Array;
  /** [records], the lines on which they begin, from 1. */
  readonly line: Int32Array;
}

/** The cells of a block that is being made. */
export class CellBlockBuilder {
  records = 0;
  cells = 0;
  firstCell = new Int32Array(4097);
  line = new Int32Array(4096);
  start = new Int32Array(65_536);
  end = new Int32Array(65_536);

  clear(): void {
    this.records = 0;
    this.cells = 0;
  }

  addCell(start: number, end: number): void {
    if (this.cells === this.start.length) {
      this.start = wider(this.start);
      this.end = wider(this.end);
    }
    this.start[this.cells] = start;
    this.end[this.cells++] = end;
  }

  /** Ends the record whose cells were added since the last one. */
  endRecord(line: number): void {
    if (this.records === this.line.length) {
      this.line = wider(this.line);
      this.firstCell = wider(this.firstCell);
    }
    this.line[this.records++] = line;
    this.firstCell[this.records] = this.cells;
  }

  block(bytes: Buffer): CellBlock {
    const { records, firstCell, start, end, line } = this;
    return { bytes, records, firstCell, start, end, line };
  }
}

function wider(column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(column.length * 2);
  larger.set(column);
  return larger;
}
