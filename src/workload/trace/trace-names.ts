import { NAME_COLUMN_NAMES, type NameColumn } from "./row-batch.js";

/** The names of a trace that is being made, numbered by column in the order in which they are first met. */
export class TraceNames {
  private readonly tables: Readonly<Record<NameColumn, Map<string, number>>> = {
    template: new Map(),
    type: new Map(),
    recordedPool: new Map(),
    outcome: new Map(),
  };

  number(column: NameColumn, name: string): number {
    const table = this.tables[column];
    let number = table.get(name);
    if (number === undefined) table.set(name, (number = table.size));
    return number;
  }

  /** All names met so far, by number. */
  lists(): Record<NameColumn, readonly string[]> {
    return Object.fromEntries(
      NAME_COLUMN_NAMES.map((column) => [column, [...this.tables[column].keys()]]),
    ) as Record<NameColumn, string[]>;
  }
}
