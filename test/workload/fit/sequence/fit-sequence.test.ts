import { describe, expect, test } from "vitest";
import { normalCdf, normalQuantile } from "../../../../src/kit/normal.js";
import { KeyedStream } from "../../../../src/kit/random.js";
import { normalScores } from "../../../../src/workload/fit/correlation.js";
import { FIT_DEFAULTS, fitRemarks, fitTrace } from "../../../../src/workload/fit/index.js";
import { autocorrelations } from "../../../../src/workload/fit/sequence/block-length.js";
import { generate, parseSynthesis, renderSynthesis } from "../../../../src/workload/synthesis/index.js";
import type { TraceWorkflow } from "../../../../src/workload/trace/index.js";
import { flow } from "../../made-up-workflows.js";
import { gathered } from "../gathered.js";

const OPTIONS = { ...FIT_DEFAULTS, name: "fit" };

/** A Poisson stream of single tasks with exponential work whose normal scores are autoregressive. */
function madeUp(
  n: number,
  phi: number,
  seed = 1,
  factor: (share: number) => number = () => 1,
): TraceWorkflow[] {
  const draws = KeyedStream.named(seed, "test/sequence");
  let score = normalQuantile(draws.next());
  let at = 0;
  return Array.from({ length: n }, (_, w) => {
    at -= Math.log(draws.next());
    score = phi * score + Math.sqrt(1 - phi * phi) * normalQuantile(draws.next());
    const work = -Math.log1p(-normalCdf(score)) * factor(w / n);
    return flow([[]], { submitted: at, work: Float64Array.of(work), type: ["a"] });
  });
}
const workScores = (flows: readonly TraceWorkflow[]) =>
  normalScores(Float64Array.from(flows, ({ work }) => work[0]!));
const lagOne = (flows: readonly TraceWorkflow[]) => autocorrelations(workScores(flows), 1)[1]!;

test("workflows that are independent of each other are drawn so", () => {
  const { spec, sequence } = fitTrace(gathered(madeUp(4000, 0)), OPTIONS);
  expect([spec.arrivals.kind, sequence!.chosen.plan]).toEqual(["poisson", null]);
  // Three standard errors of an autocorrelation of 4000.
  expect(Math.abs(sequence!.dependence.works)).toBeLessThan(0.05);
});

describe("work that hangs on the work before it", () => {
  const real = madeUp(4000, 0.95);
  const fit = fitTrace(gathered(real), OPTIONS);
  const made = [...generate(fit.spec, { seed: 5, workflows: 20_000 })];

  test("is drawn in blocks, far shorter than the record, and independence is told to have failed", () => {
    expect(fit.spec.arrivals.kind).toBe("blocks");
    expect(fit.sequence!.chosen.plan!.length).toBeLessThan(4000 / 4);
    const independent = fit.sequence!.tried[0]!;
    expect([independent.name, independent.change < -0.3]).toEqual(["independent", true]);
  });

  test("keeps its autocorrelation, of which independent draws have nothing", () => {
    expect(fit.sequence!.dependence.works).toBeCloseTo(lagOne(real), 9);
    expect(Math.abs(lagOne(made) - lagOne(real))).toBeLessThan(0.05);
    const independent = fitTrace(gathered(real), { ...OPTIONS, sequence: "independent" });
    expect(independent.sequence).toBeNull();
    const without = lagOne([...generate(independent.spec, { seed: 5, workflows: 20_000 })]);
    expect(Math.abs(without)).toBeLessThan(0.03);
  });

  test("keeps its rate and mean to a percent, over any number of passes", () => {
    const mean = (flows: readonly TraceWorkflow[]) =>
      flows.reduce((sum, { work }) => sum + work[0]!, 0) / flows.length;
    expect(Math.abs(mean(made) / mean(real) - 1)).toBeLessThan(0.01);
    const gap = (real.at(-1)!.submitted - real[0]!.submitted) / (real.length - 1);
    expect(made.at(-1)!.submitted / made.length / gap).toBeCloseTo(1, 6);
  });

  test("is told in the head of the file, which is read again and makes the same", () => {
    const text = renderSynthesis(fit.spec, fitRemarks(fit, "made-up", "bic"));
    expect(text).toMatch(/^# Sequence: blocks of .* independent: -/m);
    const again = [...generate(parseSynthesis(text, "fit.yaml"), { seed: 5, workflows: 100 })];
    // Numbers of the file have six digits.
    again.forEach((one, w) => {
      expect(Math.abs(one.work[0]! / made[w]!.work[0]! - 1)).toBeLessThan(1e-3);
    });
  });
});

test("a load that drifts keeps its drift: blocks stay in windows", () => {
  // Three times the work in the middle fifth: a queue that is overrun there, and there only.
  const drift = madeUp(3000, 0, 1, (share) => (share > 0.4 && share < 0.6 ? 3 : 0.5));
  const { sequence, spec } = fitTrace(gathered(drift), OPTIONS);
  expect(sequence!.chosen.plan!.within).toBeLessThan(3000);
  const made = [...generate(spec, { seed: 2, workflows: 3000 })];
  const part = (flows: readonly TraceWorkflow[], from: number, to: number) =>
    flows.slice(from, to).reduce((sum, { work }) => sum + work[0]!, 0) / (to - from);
  expect(part(made, 1350, 1650) / part(made, 0, 900)).toBeGreaterThan(3);
});

test("of a trace of a few workflows it is said that they tell nothing", () => {
  const { sequence } = fitTrace(gathered(madeUp(6, 0)), OPTIONS);
  expect(sequence!.notes[0]).toMatch(/6 workflows are too few/);
});

test("a few workflows whose largest comes last, where nothing waits for it, stay in their order", () => {
  // All but the last fit between each other; the last fills the queue for as long as all of them together take.
  const few = Array.from({ length: 10 }, (_, w) =>
    flow(
      Array.from({ length: w === 9 ? 200 : 1 }, () => []),
      {
        submitted: 10 * w,
        work: new Float64Array(w === 9 ? 200 : 1).fill(1),
        type: new Array<string>(w === 9 ? 200 : 1).fill("a"),
      },
    ),
  );
  const { sequence, spec } = fitTrace(gathered(few), OPTIONS);
  expect(sequence!.chosen.name).toBe("as recorded, works drawn");
  expect(Math.abs(sequence!.chosen.change)).toBeLessThan(0.05);
  expect(sequence!.tried.slice(0, -1).every(({ change }) => Math.abs(change) > 0.1)).toBe(true);
  expect([...generate(spec, { seed: 1, workflows: 20 })].map(({ count }) => count)).toEqual(
    [...few, ...few].map(({ count }) => count),
  );
});

test("workflows that came all at once have no sequence", () =>
  expect(fitTrace(gathered([flow([[]]), flow([[]]), flow([[]])]), OPTIONS).sequence).toBeNull());

test("a workflow whose tasks are numbered otherwise gives each task the work of its type", () => {
  const fan = (w: number, turned: boolean) =>
    flow([[], [], [0, 1]], {
      submitted: w,
      type: turned ? ["b", "a", "c"] : ["a", "b", "c"],
      work: turned ? Float64Array.of(100 + w, 1 + w, 10) : Float64Array.of(1 + w, 100 + w, 10),
    });
  const { spec } = fitTrace(gathered(Array.from({ length: 40 }, (_, w) => fan(w, w % 3 === 0))), OPTIONS);
  for (const { type, work } of generate(spec, { seed: 1, workflows: 100 }))
    type.forEach((name, t) => {
      expect({ a: work[t]! < 60, b: work[t]! > 60, c: work[t] === 10 }[name]).toBe(true);
    });
});
