import { InputError } from "../../kit/errors.js";
import { KeyCounts } from "./key-counts.js";

/** Rows that are held at once, at most: some hundred megabytes of them. */
const MOST_HELD = 500_000;

/**
 * Rows that belong together, group by group, wherever they stand, in bounded memory. They are read twice: first to count
 * the rows of each group, then to hand a group over with its last row. So where the rows of a group stand together, one
 * group is held at a time, and otherwise those that have begun and not ended. Where that would be more than `most` rows,
 * half of the keys are put off and the rows are read once more for them (and so on, half by half): the bound is kept by
 * reading, without temporary files. Groups come in the order in which they end, those put off after all others.
 *
 * Besides the rows, a key takes some 24 bytes.
 * @param pass reads all rows from the beginning, the same ones each time
 * @param keyOf names the group of a row
 * @throws {InputError} GROUP_TOO_LARGE where one group alone has more than `most` rows
 */
export async function* groupByWorkflow<R>(
  pass: () => AsyncIterable<readonly R[]>,
  keyOf: (row: R) => string,
  { where, most = MOST_HELD }: { readonly where: string; readonly most?: number },
): AsyncGenerator<{ readonly key: string; readonly rows: readonly R[] }> {
  const counts = new KeyCounts();
  for await (const rows of pass()) for (const row of rows) counts.add(keyOf(row));
  const parts: KeyPart[] = [{ bits: 0, value: 0 }];
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    const open = new Map<string, R[]>();
    let held = 0;
    for await (const rows of pass()) {
      for (const row of rows) {
        const key = keyOf(row);
        if (part.bits > 0 && (!isIn(part, counts.bitsOf(key)) || counts.isDone(key))) continue;
        let group = open.get(key);
        if (group === undefined) open.set(key, (group = []));
        group.push(row);
        held++;
        if (group.length > most) throw tooLarge(key, most, where);
        if (group.length === counts.of(key)) {
          open.delete(key);
          held -= group.length;
          counts.done(key);
          yield { key, rows: group };
        }
        while (held > most) {
          const later: KeyPart = { bits: part.bits + 1, value: part.value + 2 ** part.bits };
          part = { bits: part.bits + 1, value: part.value };
          if (part.bits > 31) throw tooLarge(key, most, where);
          parts.push(later);
          for (const [name, group] of open) {
            if (!isIn(later, counts.bitsOf(name))) continue;
            open.delete(name);
            held -= group.length;
          }
        }
      }
    }
    // Two keys with one hash wait for each other's rows.
    for (const [key, rows] of open) yield { key, rows };
  }
}

/** The keys whose hash has these lowest bits. */
interface KeyPart {
  readonly bits: number;
  readonly value: number;
}

const isIn = ({ bits, value }: KeyPart, hash: number): boolean => ((hash ^ value) & (2 ** bits - 1)) === 0;

function tooLarge(key: string, most: number, where: string): InputError {
  return new InputError("GROUP_TOO_LARGE", {
    what: `"${key.slice(0, 80)}" has more than ${most} rows, and a workflow is held in memory whole`,
    where,
    mend: "check that the column that names workflows was meant, or split the workflow",
  });
}
