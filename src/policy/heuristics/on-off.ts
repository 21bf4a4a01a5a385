import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import { scalingRule } from "./scaling-rule.js";

export interface OnOffKnobs {
  /** Servers that are kept on, busy or not. */
  readonly least?: number;
  /** 1: at most one server is being set up at a time. */
  readonly staggered?: number;
  /** 0: idle servers are left on (the pool's idle timeout may end them). */
  readonly release?: number;
}

/**
 * ON/OFF (Gandhi, Harchol-Balter and Adan 2010): a server is set up for every task that waits, and goes off the moment it is
 * idle. With `least=1`, one is kept; with `staggered=1`, they are set up one after another; with `release=0`, delayed off.
 */
export const onOff = ({ least = 0, staggered = 0, release = 1 }: OnOffKnobs = {}): Policy =>
  scalingRule(label("on-off", { least, staggered, release }), ({ pools }, pool) => {
    const waiting = staggered === 1 ? Math.min(1, pools.waiting(pool)) : pools.waiting(pool);
    const wanted = pools.running(pool) + waiting;
    return Math.max(least, release === 1 ? wanted : Math.max(wanted, pools.servers(pool)));
  });
