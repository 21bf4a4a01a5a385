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
import { tabularPolicy } from "../../src/policy/runtime/table/index.js";
import { counts, several, withOptions } from "../support/bench-options.js";
import { atMost, type Figure } from "../support/figure.js";
import {
  costOf,
  experimentsOf,
  type Found,
  type Learned,
  type LearnJob,
  made,
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

/** Jobs of a look at a rule and, where it is simulated, of the last measurement, over all runs. */
const JOBS = { look: 60_000, measure: 4_000_000 } as const;

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
    const { cost } = costOf(base, made(each), JOBS.look, 10_000);
    if (cost < least) [rule, least] = [each, cost];
  }
  return { base, rule };
}

/** Costs of policies: exact where the scenario is a Markov chain of few states, which also has an optimum. */
function measured(
  base: Experiment,
  policies: readonly Policy[],
): { readonly optimal: number | null; readonly found: readonly Found[] } {
  const simulated = (policy: Policy, i: number) => costOf(base, policy, JOBS.measure, 30_000 + 100 * i);
  if (notExponential(base.scenario) !== null) return { optimal: null, found: policies.map(simulated) };
  try {
    // A policy that remembers, or draws, is not one of the chain's.
    const exact = policies.filter(({ save }) => save === undefined);
    const { costRate, costRates } = optimum(base.scenario, {
      policies: exact,
      mostStates: MOST_STATES,
      tolerance: 1e-3,
    });
    const found = policies.map((policy, i) => {
      const at = exact.indexOf(policy);
      return at < 0 ? simulated(policy, i) : { cost: costRates[at]!, standardError: 0 };
    });
    return { optimal: costRate, found };
  } catch (error) {
    if (!(error instanceof SwitchyardError) || error.code !== "TOO_MANY_STATES") throw error;
    return { optimal: null, found: policies.map(simulated) };
  }
}

async function solve(
  problem: ControlProblem,
  seeds: number,
  decisions: number | undefined,
  threads: Piscina<LearnJob, Learned>,
): Promise<Verdict> {
  const { one, rule: given } = problem;
  const { base, rule } = bestRule(one);
  const start = process.cpuUsage();
  const learning = Array.from({ length: seeds }, (_, seed) =>
    threads.run({ one, rule: rule.name, seed: seed + 1, decisions }),
  );
  const usualCost = validationCost(base, made(rule));
  const learned = (await Promise.all(learning)).map(({ table, cost }) => {
    const keeps = usualCost < cost;
    return { keeps, policy: keeps ? made(rule) : tabularPolicy("table", table, made(rule)) };
  });
  const { user, system } = process.cpuUsage(start);
  const { optimal: own, found } = measured(base, [made(rule), ...learned.map(({ policy }) => policy)]);
  const costGiven = (figure: number): number => (tellsGains(one.family) ? -figure : figure);
  const optimal = costGiven(problem.optimal);
  const percent = (cost: number) => ((cost - optimal) / Math.abs(optimal)) * 100;
  const [usual, ...its] = found;
  const gaps = its.map(({ cost }) => percent(cost));
  const ruleGap = percent(usual!.cost);
  // The file may know of a better rule than a short look at each has found.
  const givenGap = given === null ? Number.POSITIVE_INFINITY : percent(costGiven(given.figure));
  const sorted = [...gaps].sort((a, b) => a - b);
  return {
    id: one.id,
    optimal: problem.optimal,
    ownOptimum: own === null ? null : percent(own),
    startedFrom: rule.name,
    bestRule: givenGap < ruleGap ? given!.name : rule.name,
    ruleGap: Math.min(ruleGap, givenGap),
    gaps,
    standardErrors: its.map(({ standardError }) => (standardError / Math.abs(optimal)) * 100),
    keptRule: learned.filter(({ keeps }) => keeps).length,
    median: sorted[Math.floor(sorted.length / 2)]!,
    worst: sorted.at(-1)!,
    cpuSeconds: (user + system) / 1e6 / seeds,
  };
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

const ABOUT = `How near the optimum: control problems are learned from runs alone, and what was learned is measured on the problem's
own Markov chain, exactly, beside the optimum and the best rule; where there is no such chain, on fresh seeds.`;
const OPTIONS = {
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
} as const;

inlineMore();
await withOptions("bench:learning", ABOUT, OPTIONS, async (values) => {
  const { cases, only, seeds, decisions } = values;
  const verdicts = new Verdicts<Verdict>("learning", values, row, (of) => [figure(of)]);
  // What is wrong with one of them is told before any is learned.
  const problems = controlProblems(readFileSync(cases), cases, only);
  const threads = new Piscina<LearnJob, Learned>({
    filename: fileURLToPath(new URL("./learn-problem.js", import.meta.url)),
    maxThreads: values.threads,
  });
  for (const { one } of problems) experimentsOf(one);
  verdicts.head(
    `${"case".padEnd(24)}${["optimum", "own chain's", "best rule", "learned, median", "worst seed", "± s.e.", "CPU s"].map((head) => head.padStart(17)).join("")}`,
  );
  for (const problem of problems) verdicts.add(await solve(problem, seeds, decisions, threads));
  verdicts.end();
  await threads.destroy();
});
