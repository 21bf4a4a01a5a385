import { describe, expect, test } from "vitest";
import { countFigures } from "../../../src/experiment/likeness/count-correlation.js";
import { distance, type Quantity } from "../../../src/experiment/likeness/distances.js";
import { columnsOf, piecesOf } from "../../../src/experiment/likeness/pieces.js";
import { workloadFigures } from "../../../src/experiment/likeness/workload-figures.js";
import { KeyedStream } from "../../../src/kit/random.js";
import { SequentialStream } from "../../../src/kit/sequential-stream.js";
import { ksDistance } from "../../../src/workload/fit/index.js";
import { flow } from "../../workload/made-up-workflows.js";

const of = (...values: number[]): Quantity => ({
  values: Float64Array.from(values),
  workflow: Int32Array.from(values, (_, k) => k),
  workflows: values.length,
});
const between = (a: Quantity, b: Quantity) => distance(a, b, new SequentialStream("test"), 100);

describe("distances of two samples", () => {
  test.each<[string, Quantity, Quantity, number, number]>([
    ["one shifted by 1: the area is the shift", of(1, 2, 3, 4), of(2, 3, 4, 5), 0.25, 1],
    ["one value against another", of(0), of(7), 1, 7],
    ["themselves", of(3, 1, 2), of(1, 2, 3), 0, 0],
    // F is 1/2 on [0, 2) and 1 beyond; G is 1/3, 2/3, 1 from 1, 2, 3 on: 1/2 + 1/6 + 1/3 apart.
    ["sizes that differ", of(0, 2), of(1, 2, 3), 0.5, 0.5 + 1 / 6 + 1 / 3],
    ["values that come several times", of(1, 1, 1, 5), of(1, 5, 5, 5), 0.5, 2],
  ])("of %s", (_, a, b, ks, w1) => {
    const found = between(a, b);
    expect(found.ks.estimate).toBeCloseTo(ks, 12);
    expect(found.wasserstein.estimate).toBeCloseTo(w1, 12);
    expect(ksDistance(a.values.toSorted(), b.values.toSorted())).toBeCloseTo(ks, 12);
  });

  test("the Wasserstein distance is the mean gap of the sorted values, where there are as many of each", () => {
    const stream = KeyedStream.named(1, "w1");
    const sample = () => Float64Array.from({ length: 200 }, () => -Math.log(stream.next()));
    const [a, b] = [sample(), sample().map((x) => 1.3 * x)];
    const sorted = [a, b].map((side) => side.toSorted());
    const plain = sorted[0]!.reduce((sum, x, k) => sum + Math.abs(x - sorted[1]![k]!), 0) / 200;
    const found = between(of(...a), of(...b));
    expect(found.wasserstein.estimate).toBeCloseTo(plain, 12);
    expect(found.relative).toBeCloseTo(plain / found.means[0], 12);
    expect(found.ks.low).toBeLessThanOrEqual(found.ks.estimate);
    expect(found.ks.high).toBeGreaterThan(found.ks.estimate);
  });

  test("bands are wider where values come in workflows that are alike within", () => {
    const stream = KeyedStream.named(2, "clusters");
    const values = Array.from({ length: 40 }, () => stream.next()).flatMap((x) =>
      new Array<number>(10).fill(x),
    );
    const other = of(...Array.from({ length: 400 }, () => stream.next()));
    const loose = of(...values);
    const clustered: Quantity = {
      ...loose,
      workflow: loose.workflow.map((k) => Math.floor(k / 10)),
      workflows: 40,
    };
    const width = (q: Quantity) => {
      const { low, high } = between(q, other).ks;
      return high - low;
    };
    expect(width(clustered)).toBeGreaterThan(1.5 * width(loose));
  });

  test("the same stream gives the same bands", () =>
    expect(between(of(1, 2, 4), of(2, 3))).toEqual(between(of(1, 2, 4), of(2, 3))));
});

describe("figures of a workload", () => {
  const trace = columnsOf(
    [0, 1, 1.5, 4, 9, 9, 10].map((submitted, k) =>
      flow(k % 2 === 0 ? [[]] : [[], [0], [0], [1, 2]], { submitted, template: "t" }),
    ),
    "made up",
  );

  test("are those of its DAGs and gaps", () => {
    const { quantities, workByType, kinds, meanEdges } = workloadFigures([trace]);
    expect([...quantities.gap.values]).toEqual([1, 0.5, 2.5, 5, 0, 1]);
    expect([...quantities.tasks.values]).toEqual([1, 4, 1, 4, 1, 4, 1]);
    expect([...quantities.width.values]).toEqual([1, 2, 1, 2, 1, 2, 1]);
    // Work is 0.5, 1.5, 2.5, 3.5: 0.5 + 2.5 + 3.5 on the longest path.
    expect([...quantities.criticalPath.values]).toEqual([0.5, 6.5, 0.5, 6.5, 0.5, 6.5, 0.5]);
    expect(workByType.get("type-0")!.values).toHaveLength(7 + 3);
    expect(Object.fromEntries(kinds)).toEqual({ "single task": 4 / 7, "fork-join": 3 / 7 });
    expect(meanEdges).toBeCloseTo((3 * 4) / 7, 12);
  });

  test("do not change as it is cut in pieces, but for the gaps between them", () => {
    const pieces = piecesOf(trace, 3);
    expect(pieces.map(({ workflows, rows }) => [workflows, rows])).toEqual([
      [3, 6],
      [3, 9],
    ]);
    expect([...workloadFigures(pieces).quantities.criticalPath.values]).toEqual([
      0.5, 6.5, 0.5, 6.5, 0.5, 6.5,
    ]);
    expect([...workloadFigures(pieces).quantities.gap.values]).toEqual([1, 0.5, 5, 0]);
  });

  test("counts in windows: dispersion and autocorrelation as by hand", () => {
    // Windows of 2 s over 10 s: 3, 0, 1, 0, 2 come (the last, at 10 s, begins a window of its own).
    const { dispersion, correlation } = countFigures([trace], 2, 2);
    const counts = [3, 0, 1, 0, 2];
    const mean = 1.2;
    const variance = counts.reduce((sum, c) => sum + (c - mean) ** 2, 0) / 5;
    expect(dispersion).toBeCloseTo(variance / mean, 12);
    const lag1 = counts.slice(1).reduce((sum, c, k) => sum + (c - mean) * (counts[k]! - mean), 0) / 4;
    expect(correlation[0]).toBeCloseTo(lag1 / variance, 12);
  });
});
