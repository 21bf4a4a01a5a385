import type { SwitchingRates } from "./arrivals.js";

/** The phases of a ring, each left for the next at its rate, as a matrix. */
export function ringSwitching(leave: readonly number[]): SwitchingRates {
  const next = (k: number) => (k + 1) % leave.length;
  return leave.map((rate, k) => leave.map((_, l) => (l === next(k) ? rate : 0)));
}

/**
 * The stationary law of an irreducible chain in continuous time: Grassmann, Taksar and Heyman 1985, who eliminate the states
 * from the last and never subtract, so that nothing is lost where rates differ by orders of magnitude.
 * @returns [phases], summing to 1
 */
export function stationaryLaw(switching: SwitchingRates): number[] {
  const n = switching.length;
  const rate = switching.map((row) => [...row]);
  for (let k = n - 1; k > 0; k--) {
    let leaving = 0;
    for (let l = 0; l < k; l++) leaving += rate[k]![l]!;
    for (let i = 0; i < k; i++) {
      rate[i]![k]! /= leaving;
      for (let j = 0; j < k; j++) if (i !== j) rate[i]![j]! += rate[i]![k]! * rate[k]![j]!;
    }
  }
  const law = [1];
  for (let k = 1; k < n; k++) {
    let share = 0;
    for (let i = 0; i < k; i++) share += law[i]! * rate[i]![k]!;
    law.push(share);
  }
  const total = law.reduce((sum, share) => sum + share, 0);
  return law.map((share) => share / total);
}

/** Two phases of which the second cannot be reached from the first; null where every phase leads to every other. */
export function unreachable(switching: SwitchingRates): readonly [number, number] | null {
  const reached = (from: number, forwards: boolean): boolean[] => {
    const seen = switching.map((_, k) => k === from);
    const todo = [from];
    for (let k = todo.pop(); k !== undefined; k = todo.pop()) {
      for (let l = 0; l < switching.length; l++) {
        if (seen[l] || !((forwards ? switching[k]![l]! : switching[l]![k]!) > 0)) continue;
        seen[l] = true;
        todo.push(l);
      }
    }
    return seen;
  };
  const ahead = reached(0, true).indexOf(false);
  if (ahead >= 0) return [0, ahead];
  const behind = reached(0, false).indexOf(false);
  return behind >= 0 ? [behind, 0] : null;
}
