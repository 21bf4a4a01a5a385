import { suggest } from "../../../kit/errors.js";
import { type Reader, readYaml } from "../../../model/parse/reader.js";
import { decimalOf } from "../decimal-bytes.js";
import {
  type ChoiceSource,
  type ColumnName,
  type FieldSource,
  type ListSource,
  type MappedFields,
  type Mapping,
  NAME_FIELDS,
  NUMBER_FIELDS,
  type NumberSource,
  type TableOptions,
  TIME_FIELDS,
  type TimeSource,
} from "./mapping.js";

const FIELDS = [...NAME_FIELDS, "parents", ...TIME_FIELDS, ...NUMBER_FIELDS, "outcome"] as const;
type FieldName = (typeof FIELDS)[number];

export const OUTCOMES = ["succeeded", "failed", "timed out", "cancelled", "skipped"] as const;
const COMMON_KEYS = ["column", "constant", "default", "missing"];
const DEFAULT_MISSING = ["", "null", "NULL", "NaN", "nan", "NA", "None"];

interface Unit {
  readonly shift: number;
  readonly factor: number;
}
const unit = (shift: number, factor = 1): Unit => ({ shift, factor });
const SPANS: Readonly<Record<string, Unit>> = {
  s: unit(0),
  ms: unit(3),
  us: unit(6),
  ns: unit(9),
  min: unit(0, 60),
  h: unit(0, 3600),
  d: unit(0, 86_400),
};
const UNIX: Readonly<Record<string, Unit>> = {
  "unix s": unit(0),
  "unix ms": unit(3),
  "unix us": unit(6),
  "unix ns": unit(9),
};
const BYTES: Readonly<Record<string, Unit>> = {
  B: unit(0),
  kB: unit(-3),
  MB: unit(-6),
  GB: unit(-9),
  TB: unit(-12),
  KiB: unit(0, 2 ** 10),
  MiB: unit(0, 2 ** 20),
  GiB: unit(0, 2 ** 30),
  TiB: unit(0, 2 ** 40),
};
const CORES: Readonly<Record<string, Unit>> = { cores: unit(0), millicores: unit(3), percent: unit(2) };
const NONE: Readonly<Record<string, Unit>> = { number: unit(0) };
const UNITS: Readonly<Record<(typeof NUMBER_FIELDS)[number], Readonly<Record<string, Unit>>>> = {
  work: SPANS,
  deadline: SPANS,
  cpu: CORES,
  memory: BYTES,
  bytesIn: BYTES,
  bytesOut: BYTES,
  priority: NONE,
  attempts: NONE,
};

/**
 * A mapping from its YAML text.
 * @throws {InputErrors} BAD_YAML or BAD_MAPPING, with line, column and path of all that is wrong
 */
export function parseMapping(text: string, file: string): Mapping {
  const root = readYaml(text, file);
  const parts = root.fields("the mapping", ["table", "missing", "columns"]);
  const missing = textsOf(parts.get("missing"), DEFAULT_MISSING);
  const table = tableOf(parts.get("table"));
  const columns = parts.get("columns");
  if (columns === undefined)
    root.complain("there are no columns", "say under `columns:` which column is what");
  const given = columns?.fields("columns", FIELDS) ?? new Map<string, Reader>();
  const fields: { [name: string]: FieldSource } = {};
  for (const [name, reader] of given) fields[name] = fieldOf(name as FieldName, reader, missing, table);
  checkFields(fields as MappedFields, root, given);
  root.complaints.settle("BAD_MAPPING");
  return { table, fields: fields as MappedFields, text };
}

function tableOf(reader: Reader | undefined): TableOptions {
  const parts =
    reader?.fields("table", ["format", "delimiter", "header", "comment"]) ?? new Map<string, Reader>();
  const delimiter = parts.get("delimiter");
  const sign = delimiter === undefined ? "," : delimiter.scalar === "tab" ? "\t" : delimiter.text(",");
  if (sign.length !== 1 || sign.charCodeAt(0) > 0x7e || /["\r\n]/.test(sign)) {
    delimiter?.complain(`${delimiter.shown} is no delimiter`, "give one ASCII character, or tab");
  }
  return {
    format: parts.get("format")?.choice(["auto", "csv", "ndjson", "parquet"], "auto") ?? "auto",
    delimiter: sign,
    header: parts.get("header")?.boolean() ?? true,
    comment: parts.get("comment")?.text("#") ?? null,
  };
}

function fieldOf(
  name: FieldName,
  reader: Reader,
  missing: readonly string[],
  table: TableOptions,
): FieldSource | TimeSource | NumberSource | ListSource | ChoiceSource {
  if (includes(TIME_FIELDS, name)) {
    const { parts, source } = commonOf(name, reader, ["unit"], missing, table);
    return timeOf(source, parts.get("unit"));
  }
  if (includes(NUMBER_FIELDS, name)) {
    const { parts, source } = commonOf(name, reader, ["unit", "scale"], missing, table);
    return numberOf(source, reader, UNITS[name], parts);
  }
  if (name === "parents") {
    const { parts, source } = commonOf(name, reader, ["separator", "json"], missing, table);
    const separator = parts.get("separator");
    const json = parts.get("json")?.boolean() ?? false;
    if (json && separator !== undefined)
      separator.complain("a JSON list has no separator", "give one of the two");
    return { ...source, separator: json ? null : (separator?.text(" ") ?? " ") };
  }
  if (name === "outcome") {
    const { parts, source } = commonOf(name, reader, ["values"], missing, table);
    return { ...source, values: outcomesOf(parts.get("values")) };
  }
  return commonOf(name, reader, [], missing, table).source;
}

/** `job`, or `{ column: job, default: x, missing: ["-1"] }`, or `{ constant: x }`. */
function commonOf(
  name: FieldName,
  reader: Reader,
  more: readonly string[],
  missing: readonly string[],
  table: TableOptions,
): { readonly parts: Map<string, Reader>; readonly source: FieldSource } {
  if (!reader.isMap) {
    return { parts: new Map(), source: { column: columnOf(reader, table), fallback: null, missing } };
  }
  const parts = reader.fields(name, [...COMMON_KEYS, ...more]);
  const column = parts.get("column");
  const constant = parts.get("constant");
  if ((column === undefined) === (constant === undefined)) {
    reader.complain(`${name} needs a column or a constant`, "give exactly one of the two");
  }
  return {
    parts,
    source: {
      column: column === undefined ? null : columnOf(column, table),
      fallback: scalarText(constant ?? parts.get("default")),
      missing: textsOf(parts.get("missing"), missing),
    },
  };
}

function columnOf(reader: Reader, { header }: TableOptions): ColumnName {
  const { scalar } = reader;
  if (header) {
    if (typeof scalar === "number") return String(scalar);
    return reader.text("");
  }
  if (typeof scalar === "number" && Number.isInteger(scalar) && scalar >= 1) return scalar;
  reader.complain(
    `${reader.shown} is no number of a column`,
    "without a header, columns are numbered from 1",
  );
  return 1;
}

function timeOf(source: FieldSource, reader: Reader | undefined): TimeSource {
  const units: Readonly<Record<string, Unit>> = { ...SPANS, ...UNIX, instant: unit(0) };
  const name = reader?.choice(Object.keys(units), "s") ?? "s";
  const clock = name === "instant" ? "text" : name in UNIX ? "unix" : "plain";
  return { ...source, ...units[name]!, clock };
}

function numberOf(
  source: FieldSource,
  reader: Reader,
  units: Readonly<Record<string, Unit>>,
  parts: ReadonlyMap<string, Reader>,
): NumberSource {
  const names = Object.keys(units);
  const { shift, factor } = units[parts.get("unit")?.choice(names, names[0]!) ?? names[0]!]!;
  const scale = parts.get("scale");
  const by = scale === undefined ? 1 : scale.scalar;
  if (typeof by !== "number" || !(by > 0) || by === Number.POSITIVE_INFINITY) {
    scale?.complain(`${scale.shown} is no scale`, "give a number above 0");
  }
  const { fallback } = source;
  if (fallback !== null && Number.isNaN(decimalOf(Buffer.from(fallback), 0, Buffer.byteLength(fallback)))) {
    (parts.get("constant") ?? parts.get("default") ?? reader).complain(`"${fallback}" is not a number`);
  }
  return { ...source, shift, factor: factor * (typeof by === "number" ? by : 1) };
}

function outcomesOf(reader: Reader | undefined): ReadonlyMap<string, string> {
  const values = new Map<string, string>(OUTCOMES.map((outcome) => [outcome, outcome]));
  for (const { key, value } of reader?.entries("values") ?? []) {
    values.set(key, value.choice(OUTCOMES, "succeeded"));
  }
  return values;
}

function textsOf(reader: Reader | undefined, otherwise: readonly string[]): readonly string[] {
  return reader === undefined ? otherwise : reader.items().map((item) => scalarText(item) ?? "null");
}

function scalarText(reader: Reader | undefined): string | null {
  if (reader === undefined) return null;
  const { scalar } = reader;
  if (scalar === undefined) {
    reader.complain(`${reader.shown} is no plain value`, "give a text or a number");
    return null;
  }
  return scalar === null ? null : String(scalar);
}

function checkFields(fields: MappedFields, root: Reader, given: ReadonlyMap<string, Reader>): void {
  if (fields.parents !== undefined && fields.task === undefined) {
    given.get("parents")!.complain("parents are named, and tasks have no names", "map `task` as well");
  }
  if (fields.task !== undefined && fields.workflow === undefined) {
    given
      .get("task")!
      .complain("tasks are named, and every row is a workflow of its own", "map `workflow` as well");
  }
  const clocks = new Set(
    TIME_FIELDS.map((name) => fields[name]).flatMap((field) =>
      field === undefined ? [] : [field.clock === "plain" ? "without a date" : "with a date"],
    ),
  );
  if (clocks.size > 1) {
    root.complain(
      "some times are on a clock without a date, others have one",
      "give all times in units like `ms`, or all as `unix ms` or `instant`",
    );
  }
  if (
    given.size > 0 &&
    fields.work === undefined &&
    (fields.start === undefined || fields.end === undefined)
  ) {
    root.complain(
      "the work of tasks is not known",
      `map \`work\`, or \`start\` and \`end\`; ${suggest("mapped", "work", [...given.keys()])}`,
    );
  }
}

function includes<T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name);
}
