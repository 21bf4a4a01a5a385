import { parseScenario, type Scenario } from "../../src/model/index.js";

/** Stations in series, each with `servers` servers and one queue: Poisson arrivals, exponential service of mean 1 s. */
export interface QueueModel {
  readonly name: string;
  readonly stations: number;
  readonly servers: number;
  /** Arrivals per second. */
  readonly rate: number;
}

export const QUEUE_MODELS: readonly QueueModel[] = [
  { name: "M/M/1", stations: 1, servers: 1, rate: 0.8 },
  { name: "M/M/10", stations: 1, servers: 10, rate: 8 },
  { name: "tandem of 10 M/M/1", stations: 10, servers: 1, rate: 0.8 },
];

/** Seconds in which about `events` happen: a job's arrival counts one, and its departure from each station. */
export const horizonFor = ({ stations, rate }: QueueModel, events: number): number =>
  events / (rate * (stations + 1));

/** The model as a user would write it. */
export function queueScenario({ stations, servers, rate }: QueueModel, horizon: number): Scenario {
  const numbers = Array.from({ length: stations }, (_, i) => i + 1);
  const text = `
scenario: queues
horizon: ${horizon}
pools:
${numbers.map((i) => `  station${i}: { servers: ${servers} }`).join("\n")}
workflows:
  job:
    arrivals: { poisson: ${rate} / s }
    tasks:
${numbers.map((i) => `      t${i}: { work: exponential(1 s), pools: station${i}${i > 1 ? `, after: t${i - 1}` : ""} }`).join("\n")}
objective: { minimize: flowTime }
`;
  return parseScenario(text, { file: "bench/support/queue-model.ts", folder: "." });
}

/**
 * Mean sojourn, seconds, and how far a run's mean strays from it, as a share of it. One station is a birth and death
 * process, so both follow from its stationary law; by Burke's theorem each station of a series is one.
 *
 * The standard error is that of the mean number in system (Burman 1980; Whitt 1989, "Planning queueing simulations"), which
 * by Little's law that of the sojourn does not exceed in the long run. For a series it is a bound, met were all of the
 * stations to stray together.
 */
export function theory({ stations, servers, rate }: QueueModel, horizon: number) {
  const death = (n: number) => Math.min(n, servers);
  const law = [1];
  while (law.length <= servers || law.at(-1)! > 1e-16) {
    law.push((law.at(-1)! * rate) / death(law.length));
  }
  const total = sum(law);
  const probability = law.map((p) => p / total);
  const mean = sum(probability.map((p, n) => n * p));
  let variance = 0;
  let below = 0;
  for (let n = 0; n < probability.length - 1; n++) {
    below += (n - mean) * probability[n]!;
    variance += (2 * below ** 2) / (rate * probability[n]!);
  }
  return {
    sojourn: (stations * mean) / rate,
    relativeError: Math.sqrt(variance / horizon) / mean,
  };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
