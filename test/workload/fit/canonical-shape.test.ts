import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalShape } from "../../../src/workload/fit/canonical-shape.js";
import { taskGroups, uniqueNames } from "../../../src/workload/fit/task-groups.js";
import { literal } from "../../../src/workload/synthesis/families/literal.js";
import { flow } from "../made-up-workflows.js";

type Parents = readonly (readonly number[])[];
const key = (parents: Parents, types?: readonly string[]) =>
  canonicalShape(flow(parents), types ?? parents.map(() => "t"));

/** A DAG with types, and a way to number its tasks anew. */
const dagAndOrder = fc
  .integer({ min: 1, max: 9 })
  .chain((count) =>
    fc.tuple(
      fc.tuple(
        ...Array.from({ length: count }, (_, t) => fc.subarray(Array.from({ length: t }, (_, p) => p))),
      ),
      fc.array(fc.constantFrom("a", "b"), { minLength: count, maxLength: count }),
      fc.array(fc.nat(1000), { minLength: count, maxLength: count }),
    ),
  );

/** The same DAG, each time the ready task of least weight put next. */
function renumbered(parents: Parents, types: readonly string[], weight: readonly number[]) {
  const place = new Map<number, number>();
  const order: number[] = [];
  while (order.length < parents.length) {
    const ready = parents
      .map((_, t) => t)
      .filter((t) => !place.has(t) && parents[t]!.every((p) => place.has(p)))
      .sort((a, b) => weight[a]! - weight[b]!);
    place.set(ready[0]!, order.push(ready[0]!) - 1);
  }
  return {
    parents: order.map((t) => parents[t]!.map((p) => place.get(p)!)),
    types: order.map((t) => types[t]!),
  };
}

describe("the canonical text of a DAG", () => {
  test("stays as tasks are numbered anew", () =>
    fc.assert(
      fc.property(dagAndOrder, ([parents, types, weight]) => {
        const other = renumbered(parents, types, weight);
        expect(key(other.parents, other.types)).toBe(key(parents, types));
      }),
      { numRuns: 500, seed: 1 },
    ));

  test("tells apart what is not the same: it can be read back into the DAG, up to numbering", () =>
    fc.assert(
      fc.property(dagAndOrder, ([parents, types]) => {
        const text = key(parents, types);
        const lines = text.split(";").map((line) => line.split("<"));
        const back = lines.map(([, list]) => (list === "" ? [] : list!.split(",").map(Number)));
        expect(
          key(
            back,
            lines.map(([type]) => type!),
          ),
        ).toBe(text);
        expect(back.flat()).toHaveLength(parents.flat().length);
      }),
      { numRuns: 300, seed: 2 },
    ));

  test("tells the two cubes of degree three apart that colours alone do not", () => {
    // Bipartite, every task of the lower row with two parents: one ring of six and six, or two of three and three.
    const ring = (sizes: readonly number[]): Parents => {
      const total = sizes.reduce((a, b) => a + b, 0);
      const below: number[][] = [];
      let from = 0;
      for (const size of sizes) {
        for (let k = 0; k < size; k++) below.push([from + k, from + ((k + 1) % size)]);
        from += size;
      }
      return [...Array.from({ length: total }, () => []), ...below];
    };
    expect(key(ring([6]))).not.toBe(key(ring([3, 3])));
  });

  test("of wide and of large DAGs is found at once", () => {
    const wide: Parents = [
      [],
      ...Array.from({ length: 150 }, () => [0]),
      Array.from({ length: 150 }, (_, k) => k + 1),
    ];
    expect(key(wide)).not.toMatch(/^~/);
    const large: Parents = Array.from({ length: 3000 }, (_, t) => (t === 0 ? [] : [Math.floor((t - 1) / 2)]));
    expect(key(large)).toMatch(/^~/);
  });
});

describe("groups of tasks", () => {
  test("written out make the DAG again", () =>
    fc.assert(
      fc.property(dagAndOrder, ([parents, types]) => {
        const { groups, types: named } = taskGroups(flow(parents), types);
        const shape = literal(groups).shape();
        const type = Array.from(shape.part, (g) => named.get(groups[g]!.name)?.names[0] ?? groups[g]!.name);
        expect(canonicalShape(shape, type)).toBe(key(parents, types));
      }),
      { numRuns: 300, seed: 3 },
    ));

  test("put together what is alike", () => {
    const { groups } = taskGroups(flow([[], [0], [0], [0], [1, 2, 3]]), [
      "split",
      "map",
      "map",
      "map",
      "map",
    ]);
    expect(groups).toEqual([
      { name: "split", times: 1, after: [] },
      { name: "map", times: 3, after: [0] },
      { name: "map.2", times: 1, after: [1] },
    ]);
  });

  test("have names of their own, even where a type is called as a number would have it", () =>
    expect(uniqueNames(["a", "a.2", "a", "a"])).toEqual(["a", "a.2", "a.3", "a.4"]));
});
