import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import {
  columnsOf,
  compareWorkloads,
  piecesOf,
  renderLikeness,
} from "../../../src/experiment/likeness/index.js";
import type { PolicySource } from "../../../src/experiment/policy-source.js";
import { FIT_DEFAULTS, fitTrace, Gatherer, sampleTrace } from "../../../src/workload/fit/index.js";
import { generate, parseSynthesis, type SynthesisSpec } from "../../../src/workload/synthesis/index.js";
import { loadTrace } from "../../../src/workload/trace/index.js";

const SCENARIOS = resolve(import.meta.dirname, "../../../scenarios");
const SMALL = resolve(SCENARIOS, "traces/small.arrow");
const policies: PolicySource[] = ["weighted-random", "jsq", "sed"].map((spec) => ({
  kind: "heuristic",
  spec,
}));
const options = { policies, seed: 1, resamples: 50 };
const families = parseSynthesis(
  readFileSync(resolve(SCENARIOS, "synthesis/families.yaml"), "utf8"),
  "families.yaml",
);

const fitOf = (spec: SynthesisSpec, workflows: number): SynthesisSpec => {
  const gatherer = new Gatherer();
  let id = 0;
  for (const flow of generate(spec, { seed: 99, workflows }))
    gatherer.add({ ...flow, id: id++, task: new Int32Array(flow.count) });
  return fitTrace(gatherer.sample(), { ...FIT_DEFAULTS, name: "fit" }).spec;
};

describe("what is fitted to a workload keeps its mean flow times within 10 %, and the ranking of policies", () => {
  test("of the sample that ships", async () => {
    const { spec } = fitTrace(await sampleTrace(SMALL), { ...FIT_DEFAULTS, name: "small" });
    const real = loadTrace(readFileSync(SMALL));
    const found = await compareWorkloads(
      real,
      piecesOf({ spec, replications: 20, seed: 1 }, real.workflows),
      options,
    );
    expect(found.verdict).toBe("like");
    expect(found.consequence.rankingKept).toBe(true);
    expect(renderLikeness(found)).toMatch(
      /^LIKE: mean flow times differ by .* within 10.0 %; ranking of policies unchanged/,
    );
  });

  test("of one that is made up: several families, correlated work; a draw of it, long enough to tell, is the real trace", async () => {
    const truth = parseSynthesis(
      `
synthesis: truth
arrivals: { poisson: 1 / s }
correlation: 30%
types: { a: { work: gamma(mean = 1 s, cv = 0.7) }, b: { work: lognormal(mean = 2 s, cv = 1) } }
templates:
  line: { weight: 2, chain: { tasks: uniform(low = 1.5, high = 4.5) }, types: { task: a } }
  fan: { forkJoin: { branches: uniform(low = 1.5, high = 5.5) }, types: { fork: a, branch: { a: 1, b: 2 }, join: a } }
`,
      "truth.yaml",
    );
    const spec = fitOf(truth, 3000);
    const real = columnsOf(generate(truth, { seed: 5, workflows: 6000 }), "truth");
    const found = await compareWorkloads(real, piecesOf({ spec, replications: 3, seed: 1 }, 6000), {
      ...options,
      resamples: 2,
    });
    expect(found.verdict).toBe("like");
  }, 30_000);
});

describe("what is unlike is told", () => {
  test("twice the work, or bursts where there were none", async () => {
    const plain = parseSynthesis(
      "synthesis: s\narrivals: { poisson: 1 / s }\ntypes: { task: { work: exponential(1 s) } }\ntemplates: { t: { chain: { tasks: 2 } } }\n",
      "s.yaml",
    );
    const real = columnsOf(generate(plain, { seed: 1, workflows: 400 }), "real");
    const verdict = async (spec: SynthesisSpec) =>
      compareWorkloads(real, piecesOf({ spec, replications: 6, seed: 2 }, 400), {
        ...options,
        resamples: 20,
      });
    const same = await verdict(plain);
    expect(same.verdict).not.toBe("unlike");
    const slow: SynthesisSpec = {
      ...plain,
      types: new Map([["task", { work: { kind: "exponential", mean: 2 }, failure: 0 }]]),
    };
    const slower = await verdict(slow);
    expect(slower.verdict).toBe("unlike");
    expect(slower.distances.work.ks.low).toBeGreaterThan(slower.distances.work.ksSameLaw);
    expect(same.distances.work.ks.estimate).toBeLessThan(0.08);
    const bursts: SynthesisSpec = {
      ...plain,
      arrivals: { kind: "mmpp", rates: [0.2, 3], leave: [0.01, 0.025] },
    };
    const bursty = await verdict(bursts);
    expect(bursty.verdict).toBe("unlike");
    expect(bursty.arrivals.synthetic.dispersion).toBeGreaterThan(3);
    expect(renderLikeness(bursty)).toMatch(/^UNLIKE/);
  });

  test("a trace that came all at once has no load to set against another", async () => {
    const one = columnsOf(generate(families, { seed: 1, workflows: 1 }), "one");
    await expect(compareWorkloads(one, [one], options)).rejects.toThrow(/all came at one instant/);
  });
});
