import { InputError, suggest } from "../kit/errors.js";
import { formatPercent } from "../kit/format-number.js";
import type { BenchmarkResults, FlowTime, PolicyEntry, ScenarioEntry } from "./results.js";
import { type Column, grid } from "./results-grid.js";
import {
  holm,
  type Interval,
  mean,
  meanInterval,
  pairedDifference,
  pairedTTest,
  relativePairedDifference,
  wilcoxonSignedRank,
} from "./statistics/index.js";

export interface BenchmarkSummary {
  /** Of every interval, e.g. 0.95. */
  readonly level: number;
  /** In the order of the results. */
  readonly scenarios: readonly ScenarioSummary[];
  /** What a reader must know to read the numbers rightly; sentences. */
  readonly notes: readonly string[];
}

export interface ScenarioSummary {
  readonly scenario: string;
  readonly objective: string;
  /** How many paired seeds. */
  readonly seeds: number;
  /** Whom the others are compared with. */
  readonly baseline: string;
  readonly baselineChosen: "by name" | "best heuristic" | "best policy";
  /** Best first. */
  readonly policies: readonly PolicySummary[];
  /** One for each learned policy, else one for the best policy: "ppo beats the best heuristic (sed) by 12.3 % [...]". */
  readonly verdicts: readonly Verdict[];
}

export interface Verdict {
  readonly policy: string;
  readonly outcome: "better" | "worse" | "unclear";
  readonly sentence: string;
}

export interface PolicySummary {
  readonly policy: string;
  readonly kind: PolicyEntry["kind"];
  /** 1 is the least mean objective; equal means share a rank. */
  readonly rank: number;
  readonly objective: Estimate;
  /** Means over the seeds: of each metric, of each run's quantiles, and of each pool's figures. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly flowTime: FlowTime;
  readonly pools: readonly {
    readonly name: string;
    readonly utilisation: number;
    readonly meanWaiting: number;
  }[];
  /** Share of the workflows that ended while measured that succeeded; null where none ended. */
  readonly success: number | null;
  /** Absent for the baseline itself. */
  readonly comparison?: Comparison;
}

/** A mean with its interval. An end is null where it is unbounded: fewer than two seeds. */
export interface Estimate {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Against the baseline, by paired seeds. Negative is better. */
export interface Comparison {
  /** Mean of policy minus baseline, with its t interval. */
  readonly absolute: Estimate;
  /** mean(policy) / mean(baseline) - 1 with Fieller's interval; null where a ratio means nothing (baseline not above zero). */
  readonly relative: Estimate | null;
  /** Two-sided paired t-test; null with fewer than two seeds. */
  readonly pValue: number | null;
  /** The same after Holm's correction over the scenario's comparisons. */
  readonly adjustedPValue: number | null;
  /** Two-sided Wilcoxon signed-rank test, which asks for no normal differences. */
  readonly signedRankPValue: number;
}

export interface SummarizeOptions {
  /** A policy's name, or (the default) the heuristic with the least mean objective in each scenario. */
  readonly baseline?: string;
  readonly level?: number;
}

/**
 * What the runs of a benchmark say: per scenario a ranking with intervals, paired comparisons with a baseline and a
 * verdict in words.
 * @throws {InputErrors} INCOMPLETE_RESULTS where a run is missing, double or not finite
 * @throws {InputError} UNKNOWN_POLICY where the baseline is not among the policies
 */
export function summarize(results: BenchmarkResults, options: SummarizeOptions = {}): BenchmarkSummary {
  const { baseline = BEST_HEURISTIC, level = 0.95 } = options;
  if (!(level > 0 && level < 1)) {
    throw new InputError("BAD_LEVEL", { what: `a confidence level lies between 0 and 1, got ${level}` });
  }
  const names = results.policies.map((policy) => policy.name);
  if (baseline !== BEST_HEURISTIC && !names.includes(baseline)) {
    throw new InputError("UNKNOWN_POLICY", {
      what: `no policy of this benchmark is called "${baseline}"`,
      mend: suggest("policies here", baseline, [...names, BEST_HEURISTIC]),
    });
  }
  const { column } = grid(results);
  const scenarios = results.scenarios.map((scenario) =>
    summarizeScenario(
      scenario,
      results.policies.map((policy) => ({ policy, cells: column(scenario.name, policy.name) })),
      baseline,
      level,
    ),
  );
  return { level, scenarios, notes: notes(scenarios, level) };
}

const BEST_HEURISTIC = "best-heuristic";

interface Contender {
  readonly policy: PolicyEntry;
  readonly cells: Column;
}

function summarizeScenario(
  scenario: ScenarioEntry,
  contenders: readonly Contender[],
  wanted: string,
  level: number,
): ScenarioSummary {
  const costs = new Map(
    contenders.map(({ policy, cells }) => [policy.name, cells.map((cell) => cell.objective)]),
  );
  const costOf = (contender: Contender): number => mean(costs.get(contender.policy.name)!);
  const ranked = [...contenders].sort((x, y) => costOf(x) - costOf(y));
  const heuristics = ranked.filter(({ policy }) => policy.kind === "heuristic");
  const [baseline, baselineChosen] =
    wanted !== BEST_HEURISTIC
      ? ([wanted, "by name"] as const)
      : heuristics.length > 0
        ? ([heuristics[0]!.policy.name, "best heuristic"] as const)
        : ([ranked[0]!.policy.name, "best policy"] as const);

  const others = ranked.filter(({ policy }) => policy.name !== baseline);
  const against = costs.get(baseline)!;
  const pValues = others.map(({ policy }) => pairedTTest(costs.get(policy.name)!, against).pValue);
  const adjusted = holm(pValues);
  const comparisons = new Map(
    others.map(({ policy }, i) => {
      const own = costs.get(policy.name)!;
      const difference = pairedDifference(own, against, level);
      const relative = relativePairedDifference(own, against, level);
      const comparison: Comparison = {
        absolute: estimate(difference.mean, difference),
        relative: relative === undefined ? null : estimate(relative.change, relative),
        pValue: finite(pValues[i]!),
        adjustedPValue: finite(adjusted[i]!),
        signedRankPValue: wilcoxonSignedRank(own, against).pValue,
      };
      return [policy.name, comparison];
    }),
  );

  const policies = ranked.map((contender): PolicySummary => {
    const { policy, cells } = contender;
    const interval = meanInterval(costs.get(policy.name)!, level);
    const comparison = comparisons.get(policy.name);
    return {
      policy: policy.name,
      kind: policy.kind,
      rank: 1 + ranked.findIndex((other) => costOf(other) === costOf(contender)),
      objective: estimate(interval.mean, interval),
      ...averages(cells),
      ...(comparison === undefined ? {} : { comparison }),
    };
  });

  const seeds = against.length;
  const learned = policies.filter((policy) => policy.kind === "learned" && policy.comparison !== undefined);
  const spoken = learned.length > 0 ? learned : policies.filter((policy) => policy.comparison).slice(0, 1);
  const verdicts = spoken.map((policy) => verdict(policy, { baseline, baselineChosen, seeds, level }));
  return {
    scenario: scenario.name,
    objective: scenario.objective,
    seeds,
    baseline,
    baselineChosen,
    policies,
    verdicts,
  };
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

type Setting = Pick<ScenarioSummary, "baseline" | "baselineChosen" | "seeds"> & { readonly level: number };

/** In words what the interval says, and no more. */
function verdict(policy: PolicySummary, { baseline, baselineChosen, seeds, level }: Setting): Verdict {
  const { absolute, relative, adjustedPValue } = policy.comparison!;
  const who = baselineChosen === "by name" ? baseline : `the ${baselineChosen} (${baseline})`;
  const pairs = `${seeds} paired ${seeds === 1 ? "seed" : "seeds"}`;
  const say = (outcome: Verdict["outcome"], sentence: string): Verdict => ({
    policy: policy.policy,
    outcome,
    sentence: `${policy.policy} ${sentence}`,
  });

  if (absolute.low === null || absolute.high === null) {
    return say(
      "unclear",
      `cannot be compared with ${who}: one seed gives no interval. Run at least 10 seeds.`,
    );
  }
  if (absolute.low === 0 && absolute.high === 0) {
    return say("unclear", `costs exactly what ${who} costs on each of ${pairs}.`);
  }
  const outcome = absolute.high < 0 ? "better" : absolute.low > 0 ? "worse" : "unclear";
  if (relative === null || relative.low === null || relative.high === null) {
    const verb =
      outcome === "better"
        ? "costs less than"
        : outcome === "worse"
          ? "costs more than"
          : "cannot be told from";
    return say(
      outcome,
      `${verb} ${who} (no percentage: the baseline's cost is not clear of zero), ${pairs}.`,
    );
  }
  const range = (a: number, b: number): string => `[${formatPercent(a)}, ${formatPercent(b)}]`;
  const caution =
    adjustedPValue !== null && adjustedPValue > 1 - level
      ? `; with all comparisons counted (Holm) it is not clear, p = ${adjustedPValue.toFixed(2)}`
      : "";
  switch (outcome) {
    case "better":
      return say(
        outcome,
        `beats ${who} by ${formatPercent(-relative.mean)} % ${range(-relative.high, -relative.low)}, ${pairs}${caution}.`,
      );
    case "worse":
      if (policy.kind === "heuristic" && baselineChosen === "best heuristic") {
        // Nothing learned is among them: the news is who leads, and by how much.
        const more = `${formatPercent(relative.mean)} % more ${range(relative.low, relative.high)}`;
        return {
          policy: policy.policy,
          outcome,
          sentence: `${baseline} costs least; the runner-up, ${policy.policy}, costs ${more}, ${pairs}${caution}.`,
        };
      }
      return say(
        outcome,
        `loses to ${who}: it costs ${formatPercent(relative.mean)} % more ${range(relative.low, relative.high)}, ${pairs}${caution}.`,
      );
    case "unclear":
      return say(
        outcome,
        `cannot be told from ${who}: its cost differs by ${formatPercent(relative.mean)} % ${range(relative.low, relative.high)}, an interval that holds zero, ${pairs}.`,
      );
  }
}

function notes(scenarios: readonly ScenarioSummary[], level: number): string[] {
  const percent = `${formatPercent(level).replace(/\.0$/, "")} %`;
  const found = [
    `The objective is a cost per workflow: lower is better. Brackets are ${percent} confidence intervals over seeds: Student's t for means and differences, Fieller's for percentages.`,
    "All policies met the same arrivals, work and failures under a seed, so differences are taken seed by seed.",
    "p is of the paired t-test, after Holm's correction over the comparisons of a scenario; the intervals are not widened for their number.",
  ];
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

function estimate(centre: number, { low, high }: Interval | { low: number; high: number }): Estimate {
  return { mean: centre, low: finite(low), high: finite(high) };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
