import seedrandom from "seedrandom";
import { logOfUniform } from "./log-of-uniform.js";
import type { UniformSource } from "./random.js";

/**
 * A sequential stream with savable state: seedrandom's alea (Baagøe 2010). For policies' coin flips, exploration,
 * weight initialisation and shuffles, where the order of draws is the program's own. What a task draws in a
 * simulation comes from `KeyedStream` instead.
 */
export class SequentialStream implements UniformSource {
  private prng: seedrandom.StatefulPRNG<seedrandom.State.Alea>;

  constructor(seed: string) {
    this.prng = seedrandom.alea(seed, { state: true });
  }

  /** 53 random bits in (0, 1). */
  next(): number {
    const u = this.prng.double();
    return u > 0 ? u : this.next();
  }

  exponential(): number {
    return -logOfUniform(this.next());
  }

  /** A uniform integer in [0, n). */
  integer(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** Plain JSON; `restore` continues bit for bit. */
  state(): SequentialState {
    return this.prng.state();
  }

  restore(state: SequentialState): void {
    this.prng = seedrandom.alea("", { state });
  }
}

export type SequentialState = seedrandom.State.Alea;
