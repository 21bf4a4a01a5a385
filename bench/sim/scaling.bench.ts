import { parseScenario, type Scenario } from "../../src/model/index.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { Simulation } from "../../src/sim/simulation.js";
import { fastest, onCpu, type Run } from "../support/contest.js";
import { driveOn } from "../support/drive.js";
import { atMost, type Figure, type Size, size } from "../support/figure.js";

const SEED = 42;

/** Something that grows: at each size, a system that is in its steady state after `from` seconds. */
interface Family {
  readonly name: string;
  readonly of: string;
  readonly sizes: readonly number[];
  readonly policy?: string;
  at(n: number): { readonly yaml: string; readonly from: number; readonly eventsPerSecond: number };
}

/**
 * What an event costs as a system grows: tasks at once, running or queued, and pools to choose from. Only events of the
 * steady state are timed. The cost at n may be that at the smallest size times the ratio of their logarithms.
 */
export function scalingBench(which: Size): Figure[] {
  const events = size(which, { smoke: 2_000, real: 1_000_000 });
  const choices = size(which, { smoke: 2_000, real: 200_000 });
  const rounds = size(which, { smoke: 1, real: 3 });
  const tasks = size(which, { smoke: [10, 100], real: [10, 100, 1_000, 10_000, 100_000, 1_000_000] });
  const pools = size(which, { smoke: [2, 20], real: [2, 10, 100, 1_000, 10_000] });
  return [
    ...grown(delay(tasks), events, rounds),
    ...grown(saturated("fifo", tasks), events, rounds),
    ...grown(saturated("sjf", tasks), events, rounds),
    ...["random", "round-robin", "power-of-d(d=2)"].flatMap((policy) =>
      grown(choosing(policy, pools), choices, rounds),
    ),
  ];
}

/** M/G/inf with a mean of n tasks running. No work is longer than 1.5 s, so that it is stationary from then on. */
const delay = (sizes: readonly number[]): Family => ({
  name: "unlimited servers",
  of: "tasks running",
  sizes,
  at: (n) => ({
    from: 1.5,
    eventsPerSecond: 2 * n,
    yaml: `
pools: { delay: { servers: unlimited } }
workflows: { job: { arrivals: { poisson: ${n} / s }, tasks: { t: { work: "uniform(500 ms, 1500 ms)" } } } }`,
  }),
});

/** Of n users who hardly think, all but one or two stand in the queue of one server. */
const saturated = (discipline: string, sizes: readonly number[]): Family => ({
  name: `saturated ${discipline} queue`,
  of: "tasks queued",
  sizes,
  at: (n) => ({
    from: 0.1,
    eventsPerSecond: 2_000,
    // Known, so that a discipline that sorts by size has sizes to sort by.
    yaml: `
sizes: known
pools: { server: { discipline: ${discipline} } }
workflows:
  job:
    arrivals: { closed: { users: ${n}, think: exponential(1 ms) } }
    tasks: { t: { work: exponential(1 ms) } }`,
  }),
});

/** n servers with a queue each, at a load of 0.8: every arrival is a decision among all of them. */
const choosing = (policy: string, sizes: readonly number[]): Family => ({
  name: policy,
  of: "pools",
  sizes,
  policy,
  at: (n) => ({
    from: 5,
    eventsPerSecond: 1.6 * n,
    yaml: `
pools: { ${Array.from({ length: n }, (_, i) => `p${i}: {}`).join(", ")} }
workflows: { job: { arrivals: { poisson: ${0.8 * n} / s }, tasks: { t: { work: exponential(1 s) } } } }
decide: [route]`,
  }),
});

function grown(family: Family, events: number, rounds: number): Figure[] {
  const { name, of, sizes } = family;
  const contenders = Object.fromEntries(sizes.map((n) => [`${n}`, () => steady(family, n, events)]));
  const runs = fastest(rounds, contenders, 5);
  const cost = (n: number) => runs[`${n}`]!.seconds / runs[`${n}`]!.count;
  const smallest = sizes[0]!;
  return sizes.map((n): Figure => {
    const growth = cost(n) / cost(smallest);
    const logarithm = Math.log(n) / Math.log(smallest);
    return {
      name: `${name}, ${n.toLocaleString("en-US")} ${of}`,
      value: 1 / cost(n),
      unit: "events/CPU s",
      checksum: runs[`${n}`]!.checksum,
      ...(n === smallest
        ? {}
        : { goals: [atMost(round(logarithm), `times the cost at ${smallest} ${of}`, growth)] }),
    };
  });
}

const round = (x: number): number => Math.round(x * 100) / 100;

function steady(family: Family, n: number, events: number): Run {
  const { yaml, from, eventsPerSecond } = family.at(n);
  const scenario = scenarioOf(yaml, from + events / eventsPerSecond);
  const policy = family.policy === undefined ? undefined : heuristic(family.policy);
  const sim = new Simulation(scenario, { seed: SEED });
  policy?.reset(SEED);
  driveOn(sim, policy, from);
  const before = sim.events;
  return onCpu(() => {
    driveOn(sim, policy);
    return { count: sim.events - before, checksum: sim.accrued().metrics.flowTime };
  });
}

function scenarioOf(yaml: string, horizon: number): Scenario {
  const text = `scenario: scaling\nhorizon: ${horizon}\nobjective: { minimize: flowTime }${yaml}\n`;
  return parseScenario(text, { file: "bench/sim/scaling.bench.ts", folder: "." });
}
