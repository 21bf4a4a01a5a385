/** How long a slice of a run lasts, milliseconds: next to it the watch over it costs nothing. */
const SLICE = 250;
/** Decisions between two looks at the clock, at the most. */
const MOST_UNSEEN = 1024;

/** Tells of a row of decisions when they have taken long enough for a slice. Nothing that is simulated may hang on that. */
export class SliceClock {
  private begun = 0;
  private looked = 0;
  private unseen = 1;
  private left = 1;

  begin(): void {
    this.begun = performance.now();
    this.looked = this.begun;
    this.unseen = 1;
    this.left = 1;
  }

  /** Asked after each decision. */
  isOver(): boolean {
    if (--this.left > 0) return false;
    const now = performance.now();
    // A look costs what a quick rule does: the quicker decisions come, the fewer looks there are.
    this.unseen =
      now - this.looked < 1 ? Math.min(2 * this.unseen, MOST_UNSEEN) : Math.max(1, this.unseen >> 1);
    this.looked = now;
    this.left = this.unseen;
    return now >= this.begun + SLICE;
  }
}
