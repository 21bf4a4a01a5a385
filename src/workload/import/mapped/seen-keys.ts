/** Which keys were met, by two 32-bit hashes of their bytes: 8 bytes a key and room to spare. */
export class SeenKeys {
  private high = new Int32Array(1024);
  /** 0: the place is free. */
  private low = new Int32Array(1024);
  private size = 0;

  /** False where it was met before, or one with the same hashes was. */
  add(bytes: Uint8Array, from: number, to: number): boolean {
    let a = 0x811c9dc5;
    let b = 0x3c6ef372;
    for (let i = from; i < to; i++) {
      a = Math.imul(a ^ bytes[i]!, 0x01000193);
      b = Math.imul(b ^ bytes[i]!, 0x5bd1e995);
      b ^= b >>> 15;
    }
    a ^= a >>> 15;
    b = Math.imul(b ^ (b >>> 13), 0x85ebca6b);
    b = (b ^ (b >>> 16)) | 0;
    return this.place(a, b === 0 ? 1 : b);
  }

  private place(high: number, low: number): boolean {
    const mask = this.low.length - 1;
    let at = low & mask;
    while (this.low[at] !== 0) {
      if (this.low[at] === low && this.high[at] === high) return false;
      at = (at + 1) & mask;
    }
    this.low[at] = low;
    this.high[at] = high;
    if (++this.size * 2 > this.low.length) this.grow();
    return true;
  }

  private grow(): void {
    const { high, low } = this;
    this.high = new Int32Array(high.length * 2);
    this.low = new Int32Array(low.length * 2);
    this.size = 0;
    for (let i = 0; i < low.length; i++) if (low[i] !== 0) this.place(high[i]!, low[i]!);
  }
}
