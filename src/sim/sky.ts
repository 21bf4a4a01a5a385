import type { Distribution } from "../kit/distribution.js";
import { mapped } from "../kit/mapped.js";
import { type PlainState, plainState, restorePlainState, type Stateful } from "../kit/plain-state.js";
import type { KeyedStream } from "../kit/random.js";
import type { Sampler } from "../kit/sampler.js";
import type { Weather } from "../model/scenario.js";
import type { RunObserver } from "./run-observer.js";

/** Hears of disturbances as they begin and end: the ground truth that detectors are held to. */
export type SkyWatcher = Pick<RunObserver, "weatherChanged">;

/** Which of the disturbances that make attempts fail are meant. */
type Which = (weather: Weather, effect: Extract<Weather["effect"], { kind: "failures" }>) => boolean;
const ATTEMPTS_THAT_START: Which = (_, effect) => effect.judged !== "end";
const ATTEMPTS_THAT_END: Which = (_, effect) => effect.judged === "end";
const SEEN = ({ observed }: Weather): boolean => observed !== false;

/** The disturbances of a scenario: which are on, when each turns next, and what they come to for a pool. */
export class Sky implements Stateful {
  private readonly on: Uint8Array;
  /** When each turns next, and how often it has turned. */
  private readonly turnsAt: Float64Array;
  private readonly turns: Int32Array;
  private readonly streams: readonly KeyedStream[];
  /** The disturbances of each pool. */
  private readonly over: readonly (readonly number[])[];
  private readonly anySlowdown: boolean;
  private readonly anyAtEnd: boolean;

  constructor(
    private readonly weather: readonly Weather[],
    pools: number,
    stream: (name: string) => KeyedStream,
    private readonly watcher: SkyWatcher | null,
  ) {
    this.on = new Uint8Array(weather.length);
    this.turnsAt = new Float64Array(weather.length).fill(Number.POSITIVE_INFINITY);
    this.turns = new Int32Array(weather.length);
    this.streams = mapped(weather, ({ name }) => stream(name));
    this.over = Array.from({ length: pools }, (_, p) =>
      weather.flatMap((one, w) => (one.pools.includes(p) ? [w] : [])),
    );
    this.anySlowdown = weather.some(({ effect }) => effect.kind === "stragglers");
    this.anyAtEnd = weather.some(({ effect }) => effect.kind === "failures" && effect.judged === "end");
  }

  /** Schedules the first turn of each. */
  begin(schedule: (at: number, weather: number) => void, sampler: (d: Distribution) => Sampler): void {
    this.weather.forEach((_, w) => {
      this.turnsAt[w] = this.afterTurn(0, w, sampler);
      if (this.turnsAt[w]! < Number.POSITIVE_INFINITY) schedule(this.turnsAt[w]!, w);
    });
  }

  /** A disturbance begins or ends. @returns whether it began */
  turn(at: number, weather: number, sampler: (d: Distribution) => Sampler): boolean {
    const began = this.on[weather] === 0;
    this.on[weather] = began ? 1 : 0;
    this.turns[weather]!++;
    this.turnsAt[weather] = this.afterTurn(at, weather, sampler);
    this.watcher?.weatherChanged?.(at, weather, began);
    return began;
  }

  save(): PlainState {
    return plainState(this, ["weather", "watcher", "over"]);
  }

  restore(state: PlainState, spared?: (held: object) => boolean): void {
    restorePlainState(this, state, spared);
  }

  nextAt(weather: number): number {
    return this.turnsAt[weather]!;
  }

  private afterTurn(at: number, weather: number, sampler: (d: Distribution) => Sampler): number {
    const { when } = this.weather[weather]!;
    const turns = this.turns[weather]!;
    if (when.kind === "scheduled") {
      const span = when.spans[turns >> 1];
      if (span === undefined) return Number.POSITIVE_INFINITY;
      return turns % 2 === 0 ? span.from : span.until;
    }
    return at + sampler(turns % 2 === 0 ? when.every : when.lasts)(this.streams[weather]!);
  }

  /** What the pool's speed is multiplied by. */
  speed(pool: number): number {
    return this.slowed(pool, () => true);
  }

  /** The same, of the weather that policies see. */
  observedSpeed(pool: number): number {
    return this.slowed(pool, SEEN);
  }

  private slowed(pool: number, counts: (weather: Weather) => boolean): number {
    let factor = 1;
    for (const w of this.over[pool]!) {
      const one = this.weather[w]!;
      if (this.on[w] === 1 && one.effect.kind === "brownout" && counts(one)) factor *= one.effect.speed;
    }
    return factor;
  }

  /** Probability with which an attempt that starts now fails by the weather. */
  failure(pool: number): number {
    return this.failures(pool, ATTEMPTS_THAT_START);
  }

  /** Probability with which an attempt that ends now fails by the weather, though it was to succeed. */
  failureAtEnd(pool: number): number {
    return this.anyAtEnd ? this.failures(pool, ATTEMPTS_THAT_END) : 0;
  }

  /** The same, of the weather that policies see. */
  observedFailure(pool: number): number {
    return this.failures(pool, SEEN);
  }

  private failures(pool: number, counts: Which): number {
    let good = 1;
    for (const w of this.over[pool]!) {
      const one = this.weather[w]!;
      if (this.on[w] === 0 || one.effect.kind !== "failures" || !counts(one, one.effect)) continue;
      good *= 1 - one.effect.attemptFailure;
    }
    return 1 - good;
  }

  /** How many times as long an attempt takes that starts now. Draws are keyed by the attempt's place, and the weather. */
  slowdown(
    pool: number,
    stream: KeyedStream,
    key: number,
    place: number,
    sampler: (d: Distribution) => Sampler,
  ): number {
    if (!this.anySlowdown) return 1;
    let factor = 1;
    for (const w of this.over[pool]!) {
      const { effect } = this.weather[w]!;
      if (this.on[w] === 0 || effect.kind !== "stragglers") continue;
      stream.at(key ^ ((w + 1) << 20), place);
      if (stream.next() < effect.share) factor *= sampler(effect.slowdown)(stream);
    }
    return factor;
  }
}
