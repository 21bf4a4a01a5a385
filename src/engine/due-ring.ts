/** Decisions that are due, first come first served: a ring of (kind, subject, stamp) that grows when full. */
export class DueRing {
  size = 0;
  /** The entry last taken. */
  kind = 0;
  subject = 0;
  stamp = 0;
  private head = 0;
  private entries = new Int32Array(3 * 16);

  add(kind: number, subject: number, stamp: number): void {
    const capacity = this.entries.length / 3;
    if (this.size === capacity) this.grow();
    const at = 3 * ((this.head + this.size++) % (this.entries.length / 3));
    this.entries[at] = kind;
    this.entries[at + 1] = subject;
    this.entries[at + 2] = stamp;
  }

  take(): void {
    const at = 3 * this.head;
    this.kind = this.entries[at]!;
    this.subject = this.entries[at + 1]!;
    this.stamp = this.entries[at + 2]!;
    this.head = (this.head + 1) % (this.entries.length / 3);
    this.size--;
  }

  private grow(): void {
    const wider = new Int32Array(this.entries.length * 2);
    const tail = this.entries.subarray(3 * this.head);
    wider.set(tail);
    wider.set(this.entries.subarray(0, 3 * this.head), tail.length);
    this.entries = wider;
    this.head = 0;
  }
}
