import { shorten } from "./shorten.js";

/**
 * Errors for users. Each says what is wrong, where, and how to mend it, under a code that never changes.
 * An `InputError` is the caller's to mend (exit code 2); a `FailureError` is something that went wrong while
 * doing what was rightly asked (exit code 1). For our own mistakes there is `assert`.
 */
export interface Complaint {
  /** What is wrong, a sentence without its full stop. */
  readonly what: string;
  /** File, line and path, as far as known: `demo.yaml:12 > pools.fast.servers`. */
  readonly where?: string;
  /** How to mend it. */
  readonly mend?: string;
}

export class SwitchyardError extends Error {
  readonly what: string;
  readonly where: string | undefined;
  readonly mend: string | undefined;

  constructor(
    readonly code: string,
    complaint: Complaint,
    readonly exitCode: 1 | 2,
    options?: ErrorOptions,
  ) {
    super(describe(complaint), options);
    this.name = new.target.name;
    this.what = complaint.what;
    this.where = complaint.where;
    this.mend = complaint.mend;
  }

  toJSON(): { code: string; what: string; where?: string; mend?: string } {
    return {
      code: this.code,
      what: this.what,
      ...(this.where === undefined ? {} : { where: this.where }),
      ...(this.mend === undefined ? {} : { mend: this.mend }),
    };
  }
}

/** The input or the usage is wrong: exit code 2. */
export class InputError extends SwitchyardError {
  constructor(code: string, complaint: Complaint, options?: ErrorOptions) {
    super(code, complaint, 2, options);
  }
}

/** Several complaints about one input, so that a user mends them in one go. Exit code 2. */
export class InputErrors extends InputError {
  constructor(
    code: string,
    readonly complaints: readonly Complaint[],
  ) {
    const first = complaints[0] ?? { what: "the input is wrong" };
    super(
      code,
      complaints.length <= 1
        ? first
        : {
            what: `${complaints.length} things are wrong\n${told(complaints).join("\n")}`,
          },
    );
  }
}

/** Complaints that a message tells, and characters of each: nobody reads more, and what is quoted may be of any length. */
const MOST_TOLD = 40;
const MOST_CHARACTERS = 400;

function told(complaints: readonly Complaint[]): string[] {
  const lines = complaints
    .slice(0, MOST_TOLD)
    .map((complaint) => `  - ${shorten(describe(complaint), MOST_CHARACTERS)}`);
  const more = complaints.length - MOST_TOLD;
  return more > 0 ? [...lines, `  … and ${more} more`] : lines;
}

/** What was rightly asked could not be done: exit code 1. */
export class FailureError extends SwitchyardError {
  constructor(code: string, complaint: Complaint, options?: ErrorOptions) {
    super(code, complaint, 1, options);
  }
}

export function describe({ what, where, mend }: Complaint): string {
  return `${where === undefined ? "" : `${where}: `}${what}${mend === undefined ? "" : ` (${mend})`}`;
}

/** The name among `known` that the user most likely meant: least edit distance, if it is near enough. */
export function closest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** "pools here: a, b; did you mean a?" */
export function suggest(label: string, name: string, known: readonly string[]): string {
  const near = closest(name, known);
  // Names come from files, too, where they may be of any length.
  const named = known
    .slice(0, 20)
    .map((one) => shorten(one, 60))
    .join(", ");
  const shown = known.length > 20 ? `${named}, …` : named;
  return `${label}: ${shown || "none"}${near === undefined ? "" : `; did you mean "${near}"?`}`;
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8 || a.length > 64) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
