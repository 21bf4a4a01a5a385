import fc from "fast-check";
import { expect, test } from "vitest";
import { KeyedStream } from "../../src/kit/random.js";
import { Names } from "../../src/model/names.js";
import { templateGraphs } from "../../src/model/task-graph.js";
import { WorkAhead } from "../../src/sim/work-ahead.js";
import { exponential, pool, scenario, task, workflow } from "../support/scenarios.js";

const world = scenario(
  [pool("only")],
  [
    workflow("order", [
      task("a", [0], { work: exponential(2) }),
      task("b", [0], { work: { kind: "lognormal", mean: 1, cv: 2 } }),
      task("c", [0], { work: { kind: "gamma", mean: 1, cv: 0.7 } }),
    ]),
  ],
);
const graph = templateGraphs(world, new Names(), new Names())[0]!;
const placeOf = (spec: number) => (spec << 15) | 1;

test("work that is drawn ahead is what each workflow would have drawn, in whatever order they come", () => {
  const key = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
  const ask = fc.record({ spec: fc.integer({ min: 0, max: 2 }), key });
  fc.assert(
    fc.property(fc.array(ask, { maxLength: 400 }), (asked) => {
      const stream = KeyedStream.named(1, "work/order");
      const ahead = new WorkAhead(graph, KeyedStream.named(1, "work/order"), placeOf);
      for (const { spec, key } of asked) {
        const at = ahead.of(spec, key);
        // One that begins in the middle of a block draws for itself.
        if (at < 0) expect(key & 15).toBeGreaterThan(0);
        else expect(ahead.values[at]).toBe(graph.work![spec]!(stream.at(key, placeOf(spec))));
      }
    }),
    { seed: 5, numRuns: 200 },
  );
});
