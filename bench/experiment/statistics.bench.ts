import {
  bestOfSeveral,
  fixedWidthInterval,
  fixedWidthSize,
  type Interval,
  interquartileMean,
  mean,
  meanInterval,
  pairedDifference,
  quantileSorted,
  relativePairedDifference,
  relativePrecision,
  sizeForSkewness,
  standardizedDifference,
  stratifiedBootstrap,
  wilson,
} from "../../src/experiment/statistics/index.js";
import { look, type WidthRule } from "../../src/experiment/stopping.js";
import { normalQuantile } from "../../src/kit/normal.js";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import { atMost, type Figure, type Size, size } from "../support/figure.js";
import { quickRandom } from "../support/quick-random.js";

/**
 * How often what a benchmark's summary says is so, on made-up data whose truth is known, drawn with a generator apart from the
 * simulator's: the tables of docs/statistics.md. 95 % intervals, but for those that say otherwise.
 */
export function statisticsBench(which: Size): Figure[] {
  const many = size(which, { smoke: 40, real: 10_000 });
  const some = size(which, { smoke: 10, real: 4000 });
  const few = size(which, { smoke: 4, real: 800 });
  return [
    ...intervals(many),
    ...tailOfRuns(few),
    ...overScenarios(few),
    ...stopping(some),
    ...sequentialReplications(few),
    ...theBest(some),
  ];
}

/** Draws of one figure, which nothing that is added elsewhere moves. */
class Draws {
  private readonly uniform: () => number;

  constructor(seed: number) {
    this.uniform = quickRandom(seed);
  }

  readonly normal = (): number => normalQuantile(this.uniform());
  readonly exponential = (): number => -Math.log(this.uniform());
  readonly lognormal = (): number => Math.exp(this.normal());
  readonly chance = (p: number): boolean => this.uniform() < p;
}

const fill = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw);
const holds = ({ low, high }: Interval, truth: number): boolean => low <= truth && truth <= high;

/** In what share of experiments it came true; `sum` adds up what they found. */
function counted(
  name: string,
  times: number,
  unit: string,
  once: () => { true: boolean; found: number },
): Figure {
  let came = 0;
  let sum = 0;
  for (let i = 0; i < times; i++) {
    const { true: so, found } = once();
    if (so) came++;
    sum += found;
  }
  return { name, value: (100 * came) / times, unit, checksum: sum / times };
}

function covered(name: string, times: number, truth: number, once: () => Interval): Figure {
  return counted(name, times, `% of ${times} cover`, () => {
    const interval = once();
    return { true: holds(interval, truth), found: interval.high - interval.low };
  });
}

function intervals(times: number): Figure[] {
  const draws = new Draws(1);
  const { normal, exponential } = draws;
  const successes = (pairs: number, p: number): Interval => {
    let count = 0;
    for (let i = 0; i < pairs; i++) if (draws.chance(p)) count++;
    return wilson(count / pairs, pairs, 0.95);
  };
  const effect = (pairs: number, difference: () => number): Interval =>
    standardizedDifference(
      fill(pairs, difference),
      fill(pairs, () => 0),
    );
  return [
    covered("t interval of a mean: 10 normal values", times, 0, () => meanInterval(fill(10, normal))),
    covered("t interval of a mean: 30 exponential values", times, 1, () =>
      meanInterval(fill(30, exponential)),
    ),
    covered("Fieller's, 90 %: 8 pairs", times, -0.2, () => {
      const common = fill(8, () => 10 + 2 * normal());
      return relativePairedDifference(
        common.map((value) => 0.8 * value + normal()),
        common,
        0.9,
      )!;
    }),
    covered("Cohen's d: 10 normal pairs", times, 0.5, () => effect(10, () => 0.5 + normal())),
    covered("Cohen's d: 30 normal pairs", times, 0.5, () => effect(30, () => 0.5 + normal())),
    covered("Cohen's d: 30 pairs with exponential differences", times, 1, () => effect(30, exponential)),
    covered("Wilson's: 10 pairs, p 0.5", times, 0.5, () => successes(10, 0.5)),
    covered("Wilson's: 10 pairs, p 0.8", times, 0.8, () => successes(10, 0.8)),
    covered("Wilson's: 30 pairs, p 0.5", times, 0.5, () => successes(30, 0.5)),
    covered("Wilson's: 30 pairs, p 0.95", times, 0.95, () => successes(30, 0.95)),
    covered("Stein's fixed width: normal, first stage of 6", times, 0, () => {
      const values = fill(6, normal);
      values.push(...fill(fixedWidthSize(values, 0.5) - 6, normal));
      return fixedWidthInterval(values, 6);
    }),
  ];
}

/** Waits of customers in M/M/1 at load 0.5, by Lindley's recursion from its steady state; the p99 of each run. */
function tailOfRuns(times: number): Figure[] {
  const draws = new Draws(2);
  const p99 = (customers: number): number => {
    const waits = new Float64Array(customers);
    let wait = draws.chance(0.5) ? 2 * draws.exponential() : 0;
    for (let i = 0; i < customers; i++) {
      waits[i] = wait;
      wait = Math.max(0, wait + draws.exponential() - 2 * draws.exponential());
    }
    return quantileSorted(waits.sort(), 0.99);
  };
  return [10, 30].flatMap((runs) =>
    [1000, 5000].map((customers) => {
      const samples = Array.from({ length: times }, () => fill(runs, () => p99(customers)));
      // What a run of this length shows on average, by all runs of all experiments.
      const truth = mean(samples.map(mean));
      let at = 0;
      const name = `p99 of a run, t over runs: waits in M/M/1 at load 0.5, ${runs} runs of ${customers}`;
      return covered(name, times, truth, () => meanInterval(samples[at++]!));
    }),
  );
}

/** Scores in three scenarios of unlike centre, spread and skewness. */
function overScenarios(times: number): Figure[] {
  const draws = new Draws(3);
  const laws = [
    () => 0.8 + 0.1 * draws.normal(),
    () => 0.7 + 0.3 * draws.exponential(),
    () => 1.1 * Math.exp(0.4 * draws.normal()),
  ];
  const scores = (runs: number) => laws.map((law) => fill(runs, law));
  const middle = (strata: readonly (readonly number[])[]): number => interquartileMean(strata.flat());
  const truth = mean(fill(times, () => middle(scores(400))));
  const stream = new SequentialStream("statistics bench");
  return [10, 20, 30].map((runs) =>
    covered(
      `interquartile mean, stratified bootstrap: 3 scenarios, ${runs} runs each`,
      times,
      truth,
      () => stratifiedBootstrap(scores(runs), (drawn) => [middle(drawn)], { resamples: 400, stream })[0]!,
    ),
  );
}

/** The rule of `stop: { halfWidth }` on paired differences of standard deviation 1, beside a mean of 10, from 20 seeds on. */
function stopping(times: number): Figure[] {
  const draws = new Draws(4);
  const truth = -0.3;
  const laws: readonly (readonly [string, () => number])[] = [
    ["normal", draws.normal],
    ["exponential", () => draws.exponential() - 1],
    // Of skewness 6.2.
    ["lognormal", () => (draws.lognormal() - Math.exp(0.5)) / Math.sqrt((Math.E - 1) * Math.E)],
  ];
  return laws.flatMap(([law, noise]) =>
    [0.05, 0.02, 0.01].map((halfWidth) => {
      const rule: WidthRule = { halfWidth, relative: true, of: "differences", atMost: 100_000 };
      let seeds = 0;
      const figure = covered(
        `stopping rule: ${law} differences, to ${100 * halfWidth} %`,
        times,
        truth,
        () => {
          const policy: number[] = [];
          const against: number[] = [];
          for (let next = 20; policy.length < next; ) {
            while (policy.length < next) {
              const weather = 10 + draws.normal();
              against.push(weather);
              policy.push(weather + truth + noise());
            }
            next = look(rule, [policy, against], [[0, 1]], 0.95).next;
          }
          seeds += policy.length;
          return pairedDifference(policy, against);
        },
      );
      return { ...figure, unit: `${figure.unit}, after ${Math.round(seeds / times)} seeds on average` };
    }),
  );
}

/**
 * The rule of `simulate --precision` on mean sojourns in M/M/1 of service rate 1, from 20 runs on, each from its steady state: how often
 * its interval holds the truth, and how often the estimate is further from it than the precision asked for.
 */
function sequentialReplications(times: number): Figure[] {
  const draws = new Draws(6);
  const meanSojourn = (load: number, customers: number): number => {
    let sojourn = draws.exponential() / (1 - load);
    let sum = 0;
    for (let i = 0; i < customers; i++) {
      sum += sojourn;
      sojourn = Math.max(0, sojourn - draws.exponential() / load) + draws.exponential();
    }
    return sum / customers;
  };
  const designs = [
    [0.5, 500, 0.05],
    [0.5, 500, 0.02],
    [0.8, 2000, 0.1],
    [0.8, 2000, 0.05],
  ] as const;
  return designs.flatMap(([load, customers, goal]) => {
    const truth = 1 / (1 - load);
    let total = 0;
    let off = 0;
    let errors = 0;
    const name = `sequential replications: load ${load}, runs of ${customers}, ${100 * goal} %`;
    const figure = covered(name, times, truth, () => {
      const runs: number[] = [];
      for (let next = 20; runs.length < next; ) {
        while (runs.length < next) runs.push(meanSojourn(load, customers));
        const { mean, low, high } = meanInterval(runs);
        const estimate = { mean, halfWidth: (high - low) / 2 };
        next = relativePrecision(runs.length, estimate, goal, sizeForSkewness(runs)).next;
      }
      total += runs.length;
      const interval = meanInterval(runs);
      const error = Math.abs(interval.mean - truth) / truth;
      errors += error;
      if (error > goal) off++;
      return interval;
    });
    const missed = (100 * off) / times;
    // Four standard errors above the 5 % that are promised.
    const most = 5 + 400 * Math.sqrt((0.05 * 0.95) / times);
    return [
      { ...figure, unit: `${figure.unit}, after ${Math.round(total / times)} runs on average` },
      {
        name: `${name}, off by more`,
        value: missed,
        unit: `% further from the truth than ${100 * goal} %`,
        checksum: errors / times,
        goals: [atMost(most, "% off by more", missed)],
      },
    ];
  });
}

/** How far "sure that it is the best" can be taken at its word; policies share half of their variance. */
function theBest(times: number): Figure[] {
  const draws = new Draws(5);
  const columns = (truths: readonly number[], rows: number): number[][] => {
    const shared = fill(rows, draws.normal);
    return truths.map((truth) => shared.map((common) => truth + (common + draws.normal()) / Math.SQRT2));
  };
  const tied = (policies: number) => Array.from({ length: policies }, (_, i) => (i === 0 ? 0 : 1e-6));
  let promised = 0;
  const kept = counted(
    "certainty is kept: 8 policies, truths as far apart as single runs, 30 seeds",
    times,
    "",
    () => {
      const truths = fill(8, draws.normal);
      const { best, certainty } = bestOfSeveral(columns(truths, 30));
      promised += certainty;
      return { true: truths[best] === Math.min(...truths), found: certainty };
    },
  );
  return [
    ...[2, 5, 10, 20].map((policies) =>
      counted(
        `over 95 % sure of a wrong policy: ${policies} that all but tie, 12 seeds`,
        times,
        `% of ${times}`,
        () => {
          const { best, certainty } = bestOfSeveral(columns(tied(policies), 12));
          return { true: certainty > 0.95 && best !== 0, found: certainty };
        },
      ),
    ),
    { ...kept, unit: `% of ${times}; promised ${((100 * promised) / times).toFixed(1)} %` },
    ...[2, 5, 10, 20].map((policies) =>
      counted(
        `the best is among the candidates: ${policies} that all but tie, 12 seeds`,
        times,
        `% of ${times}`,
        () => {
          const { candidates } = bestOfSeveral(columns(tied(policies), 12));
          return { true: candidates.includes(0), found: candidates.length };
        },
      ),
    ),
  ];
}
