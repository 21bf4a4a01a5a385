import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { FIT_DEFAULTS, fitRemarks, fitTrace, sampleTrace } from "../../../src/workload/fit/index.js";
import {
  generate,
  parseSynthesis,
  renderSynthesis,
  type SynthesisSpec,
} from "../../../src/workload/synthesis/index.js";
import { lawMean } from "../../../src/workload/synthesis/law.js";
import { flow } from "../made-up-workflows.js";
import { gathered } from "./gathered.js";

const SCENARIOS = resolve(import.meta.dirname, "../../../scenarios");
const OPTIONS = { ...FIT_DEFAULTS, name: "fit" };

const spec = (text: string): SynthesisSpec => parseSynthesis(`synthesis: s\n${text}`, "s.yaml");

describe("a fit of what was made up finds what it was made up from", () => {
  const truth = spec(`
arrivals: { poisson: 2 / s }
correlation: 50%
types:
  a: { work: exponential(3 s), cpu: 2, memory: empirical(values = [1e9, 4e9], weights = [0.75, 0.25]), failure: 10% }
  b: { work: lognormal(mean = 5 s, cv = 1) }
templates:
  line: { weight: 3, tasks: { a: , b: { after: [a] } }, deadline: 60 s, priority: 4 }
  fan: { weight: 1, tasks: { a: , b: { times: 6, after: [a] } }, work: { b: lognormal(mean = 1 s, cv = 0.5) } }
`);
  const fit = fitTrace(gathered(generate(truth, { seed: 1, workflows: 4000 })), OPTIONS);
  const [line, fan] = fit.spec.templates;

  test("patterns, their frequencies, deadlines and priorities", () => {
    expect(fit.patterns).toEqual({ kept: 2, pooled: 0, pooledWorkflows: 0 });
    expect([line!.name, fan!.name]).toEqual(["line", "fan"]);
    expect(Math.abs(line!.weight / 4000 - 0.75)).toBeLessThan(0.035);
    expect([line!.deadline, line!.priority, fan!.deadline]).toEqual([
      { kind: "deterministic", value: 60 },
      4,
      undefined,
    ]);
    expect(fan!.family).toEqual({
      kind: "tasks",
      tasks: [
        { name: "a", times: 1, after: [] },
        { name: "b", times: 6, after: [0] },
      ],
    });
  });

  test("the process, the rate, and the families of work", () => {
    expect(fit.spec.arrivals.kind).toBe("poisson");
    expect(fit.types.find(({ name }) => name === "a")!.families[0]!.name).toBe("exponential");
  });

  test("a type's law in a template where it is another; its mean is kept", () => {
    expect([...fan!.work.keys(), ...line!.work.keys()]).toContain("b");
    expect(Math.abs(lawMean(fan!.work.get("b")!) - 1)).toBeLessThan(0.05);
  });

  test("the correlation of work within a workflow", () =>
    // Four standard errors at some thousand workflows.
    expect(
      [line, fan].map((one) => Math.abs((one!.correlation ?? fit.spec.correlation) - 0.5) < 0.08),
    ).toEqual([true, true]));

  test("what tasks need, and how often they fail", () => {
    const a = fit.spec.types.get("a")!;
    expect(a.cpu).toEqual({ kind: "deterministic", value: 2 });
    expect(Math.abs(lawMean(a.memory!) / 1.75e9 - 1)).toBeLessThan(0.05);
    expect(Math.abs(a.failure - 0.1)).toBeLessThan(0.02);
    expect(fit.spec.types.get("b")!.cpu).toBeUndefined();
  });

  test("its text is a spec, and makes the same", () => {
    const text = renderSynthesis(fit.spec, fitRemarks(fit, "made-up", "bic"));
    const again = parseSynthesis(text, "fit.yaml");
    expect(again.templates.map(({ family }) => family)).toEqual(
      fit.spec.templates.map(({ family }) => family),
    );
    expect(text).toMatch(/^# Fitted to made-up.*\n# Sequence: independent.*\n.*\n# Arrivals, BIC: poisson/);
  });
});

test("rare DAGs are pooled to layers with their depth, width and types", () => {
  const flows = Array.from({ length: 60 }, (_, w) =>
    flow(w < 50 ? [[]] : [[], ...Array.from({ length: w - 48 }, () => [0])], { submitted: w, template: "t" }),
  );
  const fit = fitTrace(gathered(flows), { ...OPTIONS, patterns: 1 });
  expect(fit.patterns).toEqual({ kept: 1, pooled: 10, pooledWorkflows: 10 });
  const rare = fit.spec.templates[1]!;
  expect([rare.name, rare.weight, rare.family]).toMatchObject([
    "rare",
    10,
    { kind: "layered", density: 0, layers: { values: [2] } },
  ]);
  expect([...generate(fit.spec, { seed: 1, workflows: 200 })].some(({ count }) => count > 2)).toBe(true);
});

test("templates that name every workflow anew say nothing, and are left out", () => {
  const flows = Array.from({ length: 40 }, (_, w) => flow([[], [0]], { submitted: w, template: `run-${w}` }));
  expect(fitTrace(gathered(flows), OPTIONS).spec.templates).toHaveLength(1);
});

test("a trace of unknown work is refused with the type", () =>
  expect(() => fitTrace(gathered([flow([[]], { work: Float64Array.of(Number.NaN) })]), OPTIONS)).toThrow(
    /work of every task of type "type-0" is unknown/,
  ));

test("the sample that ships is fitted, and its total work kept", async () => {
  const sample = await sampleTrace(resolve(SCENARIOS, "traces/small.arrow"));
  const { spec: found } = fitTrace(sample, OPTIONS);
  let work = 0;
  let count = 0;
  for (const one of generate(found, { seed: 1, workflows: 20_000 })) {
    count++;
    for (const seconds of one.work) work += seconds;
  }
  const truth = sample.work.reduce((a, b) => a + b, 0) / sample.submitted.length;
  // Work of a workflow has a cv below 1, so a standard error below 0.7 %.
  expect(Math.abs(work / count / truth - 1)).toBeLessThan(0.03);
});
