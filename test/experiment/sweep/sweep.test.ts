import { describe, expect, test } from "vitest";
import {
  importances,
  type Job,
  METHODS,
  parseDimension,
  rankedTrials,
  type Settings,
  type SweepPlan,
  sweep,
} from "../../../src/experiment/sweep/index.js";

const dimensions = ["x=uniform(-2,2)", "y=loguniform(0.01,100)", "z=choice(a,b,c)"].map(parseDimension);
/** A bowl with its least at x = 1, y = 10 and z = b. */
const bowl = ({ x, y, z }: Settings): number =>
  ((x as number) - 1) ** 2 + Math.log10((y as number) / 10) ** 2 + (z === "b" ? 0 : 1);
const plan = (method: SweepPlan["method"], trials = 40, seed = 1): SweepPlan => ({
  dimensions,
  method,
  trials,
  seed,
});
const all = async (jobs: readonly Job[]) => jobs.map(({ settings }) => bowl(settings));

describe.each(METHODS)("%s", (method) => {
  test("tries the same settings whatever order they are measured in", async () => {
    const backwards = async (jobs: readonly Job[]) => {
      const costs = new Array<number>(jobs.length);
      for (let i = jobs.length - 1; i >= 0; i--) costs[i] = bowl(jobs[i]!.settings);
      return costs;
    };
    const trials = await sweep(plan(method, 81), all);
    expect(await sweep(plan(method, 81), backwards)).toEqual(trials);
    expect(trials.map(({ trial }) => trial)).toEqual(trials.map((_, i) => i));
    for (const { settings, cost } of trials) expect(cost).toBe(bowl(settings));
  });

  test("a cost that is no number is the worst, and no trial is lost by it", async () => {
    const trials = await sweep(plan(method, 81), async (jobs) =>
      jobs.map(({ settings }) => (settings["z"] === "a" ? Number.NaN : bowl(settings))),
    );
    const ranked = rankedTrials(trials);
    expect(ranked).toHaveLength(trials.length);
    expect(ranked[0]!.settings["z"]).not.toBe("a");
  });
});

test("a grid is every combination, and refused where it has more points than are allowed", async () => {
  const trials = await sweep(plan("grid", 75), all);
  expect(new Set(trials.map(({ settings }) => JSON.stringify(settings))).size).toBe(5 * 5 * 3);
  await expect(sweep(plan("grid", 74), all)).rejects.toMatchObject({ code: "GRID_TOO_LARGE" });
});

test("a dimension more leaves the draws of the others as they were", async () => {
  const [few, more] = [
    await sweep({ ...plan("random"), dimensions: dimensions.slice(0, 2) }, all),
    await sweep(plan("random"), all),
  ];
  expect(few.map(({ settings }) => settings["x"])).toEqual(more.map(({ settings }) => settings["x"]));
});

test("tpe looks where earlier trials were good: its later ones are better than random ones", async () => {
  const meanOf = (trials: readonly { cost: number }[]) =>
    trials.reduce((sum, { cost }) => sum + cost, 0) / trials.length;
  const seeds = Array.from({ length: 10 }, (_, seed) => seed);
  const gains: number[] = [];
  for (const seed of seeds) {
    const [guided, blind] = [
      await sweep(plan("tpe", 40, seed), all),
      await sweep(plan("random", 40, seed), all),
    ];
    gains.push(meanOf(blind.slice(24)) / meanOf(guided.slice(24)));
  }
  // At random the mean is 4.3; in no choice of ten seeds does chance halve it each time.
  expect(Math.min(...gains)).toBeGreaterThan(2);
});

test("halving: many with little effort, the best third of each rung with three times as much", async () => {
  const rungs: { count: number; share: number }[] = [];
  const trials = await sweep(plan("halving", 27), async (jobs) => {
    rungs.push({ count: jobs.length, share: jobs[0]!.share });
    // With little effort a cost is noisy, but not so much that the best are lost.
    return jobs.map(({ settings, share, trial }) => bowl(settings) + (1 - share) * 0.1 * Math.sin(trial));
  });
  expect(rungs).toEqual([
    { count: 27, share: 1 / 27 },
    { count: 9, share: 1 / 9 },
    { count: 3, share: 1 / 3 },
    { count: 1, share: 1 },
  ]);
  const [best] = rankedTrials(trials);
  expect(best!.share).toBe(1);
  expect(best!.cost).toBeLessThanOrEqual(Math.min(...trials.map(({ settings }) => bowl(settings))) + 0.2);
});

describe("asha", () => {
  /** Measures with delays of their own, and notes when each began and ended. */
  const delayed = (delay: (job: Job) => number) => {
    const noted: string[] = [];
    let atOnce = 0;
    let most = 0;
    const measure = async ([job]: readonly Job[]): Promise<number[]> => {
      noted.push(`${job!.trial}@${Math.round(1 / job!.share)}`);
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, delay(job!)));
      atOnce--;
      return [bowl(job!.settings)];
    };
    return { measure, noted, most: () => most };
  };

  test("who is done first changes nothing: neither what is tried, nor in what order, nor what comes of it", async () => {
    const [quick, slow, uneven] = [
      delayed(() => 0),
      delayed(({ trial }) => (trial * 7) % 5),
      delayed(({ share }) => 4 * (1 - share)),
    ];
    const first = await sweep(plan("asha", 27), quick.measure);
    for (const other of [slow, uneven]) {
      expect(await sweep(plan("asha", 27), other.measure)).toEqual(first);
      expect(other.noted).toEqual(quick.noted);
    }
    expect(slow.most()).toBe(8);
  });

  test("the best so far go on before the rung below is done, and at least one with the whole effort", async () => {
    const { measure, noted } = delayed(() => 0);
    const trials = await sweep(plan("asha", 27), measure);
    // Trial 26 begins in the lowest rung after others were taken up from it: nobody waits.
    expect(noted.findIndex((job) => job.endsWith("@9"))).toBeLessThan(noted.indexOf("26@27"));
    const [best] = rankedTrials(trials);
    expect(best!.share).toBe(1);
    const costs = trials.map(({ settings }) => bowl(settings)).sort((a, b) => a - b);
    expect(best!.cost).toBe(costs[0]);
    // Each rung has at least a third of the one below, rounded down, and each trial is in a rung once.
    const inRung = (share: number) => noted.filter((job) => job.endsWith(`@${share}`)).length;
    expect(inRung(27)).toBe(27);
    expect(inRung(9)).toBeGreaterThanOrEqual(9);
    expect(inRung(3)).toBeGreaterThanOrEqual(3);
    expect(new Set(noted).size).toBe(noted.length);
  });

  test("four trials by hand: the best of the first three goes on while the fourth is measured", async () => {
    const costs = [3, 1, 2, 0];
    const began: [number, number][] = [];
    const trials = await sweep(plan("asha", 4), async ([job]) => {
      began.push([job!.trial, job!.share]);
      return [costs[job!.trial]!];
    });
    // Eight workers take all four at once; when three are done the best of these goes up, and with four the third is still one.
    expect(began).toEqual([
      [0, 1 / 3],
      [1, 1 / 3],
      [2, 1 / 3],
      [3, 1 / 3],
      [1, 1],
      [3, 1],
    ]);
    expect(trials.map(({ share }) => share)).toEqual([1 / 3, 1, 1 / 3, 1]);
  });

  test("a failure is told, and nothing is left unheard", async () => {
    const failing = sweep(plan("asha", 27), async ([job]) => {
      if (job!.trial === 5) throw new Error("five");
      return [job!.trial];
    });
    await expect(failing).rejects.toThrow("five");
  });
});

describe("importance", () => {
  const swept = (cost: (settings: Settings) => number) =>
    sweep(plan("random", 80), async (jobs) => jobs.map(({ settings }) => cost(settings)));

  test("a setting that alone decides has all of it", async () => {
    const [first, ...rest] = importances(dimensions, await swept(({ y }) => Math.log(y as number)));
    expect(first!.path).toBe("y");
    expect(first!.share).toBeGreaterThan(0.85);
    for (const { share } of rest) expect(share).toBeLessThan(0.05);
  });

  test("of two that add up evenly, each has about a half", async () => {
    const told = importances(
      dimensions,
      await swept(({ x, y }) => (x as number) / 4 + Math.log10(y as number) / 4),
    );
    const of = (path: string) => told.find((each) => each.path === path)!.share;
    expect(of("x")).toBeGreaterThan(0.3);
    expect(of("y")).toBeGreaterThan(0.3);
    expect(of("z")).toBeLessThan(0.05);
  });

  test("where nothing matters, and where there is too little to tell", async () => {
    for (const { share } of importances(dimensions, await swept(() => 1))) expect(share).toBe(0);
    expect(importances(dimensions, (await swept(bowl)).slice(0, 3))).toEqual([]);
  });
});
