type Column = Int32Array | Float64Array;

/** A typed array that grows by doubling: amortised O(1) a value, no object a row. */
export class GrowingColumn<T extends Column = Column> {
  length = 0;
  private values: T;

  constructor(private readonly make: new (length: number) => T) {
    this.values = new make(256);
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      const wider = new this.make(this.length * 2);
      wider.set(this.values as never);
      this.values = wider;
    }
    this.values[this.length++] = value;
  }

  /** The values so far: a view, valid until the next push. */
  view(): T {
    return this.values.subarray(0, this.length) as T;
  }
}
