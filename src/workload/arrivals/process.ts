import type { UniformSource } from "../../kit/random.js";
import type { ObservedPhase } from "./observed-phase.js";

/**
 * Arrivals one after another. All that changes stands in fields: numbers, and the stream that it draws from. So a process
 * made anew from the same model goes on exactly where another was, once it has that one's fields (`kit/plain-state.ts`).
 */
export interface ArrivalProcess {
  /** Time of the next arrival, seconds; never decreasing, Infinity when no more will come. */
  next(): number;
  /**
   * The next arrival drawn anew, given that none has come since the last: what could come of what is known now. Absent where
   * that depends on more than the time.
   */
  redraw?(now: number): number;
  /** Its phase, where that is to be seen. */
  readonly observed?: ObservedPhase | undefined;
}

export const exponentialGap = (rate: number, uniform: UniformSource): number => uniform.exponential() / rate;
