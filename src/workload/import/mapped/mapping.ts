/** A column of a table: its name, or its number from 1 where the table has no header. */
export type ColumnName = string | number;

export interface FieldSource {
  /** Null where the field is the same in all rows. */
  readonly column: ColumnName | null;
  /** What stands for a value that is missing; null: it is unknown. */
  readonly fallback: string | null;
  /** Texts that mean that a value is missing. */
  readonly missing: readonly string[];
}

/** A number that stands in other units: it is divided by 10^shift, rounded once, and multiplied by the factor. */
export interface NumberSource extends FieldSource {
  readonly shift: number;
  readonly factor: number;
}

/** An instant: seconds (after shift and factor) on a clock without a date, since 1970, or as text. */
export interface TimeSource extends NumberSource {
  readonly clock: "plain" | "unix" | "text";
}

export interface ListSource extends FieldSource {
  /** What stands between the parents; null: the cell is a JSON list. */
  readonly separator: string | null;
}

export interface ChoiceSource extends FieldSource {
  /** Outcomes by the texts that stand for them. */
  readonly values: ReadonlyMap<string, string>;
}

export const NAME_FIELDS = ["workflow", "task", "template", "type", "pool"] as const;
export const TIME_FIELDS = ["submitted", "ready", "start", "end"] as const;
export const NUMBER_FIELDS = [
  "work",
  "deadline",
  "cpu",
  "memory",
  "bytesIn",
  "bytesOut",
  "priority",
  "attempts",
] as const;
export type NameField = (typeof NAME_FIELDS)[number];
export type TimeField = (typeof TIME_FIELDS)[number];
export type NumberField = (typeof NUMBER_FIELDS)[number];

export type MappedFields = Readonly<
  Partial<Record<NameField, FieldSource>> &
    Partial<Record<TimeField, TimeSource>> &
    Partial<Record<NumberField, NumberSource>> & {
      parents?: ListSource;
      outcome?: ChoiceSource;
    }
>;

export interface TableOptions {
  readonly format: "auto" | "csv" | "ndjson" | "parquet";
  readonly delimiter: string;
  /** Whether the first record names the columns. */
  readonly header: boolean;
  /** Records that begin so are none. */
  readonly comment: string | null;
}

/** How the columns of a table become those of a trace: docs/trace-mapping.md. */
export interface Mapping {
  readonly table: TableOptions;
  readonly fields: MappedFields;
  /** As it was given, for the trace's provenance. */
  readonly text: string;
}

/** The columns that a mapping reads, each once. */
export function columnsOf({ fields }: Mapping): ColumnName[] {
  const columns = new Set<ColumnName>();
  for (const field of Object.values(fields)) if (field.column !== null) columns.add(field.column);
  return [...columns];
}
