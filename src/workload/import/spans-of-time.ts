import { type Nanos, secondsOf } from "./instant.js";

export const sum = (spans: readonly Nanos[]): Nanos => spans.reduce((total, span) => total + span, 0n);

/** Null where there are none. */
export function earliest(times: readonly Nanos[]): Nanos | null {
  let first: Nanos | null = null;
  for (const at of times) if (first === null || at < first) first = at;
  return first;
}

/** Null where there are none. */
export function latest(times: readonly Nanos[]): Nanos | null {
  let last: Nanos | null = null;
  for (const at of times) if (last === null || at > last) last = at;
  return last;
}

/** Of arrivals at these instants: (n - 1) / (last - first), a second; null where that is no rate. */
export function arrivalRate(times: readonly Nanos[]): number | null {
  const first = earliest(times);
  const last = latest(times);
  return first === null || last === null || first === last
    ? null
    : (times.length - 1) / secondsOf(last - first);
}
