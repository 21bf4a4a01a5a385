/**
 * Looks before a member of a crew goes to sleep: a tenth of a millisecond or so. Meetings come every few microseconds, shares of
 * work differ by some tens of them, and to be woken takes longer than that.
 */
const MANY = 20_000;
/** Where there are fewer free cores than threads: who looks keeps the other from coming. */
const FEW = 300;
/** Of the processor time that all threads could have had, what they get where their cores are free: who looks works, too. */
const FREE = 0.85;
/** Times in a row that few looks are taken before many are tried again. */
const LONGEST = 16;

/** How long a crew's members look for each other: long where each has a core, told by how the last time went. */
export class Pace {
  /** Times for which few looks are taken, the next time that cores turn out not to be free. */
  private rest = 1;
  private resting = 0;

  /** @param count members */
  constructor(private readonly count: number) {}

  get looks(): number {
    return this.resting > 0 ? FEW : MANY;
  }

  /** Does something, and takes how it went. */
  take<Result>(work: () => Result): Result {
    const clock = performance.now();
    const processor = process.cpuUsage();
    const result = work();
    const { user, system } = process.cpuUsage(processor);
    this.went(performance.now() - clock, (user + system) / 1e3);
    return result;
  }

  /** How the last time went: by the clock, and of processor time of all threads, in the same unit. */
  went(clock: number, processor: number): void {
    if (this.resting > 0) this.resting--;
    else if (processor >= FREE * this.count * clock) this.rest = 1;
    else {
      this.resting = this.rest;
      this.rest = Math.min(LONGEST, 2 * this.rest);
    }
  }
}
