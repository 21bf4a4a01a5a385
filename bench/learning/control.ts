import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { inlineMore } from "../../src/cli/inline-more.js";
import type { TheoryCase } from "../../src/experiment/theory/case-file.js";
import type { Experiment } from "../../src/experiment/theory/model.js";
import { SwitchyardError } from "../../src/kit/errors.js";
import { formatNumber } from "../../src/kit/format-number.js";
import { notExponential, optimum } from "../../src/learn/dynamic-programming/index.js";
import type { Policy } from "../../src/policy/policy.js";
import { counts, runBench, several } from "../support/bench-options.js";
import { atMost, type Figure } from "../support/figure.js";
import {
  costOf,
  experimentsOf,
  type Found,
  type Learned,
  type LearnJob,
  type MeasureJob,
  made,
  policyOf,
  validationCost,
} from "./learn-problem.js";
import { type ControlProblem, controlProblems, tellsGains } from "./problems.js";
import { TELLING, Verdicts } from "./verdicts.js";

/**
 * How near the optimum: control problems are learned from runs alone, and what was learned is measured on the problem's own
 * Markov chain, exactly, beside the optimum and the best rule; where there is no such chain, on fresh seeds.
 *
 *     npm run bench:learning -- [--cases FILE] [--only ID]... [--seeds N] [--threads N] [--decisions N] [--json] [--write]
 */

/** Jobs of a look at a rule, over all runs. */
const LOOK_JOBS = 60_000;

/** States of chains that are solved exactly. */
const MOST_STATES = 80_000;

interface Verdict {
  readonly id: string;
  readonly optimal: number;
  /** By how many percent the optimum found here, on the scenario's own chain, differs; null where there is none. */
  readonly ownOptimum: number | null;
  /** Where learning began: the rule that did best in a short look at each. */
  readonly startedFrom: string;
  /** That rule, or a better one that the file of cases has a figure of. */
  readonly bestRule: string;
  /** Percent above the optimum, of the best rule and of each seed's policy. */
  readonly ruleGap: number;
  readonly gaps: readonly number[];
  /** Percent, of the gaps; all 0 where they are exact. */
  readonly standardErrors: readonly number[];
  /** How many seeds ended with the rule, which was better on validation. */
  readonly keptRule: number;
  readonly median: number;
  readonly worst: number;
  /** Of learning and validation, a seed. */
  readonly cpuSeconds: number;
}

/** The rule that does best, of those that nobody tuned to the problem. */
function bestRule(one: TheoryCase): { readonly base: Experiment; readonly rule: Experiment } {
  const experiments = experimentsOf(one);
  const base = experiments[0]!;
  const world = ({ scenario }: Experiment) => JSON.stringify({ ...scenario, name: "" });
  let rule = base;
  let least = Number.POSITIVE_INFINITY;
  for (const each of experiments) {
    if (world(each) !== world(base)) continue;
    const { cost } = costOf(base, made(each), LOOK_JOBS, 10_000);
    if (cost < least) [rule, least] = [each, cost];
  }
  return { base, rule };
}

/** Costs of policies on the scenario's own chain, with its optimum; null where it is none of few states. */
function exact(
  { scenario }: Experiment,
  policies: readonly Policy[],
): { readonly optimal: number; readonly costs: ReadonlyMap<Policy, number> } | null {
  if (notExponential(scenario) !== null) return null;
  // A policy that remembers, or draws, is not one of the chain's.
  const plain = policies.filter(({ save }) => save === undefined);
  try {
    const solved = optimum(scenario, { policies: plain, mostStates: MOST_STATES, tolerance: 1e-3 });
    return {
      optimal: solved.costRate,
      costs: new Map(plain.map((policy, i) => [policy, solved.costRates[i]!])),
    };
  } catch (error) {
    if (!(error instanceof SwitchyardError) || error.code !== "TOO_MANY_STATES") throw error;
    return null;
  }
}

async function solve(
  { one, optimal: given, rule: best }: ControlProblem,
  seeds: number,
  decisions: number | undefined,
  threads: Threads,
): Promise<Verdict> {
  const { base, rule } = bestRule(one);
  const start = process.cpuUsage();
  const learning = Array.from({ length: seeds }, (_, seed) =>
    threads.learn({ one, rule: rule.name, seed: seed + 1, decisions }),
  );
  const usualCost = validationCost(base, made(rule));
  // None where the rule did better.
  const kept = (await Promise.all(learning)).map(({ table, cost }) => (usualCost < cost ? null : table));
  const { user, system } = process.cpuUsage(start);
  const tables = [null, ...kept];
  const policies = tables.map((table) => policyOf(rule, table));
  const chain = exact(base, policies);
  const [usual, ...its] = await Promise.all(
    tables.map(async (table, i): Promise<Found> => {
      const cost = chain?.costs.get(policies[i]!);
      if (cost !== undefined) return { cost, standardError: 0 };
      return threads.measure({ one, rule: rule.name, table, firstSeed: 30_000 + 100 * i });
    }),
  );
  const costGiven = (figure: number): number => (tellsGains(one.family) ? -figure : figure);
  const optimal = costGiven(given);
  const percent = (cost: number) => ((cost - optimal) / Math.abs(optimal)) * 100;
  const gaps = its.map(({ cost }) => percent(cost));
  const ruleGap = percent(usual!.cost);
  // The file may know of a better rule than a short look at each has found.
  const givenGap = best === null ? Number.POSITIVE_INFINITY : percent(costGiven(best.figure));
  const sorted = [...gaps].sort((a, b) => a - b);
  return {
    id: one.id,
    optimal: given,
    ownOptimum: chain === null ? null : percent(chain.optimal),
    startedFrom: rule.name,
    bestRule: givenGap < ruleGap ? best!.name : rule.name,
    ruleGap: Math.min(ruleGap, givenGap),
    gaps,
    standardErrors: its.map(({ standardError }) => (standardError / Math.abs(optimal)) * 100),
    keptRule: kept.filter((table) => table === null).length,
    median: sorted[Math.floor(sorted.length / 2)]!,
    worst: sorted.at(-1)!,
    cpuSeconds: (user + system) / 1e6 / seeds,
  };
}

/** Threads that learn and measure. */
interface Threads {
  learn(job: LearnJob): Promise<Learned>;
  measure(job: MeasureJob): Promise<Found>;
}

function figure(of: Verdict): Figure & { readonly verdict: Verdict } {
  return {
    name: `${of.id}: above the optimum, median of ${of.gaps.length} seeds`,
    value: of.median,
    unit: "%",
    checksum: of.gaps.reduce((sum, gap) => sum + gap, 0),
    goals: [
      atMost(2, "percent above the optimum, median seed", of.median),
      atMost(5, "percent above the optimum, worst seed", of.worst),
      // Only where the best rule is not nearly the best there is.
      ...(of.ruleGap > 2
        ? [atMost(of.ruleGap, "percent above the optimum, as the best rule", of.median)]
        : []),
      atMost(20, "CPU minutes a seed", of.cpuSeconds / 60),
    ],
    verdict: of,
  };
}

function row(of: Verdict): string {
  const percent = (value: number) => `${value >= 0 ? "+" : ""}${value.toFixed(3)} %`.padStart(17);
  return (
    of.id.padEnd(24) +
    formatNumber(of.optimal, 6).padStart(17) +
    (of.ownOptimum === null ? "none".padStart(17) : percent(of.ownOptimum)) +
    percent(of.ruleGap) +
    percent(of.median) +
    percent(of.worst) +
    `${Math.max(...of.standardErrors).toFixed(2)} %`.padStart(17) +
    of.cpuSeconds.toFixed(1).padStart(17) +
    (of.keptRule > 0 ? `   ${of.keptRule} of ${of.gaps.length} kept ${of.startedFrom}` : "")
  );
}

const USAGE = {
  script: "bench:learning",
  about: `How near the optimum: control problems are learned from runs alone, and what was learned is measured on the problem's
own Markov chain, exactly, beside the optimum and the best rule; where there is no such chain, on fresh seeds.`,
  options: {
    cases: {
      type: "string",
      default: fileURLToPath(new URL("../../../../scenarios/theory/cases.json", import.meta.url)),
      defaultDescription: "scenarios/theory/cases.json",
      describe: "file of cases, whose control problems are learned; see docs/verify.md",
    },
    only: several("problems or families to learn; all by default"),
    seeds: counts(5, "times that each is learned"),
    threads: counts(2, "seeds learned side by side; results do not depend on it"),
    decisions: counts(undefined, "decisions to learn from, in place of as many as it takes"),
    ...TELLING,
  },
} as const;

inlineMore();
await runBench(USAGE, async ({ values }) => {
  const { cases, only, seeds, decisions } = values;
  const verdicts = new Verdicts<Verdict>("learning", values, row, (of) => [figure(of)]);
  // What is wrong with one of them is told before any is learned.
  const problems = controlProblems(readFileSync(cases), cases, only);
  const pool = new Piscina({
    filename: fileURLToPath(new URL("./learn-problem.js", import.meta.url)),
    maxThreads: values.threads,
  });
  const threads: Threads = {
    learn: (job) => pool.run(job, { name: "learnProblem" }),
    measure: (job) => pool.run(job, { name: "measureProblem" }),
  };
  for (const { one } of problems) experimentsOf(one);
  verdicts.head(
    `${"case".padEnd(24)}${["optimum", "own chain's", "best rule", "learned, median", "worst seed", "± s.e.", "CPU s"].map((head) => head.padStart(17)).join("")}`,
  );
  for (const problem of problems) verdicts.add(await solve(problem, seeds, decisions, threads));
  verdicts.end();
  await pool.destroy();
});
