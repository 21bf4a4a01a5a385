import { InputError } from "../../../kit/errors.js";
import type { ByteNames } from "../byte-names.js";
import type { CellCursor } from "./cell-values.js";
import type { ListSource } from "./mapping.js";
import type { RowStore } from "./row-store.js";

/** Reads lists of parents, each by its number among the names of the workflow's tasks. */
export class ParentLists {
  private readonly separator: Buffer | null;

  constructor(
    private readonly tasks: ByteNames,
    field: ListSource | undefined,
  ) {
    const separator = field?.separator ?? null;
    this.separator = separator === null ? null : Buffer.from(separator);
  }

  /** @throws {InputError} BAD_CELL for what should be a JSON list and is none */
  read(cell: CellCursor, store: RowStore, where: () => string): void {
    if (this.separator === null) this.readJson(cell, store, where);
    else this.split(cell, this.separator, store);
  }

  private split({ bytes, from, to }: CellCursor, separator: Buffer, store: RowStore): void {
    const { length } = separator;
    for (let begin = from; begin <= to; ) {
      let end = begin;
      while (end < to && !isAt(separator, bytes, end, to)) end++;
      let [first, last] = [begin, end];
      while (first < last && bytes[first] === BLANK) first++;
      while (first < last && bytes[last - 1] === BLANK) last--;
      // Two separators in a row, or one at the end, name nobody.
      if (first < last) store.addParent(this.tasks.number(bytes, first, last));
      begin = end + length;
    }
  }

  private readJson(cell: CellCursor, store: RowStore, where: () => string): void {
    const { text } = cell;
    let list: unknown;
    try {
      // Whole numbers that a double may not hold are read as text.
      list = JSON.parse(
        text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}/g, (token) =>
          token.startsWith('"') ? token : `"${token}"`,
        ),
      );
    } catch {
      list = undefined;
    }
    if (!Array.isArray(list) || list.some((name) => typeof name !== "string" && typeof name !== "number")) {
      throw new InputError("BAD_CELL", {
        what: `parents are no JSON list of names: ${JSON.stringify(text.slice(0, 60))}`,
        where: where(),
        mend: 'give a list as in ["a", "b"], or say in the mapping what separates them',
      });
    }
    for (const name of list) {
      const bytes = Buffer.from(String(name));
      store.addParent(this.tasks.number(bytes, 0, bytes.length));
    }
  }
}

const BLANK = 0x20;

function isAt(separator: Buffer, bytes: Buffer, at: number, to: number): boolean {
  if (bytes[at] !== separator[0] || at + separator.length > to) return false;
  for (let i = 1; i < separator.length; i++) if (bytes[at + i] !== separator[i]) return false;
  return true;
}
