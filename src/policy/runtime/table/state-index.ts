/** Numbers states by their figures, in the order in which they are first met. Figures are whole numbers of 16 bits. */
export class StateIndex {
  private readonly numbers = new Map<string, number>();

  /** @param figures of states in the order in which they were numbered, where an index is to go on from another */
  constructor(figures: Iterable<readonly number[]> = []) {
    for (const state of figures) this.numberOf(state);
  }

  /** Distinct states met. */
  get size(): number {
    return this.numbers.size;
  }

  /** The number of a state, met before or not. */
  numberOf(figures: readonly number[]): number {
    const key = String.fromCharCode(...figures);
    let number = this.numbers.get(key);
    if (number === undefined) this.numbers.set(key, (number = this.numbers.size));
    return number;
  }

  /** The number of a state that was met before; -1 for any other. */
  find(figures: readonly number[]): number {
    return this.numbers.get(String.fromCharCode(...figures)) ?? -1;
  }

  /** The figures of all states, by number. */
  *entries(): Generator<readonly number[]> {
    for (const key of this.numbers.keys()) yield Array.from(key, (character) => character.charCodeAt(0));
  }
}
