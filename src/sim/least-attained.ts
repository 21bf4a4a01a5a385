import { KeyedHeap } from "../kit/keyed-heap.js";
import { type PlainState, plainState, restorePlainState, type Stateful } from "../kit/plain-state.js";
import type { Sharing } from "./shared-servers.js";

/** Tasks that have been given the same service so far. */
interface Level {
  attained: number;
  readonly ends: KeyedHeap;
}

/**
 * Least attained service (foreground-background, Kleinrock 1976, vol. II, sec. 4.6): servers go to the tasks that have been
 * given the least; those that have been given the same share them. Tasks stand in levels by what they were given. The
 * lowest are served and rise; a level that reaches the next one merges into it.
 */
export class LeastAttained implements Sharing, Stateful {
  stamp = 0;
  private since = 0;
  private added = 0;
  private positions = new Int32Array(64);
  /** The lowest last. */
  private readonly levels: Level[] = [];
  private readonly levelOf: (Level | undefined)[] = [];
  private readonly spare: KeyedHeap[] = [];
  /** What happens next: the level, counted from the front, and whether a task of it ends or it merges upwards. */
  private nextLevel = -1;
  private nextEnds = false;

  constructor(
    private servers: number,
    private speed: number,
  ) {}

  add(now: number, attempt: number, work: number): void {
    this.advance(now);
    if (attempt >= this.positions.length) {
      const wider = new Int32Array(2 * attempt);
      wider.set(this.positions);
      this.positions = wider;
    }
    let level = this.levels[this.levels.length - 1];
    if (level === undefined || level.attained > 0) {
      level = { attained: 0, ends: this.spare.pop() ?? new KeyedHeap(() => this.positions) };
      this.levels.push(level);
    }
    level.ends.add(attempt, work, this.added++);
    this.levelOf[attempt] = level;
  }

  remove(now: number, attempt: number): void {
    this.advance(now);
    const level = this.levelOf[attempt]!;
    level.ends.remove(attempt);
    this.levelOf[attempt] = undefined;
    if (level.ends.size === 0) this.drop(this.levels.indexOf(level));
  }

  nextAt(): number {
    this.nextLevel = -1;
    let soonest = Number.POSITIVE_INFINITY;
    let left = this.servers;
    for (let l = this.levels.length - 1; l >= 0 && left > 0 && this.speed > 0; l--) {
      const level = this.levels[l]!;
      const rate = Math.min(1, left / level.ends.size);
      left -= level.ends.size;
      const ends = (level.ends.firstKey - level.attained) / (rate * this.speed);
      if (ends < soonest) {
        soonest = ends;
        this.nextLevel = l;
        this.nextEnds = true;
      }
      const above = this.levels[l - 1];
      if (above === undefined) break;
      const rateAbove = left > 0 ? Math.min(1, left / above.ends.size) : 0;
      if (rate === rateAbove) continue;
      const merges = (above.attained - level.attained) / ((rate - rateAbove) * this.speed);
      if (merges < soonest) {
        soonest = merges;
        this.nextLevel = l;
        this.nextEnds = false;
      }
    }
    return this.since + Math.max(0, soonest);
  }

  takeFirst(now: number): number {
    this.advance(now);
    const l = this.nextLevel;
    const level = this.levels[l]!;
    if (!this.nextEnds) {
      const above = this.levels[l - 1]!;
      // The smaller of the two moves.
      const [from, to] = level.ends.size < above.ends.size ? [level, above] : [above, level];
      to.attained = above.attained;
      while (from.ends.size > 0) {
        const { first, firstKey } = from.ends;
        from.ends.remove(first);
        to.ends.add(first, firstKey, this.added++);
        this.levelOf[first] = to;
      }
      this.drop(from === level ? l : l - 1);
      return -1;
    }
    const { first } = level.ends;
    level.ends.remove(first);
    this.levelOf[first] = undefined;
    if (level.ends.size === 0) this.drop(l);
    return first;
  }

  change(now: number, servers: number, speed: number): void {
    this.advance(now);
    this.servers = servers;
    this.speed = speed;
  }

  save(): PlainState {
    const { since, added, positions, nextLevel, nextEnds, servers, speed, stamp } = this;
    return {
      fields: plainState({ since, added, positions, nextLevel, nextEnds, servers, speed, stamp }),
      levels: this.levels.map(({ attained, ends }) => ({ attained, ends: plainState(ends) })),
    };
  }

  restore(state: PlainState): void {
    const { fields, levels } = state as {
      fields: PlainState;
      levels: readonly { attained: number; ends: PlainState }[];
    };
    restorePlainState(this, fields);
    this.levels.length = 0;
    this.levelOf.length = 0;
    for (const saved of levels) {
      const level: Level = { attained: saved.attained, ends: new KeyedHeap(() => this.positions) };
      restorePlainState(level.ends, saved.ends);
      for (let place = 0; place < level.ends.size; place++) this.levelOf[level.ends.at(place)] = level;
      this.levels.push(level);
    }
  }

  private drop(index: number): void {
    this.spare.push(this.levels[index]!.ends);
    this.levels.splice(index, 1);
  }

  private advance(now: number): void {
    let left = this.servers;
    for (let l = this.levels.length - 1; l >= 0 && left > 0; l--) {
      const level = this.levels[l]!;
      const rate = Math.min(1, left / level.ends.size);
      left -= level.ends.size;
      level.attained += (now - this.since) * rate * this.speed;
    }
    this.since = now;
  }
}
