/** A sum whose error does not grow with the number of terms (Neumaier 1974). */
export class Sum {
  private total = 0;
  private lost = 0;

  /** Adds a term; NaN, what is unknown, adds nothing. */
  add(term: number): void {
    if (Number.isNaN(term)) return;
    const next = this.total + term;
    this.lost += Math.abs(this.total) >= Math.abs(term) ? this.total - next + term : term - next + this.total;
    this.total = next;
  }

  get value(): number {
    return this.total + this.lost;
  }
}

/** How often each of a few values comes. */
export class Tally {
  private readonly counts = new Map<string, number>();

  add(value: string, count = 1): void {
    this.counts.set(value, this.of(value) + count);
  }

  of(value: string): number {
    return this.counts.get(value) ?? 0;
  }

  toObject(): Record<string, number> {
    return Object.fromEntries(this.counts);
  }
}

/** Least and greatest of the values that are known. */
export class Extent {
  count = 0;
  least = Number.POSITIVE_INFINITY;
  greatest = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    if (Number.isNaN(value)) return;
    this.count++;
    if (value < this.least) this.least = value;
    if (value > this.greatest) this.greatest = value;
  }

  get first(): number | null {
    return this.count > 0 ? this.least : null;
  }

  get last(): number | null {
    return this.count > 0 ? this.greatest : null;
  }

  /** Of arrivals at these times: (n - 1) / (last - first); null where that is no rate. */
  get rate(): number | null {
    return this.greatest > this.least ? (this.count - 1) / (this.greatest - this.least) : null;
  }
}
