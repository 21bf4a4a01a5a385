import { TOGETHER } from "../kit/kernels/kernels.js";
import type { KeyedStream } from "../kit/random.js";
import type { BlockSampler } from "../kit/sampler.js";
import type { TaskGraph } from "../model/task-graph.js";

/**
 * Work of first attempts, drawn several workflows at once. A draw is a pure function of the workflow's key and the task's place, so
 * it is the same whenever it is made; and draws that do not wait for each other are made side by side by the processor. Workflows
 * of a template have keys one after another and start about in that order: who comes first to a block of keys draws for all of it.
 * Where they come in no order, blocks are rarely begun, and each draws for itself.
 */
export class WorkAhead {
  private readonly samplers: readonly BlockSampler[];
  private readonly places: Int32Array;
  /** By spec, and by block modulo `BLOCKS`: the first key of the block that is there, and its values. */
  private readonly firstKeys: Int32Array;
  readonly values: Float64Array;

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

  /** Index into `values` of a task's work; -1 where it has not been drawn, and is to be drawn by itself. */
  of(spec: number, key: number): number {
    const within = key & (KEYS - 1);
    const block = spec * BLOCKS + ((key >> KEY_BITS) & (BLOCKS - 1));
    if (this.firstKeys[block] !== key - within) {
      if (within > 0) return -1;
      this.firstKeys[block] = key;
      this.stream.drawPlaces(
        key,
        this.places[spec]!,
        this.samplers[spec]!.fill,
        this.values,
        block * KEYS,
        KEYS,
      );
    }
    return block * KEYS + within;
  }
}

const KEYS = TOGETHER;
const KEY_BITS = Math.log2(KEYS);
const BLOCKS = 4;
