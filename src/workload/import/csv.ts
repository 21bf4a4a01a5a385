import { InputError } from "../../kit/errors.js";
import { wholeLines } from "./lines.js";
import type { Source } from "./source.js";

export interface CsvRecord {
  /** Line on which it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Records of comma-separated values (RFC 4180), a portion at a time: quoted cells may hold the delimiter, doubled quotes
 * and line ends. Empty lines are no records. Cells come as they stand, blanks included.
 * @throws {InputError} BAD_CSV for a quote that is not closed or is followed by text; what `wholeLines` throws
 */
export async function* csvRecords(
  source: Source,
  { delimiter = "," }: { readonly delimiter?: string } = {},
): AsyncGenerator<readonly CsvRecord[]> {
  let line = 1;
  let open = "";
  for await (const portion of wholeLines(source)) {
    const text = open + portion;
    const records: CsvRecord[] = [];
    let at = 0;
    while (at < text.length) {
      const start = at;
      const found = record(text, at, line, delimiter, source.name);
      if (found === null) {
        at = start;
        break;
      }
      at = found.end;
      if (found.cells.length > 1 || found.cells[0] !== "") records.push({ line, cells: found.cells });
      line += found.lines;
    }
    open = text.slice(at);
    if (open.length > QUOTED_CHARACTERS) throw unclosed(source.name, line);
    if (records.length > 0) yield records;
  }
  if (open !== "") throw unclosed(source.name, line);
}

/** A quote that stays open longer than this was never meant to be one. */
const QUOTED_CHARACTERS = 16 * 1024 * 1024;

/** The record at `at`; null where the text ends inside a quoted cell. */
function record(
  text: string,
  at: number,
  line: number,
  delimiter: string,
  name: string,
): { readonly cells: string[]; readonly end: number; readonly lines: number } | null {
  let stop = text.indexOf("\n", at);
  if (stop < 0) stop = text.length;
  const quote = text.indexOf('"', at);
  if (quote < 0 || quote >= stop) {
    const end = text[stop - 1] === "\r" && stop > at ? stop - 1 : stop;
    return { cells: text.slice(at, end).split(delimiter), end: stop + 1, lines: 1 };
  }
  const cells: string[] = [];
  let lines = 1;
  for (let from = at; ; ) {
    if (text[from] !== '"') {
      let end = from;
      while (end < text.length && text[end] !== delimiter && text[end] !== "\n") end++;
      const last = end >= text.length || text[end] === "\n";
      cells.push(text.slice(from, last && end > from && text[end - 1] === "\r" ? end - 1 : end));
      if (last) return { cells, end: end + 1, lines };
      from = end + 1;
      continue;
    }
    let cell = "";
    let end = from + 1;
    for (;;) {
      const closing = text.indexOf('"', end);
      if (closing < 0) return null;
      cell += text.slice(end, closing);
      end = closing + 1;
      if (text[end] !== '"') break;
      cell += '"';
      end++;
    }
    cells.push(cell);
    for (let i = from; i < end; i++) if (text.charCodeAt(i) === 10) lines++;
    if (text[end] === "\r" && (text[end + 1] === "\n" || end + 1 >= text.length)) end++;
    if (end >= text.length || text[end] === "\n") return { cells, end: end + 1, lines };
    if (text[end] !== delimiter) {
      throw new InputError("BAD_CSV", {
        what: `text follows the closing quote of cell ${cells.length}`,
        where: `${name}:${line + lines - 1}`,
        mend: 'double the quotes inside a quoted cell ("")',
      });
    }
    from = end + 1;
  }
}

function unclosed(name: string, line: number): InputError {
  return new InputError("BAD_CSV", {
    what: "a quoted cell is not closed",
    where: `${name}:${line}`,
    mend: 'close it with "',
  });
}
