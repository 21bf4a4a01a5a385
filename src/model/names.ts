/** A list of names by number, in the order in which they were first met. */
export class Names {
  readonly list: string[] = [];
  private readonly numbers = new Map<string, number>();

  /** The number of a name; a new one where it has not been met. */
  number(name: string): number {
    let found = this.numbers.get(name);
    if (found === undefined) this.numbers.set(name, (found = this.list.push(name) - 1));
    return found;
  }
}
