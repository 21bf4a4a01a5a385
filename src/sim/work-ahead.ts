import { TOGETHER } from "../kit/kernels/kernels.js";
import type { KeyedStream } from "../kit/random.js";
import type { Sampler } from "../kit/sampler.js";
import type { TaskGraph } from "../model/task-graph.js";

/**
 * Work of first attempts, drawn several workflows at once. A draw is a pure function of the workflow's key and the task's place, so
 * it is the same whenever it is made; and draws that do not wait for each other are made side by side by the processor. Workflows
 * of a template have keys one after another and start about in that order: who comes first to a block of keys draws for all of it.
 * Where they come in no order, blocks are rarely begun, and each draws for itself.
 */
export class WorkAhead {
  private readonly samplers: readonly Sampler[];
  private readonly places: Int32Array;
  /** By spec, and by block modulo `BLOCKS`: the first key of the block that is there, and its values. */
  private readonly firstKeys: Int32Array;
  private readonly values: Float64Array;

  /** @param placeOf the stream's second word, of a spec */
  constructor(
    readonly graph: TaskGraph,
    private readonly stream: KeyedStream,
    placeOf: (spec: number) => number,
  ) {
    const samplers = graph.work!;
    this.samplers = samplers;
    this.places = Int32Array.from(samplers, (_, spec) => placeOf(spec));
    // No block begins at 1.
    this.firstKeys = new Int32Array(samplers.length * BLOCKS).fill(1);
    this.values = new Float64Array(samplers.length * BLOCKS * KEYS);
  }

  of(spec: number, key: number): number {
    const within = key & (KEYS - 1);
    const block = spec * BLOCKS + ((key >> KEY_BITS) & (BLOCKS - 1));
    if (this.firstKeys[block] === key - within) return this.values[block * KEYS + within]!;
    return within === 0 ? this.draw(spec, key, block) : this.one(spec, key);
  }

  private one(spec: number, key: number): number {
    return this.samplers[spec]!(this.stream.at(key, this.places[spec]!));
  }

  /** Fills the block that begins with a key, and gives that one's value. */
  private draw(spec: number, key: number, block: number): number {
    const { values, stream } = this;
    const sampler = this.samplers[spec]!;
    const place = this.places[spec]!;
    this.firstKeys[block] = key;
    stream.drawPlaces(key, place, sampler, values, block * KEYS);
    return values[block * KEYS]!;
  }
}

const KEYS = TOGETHER;
const KEY_BITS = Math.log2(KEYS);
const BLOCKS = 4;
