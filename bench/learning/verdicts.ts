import { WRITE } from "../support/bench-options.js";
import type { Figure } from "../support/figure.js";
import { writeResults } from "../support/write-results.js";

/** Options that every bench of learning takes. */
export const TELLING = {
  json: { type: "boolean", default: false, describe: "all verdicts as JSON, at the end" },
  write: WRITE,
} as const;

/**
 * What a bench of learning finds, told as it comes: a text each, or with `json` all of them at the end; and with `write` stored
 * after each, so that a run that is cut short leaves what it has.
 */
export class Verdicts<Verdict> {
  private readonly found: Verdict[] = [];

  /** @param more of the results file, besides the figures of each verdict */
  constructor(
    private readonly bench: string,
    private readonly options: { readonly json: boolean; readonly write: boolean },
    private readonly text: (verdict: Verdict) => string,
    private readonly figures: (verdict: Verdict) => readonly Figure[],
    private readonly more: (verdicts: readonly Verdict[]) => Readonly<Record<string, unknown>> = () => ({}),
  ) {}

  /** A line that stands over the texts. */
  head(line: string): void {
    if (!this.options.json) console.log(line);
  }

  add(verdict: Verdict): void {
    const { found, bench } = this;
    found.push(verdict);
    if (this.options.write) {
      const command = `npm run bench:${bench} -- ${process.argv.slice(2).join(" ")}`;
      writeResults(bench, command, found.flatMap(this.figures), this.more(found));
    }
    if (!this.options.json) console.log(this.text(verdict));
  }

  end(): void {
    if (this.options.json) console.log(JSON.stringify(this.found, null, 2));
  }
}
