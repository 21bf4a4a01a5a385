/**
 * The phase of modulated arrivals, for who may see it. The process draws ahead, up to its next arrival; what changes on the
 * way is noted here, and seen when its time comes.
 */
export class ObservedPhase {
  private at: number[] = [];
  private to: number[] = [];

  /** @param rates arrivals per second, by phase */
  constructor(
    private phase: number,
    private readonly rates: readonly number[],
  ) {}

  /** The phase now, from 0. */
  get now(): number {
    return this.phase;
  }

  /** Arrivals per second in it. */
  get rate(): number {
    return this.rateIn(this.phase);
  }

  rateIn(phase: number): number {
    return this.rates[phase]!;
  }

  /** When it is another one, absolute seconds; Infinity where it is not before the next arrival. */
  get changesAt(): number {
    return this.at[0] ?? Number.POSITIVE_INFINITY;
  }

  /** The time of the next change has come. */
  change(): void {
    this.at.shift();
    this.phase = this.to.shift()!;
  }

  /** It will be phase `to` from `at` on. */
  note(at: number, to: number): void {
    this.at.push(at);
    this.to.push(to);
  }
}
