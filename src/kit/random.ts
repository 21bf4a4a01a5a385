import { drawKernel, TOGETHER } from "./kernels/kernels.js";
import { logOfUniform } from "./log-of-uniform.js";

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
  /** -log of the next uniform number: an exponential of mean 1. */
  exponential(): number;
}

/** Places of a keyed stream, one after another. Each must be drawn from before the next is moved to. */
export interface Places {
  /** The stream, moved to place `i` of them. */
  place(i: number): UniformSource;
}

/**
 * Draws a value at each of `count` places, into `into[from]` and on. A loop of its own in each sampler: called from one that all
 * shared, a draw would hand its value over as an object.
 */
export type Fill = (places: Places, into: Float64Array, from: number, count: number) => void;

/** Two 32-bit words: a key, or the output of a block. */
export type Words = readonly [number, number];

const PARITY = 0x1bd11bda;

/**
 * Where a block is made: its key in words 0 and 1, its counter in 2 and 3, and what comes of them in 4 and 5. A draw allocates
 * nothing, and hands nothing over as an argument: that alone was a third of its time.
 */
const block = new Int32Array(6);

/** What was drawn last. */
const value = new Float64Array(1);

/** Makes the block of the key and counter that stand in `block`. */
function threefry13(): void {
  const k0 = block[0]!;
  const k1 = block[1]!;
  const k2 = PARITY ^ k0 ^ k1;
  let a = (block[2]! + k0) | 0;
  let b = (block[3]! + k1) | 0;
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
  block[4] = a;
  block[5] = b;
}

/** For what is derived once; a draw puts the words in place itself. */
function blockOf(k0: number, k1: number, c0: number, c1: number): void {
  block[0] = k0;
  block[1] = k1;
  block[2] = c0;
  block[3] = c1;
  threefry13();
}

/** One block of Threefry-2x32-13 as unsigned words. For tests and key derivation; streams use it in place. */
export function threefry(key: Words, counter: Words): Words {
  blockOf(key[0], key[1], counter[0], counter[1]);
  return [block[4]! >>> 0, block[5]! >>> 0];
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
  blockOf(parent, part, index, 0x6b696e64);
  return block[4]!;
}

/** Second counter word of draws in order, so that they never meet the blocks of `at`. */
const DRAW = 0x64726177;

/** A stream of uniforms, named and counter-based. See the head of this file. */
export class KeyedStream implements UniformSource, Places {
  private readonly k0: number;
  private readonly k1: number;
  private s0: number;
  private s1: number;
  /** Uniforms drawn since the start or the last `at`; -1 where the block that `at` computed is still unused. */
  private drawn = 0;
  /** Whether `at` has moved it. */
  private moved = false;
  /** Of a stream that is drawn from in order: the exponentials of draws `aheadFrom` and on. */
  private ahead: Float64Array | null = null;
  private aheadFrom = -1;
  /** The exponential of the block that `place` moved to, and whether it is there. */
  private first = Number.NaN;
  private knowsFirst = false;
  /** The first of the places that are drawn from side by side. */
  private a = 0;
  private b = 0;

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
    block[0] = this.k0;
    block[1] = this.k1;
    block[2] = a;
    block[3] = b;
    threefry13();
    this.s0 = block[4]!;
    this.s1 = block[5]!;
    this.drawn = -1;
    this.moved = true;
    return this;
  }

  // These two are so small that they are always compiled into their callers: so no double is returned, which would be allocated.
  next(): number {
    this.drawUniform();
    return value[0]!;
  }

  exponential(): number {
    this.drawExponential();
    return value[0]!;
  }

  private drawUniform(): void {
    if (this.drawn < 0) {
      // The first draw of a place is its own block, which costs nothing more; later draws are keyed by that block.
      this.drawn = 0;
      value[0] = unit(this.s0 ^ this.flip, this.s1 ^ this.flip);
      return;
    }
    block[0] = this.s0;
    block[1] = this.s1;
    block[2] = this.drawn++;
    block[3] = DRAW;
    threefry13();
    value[0] = unit(block[4]! ^ this.flip, block[5]! ^ this.flip);
  }

  private drawExponential(): void {
    if (this.moved) {
      if (this.drawn >= 0 || !this.knowsFirst) {
        this.drawUniform();
        value[0] = -logOfUniform(value[0]!);
        return;
      }
      this.drawn = 0;
      value[0] = this.first;
      return;
    }
    const draw = this.drawn++;
    const from = draw & -TOGETHER;
    if (from !== this.aheadFrom) this.drawAhead(from);
    value[0] = this.ahead![draw - from]!;
  }

  /**
   * A draw of each of `count` places (a, b), (a + 1, b) and on, as `at` and then the sampler give them. `TOGETHER` draws, which do
   * not wait for each other, are made side by side: it is several times as fast where they are exponential.
   */
  drawPlaces(a: number, b: number, fill: Fill, into: Float64Array, from: number, count: number): void {
    this.a = a;
    this.b = b;
    const kernel = count === TOGETHER ? drawKernel() : null;
    if (kernel !== null) {
      this.moved = true;
      this.knowsFirst = true;
      kernel.draw(this.k0, this.k1, a, b, this.flip);
    }
    fill(this, into, from, count);
    this.knowsFirst = false;
  }

  /** Of `drawPlaces`, for the sampler that it calls. */
  place(i: number): this {
    const kernel = this.knowsFirst ? drawKernel() : null;
    if (kernel === null) return this.at(this.a + i, this.b);
    this.s0 = kernel.words[i]!;
    this.s1 = kernel.words[TOGETHER + i]!;
    this.first = kernel.exponentials[i]!;
    this.drawn = -1;
    return this;
  }

  private drawAhead(from: number): void {
    this.ahead ??= new Float64Array(TOGETHER);
    const { ahead, s0, s1, flip } = this;
    this.aheadFrom = from;
    const kernel = drawKernel();
    if (kernel !== null) {
      kernel.draw(s0, s1, from, DRAW, flip);
      ahead.set(kernel.exponentials);
      return;
    }
    for (let i = 0; i < TOGETHER; i++) {
      block[0] = s0;
      block[1] = s1;
      block[2] = from + i;
      block[3] = DRAW;
      threefry13();
      ahead[i] = -logOfUniform(unit(block[4]! ^ flip, block[5]! ^ flip));
    }
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

/** 53 bits of two words, then half a step up: never 0. A sum of two exact parts, so that it is made without integers. */
function unit(word0: number, word1: number): number {
  return (word0 >>> 5) * 2 ** -27 + ((word1 >>> 6) + 0.5) * 2 ** -53;
}
