import { type Complaint, InputError, InputErrors } from "../../kit/errors.js";

/** What became of the input, with the reason and the place of all that did not come through as it stood. */
export interface ImportReport {
  readonly format: string;
  readonly files: number;
  readonly workflows: number;
  readonly tasks: number;
  readonly edges: number;
  /** Records that were left out. */
  readonly skipped: readonly { readonly cause: string; readonly count: number; readonly first: string }[];
  /** Records that came through with a doubt. */
  readonly warnings: readonly {
    readonly code: string;
    readonly what: string;
    readonly count: number;
    /** Where it was first met. */
    readonly first: string;
  }[];
}

/** Counts what an importer leaves out or doubts: one entry a cause, however often it comes. */
export class ReportBuilder {
  private readonly skips = new Map<string, { count: number; first: string }>();
  private readonly doubts = new Map<string, { what: string; count: number; first: string }>();

  skip(cause: string, where: string, count = 1): void {
    const entry = this.skips.get(cause);
    if (entry === undefined) this.skips.set(cause, { count, first: where });
    else entry.count += count;
  }

  /** @param where is asked for only the first time */
  warn(code: string, what: string, where: () => string, count = 1): void {
    const entry = this.doubts.get(code);
    if (entry === undefined) this.doubts.set(code, { what, count, first: where() });
    else entry.count += count;
  }

  get skipped(): ImportReport["skipped"] {
    return Array.from(this.skips, ([cause, rest]) => ({ cause, ...rest }));
  }

  get warnings(): ImportReport["warnings"] {
    return Array.from(this.doubts, ([code, rest]) => ({ code, ...rest }));
  }

  /** @throws {InputError} NO_WORKFLOWS: for a reading that came to nothing, with the causes of it */
  nothingRead(where: string): never {
    const causes = this.skipped.map(
      ({ cause, count, first }) => `${cause}${times(count)}, first at ${first}`,
    );
    throw new InputError("NO_WORKFLOWS", {
      what: `there is no workflow to import${causes.length > 0 ? `: ${causes.join("; ")}` : ""}`,
      where,
      mend: "check that the file is whole and of the format that it was taken for",
    });
  }

  /** @throws {InputErrors} STRICT_IMPORT where anything was left out or doubted */
  requireClean(): void {
    const complaints: Complaint[] = [
      ...this.skipped.map(({ cause, count, first }) => ({ what: `${cause}${times(count)}`, where: first })),
      ...this.warnings.map(({ what, count, first }) => ({ what: `${what}${times(count)}`, where: first })),
    ];
    if (complaints.length === 0) return;
    const [only] = complaints;
    throw new InputErrors(
      "STRICT_IMPORT",
      complaints.length === 1
        ? [{ ...only!, mend: "mend the file, or import it without strict" }]
        : complaints,
    );
  }
}

const times = (count: number): string => (count > 1 ? ` (${count} times)` : "");
