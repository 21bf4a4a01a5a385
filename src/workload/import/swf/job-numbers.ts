const PAGE = 4096;

/** A set of whole numbers that mostly come in a row, as job numbers do: a bit each. */
export class JobNumbers {
  private readonly pages = new Map<number, Uint8Array>();

  /** @returns whether it is new */
  add(job: number): boolean {
    const number = Math.floor(job / PAGE);
    let page = this.pages.get(number);
    if (page === undefined) this.pages.set(number, (page = new Uint8Array(PAGE / 8)));
    const at = job - number * PAGE;
    const bit = 1 << (at & 7);
    if ((page[at >> 3]! & bit) !== 0) return false;
    page[at >> 3]! |= bit;
    return true;
  }

  has(job: number): boolean {
    const number = Math.floor(job / PAGE);
    const at = job - number * PAGE;
    return ((this.pages.get(number)?.[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
  }
}
