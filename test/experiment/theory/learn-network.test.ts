import { expect, test } from "vitest";
import { learnNetwork, learnNetworkDefaults } from "../../../src/experiment/theory/qgym/learn-network.js";
import type { Network } from "../../../src/experiment/theory/qgym/network.js";
import { runNetwork } from "../../../src/experiment/theory/qgym/run-network.js";

const SMALL = {
  ...learnNetworkDefaults,
  seed: 1,
  population: 12,
  elites: 4,
  rounds: 3,
  events: 500,
  validationEvents: 4000,
};

/** One server, two classes. The dearer goes on to a queue that is nearly as dear and busy: to serve it saves next to nothing. */
const feeding: Network = {
  name: "feeding",
  servers: [1, 1],
  queues: [
    { arrivals: 0.45, rates: [1, 0], cost: 2, next: 2 },
    { arrivals: 0.45, rates: [1, 0], cost: 1, next: null },
    { arrivals: 0, rates: [0, 0.55], cost: 1.9, next: null },
  ],
  events: 500,
  published: {},
};

test("a network is learned as a plain rule, the same for the same seed, and costs less than cmu where cmu is short-sighted", async () => {
  const learned = await learnNetwork(feeding, SMALL);
  expect(learned).toEqual(await learnNetwork(feeding, SMALL));
  expect(learned.keptRule).toBe(!learned.spec.startsWith("weighted-pressure(joint=0"));
  expect(learned.samples).toBeGreaterThan(12 * 3 * 500);

  const saved = Array.from(
    { length: 30 },
    (_, seed) =>
      runNetwork(feeding, "cmu(queue1=2,queue2=1,queue3=1.9)", seed) -
      runNetwork(feeding, learned.spec, seed),
  );
  const mean = saved.reduce((sum, value) => sum + value, 0) / saved.length;
  const variance = saved.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (saved.length - 1);
  // What saves nothing would pass once in 700 times.
  expect(mean).toBeGreaterThan(3 * Math.sqrt(variance / saved.length));
});
