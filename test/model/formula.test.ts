import fc from "fast-check";
import { all, create } from "mathjs";
import { describe, expect, test } from "vitest";
import { evaluate, linearForm } from "../../src/model/formula.js";
import { objectiveValue } from "../../src/model/objective.js";
import { parseObjective } from "../support/objective-text.js";
import { scenario } from "../support/scenarios.js";

const METRICS = ["flowTime", "waiting", "cost", "failures"] as const;
/** Over real numbers: the root of -1 is not a number, rather than a complex one. */
const { evaluate: mathjsValue } = create(all!, { predictable: true });
const nothing = scenario([], []);

/** Expressions as a user might write them, over metrics and numbers. */
const expression = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(...METRICS),
    fc.integer({ min: 1, max: 9 }).map(String),
    fc
      .tuple(tie("any"), fc.constantFrom("+", "-", "*", "/"), tie("any"))
      .map(([a, op, b]) => `${a} ${op} ${b}`),
    fc.tuple(tie("any"), fc.constantFrom("2", "3", "0.5")).map(([a, power]) => `(${a})^${power}`),
    tie("any").map((a) => `-(${a})`),
    tie("any").map((a) => `(${a})`),
    fc
      .tuple(fc.constantFrom("min", "max"), fc.array(tie("any"), { minLength: 1, maxLength: 3 }))
      .map(([name, of]) => `${name}(${of.join(", ")})`),
    fc.tuple(fc.constantFrom("abs", "sqrt", "log", "log1p", "exp"), tie("any")).map(([f, a]) => `${f}(${a})`),
  ),
})).any;

describe("a formula", () => {
  test("has the value that mathjs gives the expression, wherever that is a real number", () => {
    let compared = 0;
    fc.assert(
      fc.property(
        expression,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 4, maxLength: 4 }),
        (text, of) => {
          const scope = Object.fromEntries(METRICS.map((name, m) => [name, of[m]! / 8]));
          // A metric besides, so that the whole is never a constant.
          const whole = `flowTime * waiting + (${text})`;
          const truth: unknown = mathjsValue(whole, scope);
          const read = parseObjective(whole, nothing);
          const value = objectiveValue(
            read,
            read.figures.map(({ metric }) => scope[metric]!),
          );
          if (typeof truth !== "number" || Number.isNaN(truth)) expect(value).toBeNaN();
          else if (Number.isFinite(truth)) {
            compared++;
            expect(Math.abs(value - truth)).toBeLessThanOrEqual(1e-12 * Math.abs(truth) + 1e-9);
          }
        },
      ),
      { seed: 1, numRuns: 2000 },
    );
    expect(compared).toBeGreaterThan(1000);
  });

  test.each([
    ["a number", 3, []],
    ["a figure", { figure: 1 }, [[1, 1]]],
    [
      "a difference of figures, one of them twice",
      {
        call: "subtract",
        of: [
          { call: "add", of: [{ figure: 0 }, { figure: 1 }] },
          { call: "multiply", of: [2, { figure: 0 }] },
        ],
      },
      [
        [0, -1],
        [1, 1],
      ],
    ],
    [
      "a figure over functions of numbers",
      { call: "divide", of: [{ figure: 0 }, { call: "sqrt", of: [4] }] },
      [[0, 0.5]],
    ],
  ] as const)("%s is a weighted sum", (_, formula, weights) => {
    const form = linearForm(formula)!;
    expect([...form.weights]).toEqual(weights);
    const figures = [0.3, 7];
    const sum = weights.reduce((total, [figure, weight]) => total + weight * figures[figure]!, form.constant);
    expect(sum).toBe(evaluate(formula, figures));
  });

  test.each([
    ["a product of figures", { call: "multiply", of: [{ figure: 0 }, { figure: 0 }] }],
    ["a number over a figure", { call: "divide", of: [1, { figure: 0 }] }],
    ["a function of a figure", { call: "max", of: [{ figure: 0 }, 1] }],
    ["a sum with such a thing in it", { call: "add", of: [1, { call: "exp", of: [{ figure: 0 }] }] }],
  ] as const)("%s is none", (_, formula) => {
    expect(linearForm(formula)).toBeNull();
  });
});
