import { type Grouped, grouped, type RunRecord } from "./run-record.js";

/**
 * What a workflow's time in the system went into, seconds; the parts add up to it. Where its tasks are in several ways at once, the
 * instant counts for the first of them that applies.
 */
export interface TimeSpent {
  /** Some attempt ran that was to succeed. */
  readonly service: Float64Array;
  /** Attempts ran, none of which was to succeed: they were paid for again. */
  readonly wasted: Float64Array;
  /** Nothing ran, but something was ready and waited for a server. */
  readonly waiting: Float64Array;
  /** Nothing was ready: back-offs before retries, transfers, and what the record leaves out. */
  readonly pauses: Float64Array;
}
export const PARTS = ["service", "wasted", "waiting", "pauses"] as const;

/** [W] each. A workflow that had not ended has its time until its last attempt ended. */
export function whereTimeWent(run: RunRecord, byWorkflow = attemptsByWorkflow(run)): TimeSpent {
  const { workflows } = run;
  const column = () => new Float64Array(workflows.count);
  const spent = { service: column(), wasted: column(), waiting: column(), pauses: column() };
  const sweep = new Sweep(run);
  for (let w = 0; w < workflows.count; w++) {
    const [from, to] = [byWorkflow.first[w]!, byWorkflow.first[w + 1]!];
    sweep.begin();
    for (let k = from; k < to; k++) sweep.add(byWorkflow.rows[k]!);
    sweep.over(workflows.submitted[w]!, workflows.ended[w]!, w, spent);
  }
  return spent;
}

export const attemptsByWorkflow = ({ attempts, workflows }: RunRecord): Grouped =>
  grouped(attempts.workflow, workflows.count);

/** What changes at an instant, by code: one more or one less that is served well, served in vain, or waits. */
const SERVED = 0;
const IN_VAIN = 1;
const WAITS = 2;

class Sweep {
  private times = new Float64Array(64);
  /** 2 * what, plus 1 where there is one less. */
  private codes = new Int32Array(64);
  private count = 0;
  private readonly now = new Int32Array(3);

  constructor(private readonly run: RunRecord) {}

  begin(): void {
    this.count = 0;
    this.now.fill(0);
  }

  add(row: number): void {
    const { attempts, outcomes } = this.run;
    const ready = attempts.ready[row]!;
    const started = attempts.started[row]!;
    const ended = attempts.ended[row]!;
    const began = Number.isNaN(started) ? ended : started;
    if (ready < began) this.span(ready, began, WAITS);
    if (started < ended)
      this.span(started, ended, succeeds(outcomes[attempts.outcome[row]!]) ? SERVED : IN_VAIN);
  }

  private span(from: number, until: number, what: number): void {
    this.put(from, 2 * what);
    this.put(until, 2 * what + 1);
  }

  /** Keeps them by time. They come nearly so, and a workflow has few. */
  private put(time: number, code: number): void {
    if (this.count === this.times.length) this.grow();
    let at = this.count++;
    for (; at > 0 && this.times[at - 1]! > time; at--) {
      this.times[at] = this.times[at - 1]!;
      this.codes[at] = this.codes[at - 1]!;
    }
    this.times[at] = time;
    this.codes[at] = code;
  }

  private grow(): void {
    const [times, codes] = [this.times, this.codes];
    this.times = new Float64Array(2 * times.length);
    this.times.set(times);
    this.codes = new Int32Array(2 * codes.length);
    this.codes.set(codes);
  }

  over(submitted: number, ended: number, w: number, spent: TimeSpent): void {
    const { times, codes, now, count } = this;
    const last = Number.isNaN(ended) ? (count > 0 ? times[count - 1]! : submitted) : ended;
    let from = submitted;
    for (let e = 0; e <= count; e++) {
      // What outlives the workflow is no time of its own.
      const until = Math.min(last, e < count ? times[e]! : last);
      if (until > from) {
        const part =
          now[SERVED]! > 0
            ? spent.service
            : now[IN_VAIN]! > 0
              ? spent.wasted
              : now[WAITS]! > 0
                ? spent.waiting
                : spent.pauses;
        part[w]! += until - from;
        from = until;
      }
      if (e < count) now[codes[e]! >> 1]! += (codes[e]! & 1) === 0 ? 1 : -1;
    }
  }
}

/** A recorded task whose outcome is not known is taken to have gone well. */
export const succeeds = (outcome: string | undefined): boolean =>
  outcome === undefined || outcome === "succeeded";
