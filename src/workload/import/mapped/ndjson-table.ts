import { InputError } from "../../../kit/errors.js";
import { linesOf } from "../lines.js";
import type { Source } from "../source.js";
import type { ColumnName } from "./mapping.js";
import { type TableBlock, TextBlockBuilder } from "./table-block.js";

/**
 * The rows of a file with a JSON object a line. A column is a key, or keys with dots between them (`job.id`).
 * @throws {InputError} BAD_JSON, and what `linesOf` throws
 */
export async function* ndjsonTable(
  source: Source,
  file: number,
  wanted: readonly ColumnName[],
): AsyncGenerator<TableBlock> {
  const names = wanted.map(String);
  const paths = names.map((name) => name.split("."));
  const builder = new TextBlockBuilder(wanted.length);
  for await (const { first, lines } of linesOf(source)) {
    for (let i = 0; i < lines.length; i++) {
      if (lines[i]!.trim() === "") continue;
      const row = parse(lines[i]!, `${source.name}:${first + i}`);
      const cells = paths.map((path, c) =>
        cellOf(Object.hasOwn(row, names[c]!) ? row[names[c]!] : follow(row, path)),
      );
      builder.add(cells, first + i, file);
    }
    if (builder.records > 0) yield builder.take();
  }
}

/** What a value is as the text of a cell; null where there is none. */
export function cellOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value, plainly) : String(value);
}

const plainly = (_key: string, value: unknown): unknown =>
  typeof value === "bigint" ? String(value) : value;

function follow(row: object, path: readonly string[]): unknown {
  let value: unknown = row;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** Whole numbers that a double may not hold, outside of strings. */
const LONG_INTEGER = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

function parse(line: string, where: string): Record<string, unknown> {
  const exact = /\d{16}/.test(line)
    ? line.replace(LONG_INTEGER, (token) => (token.startsWith('"') ? token : `"${token}"`))
    : line;
  let value: unknown;
  try {
    value = JSON.parse(exact);
  } catch (cause) {
    throw badLine(`the line is no JSON: ${(cause as Error).message}`, where);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw badLine("the line holds no object", where);
}

function badLine(what: string, where: string): InputError {
  return new InputError("BAD_JSON", { what, where, mend: "give one JSON object a line" });
}
