import { suggest } from "../../kit/errors.js";
import type { Reader } from "./reader.js";

/** Past so many entries in different lists of pools, a file is hostile: names of many replicas multiply. */
const MOST_LISTED = 5_000_000;

/** Pools with the number behind each. */
interface Named {
  readonly pools: readonly number[];
  readonly factors: readonly number[];
}

/**
 * The names by which a scenario calls its pools: each pool's own, that of all replicas of one, and those of central
 * queues, which stand for the pools that serve them.
 */
export class NamedPools {
  private readonly called = new Map<string, readonly number[]>();
  /** What was asked for before: tasks by the thousand share one list. */
  private readonly known = new Map<string, Named>();
  private readonly filtered = new Map<readonly number[], Map<string, readonly number[]>>();
  private listed = 0;
  private readonly everything: number[] = [];

  /** Gives `pools` (indices) a name; complains at `at` where it is taken. */
  add(name: string, pools: readonly number[], at: Reader): void {
    if (this.called.has(name)) {
      at.complain(
        `the name "${name}" is taken`,
        "pools, their replicas (web-1, web-2, ...) and queues need names that differ",
      );
    } else this.called.set(name, pools);
    for (const pool of pools) if (pool === this.everything.length) this.everything.push(pool);
  }

  /** All pools. */
  get all(): readonly number[] {
    return this.everything;
  }

  /** The pools of one name; complains and gives none where there is no such name. */
  find(name: string, at: Reader): readonly number[] {
    const found = this.called.get(name);
    if (found === undefined && name !== "")
      at.complain(`there is no pool "${name}"`, suggest("pools", name, [...this.called.keys()]));
    return found ?? [];
  }

  /** The pools named in a list (or as a single name), each once; all where nothing is named. */
  read(reader: Reader | undefined): readonly number[] {
    if (reader === undefined) return this.all;
    if (reader.isList && reader.items().length === 0)
      reader.complain("no pool is named", "name one, or leave `pools` out");
    return this.distinct(reader.items().map((at) => ({ name: at.text(""), at, factor: 1 }))).pools;
  }

  /** The pools named in a map, each once, with the number behind each name. */
  readFactors(reader: Reader, factorOf: (at: Reader) => number): Named {
    const entries = reader.entries("pools");
    if (entries.length === 0) reader.complain("no pool is named", "name one, or leave `pools` out");
    return this.distinct(
      entries.map(({ key, value, place }) => ({ name: key, at: place, factor: factorOf(value) })),
    );
  }

  /** Those of a list that fit; lists that were asked for before are given again. */
  filter(pools: readonly number[], key: string, fits: (pool: number) => boolean): readonly number[] {
    let ofList = this.filtered.get(pools);
    if (ofList === undefined) {
      ofList = new Map();
      this.filtered.set(pools, ofList);
    }
    let found = ofList.get(key);
    if (found === undefined) {
      found = pools.filter(fits);
      ofList.set(key, found);
    }
    return found;
  }

  private distinct(named: readonly { name: string; at: Reader; factor: number }[]): Named {
    const key = JSON.stringify(named.map(({ name, factor }) => [name, factor]));
    const before = this.known.get(key);
    if (before !== undefined) return before;
    const factors = new Map<number, number>();
    let clean = true;
    for (const { name, at, factor } of named) {
      const pools = this.find(name, at);
      if (pools.length === 0) clean = false;
      if (pools.some((pool) => factors.has(pool))) {
        clean = false;
        at.complain(`the pool "${name}" is named twice`, "name it once");
      }
      this.listed += pools.length;
      if (this.listed > MOST_LISTED) {
        at.complain(
          `the tasks list ${this.listed} pools in different ways`,
          `list at most ${MOST_LISTED} in all; the same list written again counts once`,
        );
        this.listed = Number.NEGATIVE_INFINITY;
      }
      // After that complaint nothing more is kept: the file is refused.
      if (this.listed >= 0) for (const pool of pools) factors.set(pool, factor);
    }
    const found = { pools: [...factors.keys()], factors: [...factors.values()] };
    // Where there was something to complain of, the next one who writes it is to hear of it too.
    if (clean) this.known.set(key, found);
    return found;
  }
}
