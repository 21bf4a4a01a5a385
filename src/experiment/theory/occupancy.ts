/** The law of a whole number that changes with time: for how long it was 0, 1, 2, ... */
export class Occupancy {
  private seconds = new Float64Array(64);
  private highest = 0;

  hold(value: number, seconds: number): void {
    if (value >= this.seconds.length) {
      const wider = new Float64Array(2 ** Math.ceil(Math.log2(value + 1)));
      wider.set(this.seconds);
      this.seconds = wider;
    }
    if (value > this.highest) this.highest = value;
    this.seconds[value]! += seconds;
  }

  /** Share of the time for which it was at least `k`. */
  atLeast(k: number): number {
    return this.average((value) => (value >= k ? 1 : 0));
  }

  get mean(): number {
    return this.average((value) => value);
  }

  get variance(): number {
    const { mean } = this;
    return this.average((value) => (value - mean) ** 2);
  }

  private average(of: (value: number) => number): number {
    let [sum, total] = [0, 0];
    for (let value = 0; value <= this.highest; value++) {
      sum += this.seconds[value]! * of(value);
      total += this.seconds[value]!;
    }
    return sum / total;
  }
}
