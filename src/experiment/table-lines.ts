import { aligned } from "../kit/aligned.js";

/** How to mark up text for a terminal, e.g. picocolors' functions. Plain text by default. */
export interface TableStyle {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

export const PLAIN: TableStyle = {
  bold: (text) => text,
  dim: (text) => text,
  good: (text) => text,
  bad: (text) => text,
};

/**
 * A table in aligned columns, indented, its head dimmed.
 * @param rows the head first
 * @param right columns that are flush right
 * @param paint marks up the line of a row, counted from 0 below the head
 */
export function tableLines(
  rows: readonly (readonly string[])[],
  right: (column: number) => boolean,
  style: TableStyle,
  paint: (line: string, row: number) => string = (line) => line,
): string[] {
  const cells = rows.map((row) => row.map(clean));
  return aligned(cells, right).map((line, r) => {
    const text = `  ${line.trimEnd()}`;
    return r === 0 ? style.dim(text) : paint(text, r - 1);
  });
}

/** Names come from files: no control character of theirs may reach the terminal. */
export const clean = (text: string): string => text.replace(/\p{Cc}/gu, "?");
