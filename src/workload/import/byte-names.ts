/** Numbers names, given as bytes, in the order in which they are first met: a dictionary that makes no strings. */
export class ByteNames {
  size = 0;
  /** Number of a name by the place of its hash, plus 1; 0: free. */
  private places = new Int32Array(64);
  private hashes = new Int32Array(64);
  /** Name n is bytes[begin[n] .. begin[n + 1]). */
  private begin = new Int32Array(64);
  private bytes = Buffer.alloc(1024);

  number(source: Uint8Array, from: number, to: number): number {
    let hash = 0x811c9dc5;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ source[i]!, 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.places.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const number = this.places[at]! - 1;
      if (number < 0) return this.add(at, hash, source, from, to);
      if (this.hashes[at] === hash && this.is(number, source, from, to)) return number;
    }
  }

  text(number: number): string {
    return this.bytes.toString("utf8", this.begin[number], this.begin[number + 1]);
  }

  /** Forgets all names, in time for those that there are. */
  clear(): void {
    if (this.size * 8 > this.places.length) this.places.fill(0);
    else {
      for (let n = 0; n < this.size; n++) this.places[this.placeOf[n]!] = 0;
    }
    this.size = 0;
  }

  /** Place of each name. */
  private placeOf = new Int32Array(64);

  private add(place: number, hash: number, source: Uint8Array, from: number, to: number): number {
    const number = this.size++;
    const start = this.begin[number]!;
    const end = start + to - from;
    if (number + 2 > this.begin.length) this.begin = wider(this.begin);
    if (number + 1 > this.placeOf.length) this.placeOf = wider(this.placeOf);
    if (end > this.bytes.length) {
      const larger = Buffer.alloc(Math.max(end, this.bytes.length * 2));
      this.bytes.copy(larger, 0, 0, start);
      this.bytes = larger;
    }
    for (let i = from; i < to; i++) this.bytes[start + i - from] = source[i]!;
    this.begin[number + 1] = end;
    this.places[place] = number + 1;
    this.hashes[place] = hash;
    this.placeOf[number] = place;
    if (this.size * 2 > this.places.length) this.grow();
    return number;
  }

  private is(number: number, source: Uint8Array, from: number, to: number): boolean {
    const start = this.begin[number]!;
    if (this.begin[number + 1]! - start !== to - from) return false;
    for (let i = from; i < to; i++) if (this.bytes[start + i - from] !== source[i]) return false;
    return true;
  }

  private grow(): void {
    const { places, hashes } = this;
    this.places = new Int32Array(places.length * 2);
    this.hashes = new Int32Array(places.length * 2);
    const mask = this.places.length - 1;
    for (let i = 0; i < places.length; i++) {
      if (places[i] === 0) continue;
      let at = hashes[i]! & mask;
      while (this.places[at] !== 0) at = (at + 1) & mask;
      this.places[at] = places[i]!;
      this.hashes[at] = hashes[i]!;
      this.placeOf[places[i]! - 1] = at;
    }
  }
}

function wider(column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(column.length * 2);
  larger.set(column);
  return larger;
}
