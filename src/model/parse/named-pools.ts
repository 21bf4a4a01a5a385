import { suggest } from "../../kit/errors.js";
import type { Reader } from "./reader.js";

/**
 * The names by which a scenario calls its pools: each pool's own, that of all replicas of one, and those of central
 * queues, which stand for the pools that serve them.
 */
export class NamedPools {
  private readonly called = new Map<string, readonly number[]>();
  /** What was asked for before: tasks by the thousand share one list. */
  private readonly known = new Map<string, readonly number[]>();
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
    const items = reader.items();
    if (reader.isList && items.length === 0)
      reader.complain("no pool is named", "name one, or leave `pools` out");
    const names = items.map((item) => item.text(""));
    const key = JSON.stringify(names);
    const before = this.known.get(key);
    if (before !== undefined) return before;
    const found = new Set<number>();
    let clean = true;
    items.forEach((item, i) => {
      const pools = this.find(names[i]!, item);
      if (pools.length === 0) clean = false;
      for (const pool of pools) {
        if (found.has(pool)) {
          clean = false;
          item.complain(`the pool "${names[i]}" is named twice`, "name it once");
          break;
        }
        found.add(pool);
      }
    });
    const pools = [...found];
    // Where there was something to complain of, the next one who writes it is to hear of it too.
    if (clean) this.known.set(key, pools);
    return pools;
  }
}
