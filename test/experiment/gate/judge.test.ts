import { describe, expect, test } from "vitest";
import type { Limit, Requirements } from "../../../src/experiment/gate/gate.js";
import { judge } from "../../../src/experiment/gate/judge.js";
import { normalQuantile } from "../../../src/kit/normal.js";
import { SequentialStream } from "../../../src/kit/sequential-stream.js";
import { type MadeRun, pairedResults } from "../../support/paired-results.js";

const BASE: Requirements = { limits: [], alpha: 0.05, undecided: "fail" };
const TWO_PERCENT = { value: 0.02, relative: true } as const;
const costs = (values: readonly number[]): MadeRun[] => values.map((objective) => ({ objective }));
const one = (candidate: readonly number[], champion: readonly number[]) => ({
  s: { candidate: costs(candidate), champion: costs(champion) },
});
const verdictOf = (
  candidate: readonly number[],
  champion: readonly number[],
  requirements: Partial<Requirements>,
) => judge(pairedResults(one(candidate, champion)), { ...BASE, ...requirements });

describe("a gate", () => {
  const champion = [10, 11, 9, 10, 12, 8, 10, 11, 9, 10];
  /** Paired differences of mean 0 and a standard deviation of 0.01. */
  const noise = [0.01, -0.01, 0.01, -0.01, 0.01, -0.01, 0.01, -0.01, 0.01, -0.01];
  const shifted = (by: number) => champion.map((cost, i) => cost + by + noise[i]!);

  test.each<[string, number, Partial<Requirements>, string]>([
    ["no worse than by the margin", 0.1, { margin: TWO_PERCENT }, "pass"],
    ["worse by more than the margin", 0.4, { margin: TWO_PERCENT }, "fail"],
    ["about as much worse as the margin", 0.2, { margin: TWO_PERCENT }, "undecided"],
    [
      "no worse than by a margin in the metric's unit",
      0.1,
      { margin: { value: 0.2, relative: false } },
      "pass",
    ],
    ["better", -0.1, { superior: "every" }, "pass"],
    ["worse", 0.1, { superior: "every" }, "fail"],
    ["as good", 0, { superior: "every" }, "undecided"],
    ["better in the only scenario", -0.1, { superior: "some" }, "pass"],
    ["worse in the only scenario", 0.1, { superior: "some" }, "fail"],
  ])("says of a candidate that is %s", (_, by, requirements, verdict) => {
    const { checks, passed } = verdictOf(shifted(by), champion, requirements);
    expect(checks.map((check) => check.verdict)).toEqual([verdict]);
    expect(passed).toBe(verdict === "pass");
  });

  test("does not take the same costs for an improvement, but for no harm", () => {
    expect(verdictOf(champion, champion, { superior: "every" }).checks[0]!.verdict).toBe("fail");
    expect(verdictOf(champion, champion, { superior: "some" }).passed).toBe(false);
    expect(verdictOf(champion, champion, { margin: TWO_PERCENT }).passed).toBe(true);
  });

  test("decides nothing by one seed, and says so", () => {
    const { passed, reason, checks } = verdictOf([1], [10], { superior: "every", margin: TWO_PERCENT });
    expect(passed).toBe(false);
    expect(checks.map(({ verdict }) => verdict)).toEqual(["undecided", "undecided"]);
    expect(reason).toContain("run more seeds");
  });

  test("lets what is undecided pass where it is told to, and never what is refuted", () => {
    const open = verdictOf(shifted(0.2), champion, { margin: TWO_PERCENT, undecided: "pass" });
    expect(open.passed).toBe(true);
    expect(open.reason).toContain("lets pass");
    expect(verdictOf(shifted(0.4), champion, { margin: TWO_PERCENT, undecided: "pass" }).passed).toBe(false);
  });

  test("cannot hold a margin in % where the champion's mean is not clear of zero", () => {
    const around = champion.map((cost) => cost - 10);
    const { checks } = verdictOf(around, around, { margin: TWO_PERCENT });
    expect(checks[0]).toMatchObject({ verdict: "undecided" });
    expect(checks[0]!.found).toContain("not clear of zero");
  });

  test("fails by one scenario of several, and names it", () => {
    const results = pairedResults({
      calm: { candidate: costs(shifted(0)), champion: costs(champion) },
      storm: { candidate: costs(shifted(1)), champion: costs(champion) },
    });
    const { passed, reason } = judge(results, { ...BASE, margin: TWO_PERCENT });
    expect(passed).toBe(false);
    expect(reason).toContain("in storm");
  });

  describe("with limits on the candidate's own figures", () => {
    const limit = (figure: Limit["figure"], bound: Partial<Limit>): Limit => ({
      figure,
      shown: "x",
      ...bound,
    });
    const runs = (make: (i: number) => Partial<MadeRun>) =>
      pairedResults({
        s: {
          candidate: champion.map((objective, i) => ({ objective, ...make(i) })),
          champion: costs(champion),
        },
      });
    const check = (make: (i: number) => Partial<MadeRun>, one: Limit) =>
      judge(runs(make), { ...BASE, limits: [one] }).checks[0]!;

    test.each<[string, Limit, string]>([
      ["well below", limit("p99", { atMost: 12 }), "pass"],
      ["well above", limit("p99", { atMost: 9 }), "fail"],
      ["on both sides of", limit("p99", { atMost: 10.5 }), "undecided"],
      ["above at least", limit("p99", { atLeast: 9 }), "pass"],
      ["below at least", limit("p99", { atLeast: 12 }), "fail"],
    ])("finds an interval %s a bound", (_, one, verdict) => {
      expect(check((i) => ({ p99: i % 2 === 0 ? 10 : 11 }), one).verdict).toBe(verdict);
    });

    test("takes no failure among n workflows for a share below the exact binomial bound, not for none", () => {
      // 10 runs of 100 workflows: 1 - 0.05^(1 / 1000), some 3 / 1000.
      const bound = 1 - 0.05 ** (1 / 1000);
      expect(check(() => ({ failures: 0 }), limit("failures", { atMost: 0.0029 })).verdict).toBe("undecided");
      const found = check(() => ({ failures: 0 }), limit("failures", { atMost: 0.003 }));
      expect(found.verdict).toBe("pass");
      expect(found.estimate!.high).toBeCloseTo(bound, 12);
    });

    test("tells what was found in the unit of the bound: seconds, a share, or plain", () => {
      const run = () => ({ p99: 10, failures: 0.02, objective: 3 });
      expect(check(run, limit("p99", { atMost: 12 })).found).toMatch(/^10\.00 s \[/);
      expect(check(run, { ...limit("failures", { atMost: 0.1 }), shown: "10%" }).found).toMatch(
        /^2\.00 % \[/,
      );
      expect(check(run, limit("objective", { atMost: 12, shown: "12" })).found).toMatch(/^3\.000 \[/);
    });

    test("fails where a run has no such figure, and names the seed", () => {
      const found = check((i) => ({ p99: i === 3 ? Number.NaN : 1 }), limit("p99", { atMost: 100 }));
      expect(found.verdict).toBe("fail");
      expect(found.found).toContain("seed 4");
    });
  });
});

/**
 * How often gates err, by simulation. Bounds are the promised probability plus 4 standard errors: a gate that keeps its
 * promise exactly fails such a test once in 30,000.
 */
describe("over many releases", () => {
  const RELEASES = 4000;
  const ALPHA = 0.05;
  const tolerance = 4 * Math.sqrt((ALPHA * (1 - ALPHA)) / RELEASES);

  /** The share of releases that pass, of candidates whose costs are the champion's plus `by` of their mean, in expectation. */
  function shareOfPasses(
    requirements: Partial<Requirements>,
    by: number,
    { seeds = 15, scenarios = 1, skew = false, draw = "" },
  ) {
    const stream = new SequentialStream(`gate ${draw}`);
    const normal = () => normalQuantile(stream.next());
    // A lognormal of mean 1 that is as skew as costs of congested runs.
    const own = () => (skew ? Math.exp(0.4 * normal() - 0.08) : 1 + 0.1 * normal());
    let passed = 0;
    for (let release = 0; release < RELEASES; release++) {
      const runs = Object.fromEntries(
        Array.from({ length: scenarios }, (_, s) => {
          const weather = Array.from({ length: seeds }, () => 10 * Math.exp(0.2 * normal()));
          return [
            `s${s}`,
            {
              candidate: costs(weather.map((cost) => cost * own() * (1 + by))),
              champion: costs(weather.map((cost) => cost * own())),
            },
          ];
        }),
      );
      if (judge(pairedResults(runs, ALPHA), { ...BASE, alpha: ALPHA, ...requirements }).passed) passed++;
    }
    return passed / RELEASES;
  }

  test.each([
    ["normal costs", { draw: "a" }],
    ["skew costs", { skew: true, draw: "b" }],
  ])("noise alone passes for an improvement no more often than alpha, with %s", (_, how) => {
    expect(shareOfPasses({ superior: "every" }, 0, how)).toBeLessThan(ALPHA + tolerance);
  });

  test("noise alone passes for an improvement somewhere among four scenarios no more often than alpha", () => {
    const share = shareOfPasses({ superior: "some" }, 0, { scenarios: 4, draw: "c" });
    expect(share).toBeLessThan(ALPHA + tolerance);
    // Without Holm's correction it would be 1 - 0.95^4 = 0.185; the correction is not far from exact.
    expect(share).toBeGreaterThan(ALPHA - 0.02);
  });

  test("a candidate that is worse by just the margin passes no more often than alpha", () => {
    expect(shareOfPasses({ margin: TWO_PERCENT }, 0.02, { draw: "d" })).toBeLessThan(ALPHA + tolerance);
  });

  test("a candidate that is as good passes with enough seeds, and with few it mostly does not", () => {
    // The difference's standard error is 0.14 / sqrt(n) of the mean: 0.7 % with 400 seeds, 3.6 % with 15.
    const few = shareOfPasses({ margin: TWO_PERCENT }, 0, { draw: "e" });
    expect(few).toBeLessThan(0.3);
    const stream = new SequentialStream("enough");
    let passed = 0;
    for (let release = 0; release < 200; release++) {
      const weather = Array.from({ length: 1000 }, () => 10 * Math.exp(0.2 * normalQuantile(stream.next())));
      const noisy = () => costs(weather.map((cost) => cost * (1 + 0.1 * normalQuantile(stream.next()))));
      const results = pairedResults({ s: { candidate: noisy(), champion: noisy() } }, ALPHA);
      if (judge(results, { ...BASE, margin: TWO_PERCENT }).passed) passed++;
    }
    // The margin is 4.4 standard errors away: it is missed by a bound at 1.64 once in 350.
    expect(passed).toBeGreaterThan(190);
  });
});
