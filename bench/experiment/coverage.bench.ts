import {
  antitheticInterval,
  batchMeans,
  bcaInterval,
  type Interval,
  mean,
  meanInterval,
  mser5,
  pairedDifference,
  ratioSeries,
  steadyStateMean,
} from "../../src/experiment/statistics/index.js";
import { SlicedRun } from "../../src/experiment/steady-state/sliced-run.js";
import { normalQuantile } from "../../src/kit/normal.js";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import { play } from "../../src/learn/play.js";
import { parseScenario } from "../../src/model/index.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { atLeast, atMost, type Figure, type Size, size } from "../support/figure.js";

/**
 * In how many of a hundred samples a 95 % interval holds the truth, where the truth is known exactly: for samples of
 * numbers, and for runs of M/M/1 at load 0.5, in which one workflow is in the system on average.
 */
export function coverageBench(which: Size): Figure[] {
  const draws = size(which, { smoke: 100, real: 20_000 });
  const runs = size(which, { smoke: 20, real: 2000 });
  const covered = (
    name: string,
    repetitions: number,
    truth: number,
    once: (repetition: number) => Interval,
  ) => {
    let hits = 0;
    let checksum = 0;
    for (let r = 0; r < repetitions; r++) {
      const { low, high } = once(r);
      if (low <= truth && truth <= high) hits++;
      checksum += high - low;
    }
    const value = (100 * hits) / repetitions;
    // Four standard errors of a share of 95 %: a right interval is beyond them once in 16,000.
    const slack = 400 * Math.sqrt((0.95 * 0.05) / repetitions);
    return {
      name: `${name}, ${repetitions} times`,
      value,
      unit: "% hold the truth",
      checksum: checksum / repetitions,
      goals: [
        atLeast(95 - slack, "% that hold the truth", value),
        atMost(95 + slack, "% that hold the truth", value),
      ],
    } satisfies Figure;
  };

  const normal = normals("coverage/normal");
  const bootstrap = new SequentialStream("coverage/bootstrap");
  const policy = heuristic("jsq");
  const [slow, fast] = [queue(1), queue(1.25)];
  const inSystem = (scenario: typeof slow, seed: number, antithetic = false) =>
    play(scenario, policy, seed, { antithetic }).meanInSystem;
  const seeds = (repetition: number, count: number) =>
    Array.from({ length: count }, (_, i) => repetition * count + i);
  const long = queue(1, 16_001);
  return [
    covered("t interval of 10 normal numbers", draws, 0, () => meanInterval(fill(10, normal))),
    covered("BCa bootstrap of the mean of 30 normal numbers", runs, 0, () =>
      bcaInterval(fill(30, normal), mean, { stream: bootstrap }),
    ),
    covered("20 batch means of 4000 correlated numbers (AR(1), 0.7)", runs, 0, () =>
      batchMeans(autoregressive(4000, 0.7, normal), 20),
    ),
    covered("M/M/1: t interval of 15 replications", runs, 1, (r) =>
      meanInterval(seeds(r, 15).map((seed) => inSystem(slow, seed))),
    ),
    covered("M/M/1: difference of two speeds, 8 paired replications", runs, 2 / 3 - 1, (r) =>
      pairedDifference(
        seeds(r, 8).map((seed) => inSystem(fast, seed)),
        seeds(r, 8).map((seed) => inSystem(slow, seed)),
      ),
    ),
    covered("M/M/1: 8 antithetic pairs", runs, 1, (r) =>
      antitheticInterval(
        seeds(r, 8).map((seed) => inSystem(slow, seed)),
        seeds(r, 8).map((seed) => inSystem(slow, seed, true)),
      ),
    ),
    covered("M/M/1: one long run from empty, MSER-5 and batch means", runs / 2, 1, (r) => {
      const run = new SlicedRun(long, policy, "flowTime", { seed: r, slice: 4 });
      while (run.slices < 4000) run.advance();
      const { x, y } = run.ratio();
      const { truncation } = mser5(x);
      return steadyStateMean(ratioSeries(x.subarray(truncation), y.subarray(truncation)));
    }),
  ];
}

/** M/M/1 with arrivals at rate 1 and work of 0.5 s. */
function queue(speed: number, horizon = 550) {
  return parseScenario(
    `{ scenario: coverage, horizon: ${horizon}, warmup: ${horizon === 550 ? 50 : 0}, decide: [], pools: { p: { speed: ${speed} } }, ` +
      "workflows: { w: { arrivals: { poisson: 1 / s }, tasks: { a: { work: exponential(500 ms) } } } } }",
    { file: "coverage" },
  );
}

function normals(name: string): () => number {
  const stream = new SequentialStream(name);
  return () => normalQuantile(stream.next());
}

const fill = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw);

/** Begins in its steady state. */
function autoregressive(length: number, phi: number, draw: () => number): Float64Array {
  const series = new Float64Array(length);
  let last = draw() / Math.sqrt(1 - phi * phi);
  for (let i = 0; i < length; i++) series[i] = last = phi * last + draw();
  return series;
}
