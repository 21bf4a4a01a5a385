import { InputError } from "../../kit/errors.js";
import { parseScenario, type Scenario } from "../../model/index.js";
import type { TraceColumns } from "../../workload/trace/index.js";
import { type RunOptions, runCells } from "../matrix.js";
import { type PolicySource, policyName } from "../policy-source.js";
import { mean, moments } from "../statistics/index.js";
import { studentTQuantile } from "../statistics/student-t.js";

export interface ConsequenceOptions extends RunOptions {
  readonly policies: readonly PolicySource[];
  /** Servers of each of the three pools; by default as many as the load wants. */
  readonly servers?: number;
  /** Load of the first trace by all servers; 0.7 by default. */
  readonly utilisation?: number;
  readonly seed: number;
}

/** What a policy does with a workload: seconds, mean and 99 % quantile of flow times. */
export interface PolicyConsequence {
  readonly policy: string;
  readonly mean: FlowFigure;
  readonly p99: FlowFigure;
}

export interface FlowFigure {
  /** Of the first trace, averaged over ten seeds or more. */
  readonly real: number;
  /** Averaged over the pieces of the other. */
  readonly synthetic: number;
  /** synthetic / real - 1, with the 95 % interval of the synthetic average. NaN ends where there is one piece. */
  readonly change: number;
  readonly low: number;
  readonly high: number;
  /** How far single pieces lie from their average, in one standard deviation by `synthetic`: the sampling error of one trace. */
  readonly spread: number;
  /** Whether the first trace lies where 95 % of pieces would. */
  readonly withinSpread: boolean;
}

export interface Consequence {
  readonly scenario: { readonly servers: number; readonly utilisation: number; readonly timeScale: number };
  readonly pieces: number;
  readonly policies: readonly PolicyConsequence[];
  /** Policies from the least mean flow time up. */
  readonly ranking: { readonly real: readonly string[]; readonly synthetic: readonly string[] };
  /** Whether no pair of policies is ordered otherwise, but by less than can be told. */
  readonly rankingKept: boolean;
}

/** Seeds under which the real trace is run, more of them where it is short: it is the same each time, but policies may draw. */
const REAL_WORKFLOWS = 5000;
const LEAST_REAL_RUNS = 10;
const MOST_REAL_RUNS = 100;
/** Speeds of the three pools: unlike each other, so that it matters where a task goes. */
const SPEEDS = { fast: 2, middle: 1, slow: 0.5 } as const;
const MOST_SERVERS = 200;

/**
 * Both workloads on the same three pools, which the first keeps busy to a share of their capacity; where that takes more or
 * fewer servers than are sensible, or a given number, recorded time runs slower or faster for both.
 * @param pieces of the second workload, each about as long as the first: every one begins in an empty system, as it does
 * @throws {InputError} NO_SPAN where the first came all at once
 */
export async function consequence(
  real: TraceColumns,
  pieces: readonly TraceColumns[],
  options: ConsequenceOptions,
): Promise<Consequence> {
  const { policies, seed, utilisation = 0.7 } = options;
  const { servers, timeScale } = sized(real, utilisation, options.servers);
  const scenario = scenarioFor(servers, timeScale);
  const run = async (
    traces: readonly TraceColumns[],
    runs: readonly (readonly [trace: number, seed: number])[],
  ) => {
    const scenarios = traces.map((trace) => ({ scenario, trace }));
    const seeds = [...new Set(runs.map(([, one]) => one))];
    const cells = policies.flatMap((_, policy) =>
      runs.map(([trace, one]) => ({ scenario: trace, policy, seed: seeds.indexOf(one) })),
    );
    const outcomes = await runCells({ scenarios, policies, seeds }, cells, options);
    return policies.map((_, p) =>
      outcomes.slice(p * runs.length, (p + 1) * runs.length).map(({ flowTime }) => flowTime),
    );
  };
  const realRuns = Math.min(
    MOST_REAL_RUNS,
    Math.max(LEAST_REAL_RUNS, Math.ceil(REAL_WORKFLOWS / real.workflows)),
  );
  const ofReal = await run(
    [real],
    Array.from({ length: realRuns }, (_, k) => [0, seed + k]),
  );
  // Each under a seed of its own: what a policy draws is else the same in all of them, and no average takes it out.
  const ofPieces = await run(
    pieces,
    pieces.map((_, k) => [k, seed + k]),
  );
  const names = policies.map(policyName);
  const found = names.map((policy, p): PolicyConsequence => {
    const figure = (of: "mean" | "p99") =>
      flowFigure(
        mean(ofReal[p]!.map((flow) => flow[of])),
        ofPieces[p]!.map((flow) => flow[of]),
      );
    return { policy, mean: figure("mean"), p99: figure("p99") };
  });
  const ranked = (of: "real" | "synthetic") =>
    found.toSorted((a, b) => a.mean[of] - b.mean[of]).map(({ policy }) => policy);
  return {
    scenario: { servers, utilisation, timeScale },
    pieces: pieces.length,
    policies: found,
    ranking: { real: ranked("real"), synthetic: ranked("synthetic") },
    rankingKept: names.every((_, p) =>
      names.every((_, q) => {
        const [a, b] = [found[p]!.mean, found[q]!.mean];
        return !(a.real < b.real * (1 - TIE) && reversed(ofPieces[p]!, ofPieces[q]!));
      }),
    ),
  };
}

/** Policies of the real trace that are closer than this are not ranked. */
const TIE = 0.005;

/** Whether the first policy is the worse one on the pieces, which both met, by more than chance: a paired t interval. */
function reversed(a: readonly { readonly mean: number }[], b: readonly { readonly mean: number }[]): boolean {
  const apart = a.map(({ mean: flow }, k) => flow - b[k]!.mean);
  const { count, mean: by, standardError } = moments(apart);
  return count < 2 ? by > 0 : by > studentTQuantile(0.975, count - 1) * standardError;
}

function flowFigure(real: number, pieces: readonly number[]): FlowFigure {
  const { count, mean: synthetic, standardError } = moments(pieces);
  const change = synthetic / real - 1;
  if (count < 2) {
    const none = Number.NaN;
    return { real, synthetic, change, low: none, high: none, spread: none, withinSpread: false };
  }
  const t = studentTQuantile(0.975, count - 1);
  const deviation = standardError * Math.sqrt(count);
  const half = (t * standardError) / real;
  return {
    real,
    synthetic,
    change,
    low: change - half,
    high: change + half,
    spread: deviation / synthetic,
    withinSpread: Math.abs(synthetic - real) <= t * deviation * Math.sqrt(1 + 1 / count),
  };
}

function sized(real: TraceColumns, utilisation: number, asked: number | undefined) {
  const { workflows, submitted, work } = real;
  const span = (submitted[workflows - 1] ?? 0) - (submitted[0] ?? 0);
  if (!(span > 0)) {
    throw new InputError("NO_SPAN", {
      what: "the trace's workflows all came at one instant, so there is no load to speak of",
      mend: "import it with times between them: trace import --submit 60",
    });
  }
  // As far as the last gap goes, a trace lasts one mean gap beyond its last submission.
  const load = work.reduce((sum, seconds) => sum + seconds, 0) / ((span * workflows) / (workflows - 1));
  const speed = Object.values(SPEEDS).reduce((a, b) => a + b, 0);
  const servers = asked ?? Math.min(MOST_SERVERS, Math.max(2, Math.round(load / utilisation / speed)));
  return { servers, timeScale: load / (utilisation * servers * speed) };
}

function scenarioFor(servers: number, timeScale: number): Scenario {
  const pools = Object.entries(SPEEDS).map(
    ([name, speed]) => `  ${name}: { servers: ${servers}, speed: ${speed} }`,
  );
  const text = `scenario: likeness\nhorizon: 1 s\npools:\n${pools.join("\n")}\ntrace: { path: t.arrow, timeScale: ${timeScale} }\n`;
  // All that was submitted is played to its end.
  return { ...parseScenario(text, { file: "likeness" }), horizon: Number.POSITIVE_INFINITY };
}
