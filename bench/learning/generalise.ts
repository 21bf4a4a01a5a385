import { inlineMore } from "../../src/cli/inline-more.js";
import { benchmarkSeeds, type LoadedScenario, runMatrix } from "../../src/experiment/matrix.js";
import type { PolicySource } from "../../src/experiment/policy-source.js";
import { mean } from "../../src/experiment/statistics/index.js";
import { adviseEpisode, adviseHorizon } from "../../src/learn/advise-horizon.js";
import { chooseBackend } from "../../src/learn/backend/index.js";
import { trainPolicy } from "../../src/learn/train.js";
import { trainerDefaults, validationSeeds } from "../../src/learn/trainer.js";
import { parseScenario } from "../../src/model/index.js";
import type { Scenario } from "../../src/model/scenario.js";
import { HEURISTICS, tuningGrid } from "../../src/policy/catalogue.js";
import { counts, runBench } from "../support/bench-options.js";
import {
  type Change,
  change,
  pairedRuns,
  renderChange,
  type Standing,
  verdict,
} from "../support/paired-runs.js";
import { TELLING, Verdicts } from "./verdicts.js";

/**
 * What a policy is worth where it was not trained: it learns to route over four pools at loads of 0.6 to 0.9, and is measured,
 * untouched, at 0.95, over 8 and 40 pools, and under brownouts, which it never saw, told of them and not. Beside it every
 * heuristic that routes, tuned on what it trained on and as untouched.
 *
 *     npm run bench:generalise -- [--decisions N] [--seed N] [--json] [--write]
 */

const TRAINED_AT = [0.6, 0.7, 0.8, 0.9] as const;
/** Eight environments a load, and smaller steps: with fewer, what one load teaches another unteaches. */
const SETTINGS = { environments: 8 * TRAINED_AT.length, learningRate: 5e-4 } as const;
const SEEDS = 30;
const TUNING_SEEDS = 3;

interface World {
  readonly load: number;
  /** Each kind of pool so often: 1 makes four pools. */
  readonly copies: number;
  readonly brownout?: "observed" | "hidden";
}

/** Servers, speed, share of attempts that fail, money an hour. */
const KINDS = {
  express: [3, 3, 0.2, 1800],
  standard: [5, 1.2, 0.06, 720],
  economy: [8, 0.8, 0.1, 200],
  vault: [4, 0.8, 0, 1440],
} as const;

/** Payments over pools that are fast and fail, cheap and slow, safe and dear. A load of 1 is all that comes of attempts that succeed. */
function world({ load, copies, brownout }: World): Scenario {
  const kinds = Object.entries(KINDS);
  const capacity = kinds.reduce(
    (sum, [, [servers, speed, failure]]) => sum + servers * speed * (1 - failure),
    0,
  );
  const text = `
scenario: payments-${load}-${4 * copies}${brownout === undefined ? "" : `-brownout-${brownout}`}
horizon: ${copies > 2 ? "3 min" : "10 min"}
warmup: 1 min
pools:
${kinds
  .map(
    ([name, [servers, speed, failure, price]]) =>
      `  ${name}: { replicas: ${copies}, servers: ${servers}, speed: ${speed}, attemptFailure: ${failure}, price: ${price} / hour }`,
  )
  .join("\n")}
${brownout === undefined ? "" : `weather:\n  slow: { pools: express, every: exponential(2 min), lasts: exponential(40 s), brownout: 35%, observed: ${brownout === "observed"} }`}
workflows:
  payment:
    arrivals: { poisson: ${load * capacity * copies} / s }
    deadline: 6 s
    tasks:
      pay: { work: lognormal(mean = 1 s, cv = 1), retry: { attempts: 3, backoff: exponential(500 ms) } }
objective: { minimize: flowTime + 5 * deadlineMisses + 30 * failures + 2 * cost }
decide: [route]
`;
  return parseScenario(text, { file: "bench/learning/generalise.ts", folder: "." });
}

const MEASURED: Readonly<Record<string, World>> = {
  "4 pools, load 0.6": { load: 0.6, copies: 1 },
  "4 pools, load 0.75 (between)": { load: 0.75, copies: 1 },
  "4 pools, load 0.9": { load: 0.9, copies: 1 },
  "4 pools, load 0.95": { load: 0.95, copies: 1 },
  "8 pools, load 0.8": { load: 0.8, copies: 2 },
  "40 pools, load 0.8": { load: 0.8, copies: 10 },
  "4 pools, load 0.7, brownouts that are told": { load: 0.7, copies: 1, brownout: "observed" },
  "4 pools, load 0.7, brownouts that are not": { load: 0.7, copies: 1, brownout: "hidden" },
};

/** Each heuristic that routes, at the setting of its grid that costs least over all that is trained on. */
async function tuned(scenarios: readonly LoadedScenario[]): Promise<PolicySource[]> {
  const routing = HEURISTICS.filter(({ kinds }) => kinds.includes("route"));
  const seeds = validationSeeds(TUNING_SEEDS);
  const best: PolicySource[] = [];
  for (const each of routing) {
    const policies = tuningGrid(each).map((spec) => ({ kind: "heuristic", spec }) as const);
    const outcomes = await runMatrix({ scenarios, policies, seeds });
    const costs = policies.map((_, p) =>
      mean(
        scenarios.flatMap((_, s) => {
          const from = (s * policies.length + p) * seeds.length;
          return outcomes.slice(from, from + seeds.length).map(({ objective }) => objective);
        }),
      ),
    );
    best.push(policies[costs.indexOf(Math.min(...costs))]!);
  }
  return best;
}

interface Verdict {
  readonly world: string;
  /** Cost of the learned policy there. */
  readonly learned: number;
  readonly standings: readonly Omit<Standing, "costs">[];
  /** The learned policy over the heuristic that did best there, and over some by name. */
  readonly rival: string;
  readonly rivalCost: number;
  readonly overRival: Change;
  readonly over: Readonly<Record<string, Change>>;
}

function text({ world, learned, rival, rivalCost, overRival, over }: Verdict): string {
  const head = `${world}: ${learned.toFixed(3)}, over ${rival} (${rivalCost.toFixed(3)}) ${renderChange(overRival)}, ${verdict(overRival)}`;
  const rows = Object.entries(over).map(([policy, change]) => `    over ${policy}: ${renderChange(change)}`);
  return ["", head, ...rows].join("\n");
}

function figure({ world, rival, overRival, standings }: Verdict) {
  return {
    name: `${world}: learned over ${rival}, of ${standings.length} policies`,
    value: overRival.percent,
    unit: "% of cost",
    interval: [overRival.low, overRival.high] as const,
    checksum: standings.reduce((sum, { mean }) => sum + mean, 0),
  };
}

inlineMore();
const USAGE = {
  script: "bench:generalise",
  about: `What a policy is worth where it was not trained: it learns to route over four pools at loads of 0.6 to 0.9, and is
measured, untouched, at 0.95, over 8 and 40 pools, and under brownouts. Beside it every heuristic that routes, tuned on what it
trained on and as untouched.`,
  options: {
    decisions: counts(400_000, "decisions to learn from"),
    seed: counts(1, "of learning"),
    ...TELLING,
  },
} as const;
await runBench(USAGE, async ({ values }) => {
  const { decisions, seed } = values;
  const [first, ...variants] = TRAINED_AT.map((load) => world({ load, copies: 1 }));
  const horizon = adviseHorizon(first!);
  const start = process.cpuUsage();
  const { heads } = await trainPolicy(
    {
      scenario: first!,
      variants,
      algorithm: "ppo",
      settings: { ...trainerDefaults, ...SETTINGS, seed, decisions, horizon },
      episode: adviseEpisode(first!, horizon),
      validation: { seeds: TUNING_SEEDS, every: Math.ceil(decisions / 20) },
    },
    await chooseBackend("auto"),
  );
  const { user, system } = process.cpuUsage(start);
  const cpuSeconds = (user + system) / 1e6;
  const heuristics = await tuned([first!, ...variants].map((scenario) => ({ scenario })));
  const verdicts = new Verdicts<Verdict>(
    "generalise",
    values,
    text,
    (verdict) => [figure(verdict)],
    (verdicts) => ({ trainedAt: TRAINED_AT, settings: SETTINGS, cpuSeconds, verdicts }),
  );
  verdicts.head(`trained in ${cpuSeconds.toFixed(0)} CPU s`);
  for (const [name, settings] of Object.entries(MEASURED)) {
    const [learned, ...others] = await pairedRuns(
      { scenario: world(settings) },
      [{ kind: "learned", name: "learned", heads }, ...heuristics],
      benchmarkSeeds(0, SEEDS),
    );
    const rival = others.reduce((a, b) => (b.mean < a.mean ? b : a));
    const found: Verdict = {
      world: name,
      learned: learned!.mean,
      standings: [learned!, ...others].sort((a, b) => a.mean - b.mean).map(({ costs: _, ...rest }) => rest),
      rival: rival.policy,
      rivalCost: rival.mean,
      overRival: change(learned!, rival),
      over: Object.fromEntries(
        others
          .filter(({ policy }) => /^(jsq|sed|power-of-d|least-work-left)\b/.test(policy))
          .map((other) => [other.policy, change(learned!, other)]),
      ),
    };
    verdicts.add(found);
  }
  verdicts.end();
});
