/** Lines of cells as a table in columns of equal width, two blanks apart; those on the `right` are flush right. */
export function aligned(lines: readonly (readonly string[])[], right: (column: number) => boolean): string[] {
  const widths: number[] = [];
  for (const line of lines) {
    line.forEach((cell, c) => {
      widths[c] = Math.max(widths[c] ?? 0, cell.length);
    });
  }
  return lines.map((line) =>
    line.map((cell, c) => (right(c) ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!))).join("  "),
  );
}
