import { assert } from "../../kit/assert.js";
import { formatLevel, formatNumber, formatPercent } from "../../kit/format-number.js";
import { cellFigure, isQuantile, SHARES } from "../cell-figure.js";
import type { BenchmarkResults } from "../results.js";
import { type Column, grid } from "../results-grid.js";
import {
  holm,
  type Interval,
  meanInterval,
  pairedDifference,
  pairedTTest,
  relativePairedDifference,
} from "../statistics/index.js";
import type { Check, CheckVerdict, GateVerdict, Limit, Requirements } from "./gate.js";

/**
 * Whether a candidate may take the champion's place, by runs of both on the same seeds. Each requirement is a one-sided paired
 * t-test at alpha; the gate passes where all are met. So it lets a candidate that breaks any of them pass with probability alpha at
 * the most, however many there are: the intersection-union test (Berger 1982, "Multiparameter hypothesis testing and
 * acceptance sampling", Technometrics 24(4)), which needs no correction. Being better in some scenario is a union, and has one:
 * Holm's.
 * @param results of an experiment with one comparison: the candidate against the champion
 */
export function judge(results: BenchmarkResults, requirements: Requirements): GateVerdict {
  const { experiment, scenarios } = results;
  const pair = experiment?.comparisons[0];
  assert(experiment !== undefined && pair !== undefined, "a gate's results are those of one comparison");
  const { policy: candidate, against: champion } = pair;
  const { column } = grid(results);
  const figures = (cells: Column): number[] => cells.map((cell) => cellFigure(cell, experiment.metric));
  const cases = scenarios.map(({ name }): Case => {
    const cells = column(name, candidate);
    return { scenario: name, cells, own: figures(cells), against: figures(column(name, champion)) };
  });
  const { margin, superior, limits, alpha } = requirements;
  const about: About = { metric: experiment.metric, champion, alpha };
  const checks = [
    ...(margin === undefined ? [] : cases.map((one) => nonInferior(one, margin, about))),
    ...(superior === "every" ? cases.map((one) => superiorIn(one, about)) : []),
    ...(superior === "some" ? [superiorSomewhere(cases, about)] : []),
    ...cases.flatMap((one) => limits.map((limit) => within(one, limit, about))),
  ];
  return {
    gate: experiment.name,
    candidate,
    champion,
    ...conclusion(checks, requirements),
    checks,
    notes: notes(requirements, results),
  };
}

/** A scenario, with the runs of the candidate and the metric of both, by seed. */
interface Case {
  readonly scenario: string;
  readonly cells: Column;
  readonly own: readonly number[];
  readonly against: readonly number[];
}

interface About {
  readonly metric: string;
  readonly champion: string;
  readonly alpha: number;
}

function nonInferior(
  { scenario, own, against }: Case,
  { value, relative }: NonNullable<Requirements["margin"]>,
  { metric, champion, alpha }: About,
): Check {
  const level = 1 - 2 * alpha;
  const subject = metric === "objective" ? "costs" : `has a ${metric} of`;
  const most = relative ? `${formatPercent(value)} %` : formatNumber(value);
  const requirement = `${subject} at most ${most} more than ${champion}`;
  const check = { kind: "non-inferior", scenario, requirement } as const;
  const difference = pairedDifference(own, against, level);
  if (!relative) {
    return { ...check, ...held(difference, { atMost: value }), ...told(difference, formatNumber) };
  }
  // Fieller's interval holds a change just where the paired t-test of that very change does not reject it.
  const change = relativePairedDifference(own, against, level);
  if (change === undefined) {
    const found = `a margin in % means nothing where the champion's mean is not clear of zero; the difference is ${told(difference, formatNumber).found}`;
    return { ...check, verdict: "undecided", found };
  }
  return {
    ...check,
    ...held(change, { atMost: value }),
    ...told({ ...change, mean: change.change }, percent),
  };
}

function superiorIn({ scenario, own, against }: Case, { metric, champion, alpha }: About): Check {
  const difference = pairedDifference(own, against, 1 - 2 * alpha);
  return {
    kind: "superior",
    scenario,
    requirement: `${lessThan(metric)} ${champion}`,
    // No difference at all is no improvement.
    verdict: difference.high < 0 ? "pass" : difference.low >= 0 ? "fail" : "undecided",
    ...told(difference, formatNumber),
  };
}

function superiorSomewhere(cases: readonly Case[], { metric, champion, alpha }: About): Check {
  const pValues = cases.map(({ own, against }) => lowerTail(own, against));
  const adjusted = holm(pValues);
  const shown = cases.filter((_, i) => adjusted[i]! < alpha).map(({ scenario }) => scenario);
  const worse = cases.every(({ own, against }) => pairedDifference(own, against, 1 - 2 * alpha).low >= 0);
  const least = Math.min(...adjusted.filter((p) => !Number.isNaN(p)), 1);
  return {
    kind: "superior",
    requirement: `${lessThan(metric)} ${champion} in some scenario`,
    verdict: shown.length > 0 ? "pass" : worse ? "fail" : "undecided",
    found:
      shown.length > 0
        ? `better in ${shown.join(", ")} (Holm over ${cases.length} scenarios)`
        : worse
          ? "worse in every scenario, or the same"
          : `the least p, after Holm over ${cases.length} scenarios, is ${formatNumber(least)}`,
  };
}

/** P-value of "the mean difference is not below zero". */
function lowerTail(own: readonly number[], against: readonly number[]): number {
  const { t, pValue } = pairedTTest(own, against);
  return t < 0 ? pValue / 2 : 1 - pValue / 2;
}

function within({ scenario, cells }: Case, limit: Limit, { alpha }: About): Check {
  const { figure, atLeast, shown } = limit;
  const check = {
    kind: "limit",
    scenario,
    requirement: `keeps ${figure} ${atLeast === undefined ? "at or below" : "at or above"} ${shown}`,
  } as const;
  const values = cells.map((cell) => cellFigure(cell, figure));
  const without = values.findIndex((value) => !Number.isFinite(value));
  if (without >= 0) {
    const found = `there is no ${figure} of seed ${cells[without]!.seed}, where nothing succeeded`;
    return { ...check, verdict: "fail", found };
  }
  const interval = meanInterval(values, 1 - 2 * alpha);
  const format = shown.endsWith("%")
    ? (value: number) => `${formatNumber(100 * value, 3)} %`
    : isQuantile(figure) || /[a-z]$/i.test(shown)
      ? (value: number) => `${formatNumber(value)} s`
      : formatNumber;
  if (SHARES.includes(figure) && values.every((value) => value === 0)) {
    // No case among n is no proof that there are none: at least the exact binomial bound (the rule of three).
    const n = cells.reduce((sum, { workflows }) => sum + workflows.submitted, 0);
    const high = n === 0 ? 1 : 1 - alpha ** (1 / n);
    const rare = { ...interval, high };
    return { ...check, ...held(rare, limit), ...told(rare, format) };
  }
  return { ...check, ...held(interval, limit), ...told(interval, format) };
}

/** Whether an interval at level 1 - 2 alpha lies within a bound, beyond it, or on both sides. */
function held(
  { low, high }: Pick<Interval, "low" | "high">,
  {
    atMost = Number.POSITIVE_INFINITY,
    atLeast = Number.NEGATIVE_INFINITY,
  }: Pick<Limit, "atMost" | "atLeast">,
): { readonly verdict: CheckVerdict } {
  if (low >= atLeast && high <= atMost) return { verdict: "pass" };
  return { verdict: low > atMost || high < atLeast ? "fail" : "undecided" };
}

function told(
  { mean, low, high }: Pick<Interval, "low" | "high"> & { readonly mean: number },
  format: (value: number) => string,
): Required<Pick<Check, "found" | "estimate">> {
  const end = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const bounded = Number.isFinite(low) && Number.isFinite(high);
  return {
    found: bounded
      ? `${format(mean)} [${format(low)}, ${format(high)}]`
      : `${format(mean)}, with no interval`,
    estimate: { mean, low: end(low), high: end(high) },
  };
}

const percent = (value: number): string => `${value > 0 ? "+" : ""}${formatPercent(value)} %`;

const lessThan = (metric: string): string =>
  metric === "objective" ? "costs less than" : `has less ${metric} than`;

function conclusion(
  checks: readonly Check[],
  { undecided }: Requirements,
): Pick<GateVerdict, "passed" | "reason"> {
  const failed = checks.filter(({ verdict }) => verdict === "fail");
  const open = checks.filter(({ verdict }) => verdict === "undecided");
  const asSentence = ({ scenario, requirement, found }: Check): string =>
    `${requirement}${scenario === undefined ? "" : ` in ${scenario}`} (${found})`;
  const more = (others: number): string => (others > 0 ? `; and ${others} more` : "");
  if (failed.length > 0) {
    return {
      passed: false,
      reason: `it is not so that the candidate ${asSentence(failed[0]!)}${more(failed.length - 1)}`,
    };
  }
  if (open.length > 0) {
    const told = `it is not shown that the candidate ${asSentence(open[0]!)}${more(open.length - 1)}`;
    return undecided === "pass"
      ? { passed: true, reason: `nothing is refuted; ${told}, which this gate lets pass` }
      : { passed: false, reason: `${told}; run more seeds` };
  }
  return {
    passed: true,
    reason: `${checks.length === 1 ? "its requirement is" : `all ${checks.length} requirements are`} met`,
  };
}

function notes(
  { alpha, undecided, superior }: Requirements,
  { experiment, scenarios }: BenchmarkResults,
): string[] {
  const level = `${formatLevel(1 - 2 * alpha)} %`;
  const error = `${formatLevel(alpha)} %`;
  const found = [
    `Brackets are ${level} intervals over paired seeds: each end is a bound at one-sided error ${error}.`,
  ];
  if (undecided === "fail") {
    found.push(
      `All requirements have to be met, each shown at ${error}: a candidate that breaks any of them passes with probability ${error} at the most, so that their number asks for no correction.`,
    );
  } else {
    found.push("What is neither shown nor refuted passes: this gate stops only what is shown to be bad.");
  }
  if (superior === "some")
    found.push("Being better in some scenario is tested with Holm's correction over the scenarios.");
  for (const { name, seeds, reached } of scenarios) {
    if (reached === false)
      found.push(`${name}: ${seeds} seeds, and the half-width asked for was not reached.`);
  }
  if (experiment?.stop !== undefined)
    found.push("When to stop was told from the width of intervals, not from where they lie.");
  return found;
}
