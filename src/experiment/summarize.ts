import { InputError, suggest } from "../kit/errors.js";
import { formatLevel } from "../kit/format-number.js";
import { type CellFigure, cellFigure } from "./cell-figure.js";
import type { BenchmarkResults, PolicyEntry, ScenarioEntry } from "./results.js";
import { type Column, grid } from "./results-grid.js";
import { mean, meanInterval } from "./statistics/index.js";
import type {
  AggregateSummary,
  AskedComparison,
  BenchmarkSummary,
  FrontAxes,
  PolicySummary,
  ScenarioSummary,
} from "./summary.js";
import { summarizeAggregate } from "./summary-aggregate.js";
import { summarizeBest } from "./summary-best.js";
import { summarizeComparisons, summarizeTail } from "./summary-comparisons.js";
import { estimateOf } from "./summary-estimate.js";
import { summarizeFront } from "./summary-front.js";
import { verdict } from "./summary-verdict.js";

/** By default what the experiment says that the results are of, if any. */
export interface SummarizeOptions {
  /** A policy's name, or (the default) `best-heuristic`: the one with the least mean objective in each scenario. */
  readonly baseline?: string;
  readonly level?: number;
  /** A difference from the least cost that is not worth telling apart, relative to it; 0.01 by default. */
  readonly indifference?: number;
  /** Two figures to weigh against each other; see `summarizeFront`. */
  readonly axes?: FrontAxes;
}

/**
 * What the runs of a benchmark say: per scenario a ranking with intervals, paired comparisons with a baseline and a
 * verdict in words.
 * @throws {InputErrors} INCOMPLETE_RESULTS where a run is missing, double or not finite
 * @throws {InputError} UNKNOWN_POLICY where the baseline is not among the policies
 */
export function summarize(results: BenchmarkResults, options: SummarizeOptions = {}): BenchmarkSummary {
  const { experiment } = results;
  const { baseline = experiment?.baseline ?? BEST_HEURISTIC, level = experiment?.level ?? 0.95 } = options;
  const { indifference = 0.01, axes } = options;
  const metric = experiment?.metric ?? "objective";
  if (!(level > 0 && level < 1)) {
    throw new InputError("BAD_LEVEL", { what: `a confidence level lies between 0 and 1, got ${level}` });
  }
  if (!(indifference >= 0 && indifference < 1)) {
    throw new InputError("BAD_ARGUMENT", {
      what: `an indifference is a share of the cost from 0 to below 1, got ${indifference}`,
      mend: "e.g. 0.01, or 1%",
    });
  }
  const names = results.policies.map((policy) => policy.name);
  if (baseline !== BEST_HEURISTIC && !names.includes(baseline)) {
    throw new InputError("UNKNOWN_POLICY", {
      what: `no policy of this benchmark is called "${baseline}"`,
      mend: suggest("policies here", baseline, [...names, BEST_HEURISTIC]),
    });
  }
  const { column } = grid(results);
  const asked: Asked = { metric, baseline, level, indifference, ...(axes === undefined ? {} : { axes }) };
  const found = results.scenarios.map((scenario) =>
    summarizeScenario(
      scenario,
      results.policies.map((policy) => ({ policy, cells: column(scenario.name, policy.name) })),
      asked,
    ),
  );
  const scenarios = found.map(({ summary }) => summary);
  const aggregate =
    scenarios.length > 1
      ? summarizeAggregate(
          found.map(({ costs }, i) => ({ baseline: scenarios[i]!.baseline, costs })),
          results.policies,
          level,
        )
      : null;
  const comparisons = experiment?.comparisons ?? [];
  return {
    level,
    scenarios,
    aggregate: aggregate ?? null,
    ...(comparisons.length === 0
      ? {}
      : { comparisons: askedComparisons(results, comparisons, { metric, level }) }),
    notes: [
      ...notes(scenarios, aggregate, asked),
      ...(comparisons.length === 0 ? [] : [ASKED_NOTE]),
      ...(experiment?.stop?.of === "best" ? [STOPPED_NOTE] : []),
      ...unreached(results),
    ],
  };
}

interface Asked extends Required<Omit<SummarizeOptions, "axes">>, Pick<SummarizeOptions, "axes"> {
  readonly metric: CellFigure;
}

/** The baseline that is chosen after the fact. */
export const BEST_HEURISTIC = "best-heuristic";

const ASKED_NOTE =
  "The comparisons asked for have p-values that are adjusted over all of them, in all scenarios together.";

const STOPPED_NOTE =
  "Seeds were added until Kim and Nelson's procedure had picked the best policy. The pick holds at the level of the intervals; differences beside it, looked at on the way, come out a little too large.";

/** Whom others are compared with: the policy of that name, else the heuristic, else the policy, with the least mean. */
export function baselineOf(
  name: string | null,
  policies: readonly PolicyEntry[],
  columns: readonly (readonly number[])[],
): { readonly index: number; readonly chosen: ScenarioSummary["baselineChosen"] } {
  if (name !== null)
    return { index: policies.findIndex((policy) => policy.name === name), chosen: "by name" };
  const means = columns.map(mean);
  const least = (candidates: readonly number[]): number =>
    candidates.reduce((best, p) => (means[p]! < means[best]! ? p : best));
  const all = policies.map((_, p) => p);
  const heuristics = all.filter((p) => policies[p]!.kind === "heuristic");
  return heuristics.length > 0
    ? { index: least(heuristics), chosen: "best heuristic" }
    : { index: least(all), chosen: "best policy" };
}

function askedComparisons(
  results: BenchmarkResults,
  asked: readonly { readonly policy: string; readonly against: string }[],
  { metric, level }: Pick<Asked, "metric" | "level">,
): AskedComparison[] {
  const { column } = grid(results);
  const pairs = results.scenarios.flatMap(({ name: scenario }) =>
    asked.map(({ policy, against }) => ({ scenario, policy, against })),
  );
  const compared = summarizeComparisons(
    pairs.map(({ scenario, policy, against }) => ({
      own: column(scenario, policy),
      against: column(scenario, against),
    })),
    metric,
    level,
  );
  return pairs.map((pair, i) => ({ ...pair, comparison: compared[i]! }));
}

/** Where a stopping rule was not met. */
function unreached({ scenarios, experiment }: BenchmarkResults): string[] {
  const wanted = experiment?.stop?.of === "best" ? "certainty about the best" : "the half-width asked for";
  return scenarios
    .filter(({ reached }) => reached === false)
    .map(({ name, seeds }) => `${name}: ${seeds} seeds, and ${wanted} was not reached.`);
}

interface Contender {
  readonly policy: PolicyEntry;
  readonly cells: Column;
}

function summarizeScenario(
  scenario: ScenarioEntry,
  contenders: readonly Contender[],
  { metric, baseline: wanted, level, indifference, axes }: Asked,
): { readonly summary: ScenarioSummary; readonly costs: ReadonlyMap<string, readonly number[]> } {
  const costs = new Map(
    contenders.map(({ policy, cells }) => [policy.name, cells.map((cell) => cellFigure(cell, metric))]),
  );
  const costOf = (contender: Contender): number => mean(costs.get(contender.policy.name)!);
  const ranked = [...contenders].sort((x, y) => costOf(x) - costOf(y));
  const { index, chosen: baselineChosen } = baselineOf(
    wanted === BEST_HEURISTIC ? null : wanted,
    ranked.map(({ policy }) => policy),
    ranked.map(({ policy }) => costs.get(policy.name)!),
  );
  const baseline = ranked[index]!.policy.name;
  const others = ranked.filter(({ policy }) => policy.name !== baseline);
  const against = costs.get(baseline)!;
  const compared = summarizeComparisons(
    others.map(({ cells }) => ({ own: cells, against: ranked[index]!.cells })),
    metric,
    level,
  );
  const comparisons = new Map(others.map(({ policy }, i) => [policy.name, compared[i]!]));

  const policies = ranked.map((contender): PolicySummary => {
    const { policy, cells } = contender;
    const interval = meanInterval(costs.get(policy.name)!, level);
    const comparison = comparisons.get(policy.name);
    return {
      policy: policy.name,
      kind: policy.kind,
      rank: 1 + ranked.findIndex((other) => costOf(other) === costOf(contender)),
      objective: estimateOf(interval.mean, interval),
      ...averages(cells),
      p99: summarizeTail(cells, level),
      ...(comparison === undefined ? {} : { comparison }),
    };
  });

  const seeds = against.length;
  const learned = policies.filter((policy) => policy.kind === "learned" && policy.comparison !== undefined);
  const spoken = learned.length > 0 ? learned : policies.filter((policy) => policy.comparison).slice(0, 1);
  const verdicts = spoken.map((policy) => verdict(policy, { baseline, baselineChosen, seeds, level }));
  const order = ranked.map(({ policy }) => policy.name);
  const summary: ScenarioSummary = {
    scenario: scenario.name,
    metric,
    objective: metric === "objective" ? scenario.objective : metric,
    seeds,
    baseline,
    baselineChosen,
    policies,
    verdicts,
    best: summarizeBest(
      order,
      order.map((name) => costs.get(name)!),
      { indifference, level },
    ),
    front: summarizeFront(
      scenario.name,
      ranked.map(({ policy, cells }) => ({ policy: policy.name, cells })),
      axes,
    ),
  };
  return { summary, costs };
}

type Averages = Pick<PolicySummary, "metrics" | "flowTime" | "pools" | "success">;

function averages(cells: Column): Averages {
  const over = (figure: (cell: Column[number]) => number | undefined): number =>
    mean(cells.map((cell) => figure(cell) ?? Number.NaN));
  const first = cells[0]!;
  const succeeded = over((cell) => cell.workflows.succeeded);
  const ended = succeeded + over((cell) => cell.workflows.failed);
  return {
    metrics: Object.fromEntries(
      Object.keys(first.metrics).map((name) => [name, over((cell) => cell.metrics[name])]),
    ),
    flowTime: {
      mean: over((cell) => cell.flowTime.mean),
      p50: over((cell) => cell.flowTime.p50),
      p90: over((cell) => cell.flowTime.p90),
      p95: over((cell) => cell.flowTime.p95),
      p99: over((cell) => cell.flowTime.p99),
    },
    pools: first.pools.map(({ name }) => {
      const pool = (cell: Column[number]) => cell.pools.find((other) => other.name === name);
      return {
        name,
        utilisation: over((cell) => pool(cell)?.utilisation),
        meanWaiting: over((cell) => pool(cell)?.meanWaiting),
      };
    }),
    success: ended > 0 ? succeeded / ended : null,
  };
}

function notes(
  scenarios: readonly ScenarioSummary[],
  aggregate: AggregateSummary | null | undefined,
  { level }: Asked,
): string[] {
  const percent = `${formatLevel(level)} %`;
  const found = [
    `The objective is a cost per workflow: lower is better. Brackets are ${percent} confidence intervals over seeds: Student's t for means and differences, Fieller's for percentages.`,
    "All policies met the same arrivals, work and failures under a seed, so differences are taken seed by seed.",
    "p is of the paired t-test, after Holm's correction over the comparisons of a scenario; the intervals are not widened for their number.",
    "Cheaper on counts the seeds on which a policy costs less than the baseline. d is Cohen's: the mean difference over its standard deviation from seed to seed; 0.2 is small, 0.8 large.",
    "The p99 flow time is that of a run, averaged over the seeds. Shares behind policies that are not beaten in both figures: of bootstrap resamples of the seeds in which that is so.",
  ];
  const split = scenarios.flatMap(({ scenario, policies }) =>
    policies.filter((policy) => testsDisagree(policy, level)).map(({ policy }) => `${policy} in ${scenario}`),
  );
  if (split.length > 0) {
    found.push(
      `The t-test and the signed-rank test, which asks for no normal values, do not agree on: ${split.join(", ")}. A few seeds decide there: look at them, or run more.`,
    );
  }
  if (aggregate) {
    found.push(
      "Over scenarios a run's score is the cost of the scenario's baseline over its own cost on the same seed: 1 is as good, more is better. IQM is the mean of the middle half of all runs; the gap is the mean shortfall from 1; intervals by bootstrap of the seeds within scenarios (Agarwal et al. 2021).",
    );
  } else if (scenarios.length > 1) {
    found.push(
      "Costs are not all above zero, so that they have no ratios: scenarios are not taken together.",
    );
  }
  if (scenarios.some((scenario) => scenario.baselineChosen === "best heuristic")) {
    found.push(
      "The best heuristic is the one with the least mean on these very seeds. Picking it after the fact favours the heuristic: the advantage of a learned policy is, if anything, understated.",
    );
  }
  if (scenarios.some((scenario) => scenario.verdicts.length > 1)) {
    found.push(
      "Several learned policies are compared: the best of them is favoured by being picked after the fact.",
    );
  }
  return found;
}

function testsDisagree({ comparison }: PolicySummary, level: number): boolean {
  if (comparison === undefined || comparison.pValue === null) return false;
  return comparison.pValue < 1 - level !== comparison.signedRankPValue < 1 - level;
}
