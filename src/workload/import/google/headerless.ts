/**
 * Whether a file of so many columns has whole numbers in some of them: all that tells the tables of Google's traces apart,
 * which have no header, or one that is a comment.
 */
export function looksHeaderless(head: Uint8Array, columns: number, whole: readonly number[]): boolean {
  const lines = Buffer.from(head).toString("latin1").split(/\r?\n/).slice(0, 2);
  const line = lines.find((each) => each !== "" && !each.startsWith("#"));
  const cells = line?.split(",") ?? [];
  return cells.length === columns && whole.every((c) => /^\d+$/.test(cells[c]!));
}
