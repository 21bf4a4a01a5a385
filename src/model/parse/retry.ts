import { type Retry, UNBOUNDED_ATTEMPTS } from "../scenario.js";
import { distribution } from "./distribution.js";
import { NOT_NEGATIVE, POSITIVE, PROBABILITY, parseQuantity, quantity } from "./quantity.js";
import type { Reader } from "./reader.js";

export const RETRY_KEYS = ["attempts", "backoff", "work"] as const;
export const BACKOFF_KEYS = ["first", "factor", "cap", "jitter"] as const;

/** More attempts than this are a mistake, and draws are keyed by fewer. */
const MOST_ATTEMPTS = 1000;

export const ONE_ATTEMPT: Retry = {
  attempts: 1,
  backoff: { first: 0, factor: 1, cap: Number.POSITIVE_INFINITY, jitter: 0 },
  work: "fresh",
};

export function retryOf(reader: Reader): Retry {
  const fields = reader.fields("retry", RETRY_KEYS);
  const [attempts, backoff, work] = [fields.get("attempts"), fields.get("backoff"), fields.get("work")];
  if (attempts === undefined && reader.isMap)
    reader.complain("retry has no attempts", "say how many in all, e.g. attempts: 3");
  return {
    attempts:
      attempts === undefined
        ? 1
        : attempts.scalar === "unlimited"
          ? UNBOUNDED_ATTEMPTS
          : attempts.integer(1, MOST_ATTEMPTS, 1),
    backoff: backoff === undefined ? ONE_ATTEMPT.backoff : backoffOf(backoff),
    work: work === undefined ? "fresh" : work.choice(["fresh", "same"], "fresh"),
  };
}

const SHORT = /^(exponential|fixed)\s*\(([^()]*)\)$/;

function backoffOf(reader: Reader): Retry["backoff"] {
  if (reader.isMap) {
    const fields = reader.fields("backoff", [...BACKOFF_KEYS, "draw"]);
    const draw = fields.get("draw");
    if (draw !== undefined) {
      if (fields.size > 1)
        reader.complain("a back-off that is drawn has no other key", "leave the others out");
      return { ...ONE_ATTEMPT.backoff, draw: distribution(draw) };
    }
    const [first, factor, cap, jitter] = BACKOFF_KEYS.map((key) => fields.get(key));
    if (first === undefined) reader.complain("backoff has no first delay", "e.g. { first: 1 s, factor: 2 }");
    return {
      first: first === undefined ? 0 : quantity(first, "seconds", NOT_NEGATIVE, 0),
      factor: factor === undefined ? 2 : quantity(factor, "number", { least: 1, most: 1000 }, 1),
      cap: cap === undefined ? Number.POSITIVE_INFINITY : quantity(cap, "seconds", POSITIVE, 1),
      jitter: jitter === undefined ? 0 : quantity(jitter, "share", PROBABILITY, 0),
    };
  }
  const short = typeof reader.scalar === "string" ? SHORT.exec(reader.scalar.trim()) : null;
  const first = short === null ? undefined : parseQuantity(short[2]!, "seconds");
  if (first === undefined || !(first >= 0 && first < Number.POSITIVE_INFINITY)) {
    reader.complain(
      `${reader.shown} is no back-off`,
      "write exponential(1 s), fixed(2 s), or { first, factor, cap, jitter }",
    );
    return ONE_ATTEMPT.backoff;
  }
  return { first, factor: short![1] === "fixed" ? 1 : 2, cap: Number.POSITIVE_INFINITY, jitter: 0 };
}
