import { fileURLToPath } from "node:url";
import { inlineMore } from "../../src/cli/inline-more.js";
import { loadScenario } from "../../src/cli/load-scenario.js";
import { learningPlan } from "../../src/cli/training/learning-plan.js";
import { trainNetworks } from "../../src/cli/training/train-networks.js";
import { policyLearned } from "../../src/cli/training/training-run.js";
import { learnKnobs, learnKnobsDefaults } from "../../src/experiment/learn-knobs.js";
import { benchmarkSeeds, type LoadedScenario } from "../../src/experiment/matrix.js";
import type { PolicySource } from "../../src/experiment/policy-source.js";
import { measureRivals } from "../../src/experiment/rivals.js";
import { chooseBackend, type GradientBackend } from "../../src/learn/backend/index.js";
import type { Yardstick } from "../../src/learn/divergence-watch.js";
import { validationSeeds } from "../../src/learn/trainer.js";
import { specParts } from "../../src/policy/catalogue.js";
import { counts, runBench, several } from "../support/bench-options.js";
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
 * Realistic scenarios: what is learned beside every heuristic that decides something there, each at the best setting on its
 * grid, and beside the best of each kind together; on seeds that nobody was tuned, trained or chosen on.
 *
 *     npm run bench:scenarios -- [--only NAME]... [--decisions N] [--seed N] [--json] [--write]
 */

/** By name, with heuristics whose knobs the cross-entropy method learns beside those of the best one of the grid. */
const SCENARIOS: Readonly<Record<string, readonly string[]>> = {
  "checkout-bursts": [],
  "spot-analytics": [],
  // Its thresholds are by pool, and no grid has those.
  "llm-gateway": ["threshold"],
  "ci-pipeline": [],
  "fan-out": [],
};

const NETWORKS = ["ppo", "imitate"] as const;
const SEEDS = 30;
const TUNING_SEEDS = 8;
const KNOBS = { rounds: 8, population: 16, elites: 4, runs: 3, validationRuns: 12 } as const;

interface Effort {
  readonly decisions: number;
  readonly seed: number;
  readonly backend: GradientBackend;
}

interface Verdict {
  readonly scenario: string;
  /** Every policy, best first, with its cost on the fresh seeds. */
  readonly standings: readonly Omit<Standing, "costs">[];
  /** The heuristic that did best on the fresh seeds themselves: a harder rival than the one that tuning would have chosen. */
  readonly rival: string;
  /** What was learned, over that rival. */
  readonly learned: readonly {
    readonly policy: string;
    readonly change: Change;
    readonly cpuSeconds: number;
  }[];
}

async function contend(name: string, extra: readonly string[], effort: Effort): Promise<Verdict> {
  const path = fileURLToPath(new URL(`../../../../scenarios/${name}.yaml`, import.meta.url));
  const { warnings: _, ...loaded } = await loadScenario(path);
  const rivals = await measureRivals(loaded, validationSeeds(TUNING_SEEDS), { tuned: true });
  const learned: { source: PolicySource; cpuSeconds: number }[] = [];
  const timed = async (make: () => Promise<PolicySource>) => {
    const start = process.cpuUsage();
    const source = await make();
    const { user, system } = process.cpuUsage(start);
    learned.push({ source, cpuSeconds: (user + system) / 1e6 });
  };
  for (const algorithm of NETWORKS) await timed(() => network(algorithm, loaded, rivals, effort));
  const open = rivals.map(({ policy }) => withoutSettings(policy)).find(hasKnobs);
  for (const spec of new Set([...(open === undefined ? [] : [open]), ...extra])) {
    await timed(async () => {
      const { spec: found } = await learnKnobs(loaded, spec, {
        ...learnKnobsDefaults,
        ...KNOBS,
        seed: effort.seed,
      });
      return { kind: "heuristic", spec: found };
    });
  }
  const heuristics = rivals.map(({ policy }): PolicySource => ({ kind: "heuristic", spec: policy }));
  const standings = await pairedRuns(
    loaded,
    [...learned.map(({ source }) => source), ...heuristics],
    benchmarkSeeds(0, SEEDS),
  );
  const own = standings.slice(0, learned.length);
  const rival = standings.slice(learned.length).reduce((a, b) => (b.mean < a.mean ? b : a));
  return {
    scenario: name,
    standings: [...standings].sort((a, b) => a.mean - b.mean).map(({ costs: _, ...rest }) => rest),
    rival: rival.policy,
    learned: own.map((each, l) => ({
      policy: each.policy,
      change: change(each, rival),
      cpuSeconds: learned[l]!.cpuSeconds,
    })),
  };
}

/** A network as `switchyard train` learns it, all settings at their defaults but the number of decisions. */
async function network(
  algorithm: "ppo" | "imitate",
  loaded: LoadedScenario,
  rivals: readonly Yardstick[],
  { decisions, seed, backend }: Effort,
): Promise<PolicySource> {
  const plan = learningPlan({ algorithm, seed, decisions }, loaded);
  if (plan.kind !== "networks") throw new Error(`${algorithm} learns no network`);
  const { learned } = await trainNetworks(
    plan,
    {
      loaded,
      rivals,
      from: null,
      validation: { seeds: TUNING_SEEDS, every: Math.ceil(decisions / 20) },
      threads: 1,
      stop: new AbortController().signal,
      told: () => true,
      store() {},
      say() {},
    },
    backend,
  );
  return policyLearned(learned, algorithm);
}

const withoutSettings = (spec: string): string =>
  specParts(spec)
    .map(({ heuristic }) => heuristic.name)
    .join("+");

const hasKnobs = (spec: string): boolean =>
  specParts(spec).some(({ heuristic: { knobs, weights } }) => knobs.length + weights.length > 0);

function text({ scenario, rival, learned, standings }: Verdict): string {
  return [
    `\n${scenario}: best heuristic ${rival}`,
    ...learned.map(
      ({ policy, change, cpuSeconds }) =>
        `  ${policy}: ${renderChange(change)}, ${verdict(change)}; ${cpuSeconds.toFixed(0)} CPU s`,
    ),
    ...standings.map(
      ({ policy, mean, half }) => `    ${mean.toFixed(3).padStart(10)} ± ${half.toFixed(3)}  ${policy}`,
    ),
  ].join("\n");
}

const figures = ({ scenario, rival, learned, standings }: Verdict) =>
  learned.map(({ policy, change }) => ({
    name: `${scenario}: ${policy} over ${rival}, of ${standings.length} policies`,
    value: change.percent,
    unit: "% of cost",
    interval: [change.low, change.high] as const,
    checksum: standings.reduce((sum, { mean }) => sum + mean, 0),
  }));

inlineMore();
const USAGE = {
  script: "bench:scenarios",
  about: `Realistic scenarios: what is learned beside every heuristic that decides something there, each at the best setting on
its grid, and beside the best of each kind together; on seeds that nobody was tuned, trained or chosen on.`,
  options: {
    only: { ...several("scenarios to learn; all by default"), choices: Object.keys(SCENARIOS) },
    decisions: counts(1_000_000, "decisions to learn from"),
    seed: counts(1, "of learning"),
    ...TELLING,
  },
} as const;
await runBench(USAGE, async ({ values }) => {
  const { only = Object.keys(SCENARIOS), decisions, seed } = values;
  const effort: Effort = { decisions, seed, backend: await chooseBackend("auto") };
  const verdicts = new Verdicts<Verdict>("scenarios", values, text, figures, (verdicts) => ({ verdicts }));
  for (const name of only) verdicts.add(await contend(name, SCENARIOS[name]!, effort));
  verdicts.end();
});
