import { describe, expect, test } from "vitest";
import { type DecisionView, DUPLICATE, NONE, START, WAIT } from "../../src/model/decision-view.js";
import { encode, featureSpec } from "../../src/model/features.js";
import { DECISION_KINDS } from "../../src/model/scenario.js";
import { anyView, type FakeView, fakeView } from "../support/fake-view.js";

interface Encoded {
  readonly context: Record<string, number>;
  readonly candidates: readonly Record<string, number>[];
  readonly mask: readonly number[];
}

/** The features of a view by name, as a network gets them: float32, squashed. */
function encoded(view: DecisionView): Encoded {
  const spec = featureSpec(view.kind);
  const width = spec.candidate.length;
  const [context, rows] = [new Float32Array(spec.context.length), new Float32Array(view.count * width)];
  const mask = new Uint8Array(view.count);
  encode(view, context, 0, rows, 0, mask, 0);
  return {
    context: Object.fromEntries(spec.context.map(({ name }, f) => [name, context[f]!])),
    candidates: Array.from(mask, (_, i) =>
      Object.fromEntries(spec.candidate.map(({ name }, f) => [name, rows[i * width + f]!])),
    ),
    mask: [...mask],
  };
}

const squashed = (scale: "linear" | "log1p" | "asinh", value: number): number =>
  Math.fround(scale === "linear" ? value : scale === "log1p" ? Math.log1p(value) : Math.asinh(value));

describe.each(DECISION_KINDS)("the features of %s", (kind) => {
  const spec = featureSpec(kind);

  test("have names of their own", () => {
    for (const part of [spec.context, spec.candidate]) {
      expect(new Set(part.map(({ name }) => name)).size).toBe(part.length);
    }
  });

  test("are numbers within their range, whatever is seen", () => {
    for (let seed = 0; seed < 300; seed++) {
      const { context, candidates } = encoded(anyView(kind, seed));
      const check = (part: typeof spec.context, values: Record<string, number>) => {
        for (const { name, range, scale } of part) {
          const value = values[name]!;
          const [low, high] = range.map((end) => squashed(scale, end)) as [number, number];
          const fine = Number.isFinite(value) && value >= low && value <= high;
          expect(fine, `${kind} view ${seed}: ${name} is ${value}`).toBe(true);
        }
      };
      check(spec.context, context);
      for (const candidate of candidates) check(spec.candidate, candidate);
    }
  });
});

const DISPATCH: FakeView = {
  kind: "dispatch",
  tasks: [
    { size: 6, readyAt: 7 },
    { size: 4, startedAt: 2, straggles: true },
  ],
  pools: [{ speed: 2 }, { speed: 1, servers: 3, running: 1 }],
  candidates: [
    [0, 0, START],
    [0, 1, START],
    [1, 1, DUPLICATE],
    [NONE, NONE, WAIT],
  ],
};

test("a pair is seen with its pool, a copy with what it copies", () => {
  const { candidates } = encoded(fakeView(DISPATCH));
  const column = (name: string) => candidates.map((candidate) => candidate[name]);
  const logs = (...values: number[]) => values.map((value) => Math.fround(Math.log1p(value)));
  expect(column("candidate.serviceTime")).toEqual(logs(3, 6, 4, 0));
  expect(column("candidate.waited")).toEqual(logs(3, 3, 10, 0));
  expect(column("candidate.elapsed")).toEqual(logs(0, 0, 8, 0));
  expect(column("candidate.straggles")).toEqual([0, 0, 1, 0]);
  expect(column("candidate.idleServers")).toEqual(logs(1, 2, 2, 0));
  expect(column("option.start")).toEqual([1, 1, 0, 0]);
  expect(column("option.duplicate")).toEqual([0, 0, 1, 0]);
});

test("waiting is nothing but its option", () => {
  const { candidates } = encoded(fakeView(DISPATCH));
  const { "option.wait": own, ...rest } = candidates[3]!;
  expect(own).toBe(1);
  expect(Object.values(rest).every((value) => value === 0)).toBe(true);
});

test("the pool of a failed attempt is set beside the best of the others that are open and may run the task", () => {
  const { context } = encoded(
    fakeView({
      kind: "retry",
      tasks: [{ size: 2, affinity: [1, 1, 1, 0] }],
      pools: [
        { failure: 0.5, running: 1, backlog: 3 },
        { failure: 0.25, speed: 2 },
        { failure: 0.1, open: false },
        { failure: 0.05 },
      ],
    }),
  );
  expect(context["here.failureProbability"]).toBe(0.5);
  expect(context["here.delay"]).toBe(Math.fround(Math.log1p(3 + 2)));
  expect(context["elsewhere.failureProbability"]).toBe(0.25);
  expect(context["elsewhere.delay"]).toBe(Math.fround(Math.log1p(1)));
});

test("an alternative is seen at the pool where it ends first", () => {
  const { candidates } = encoded(
    fakeView({
      kind: "branch",
      tasks: [
        {
          variants: [
            { size: 4, affinity: [1, 2], failure: [0.5, 0.25] },
            { size: Number.NaN, affinity: 0 },
          ],
        },
      ],
      pools: [{ price: 7 }, { price: 3, running: 1, backlog: 1 }],
    }),
  );
  expect(candidates[0]!["variant.delay"]).toBe(Math.fround(Math.log1p(1 + 4 / 2)));
  expect(candidates[0]!["variant.failureProbability"]).toBe(0.25);
  expect(candidates[0]!["variant.attemptPrice"]).toBe(Math.fround(Math.log1p(3 * 2)));
  const { "variant.place": place, ...none } = candidates[1]!;
  expect(place).toBe(1);
  expect(Object.values(none).every((value) => value === 0)).toBe(true);
});
