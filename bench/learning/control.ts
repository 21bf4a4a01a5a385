import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { inlineMore } from "../../src/cli/inline-more.js";
import { mean, standardError } from "../../src/experiment/statistics/index.js";
import { readCases, type TheoryCase } from "../../src/experiment/theory/case-file.js";
import { CONTROL } from "../../src/experiment/theory/control/index.js";
import { theoryModel } from "../../src/experiment/theory/families/index.js";
import type { Experiment } from "../../src/experiment/theory/model.js";
import { SwitchyardError } from "../../src/kit/errors.js";
import { formatNumber } from "../../src/kit/format-number.js";
import { notExponential, optimum } from "../../src/learn/dynamic-programming/index.js";
import { play } from "../../src/learn/play.js";
import { learnTable } from "../../src/learn/tabular/index.js";
import { heuristic } from "../../src/policy/catalogue.js";
import type { Policy } from "../../src/policy/policy.js";
import { atMost, type Figure } from "../support/figure.js";
import { TELLING, Verdicts } from "./verdicts.js";

/**
 * How near the optimum: control problems are learned from runs alone, and what was learned is measured on the problem's own
 * Markov chain, exactly, beside the optimum and the best rule; where there is no such chain, on fresh seeds.
 *
 *     npm run bench:learning -- [--cases FILE] [--only ID]... [--seeds N] [--decisions N] [--json] [--write]
 */

/** Jobs of a look at a rule, of a validation and, where it is simulated, of the last measurement, over all its runs. */
const JOBS = { look: 60_000, validate: 400_000, measure: 4_000_000 } as const;
const RUNS = 20;

/** States of chains that are solved exactly. */
const MOST_STATES = 80_000;

interface Found {
  readonly cost: number;
  readonly standardError: number;
}

interface Verdict {
  readonly id: string;
  readonly optimal: number;
  /** By how many percent the optimum found here, on the scenario's own chain, differs; null where there is none. */
  readonly ownOptimum: number | null;
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

function costOf(base: Experiment, policy: Policy, jobs: number, firstSeed: number): Found {
  const values = Array.from({ length: RUNS }, (_, run) => {
    const measured = Math.max(jobs / RUNS / base.rate, base.memory);
    const warmup = 10 * base.memory;
    const {
      objective,
      workflows,
      measured: seconds,
    } = play({ ...base.scenario, warmup, horizon: warmup + measured }, policy, firstSeed + run);
    return (objective * workflows.submitted) / seconds;
  });
  return { cost: mean(values), standardError: standardError(values) };
}

const made = ({ policy }: Experiment): Policy => (typeof policy === "string" ? heuristic(policy) : policy());

/** The rule that does best, of those that nobody tuned to the problem. */
function bestRule(one: TheoryCase): { readonly base: Experiment; readonly rule: Experiment } {
  const { experiments } = theoryModel({ ...one, extra: {} })!;
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

function solve(one: TheoryCase, given: number, seeds: number, decisions: number | undefined): Verdict {
  const { base, rule } = bestRule(one);
  const start = process.cpuUsage();
  const usualCost = costOf(base, made(rule), JOBS.validate, 20_000).cost;
  const learned = Array.from({ length: seeds }, (_, seed) => {
    const { policy } = learnTable(base.scenario, made(rule), {
      seed: seed + 1,
      ...(decisions === undefined ? {} : { decisions }),
    });
    // On the same seeds: what is luck is luck for both.
    const keeps = usualCost < costOf(base, policy, JOBS.validate, 20_000).cost;
    return { keeps, policy: keeps ? made(rule) : policy };
  });
  const { user, system } = process.cpuUsage(start);
  const { optimal: own, found } = measured(base, [made(rule), ...learned.map(({ policy }) => policy)]);
  // Of rewards, families tell what is gained, which is a cost below 0.
  const optimal = one.family === "B8" ? -given : given;
  const percent = (cost: number) => ((cost - optimal) / Math.abs(optimal)) * 100;
  const [usual, ...its] = found;
  const gaps = its.map(({ cost }) => percent(cost));
  const sorted = [...gaps].sort((a, b) => a - b);
  return {
    id: one.id,
    optimal: given,
    ownOptimum: own === null ? null : percent(own),
    bestRule: rule.name,
    ruleGap: percent(usual!.cost),
    gaps,
    standardErrors: its.map(({ standardError }) => (standardError / Math.abs(optimal)) * 100),
    keptRule: learned.filter(({ keeps }) => keeps).length,
    median: sorted[Math.floor(sorted.length / 2)]!,
    worst: sorted.at(-1)!,
    cpuSeconds: (user + system) / 1e6 / seeds,
  };
}

/** Least costs by the ids of their cases, in both kinds of files. */
function optima(bytes: Uint8Array): Map<string, number> {
  const found = new Map<string, number>();
  const root = JSON.parse(new TextDecoder().decode(bytes)) as {
    control?: { id: string; optimal?: number }[];
    families?: Record<string, { cases?: Record<string, { optimal?: number }> }>;
  };
  for (const { id, optimal } of root.control ?? []) if (optimal !== undefined) found.set(id, optimal);
  for (const { cases = {} } of Object.values(root.families ?? {}))
    for (const [id, { optimal }] of Object.entries(cases)) if (optimal !== undefined) found.set(id, optimal);
  return found;
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
    (of.keptRule > 0 ? `   ${of.keptRule} of ${of.gaps.length} kept ${of.bestRule}` : "")
  );
}

inlineMore();
const { values } = parseArgs({
  options: {
    cases: {
      type: "string",
      default: fileURLToPath(new URL("../../../../scenarios/theory/cases.json", import.meta.url)),
    },
    only: { type: "string", multiple: true },
    seeds: { type: "string", default: "5" },
    decisions: { type: "string" },
    ...TELLING,
  },
});
const bytes = readFileSync(values.cases);
const least = optima(bytes);
const cases = readCases(bytes, values.cases).filter(
  ({ id, family }) =>
    Object.hasOwn(CONTROL, family) &&
    least.has(id) &&
    (values.only === undefined || values.only.some((name) => name === id || name === family)),
);
const { seeds } = values;
const verdicts = new Verdicts<Verdict>("learning", values, row, (of) => [figure(of)]);
verdicts.head(
  `${"case".padEnd(24)}${["optimum", "own chain's", "best rule", "learned, median", "worst seed", "± s.e.", "CPU s"].map((head) => head.padStart(17)).join("")}`,
);
for (const one of cases) {
  const most = values.decisions === undefined ? undefined : Number(values.decisions);
  verdicts.add(solve(one, least.get(one.id)!, Number(seeds), most));
}
verdicts.end();
