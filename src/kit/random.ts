/**
 * Randomness. Two kinds, each for what it is good at:
 *
 * - `KeyedStream` (here): counter-based. Draw n of a stream is a pure function of (seed, name, n), so a draw that
 *   belongs to a task can be keyed by (workflow, task, attempt) and is the same under every policy, whatever is
 *   decided and in whatever order: common random numbers. Its whole state is a counter.
 * - `SequentialStream` (`sequential-stream.ts`): seedrandom's alea with savable state, for learners and policies,
 *   where order is the program's own.
 *
 * The function is Threefry-2x32 with 13 rounds: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy
 * as 1, 2, 3", SC'11 (13 rounds pass BigCrush). Held to Random123's known answers in the tests.
 */
export interface UniformSource {
  /** The next uniform number in the open interval (0, 1), with 53 random bits. */
  next(): number;
}

/** Two 32-bit words: a key, or the output of a block. */
export type Words = readonly [number, number];

const PARITY = 0x1bd11bda;

/** Output of the last `threefry` call. Module-level so that a draw allocates nothing. */
let word0 = 0;
let word1 = 0;

function threefry13(k0: number, k1: number, c0: number, c1: number): void {
  const k2 = PARITY ^ k0 ^ k1;
  let a = (c0 + k0) | 0;
  let b = (c1 + k1) | 0;
  a = (a + b) | 0;
  b = ((b << 13) | (b >>> 19)) ^ a;
  a = (a + b) | 0;
  b = ((b << 15) | (b >>> 17)) ^ a;
  a = (a + b) | 0;
  b = ((b << 26) | (b >>> 6)) ^ a;
  a = (a + b) | 0;
  b = ((b << 6) | (b >>> 26)) ^ a;
  a = (a + k1) | 0;
  b = (b + k2 + 1) | 0;
  a = (a + b) | 0;
  b = ((b << 17) | (b >>> 15)) ^ a;
  a = (a + b) | 0;
  b = ((b << 29) | (b >>> 3)) ^ a;
  a = (a + b) | 0;
  b = ((b << 16) | (b >>> 16)) ^ a;
  a = (a + b) | 0;
  b = ((b << 24) | (b >>> 8)) ^ a;
  a = (a + k2) | 0;
  b = (b + k0 + 2) | 0;
  a = (a + b) | 0;
  b = ((b << 13) | (b >>> 19)) ^ a;
  a = (a + b) | 0;
  b = ((b << 15) | (b >>> 17)) ^ a;
  a = (a + b) | 0;
  b = ((b << 26) | (b >>> 6)) ^ a;
  a = (a + b) | 0;
  b = ((b << 6) | (b >>> 26)) ^ a;
  a = (a + k0) | 0;
  b = (b + k1 + 3) | 0;
  a = (a + b) | 0;
  b = ((b << 17) | (b >>> 15)) ^ a;
  word0 = a;
  word1 = b;
}

/** One block of Threefry-2x32-13 as unsigned words. For tests and key derivation; streams use it in place. */
export function threefry(key: Words, counter: Words): Words {
  threefry13(key[0] | 0, key[1] | 0, counter[0] | 0, counter[1] | 0);
  return [word0 >>> 0, word1 >>> 0];
}

/** A key for a name below a key: absorbs the name's UTF-16 units two at a time, then its length. */
export function deriveKey(parent: Words, name: string): Words {
  let key = parent;
  for (let i = 0; i < name.length; i += 2) {
    key = threefry(key, [name.charCodeAt(i), i + 1 < name.length ? name.charCodeAt(i + 1) : 0x10000]);
  }
  return threefry(key, [name.length, 0x5eed]);
}

/** The key of a seed: any safe integer. */
export function seedKey(seed: number): Words {
  return threefry([0x53776974, 0x63687964], [seed | 0, Math.floor(seed / 0x1_0000_0000) | 0]);
}

/** The key of what is part of something else: a hash of the whole's key, the part and its number, as a 32-bit integer. */
export function childKey(parent: number, part: number, index: number): number {
  threefry13(parent | 0, part | 0, index | 0, 0x6b696e64);
  return word0;
}

const TO_UNIT = 2 ** -53;
/** Second counter word of draws in order, so that they never meet the blocks of `at`. */
const DRAW = 0x64726177;

/** A stream of uniforms, named and counter-based. See the head of this file. */
export class KeyedStream implements UniformSource {
  private readonly k0: number;
  private readonly k1: number;
  private s0: number;
  private s1: number;
  /** Uniforms drawn since the start or the last `at`; -1 where the block that `at` computed is still unused. */
  private drawn = 0;

  /** All ones in an antithetic stream, else zero: the complement of the 53 bits of u is those of 1 - u. */
  private readonly flip: number;

  /** @param antithetic draw 1 - u wherever the plain stream of this key draws u; children do likewise */
  constructor(
    readonly key: Words,
    readonly antithetic = false,
  ) {
    this.k0 = this.s0 = key[0] | 0;
    this.k1 = this.s1 = key[1] | 0;
    this.flip = antithetic ? -1 : 0;
  }

  /** The stream for `name` under the one seed of a run, in one replication. */
  static named(seed: number, name: string, replication = 0, antithetic = false): KeyedStream {
    return new KeyedStream(threefry(deriveKey(seedKey(seed), name), [replication, 0x7265706c]), antithetic);
  }

  /** An independent stream for a purpose below this one. */
  child(name: string): KeyedStream {
    return new KeyedStream(deriveKey(this.key, name), this.antithetic);
  }

  /**
   * Moves the stream to the place that belongs to (a, b): the draws that follow are a pure function of the
   * stream's key, a and b. `a` and `b` are taken as 32-bit words. A stream is either moved or drawn from in order.
   */
  at(a: number, b: number): this {
    threefry13(this.k0, this.k1, a | 0, b | 0);
    this.s0 = word0;
    this.s1 = word1;
    this.drawn = -1;
    return this;
  }

  next(): number {
    // The first draw of a place is its own block, which costs nothing more; later draws are keyed by that block.
    if (this.drawn < 0) {
      word0 = this.s0;
      word1 = this.s1;
      this.drawn = 0;
    } else {
      threefry13(this.s0, this.s1, this.drawn++, DRAW);
    }
    // 53 bits, then half a step up: never 0, never 1.
    return (((word0 ^ this.flip) >>> 5) * 67108864 + ((word1 ^ this.flip) >>> 6) + 0.5) * TO_UNIT;
  }

  /** A uniform integer in [0, n). */
  integer(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** Place in a stream that is drawn from in order: all that a snapshot has to keep of it. */
  get position(): number {
    return this.drawn;
  }

  set position(drawn: number) {
    this.drawn = drawn;
  }
}
