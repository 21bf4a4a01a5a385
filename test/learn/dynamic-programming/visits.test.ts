import { expect, test } from "vitest";
import { exploreChain } from "../../../src/learn/dynamic-programming/explore-chain.js";
import { visitsOf } from "../../../src/learn/dynamic-programming/visits.js";
import { parseScenario } from "../../../src/model/index.js";

test("states are met as the chain's law says: an arrival to M/M/1 that is cut finds n with probability of rho^n", () => {
  const scenario = parseScenario(
    `
scenario: queue
horizon: 1 h
pools: { p: {} }
workflows: { job: { arrivals: { poisson: 0.5 / s }, tasks: { t: { work: exponential(1 s) } } } }
decide: [admit]
`,
    { file: "queue.yaml" },
  );
  const { graph } = exploreChain(scenario, { most: 12, mostStates: 1000, policies: [] });
  // All are admitted as long as there is room.
  const admit = graph.usual.map((_, v) =>
    Math.max(...graph.moves[graph.view.indexOf(v)]!.map(({ code }) => code)),
  );
  const visits = visitsOf(graph, admit).sort((a, b) => b - a);
  for (let n = 0; n < 8; n++) expect(visits[n + 1]! / visits[n]!).toBeCloseTo(0.5, 6);
});
