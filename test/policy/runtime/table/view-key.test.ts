import { expect, test } from "vitest";
import { play } from "../../../../src/learn/play.js";
import type { DecisionView } from "../../../../src/model/decision-view.js";
import { parseScenario } from "../../../../src/model/index.js";
import { ViewKey } from "../../../../src/policy/runtime/table/index.js";

const scenario = parseScenario(
  `scenario: t
horizon: 200
pools: { a: { servers: 1 }, b: { servers: 2, speed: 2 } }
queues: { line: { pools: [a, b], idling: true } }
workflows:
  x: { arrivals: { poisson: 1 / s }, tasks: { t: { work: exponential(1 s) } } }
  y: { arrivals: { poisson: 1 / s }, tasks: { t: { work: exponential(1 s) } } }
objective: { minimize: flowTime }
decide: [dispatch]
`,
  { file: "t.yaml" },
);

/** The view with its candidates the other way round. */
const reversed = (view: DecisionView): DecisionView =>
  Object.create(view, {
    kind: { value: view.kind },
    count: { value: view.count },
    workflowsInSystem: { value: view.workflowsInSystem },
    tasks: { value: view.tasks },
    pools: { value: view.pools },
    ...Object.fromEntries(
      (["allowed", "task", "pool", "option"] as const).map((name) => [
        name,
        { value: (i: number) => view[name](view.count - 1 - i) },
      ]),
    ),
  }) as DecisionView;

test("a key does not depend on the order of candidates, and its codes say which is which", () => {
  const key = new ViewKey();
  let decisions = 0;
  play(
    scenario,
    {
      name: "watch",
      kinds: ["dispatch"],
      reset: () => {},
      decide(view) {
        key.read(view);
        const [figures, codes] = [[...key.figures], [...key.codes]];
        key.read(reversed(view));
        expect(key.figures).toEqual(figures);
        expect([...key.codes].reverse()).toEqual(codes);
        decisions++;
        return decisions % view.count;
      },
    },
    1,
  );
  expect(decisions).toBeGreaterThan(100);
});
