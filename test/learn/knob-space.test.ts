import { describe, expect, test } from "vitest";
import { knobSpace } from "../../src/learn/knob-space.js";
import { HEURISTICS, heuristic } from "../../src/policy/catalogue.js";
import { poisson, pool, scenario, task, workflow } from "../support/scenarios.js";

const shop = scenario(
  [pool("fast"), pool("slow")],
  [
    workflow("gold", [task("gold", [0, 1])], { arrivals: poisson(0.5) }),
    workflow("basic", [task("basic", [0, 1])], { arrivals: poisson(0.5) }),
  ],
);

describe("the space of a heuristic's knobs", () => {
  test.each([
    ["sed", ["sed.price", "sed.failure"]],
    ["sed(price=0.5)", ["sed.failure"]],
    ["cmu", ["cmu.joint", "cmu.gold", "cmu.basic"]],
    ["threshold", ["threshold.fast", "threshold.slow"]],
    ["sed+cmu(joint=0,gold=3)", ["sed.price", "sed.failure", "cmu.basic"]],
    // The limits by type fall back on n, and that is learned.
    ["admit-below", ["admit-below.n"]],
  ])("of %s is %s", (spec, names) => expect(knobSpace(spec, shop).names).toEqual(names));

  test.each([
    ["sed", [0, Math.log(3)], "sed(failure=1)"],
    ["sed", [0, 0], "sed"],
    ["sed(price=0.5)", [Math.log(2)], "sed(price=0.5,failure=0.5)"],
    ["power-of-d", [Math.log(2)], "power-of-d"],
    ["target-utilisation", [0.123456], "target-utilisation(share=0.123)"],
  ])("%s at %j is written %s", (spec, point, written) => {
    expect(knobSpace(spec, shop).spec(point)).toBe(written);
  });

  test("every corner and the middle of every heuristic's space is a policy", () => {
    for (const { name } of HEURISTICS) {
      let space: ReturnType<typeof knobSpace>;
      try {
        space = knobSpace(name, shop);
      } catch (error) {
        expect((error as { code: string }).code).toBe("NO_KNOBS");
        continue;
      }
      for (const end of ["low", "high", "mean"] as const) {
        const spec = space.spec(space.dimensions.map((dimension) => dimension[end]));
        expect(() => heuristic(spec), spec).not.toThrow();
      }
    }
  });

  test("a heuristic without knobs is refused with the mend", () => {
    expect(() => knobSpace("jsq", shop)).toThrow(/jsq has no knob left to learn/);
    expect(() => knobSpace("sed(price=1,failure=2)", shop)).toThrow(/no knob left/);
  });
});
