/** Where a transient begins, and when it is looked at. */
export interface WindowPlan {
  /** Number in the system at the start of a window. */
  readonly from: number;
  /** Seconds after the start of a window, ascending. */
  readonly times: readonly number[];
}

/**
 * Transients, looked at through windows. A window opens as soon as the number in the system is `from`, and the next one as
 * soon after its end as it is so again. Where that number is all that the future depends on (Poisson arrivals, exponential
 * service), each window sees a run that starts there: the strong Markov property.
 */
export class Windows {
  /** Windows completed; the number in the system at each time, summed over them, and how often it was 0. */
  count = 0;
  private readonly numbers: Float64Array;
  private readonly empties: Float64Array;
  private readonly seen: Float64Array;
  private opened = -1;
  private next = 0;

  constructor(readonly plan: WindowPlan) {
    this.numbers = new Float64Array(plan.times.length);
    this.empties = new Float64Array(plan.times.length);
    this.seen = new Float64Array(plan.times.length);
  }

  /** The number in the system was `number` from `since` to `until`. */
  hold(number: number, since: number, until: number): void {
    const { from, times } = this.plan;
    let now = since;
    while (now < until) {
      if (this.opened < 0) {
        if (number !== from) return;
        this.opened = now;
        this.next = 0;
      }
      while (this.next < times.length && this.opened + times[this.next]! < until) {
        this.seen[this.next++] = number;
      }
      if (this.next < times.length) return;
      now = this.opened + times.at(-1)!;
      this.opened = -1;
      this.count++;
      for (let t = 0; t < times.length; t++) {
        this.numbers[t]! += this.seen[t]!;
        if (this.seen[t] === 0) this.empties[t]!++;
      }
    }
  }

  /** The run has ended; another one begins at time 0. */
  restart(): void {
    this.opened = -1;
  }

  meanNumber(time: number): number {
    return this.numbers[this.plan.times.indexOf(time)]! / this.count;
  }

  empty(time: number): number {
    return this.empties[this.plan.times.indexOf(time)]! / this.count;
  }
}
