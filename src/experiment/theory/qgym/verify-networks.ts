import { instability } from "../../../model/instability.js";
import { openThreads } from "../../threads.js";
import { type Network, networkScenario, type PublishedCost } from "./network.js";
import type { NetworkRun } from "./network-worker.js";
import { ruleFor, runNetwork } from "./run-network.js";

/** A published cost beside ours. */
export interface NetworkVerdict {
  readonly network: string;
  readonly rule: string;
  readonly published: PublishedCost;
  /** Mean of our runs, its standard error, and the standard deviation of one run; NaN where none was made. */
  readonly mean: number;
  readonly standardError: number;
  readonly deviation: number;
  /**
   * `met`: within three standard errors of the difference of two means of so many runs. `one path`: further off than that, but
   * within three deviations of one run. `missed`: further still. `not run`: there is nothing to compare.
   */
  readonly verdict: "met" | "one path" | "missed" | "not run";
  readonly reason?: string;
}

export interface NetworkOptions {
  readonly replications: number;
  readonly threads: number;
  readonly onVerdict?: (verdict: NetworkVerdict) => void;
}

const MOST_DISTANCE = 3;

/** Runs each network under each rule that has a published cost and is known here. */
export async function verifyNetworks(
  networks: readonly Network[],
  { replications, threads, onVerdict }: NetworkOptions,
): Promise<NetworkVerdict[]> {
  const workers =
    threads > 1 ? openThreads<NetworkRun, number>("theory/qgym/network-worker.js", threads) : undefined;
  const run = ({ network, rule, seed }: NetworkRun): Promise<number> =>
    workers === undefined
      ? Promise.resolve(runNetwork(network, rule, seed))
      : workers.run({ network, rule, seed });
  const verdicts: NetworkVerdict[] = [];
  try {
    for (const network of networks) {
      const unstable = instability(networkScenario(network))[0];
      for (const [name, published] of Object.entries(network.published)) {
        const rule = ruleFor(network, name);
        if (rule === undefined) continue;
        const seeds = Array.from({ length: replications }, (_, k) => k + 1);
        const verdict =
          unstable !== undefined
            ? notRun(network, name, published, unstable.what)
            : judge(
                network,
                name,
                published,
                await Promise.all(seeds.map((seed) => run({ network, rule, seed }))),
              );
        verdicts.push(verdict);
        onVerdict?.(verdict);
      }
    }
  } finally {
    await workers?.close();
  }
  return verdicts;
}

const notRun = (
  network: Network,
  rule: string,
  published: PublishedCost,
  reason: string,
): NetworkVerdict => ({
  network: network.name,
  rule,
  published,
  mean: Number.NaN,
  standardError: Number.NaN,
  deviation: Number.NaN,
  verdict: "not run",
  reason,
});

/** Both sides are means of runs, and the published one is rounded. */
function judge(
  network: Network,
  rule: string,
  published: PublishedCost,
  costs: readonly number[],
): NetworkVerdict {
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  const deviation = Math.sqrt(costs.reduce((sum, cost) => sum + (cost - mean) ** 2, 0) / (costs.length - 1));
  const standardError = deviation / Math.sqrt(costs.length);
  const off = Math.max(0, Math.abs(mean - published.value) - published.unit / 2);
  const verdict =
    off <= MOST_DISTANCE * standardError * Math.SQRT2
      ? "met"
      : off <= MOST_DISTANCE * Math.hypot(standardError, deviation)
        ? "one path"
        : "missed";
  return { network: network.name, rule, published, mean, standardError, deviation, verdict };
}
