/** A sequence of workflows as it was recorded, in columns. */
export interface WorkflowRecord {
  /** [workflows], seconds since the workflow before; of the first, an average one. */
  readonly gap: Float64Array;
  /** [workflows], index into the spec's templates. */
  readonly template: Int32Array;
  /** [workflows + 1]: the works of w are work[first[w] .. first[w + 1]), in the order of its template's tasks. */
  readonly first: Int32Array;
  /** Seconds at speed 1; NaN where unknown. */
  readonly work: Float64Array;
}

/** Digits of a time: what is drawn anew around it is not known better. */
const DIGITS = 6;
const UNKNOWN = "-";

/** A record as text, a workflow a line: its gap, the number of its template from 1, the works of its tasks. */
export function renderRecord({ gap, template, first, work }: WorkflowRecord): string {
  const lines: string[] = [];
  for (let w = 0; w < gap.length; w++) {
    const works = Array.from(work.subarray(first[w], first[w + 1]), (seconds) =>
      Number.isNaN(seconds) ? UNKNOWN : short(seconds),
    );
    lines.push([short(gap[w]!), template[w]! + 1, ...works].join(" "));
  }
  return `${lines.join("\n")}\n`;
}

const short = (seconds: number): string => String(Number(seconds.toPrecision(DIGITS)));

/**
 * A record from its text.
 * @param tasks of each template, where all its workflows have so many; null where that varies
 * @returns the record, or what is wrong first, with the line within the text from 1
 */
export function parseRecord(
  text: string,
  tasks: readonly (number | null)[],
): WorkflowRecord | { readonly line: number; readonly what: string; readonly mend: string } {
  const gap: number[] = [];
  const template: number[] = [];
  const first = [0];
  const work: number[] = [];
  const lines = text.split("\n");
  for (let k = 0; k < lines.length; k++) {
    const cells = lines[k]!.trim().split(/\s+/);
    if (cells[0] === "") continue;
    const fault = (what: string, mend: string) => ({ line: k + 1, what, mend });
    const seconds = cells.map((cell, c) => (c > 1 && cell === UNKNOWN ? Number.NaN : Number(cell)));
    const bad = seconds.findIndex(
      (value, c) => !(value >= 0 && value < Number.POSITIVE_INFINITY) && !(c > 1 && cells[c] === UNKNOWN),
    );
    if (bad >= 0)
      return fault(`"${cells[bad]}" is no amount of seconds`, "a number, not negative; - where unknown");
    const number = seconds[1];
    if (number === undefined || !Number.isInteger(number) || number < 1 || number > tasks.length)
      return fault(
        `"${cells[1] ?? ""}" is no number of a template`,
        `templates are counted from 1 to ${tasks.length}`,
      );
    const need = tasks[number - 1];
    if (need !== null && need !== undefined && seconds.length - 2 !== need)
      return fault(
        `there are ${seconds.length - 2} works, and the template ${number} has ${need} tasks`,
        "give the work of each task",
      );
    gap.push(seconds[0]!);
    template.push(number - 1);
    for (let c = 2; c < seconds.length; c++) work.push(seconds[c]!);
    first.push(work.length);
  }
  if (gap.length < 2 || !gap.some((seconds) => seconds > 0))
    return { line: 1, what: "no time passes in the record", mend: "give two workflows or more, with a gap" };
  return {
    gap: Float64Array.from(gap),
    template: Int32Array.from(template),
    first: Int32Array.from(first),
    work: Float64Array.from(work),
  };
}
