import type { Policy } from "../policy.js";
import { alternativeDelay, leastOverPools } from "./alternative-figures.js";
import { leastInTurn, type Score } from "./choose.js";
import { plainPolicy } from "./plain-policy.js";

/** The alternative that is expected to charge least until it succeeds, at its cheapest pool; of equals the fastest. */
export function cheapestAlternative(): Policy {
  const best = new Float64Array(2);
  const scores: readonly Score[] = [
    (view, i) =>
      leastOverPools(view, i, ({ pools }, pool, service, tries) => tries * pools.price(pool) * service),
    alternativeDelay,
  ];
  return plainPolicy("cheapest-alternative", "branch", (view) => leastInTurn(view, scores, null, best));
}
