import { describe, expect, test } from "vitest";
import {
  andersonDarling,
  cramerVonMises,
  energyDistance,
  kolmogorovSmirnov,
  permutationTest,
} from "../../../src/experiment/statistics/index.js";
import { SequentialStream } from "../../../src/kit/sequential-stream.js";
import { allowance, fill, shareOf } from "../../support/draws.js";
import { sharedJson } from "../../support/shared.js";

/** Two small samples, and two with ties; their figures by scipy 1.17 and, of Anderson and Darling's, by its definition in numpy. */
const X = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
const Y = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14];
const TIED = [
  [1, 2, 2, 3, 5],
  [2, 4, 5, 6, 7, 7],
] as const;

describe("distances of two samples", () => {
  test("are those of scipy", () => {
    expect(kolmogorovSmirnov(X, Y)).toMatchObject({
      statistic: expect.closeTo(0.6388888888888888, 14),
      pValue: expect.closeTo(0.04689428218839984, 12),
      method: "exact",
    });
    expect(cramerVonMises(X, Y)).toBeCloseTo(0.38725490196078427, 12);
    expect(energyDistance(X, Y)).toBeCloseTo(0.364275848765432, 12);
    expect(andersonDarling(X, Y)).toBeCloseTo(1.8673468699510367, 12);
  });

  test("allow for ties", () => {
    const [x, y] = TIED;
    expect(cramerVonMises([...x], [...y])).toBeCloseTo(0.4265151515151515, 12);
    expect(energyDistance([...x], [...y])).toBeCloseTo(2.415555555555557, 12);
    expect(andersonDarling([...x], [...y])).toBeCloseTo(2.1526455026455027, 12);
  });

  test("the energy distance is its definition in mean distances", () => {
    const apart = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, p) => sum + b.reduce((inner, q) => inner + Math.abs(p - q), 0), 0) /
      (a.length * b.length);
    expect(energyDistance(X, Y)).toBeCloseTo(2 * apart(X, Y) - apart(X, X) - apart(Y, Y), 12);
  });

  interface Vector {
    readonly a: number[];
    readonly b: number[];
    readonly ks: number;
    readonly ks_p_exact: number | null;
    readonly cvm: number;
  }
  const vectors = sharedJson<readonly Vector[]>("reference/vectors/stats/two_sample.json");
  test.skipIf(vectors === null)("agree with scipy's on lognormal samples, 20 to 2000 values", () => {
    // scipy's exact p-values of those whose own are not in the file.
    const exact = [0.9730293965208306, 0.0004812023148380089];
    for (const { a, b, ks, ks_p_exact, cvm } of vectors!) {
      const found = kolmogorovSmirnov(a, b);
      expect(found.statistic).toBeCloseTo(ks, 12);
      const p = ks_p_exact ?? (a.length === 200 ? exact.shift() : undefined);
      if (p !== undefined) expect(found.pValue / p).toBeCloseTo(1, 10);
      expect(cramerVonMises(a, b) / cvm).toBeCloseTo(1, 10);
    }
  });
});

describe("Smirnov's exact p-value", () => {
  test("counts all orders: three above three come so far apart in 2 of 20", () => {
    expect(kolmogorovSmirnov([4, 5, 6], [1, 2, 3])).toMatchObject({
      statistic: 1,
      pValue: expect.closeTo(2 / 20, 12),
    });
  });

  test("with ties looks where they end only: all deals of the values, counted", () => {
    const values = [1, 1, 2, 2, 2, 3, 4];
    const at = (x: number[]) =>
      kolmogorovSmirnov(
        x,
        values.filter((_, i) => !chosen.includes(i)),
      );
    let chosen: number[] = [0, 1, 2];
    const observed = at([1, 1, 2]);
    let [deals, asFar] = [0, 0];
    for (let bits = 0; bits < 2 ** 7; bits++) {
      chosen = values.flatMap((_, i) => ((bits >> i) & 1 ? [i] : []));
      if (chosen.length !== 3) continue;
      deals++;
      if (at(chosen.map((i) => values[i]!)).statistic >= observed.statistic - 1e-12) asFar++;
    }
    expect(observed.pValue).toBeCloseTo(asFar / deals, 12);
  });

  test("goes over into Kolmogorov's limit beyond ten million pairs, and hardly changes there", () => {
    const x = fill(3170, () => 0).map((_, i) => i);
    const y = x.map((value) => value + 110.5);
    const exact = kolmogorovSmirnov(x.slice(0, 3160), y.slice(0, 3160));
    const limit = kolmogorovSmirnov(x, y);
    expect([exact.method, limit.method]).toEqual(["exact", "asymptotic"]);
    expect(limit.pValue / exact.pValue).toBeCloseTo(1, 1);
  });
});

describe("the permutation test", () => {
  test.each([
    ["Anderson and Darling", andersonDarling],
    ["energy", energyDistance],
  ] as const)(
    "of %s rejects one law in 5 %% of samples, and two laws of one mean nearly always",
    (_, statistic) => {
      const stream = new SequentialStream("permute");
      const trials = 300;
      const once = (spread: number, count: number) =>
        permutationTest(
          fill(count, () => stream.next() - 0.5),
          fill(count, () => spread * (stream.next() - 0.5)),
          statistic,
          { stream, deals: 99 },
        ).pValue;
      const rejected = shareOf(trials, () => once(1, 12) <= 0.05);
      expect(Math.abs(rejected - 0.05)).toBeLessThan(allowance(0.05, trials));
      expect(once(5, 40)).toBe(0.01);
    },
  );
});
