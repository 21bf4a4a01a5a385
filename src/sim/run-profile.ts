import type { Engine } from "../engine/engine.js";
import { busyServers } from "../engine/stations.js";
import { UNLIMITED } from "../model/scenario.js";
import type { RunObserver } from "./run-observer.js";

/** How a run went over time, and how its flow times are spread: plain data of bounded size, for charts. */
export interface RunProfile {
  /** Time averages over equal parts of the run, from its start (warm-up included) to its horizon. */
  readonly parts: number;
  /** Tasks in all queues, central ones too; one figure a part. */
  readonly waiting: readonly number[];
  readonly pools: readonly {
    readonly name: string;
    /** Tasks in the pool's own queue. */
    readonly waiting: readonly number[];
    /** Share of the servers' time on in which they were busy; 0 where there is no bound to them, or none was on. */
    readonly utilisation: readonly number[];
  }[];
  /** Flow times of the workflows that succeeded while measured. */
  readonly flowTimes: Histogram;
}

/**
 * Counts of values by bucket: `counts[i]` of them lie from `bucketStart(first + i)` to `bucketStart(first + i + 1)`. Histograms are
 * merged by adding, and their distribution is exact at the starts of buckets.
 */
export interface Histogram {
  /** Values below the first bucket that there is. */
  readonly zeros: number;
  readonly first: number;
  readonly counts: readonly number[];
}

/** Every octave is divided evenly into so many buckets: bounds are at most an eighth apart, relative to themselves. */
const PER_OCTAVE = 8;
const LEAST_OCTAVE = -20;
const OCTAVES = 61;

/** The least value of a bucket, seconds: bucket 0 starts at a second, 8 at two, 16 at four. */
export function bucketStart(bucket: number): number {
  const octave = Math.floor(bucket / PER_OCTAVE);
  return 2 ** octave * (1 + (bucket - octave * PER_OCTAVE) / PER_OCTAVE);
}

/** Parts of a run: fewer where there are many pools, so that a profile has some 500 figures at the most. */
const partsFor = (pools: number): number => Math.max(8, Math.min(48, Math.floor(500 / (2 * pools + 1))));
/** Pools beyond these are left out. */
const MOST_POOLS = 30;

/**
 * Takes the profile of the run that it is given to. It looks at the state only where a part ends, and changes nothing: a run
 * gives the same bits with it as without.
 */
export class ProfileTaker implements RunObserver {
  private readonly buckets = new Float64Array(OCTAVES * PER_OCTAVE);
  private zeros = 0;
  private engine!: Engine;
  private names: readonly string[] = [];
  private parts = 0;
  private part = 0;
  private partEnds = 0;
  /** By part, and within it by pool: server-seconds busy and on, and seconds of tasks queued, up to the part's end. */
  private busy = new Float64Array(0);
  private on = new Float64Array(0);
  private queued = new Float64Array(0);
  private waited = new Float64Array(0);

  attach(engine: Engine): void {
    this.engine = engine;
    this.names = engine.pools.names.slice(0, MOST_POOLS);
    this.parts = partsFor(this.names.length);
    this.partEnds = this.endOf(0);
    const cells = this.parts * this.names.length;
    this.busy = new Float64Array(cells);
    this.on = new Float64Array(cells);
    this.queued = new Float64Array(cells);
    this.waited = new Float64Array(this.parts);
  }

  stateHeld(at: number): void {
    while (at >= this.partEnds) this.endPart();
  }

  workflowEnded(at: number, flow: number, succeeded: boolean): void {
    const { flows, state } = this.engine;
    const submitted = flows.submittedAt[flow]!;
    if (!succeeded || submitted < state.scenario.warmup) return;
    const bucket = bucketOf(at - submitted);
    if (bucket < 0) this.zeros++;
    else this.buckets[bucket]!++;
  }

  attemptEnded(): void {}
  decided(): void {}

  /** Once the run has ended. */
  profile(): RunProfile {
    const { parts, names, waited, queued, busy, on } = this;
    const width = this.engine.state.scenario.horizon / parts;
    const all = Array.from({ length: parts }, (_, part) => part);
    const since = (column: Float64Array, part: number, pool: number) => {
      const at = part * names.length + pool;
      return column[at]! - (part === 0 ? 0 : column[at - names.length]!);
    };
    return {
      parts,
      waiting: all.map((part) => brief((waited[part]! - (part === 0 ? 0 : waited[part - 1]!)) / width)),
      pools: names.map((name, p) => ({
        name,
        waiting: all.map((part) => brief(since(queued, part, p) / width)),
        utilisation: all.map((part) => {
          const servers = since(on, part, p);
          return servers > 0 ? brief(Math.min(1, since(busy, part, p) / servers)) : 0;
        }),
      })),
      flowTimes: histogram(this.buckets, this.zeros),
    };
  }

  private endOf(part: number): number {
    if (part >= this.parts) return Number.POSITIVE_INFINITY;
    return (this.engine.state.scenario.horizon * (part + 1)) / this.parts;
  }

  /** The state has held from the last event to the end of the part, so the integrals up to there follow from it. */
  private endPart(): void {
    const { engine, part, partEnds: at } = this;
    const { state, pools, meter } = engine;
    this.waited[part] = meter.waitingTime + (at - meter.now) * meter.waiting;
    for (let p = 0; p < this.names.length; p++) {
      const cell = part * this.names.length + p;
      this.queued[cell] = meter.queueTimeBy(at, p, state.queues.waiting[p]!);
      if (pools.servers[p] === UNLIMITED) continue;
      this.busy[cell] = meter.busyTimeBy(at, p, busyServers(state, p));
      this.on[cell] = meter.onTimeBy(at, p, pools.switchedOn(p));
    }
    this.partEnds = this.endOf(++this.part);
  }
}

/** Place of a value among the buckets; -1 below them. The division is exact, so that bounds are those of `bucketStart`. */
function bucketOf(value: number): number {
  if (!(value >= 2 ** LEAST_OCTAVE)) return -1;
  let octave = Math.floor(Math.log2(value));
  // The logarithm may be off by its last digit right at a power of two.
  if (2 ** octave > value) octave--;
  else if (2 ** (octave + 1) <= value) octave++;
  const within = Math.floor((value / 2 ** octave - 1) * PER_OCTAVE);
  return Math.min((octave - LEAST_OCTAVE) * PER_OCTAVE + within, OCTAVES * PER_OCTAVE - 1);
}

function histogram(buckets: Float64Array, zeros: number): Histogram {
  const from = buckets.findIndex((count) => count > 0);
  if (from < 0) return { zeros, first: 0, counts: [] };
  const to = buckets.findLastIndex((count) => count > 0);
  return { zeros, first: from + LEAST_OCTAVE * PER_OCTAVE, counts: Array.from(buckets.slice(from, to + 1)) };
}

/** Charts need no more digits, and files of results hold many of these. */
const brief = (value: number): number => Number(value.toPrecision(4));
