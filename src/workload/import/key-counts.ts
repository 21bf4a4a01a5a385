/**
 * Counts by the 64-bit hash of a key, in 12 bytes a key and room to spare: millions of keys, not millions of strings. Two
 * keys with one hash share their count.
 */
export class KeyCounts {
  private high = new Uint32Array(1024);
  private low = new Uint32Array(1024);
  /** 0: the place is free. */
  private count = new Uint32Array(1024);
  private size = 0;

  add(key: string): void {
    if (this.size * 2 > this.count.length) this.grow();
    const at = this.placeOf(key);
    if (this.count[at] === 0) this.size++;
    this.count[at]!++;
  }

  of(key: string): number {
    return this.count[this.placeOf(key)]!;
  }

  /** Marks a key as dealt with; its count is then forgotten. */
  done(key: string): void {
    this.count[this.placeOf(key)] = DONE;
  }

  isDone(key: string): boolean {
    return this.of(key) === DONE;
  }

  /** Bits that are spread evenly over keys, and not those by which they are placed. */
  bitsOf(key: string): number {
    return this.high[this.placeOf(key)]!;
  }

  private placeOf(key: string): number {
    let a = 0x9747b28c;
    let b = 0x3c6ef372;
    for (let i = 0; i < key.length; i++) {
      const c = key.charCodeAt(i);
      a = Math.imul(a ^ c, 0x01000193);
      b = Math.imul(b ^ c, 0x5bd1e995);
      b ^= b >>> 15;
    }
    const high = finish(a ^ key.length);
    const low = finish(b);
    const at = this.place(high, low);
    this.high[at] = high;
    this.low[at] = low;
    return at;
  }

  private place(high: number, low: number): number {
    const mask = this.count.length - 1;
    let at = low & mask;
    while (this.count[at] !== 0 && (this.low[at] !== low || this.high[at] !== high)) at = (at + 1) & mask;
    return at;
  }

  private grow(): void {
    const { high, low, count } = this;
    this.high = new Uint32Array(high.length * 2);
    this.low = new Uint32Array(high.length * 2);
    this.count = new Uint32Array(high.length * 2);
    for (let i = 0; i < count.length; i++) {
      if (count[i] === 0) continue;
      const at = this.place(high[i]!, low[i]!);
      this.high[at] = high[i]!;
      this.low[at] = low[i]!;
      this.count[at] = count[i]!;
    }
  }
}

const DONE = 2 ** 32 - 1;

/** The finish of MurmurHash3 (Appleby 2011). */
function finish(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
