import type { Network, NetworkQueue, PublishedCost } from "./network.js";

/**
 * The networks of Chen, Li, Che, Peng, Dong and Namkoong (2024), "QGym: Scalable Simulation and Benchmarking of Queuing Network
 * Controllers" (arXiv:2410.06170), with the costs that they publish for index rules and for work-conserving PPO.
 */

/** A published figure, with as many digits as it was printed with. */
const cost = (printed: string): PublishedCost => ({
  value: Number(printed),
  unit: 10 ** -(printed.split(".")[1]?.length ?? 0),
});

const queue = (
  arrivals: number,
  rates: readonly number[],
  next: number | null = null,
  holding = 1,
): NetworkQueue => ({ arrivals, rates, next, cost: holding });

/** Two servers; the first serves jobs of two streams, of which one goes on to the second. */
const crissCross: Network = {
  name: "criss_cross_bh",
  servers: [1, 1],
  queues: [queue(0.9, [2, 0], 1), queue(0, [0, 1]), queue(0.9, [2, 0])],
  events: 10_000,
  published: { cmu: cost("16.1"), maxweight: cost("15.3"), ppo_wc: cost("15.4") },
};

/** Two classes; one server serves both, the other only the dear one. */
const nModel: Network = {
  name: "n_model",
  servers: [1, 1],
  queues: [queue(0.38, [1, 0]), queue(1.235, [0.5, 1], null, 3)],
  events: 10_000,
  published: { cmu: cost("170"), maxweight: cost("40.2"), ppo_wc: cost("44.3") },
};

/** Three servers of two queues each; one queue of each feeds another server. */
const inputSwitch: Network = {
  name: "input_switch",
  servers: [1, 1, 1],
  queues: [
    queue(0.4, [1, 0, 0], 3),
    queue(0.4, [1, 0, 0]),
    queue(0.4, [0, 1, 0]),
    queue(0.4, [0, 1, 0], 4),
    queue(0.4, [0, 0, 1]),
    queue(0.4, [0, 0, 1], 1),
  ],
  events: 50_000,
  published: { cmu: cost("5.3"), maxweight: cost("5.6"), ppo_wc: cost("5.3") },
};

/** Rates of the three queues of a station: the first, third, ... and the second, fourth, ... */
const STATIONS = [
  [1 / 8, 1 / 2, 1 / 4],
  [1 / 6, 1 / 7, 1],
] as const;
const LINE_ARRIVALS = 9 / 140;

/**
 * Re-entrant lines: stations in a row, of three queues each that go on to those of the next. From the last, jobs of the first
 * queue come back to the second of the first station, and in long lines those of the second to the third.
 */
function reentrant(
  stations: number,
  long: boolean,
  events: number,
  published: Network["published"],
): Network {
  const last = 3 * (stations - 1);
  const queues = Array.from({ length: 3 * stations }, (_, q) => {
    const [station, place] = [Math.floor(q / 3), q % 3];
    const back = place === 0 ? 1 : place === 1 && long ? 2 : null;
    const comes = q === 0 || (q === 2 && !long);
    return queue(
      comes ? LINE_ARRIVALS : 0,
      Array.from({ length: stations }, (_, s) => (s === station ? STATIONS[s % 2]![place]! : 0)),
      q < last ? q + 3 : back,
    );
  });
  return {
    name: `${long ? "reentrant2" : "reentrant"}_${stations}`,
    servers: Array.from({ length: stations }, () => 1),
    queues,
    events,
    published,
  };
}

export const PUBLISHED_NETWORKS: readonly Network[] = [
  crissCross,
  nModel,
  inputSwitch,
  reentrant(2, false, 10_000, {
    cmu: cost("19.0"),
    maxweight: cost("14.8"),
    maxpressure: cost("18.9"),
    ppo_wc: cost("13.6"),
  }),
  reentrant(3, false, 50_000, {
    cmu: cost("21.6"),
    maxweight: cost("24.8"),
    maxpressure: cost("30.9"),
    ppo_wc: cost("22.6"),
  }),
  reentrant(5, false, 100_000, {
    cmu: cost("51.3"),
    maxweight: cost("50.0"),
    maxpressure: cost("52.2"),
    ppo_wc: cost("38.7"),
  }),
  reentrant(2, true, 50_000, { cmu: cost("26.01"), maxweight: cost("17.45"), ppo_wc: cost("13.72") }),
  reentrant(3, true, 80_000, { cmu: cost("26.27"), maxweight: cost("26.65"), ppo_wc: cost("22.09") }),
  reentrant(5, true, 100_000, { cmu: cost("44.82"), maxweight: cost("40.34"), ppo_wc: cost("38.01") }),
];
