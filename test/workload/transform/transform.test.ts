import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  readTrace,
  readTraceMetadata,
  type TraceWorkflow,
  TraceWriter,
} from "../../../src/workload/trace/index.js";
import { parseStep, remakeTrace, STEPS } from "../../../src/workload/transform/index.js";
import { flow, METADATA } from "../made-up-workflows.js";

async function* stream(flows: readonly TraceWorkflow[]) {
  yield* flows;
}
async function applied(step: string, flows: readonly TraceWorkflow[]): Promise<TraceWorkflow[]> {
  const out: TraceWorkflow[] = [];
  for await (const each of parseStep(step).apply(stream(flows))) out.push(each);
  return out;
}
const at = (submitted: number, rest: Partial<TraceWorkflow> = {}) => flow([[], [0]], { submitted, ...rest });
const times = (flows: readonly TraceWorkflow[]) => flows.map(({ submitted }) => submitted);

const manyFlows = fc
  .array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 40 })
  .map((all) => all.sort((a, b) => a - b).map((t, i) => at(t, { template: `t${i}` })));

describe("a slice", () => {
  test("keeps what comes from its begin until before its end, and counts from its begin", async () => {
    expect(
      times(
        await applied(
          "slice(from=10, until=20)",
          [9.9, 10, 15, 20].map((t) => at(t)),
        ),
      ),
    ).toEqual([0, 5]);
    expect(
      times(
        await applied(
          "slice(until=1 min)",
          [0, 59, 60].map((t) => at(t)),
        ),
      ),
    ).toEqual([0, 59]);
  });

  test("moves what was recorded with its workflow", async () => {
    const [only] = await applied("slice(from=10)", [
      at(12, { recordedStart: Float64Array.of(13, Number.NaN) }),
    ]);
    expect([...only!.recordedStart!]).toEqual([3, Number.NaN]);
  });
});

describe("a filter", () => {
  const flows = [
    at(0, { template: "order-eu", outcome: ["succeeded", "failed"] }),
    at(1, { template: "order-us", work: Float64Array.of(1, Number.NaN) }),
    at(2, { template: "refund", type: ["check", "pay"] }),
  ];
  test.each([
    ["filter(template=order-*)", [0, 1]],
    ["filter(template=*-us)", [1]],
    ["filter(template=order)", []],
    ["filter(type=pay)", [2]],
    ["filter(type=p*y)", [2]],
    ["filter(outcome=failed)", [0]],
    ["filter(known=true)", [0, 2]],
    ["filter(known=true, not=true)", [1]],
    ["filter(minWork=1.5 s)", [0, 2]],
    ["filter(maxTasks=1)", []],
  ])("%s keeps %j", async (step, kept) => expect(times(await applied(step, flows))).toEqual(kept));
});

describe("a sample", () => {
  test("takes each workflow with its probability, and the same ones again for the same seed", async () => {
    const flows = Array.from({ length: 4000 }, (_, i) => at(i));
    const taken = await applied("sample(share=25%, seed=7)", flows);
    // Binomial(4000, 1/4) has a deviation of 27.4: four of them, a false alarm once in 16 000 seeds; the seed is fixed.
    expect(Math.abs(taken.length - 1000)).toBeLessThan(110);
    expect(times(await applied("sample(share=25%, seed=7)", flows))).toEqual(times(taken));
    expect(times(await applied("sample(share=25%, seed=8)", flows))).not.toEqual(times(taken));
    expect(await applied("sample(share=100%)", flows)).toEqual(flows);
    expect(await applied("sample(share=0)", flows)).toEqual([]);
  });
});

test("scaling stretches time and work, each by its factor, and what was recorded as the work", async () => {
  const [only] = await applied("scale(time=0.5, work=3)", [
    at(10, {
      work: Float64Array.of(1, Number.NaN),
      recordedEnd: Float64Array.of(12, Number.NaN),
      deadline: 5,
    }),
  ]);
  expect(only).toMatchObject({ submitted: 5, deadline: 15 });
  expect([...only!.work]).toEqual([3, Number.NaN]);
  expect([...only!.recordedEnd!]).toEqual([11, Number.NaN]);
});

describe("amplifying", () => {
  test("gives every workflow so often, in the order in which they come", () =>
    fc.assert(
      fc.asyncProperty(manyFlows, fc.integer({ min: 1, max: 4 }), async (flows, n) => {
        const out = await applied(`amplify(times=${n}, jitter=exponential(100 s))`, flows);
        expect(times(out)).toEqual([...times(out)].sort((a, b) => a - b));
        const count = new Map<string, number>();
        for (const { template } of out) count.set(template, (count.get(template) ?? 0) + 1);
        expect([...count.values()]).toEqual(flows.map(() => n));
      }),
      { numRuns: 50 },
    ));

  test("puts each copy a jitter after the one before", async () => {
    expect(times(await applied("amplify(times=3, jitter=2 s)", [at(0), at(3)]))).toEqual([0, 2, 3, 4, 5, 7]);
  });
});

test("shuffling keeps the times, and the workflows of every window", () =>
  fc.assert(
    fc.asyncProperty(manyFlows, async (flows) => {
      const out = await applied("shuffle(window=100 s, seed=3)", flows);
      expect(times(out)).toEqual(times(flows));
      const windows = (all: readonly TraceWorkflow[]) =>
        all.map(({ submitted, template }) => `${Math.floor(submitted / 100)} ${template}`).sort();
      expect(windows(out)).toEqual(windows(flows));
    }),
    { numRuns: 50 },
  ));

test("anonymizing leaves no name but outcomes", async () => {
  const [a, b] = await applied("anonymize", [
    at(0, { template: "secret", type: ["x", "y"], recordedPool: ["host", null], outcome: ["failed", null] }),
    at(1, { template: "secret", type: ["y", "z"] }),
  ]);
  expect(a).toMatchObject({
    template: "workflow-1",
    type: ["type-1", "type-2"],
    recordedPool: ["pool-1", null],
    outcome: ["failed", null],
  });
  expect(b).toMatchObject({ template: "workflow-1", type: ["type-2", "type-3"] });
});

describe("a step as a user writes it", () => {
  test.each(STEPS.map(({ name, example }) => [name, example]))(
    "%s reads as its example says",
    (name, example) => expect(parseStep(example!).step.step).toBe(name),
  );

  test.each([
    ["slize(from=1)", /no step is called "slize".*did you mean "slice"/s],
    ["slice(frm=1)", /did you mean "from"/],
    ["slice(from=2 h, until=1 h)", /the slice ends before it begins/],
    ["slice(from=soon)", /from: "soon" is not a time/],
    ["sample(share=150%)", /out of range/],
    ["sample", /"share" is missing.*sample\(share=10%/s],
    ["amplify(times=1.5, jitter=1 s)", /times is no whole number/],
    ["amplify(times=2)", /"jitter" is missing/],
    ["amplify(times=2, jitter=gaussian(1))", /no distribution is called "gaussian"/],
    ["filter(known=perhaps)", /known is neither true nor false/],
    ["shuffle(window=0)", /out of range/],
    ["slice(from=1, from=2)", /given twice/],
  ])("%s is refused", (step, message) => expect(() => parseStep(step)).toThrow(message));
});

describe("a trace that is made of others", () => {
  let folder: string;
  const path = (name: string) => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "switchyard-transform-"));
    const write = async (name: string, origin: string | null, submitted: readonly number[]) => {
      const writer = await TraceWriter.open(path(name), { ...METADATA, source: name, origin });
      for (const t of submitted) await writer.write(at(t, { template: name }));
      await writer.close();
    };
    await write("a", "2024-01-01T00:00:00.000Z", [0, 10, 20]);
    await write("b", "2024-01-01T00:00:05.000Z", [0, 10]);
    await write("c", null, [0]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const remade = async (
    inputs: readonly string[],
    steps: readonly string[],
    align: "start" | "recorded" = "start",
  ) => {
    await remakeTrace({ inputs: inputs.map(path), steps: steps.map(parseStep), align }, path("out"));
    const flows: TraceWorkflow[] = [];
    for await (const each of readTrace(path("out"))) flows.push(each);
    return {
      flows: flows.map(({ template, submitted }) => `${template} ${submitted}`),
      ...(await readTraceMetadata(path("out"))),
    };
  };

  test("is merged by time, from a common start or at the recorded instants", async () => {
    expect((await remade(["a", "b"], [])).flows).toEqual(["a 0", "b 0", "a 10", "b 10", "a 20"]);
    const recorded = await remade(["b", "a"], [], "recorded");
    expect(recorded.flows).toEqual(["a 0", "b 5", "a 10", "b 15", "a 20"]);
    expect(recorded.origin).toBe("2024-01-01T00:00:00.000Z");
    await expect(remade(["a", "c"], [], "recorded")).rejects.toThrow(
      /c: the trace does not tell the instant/,
    );
  });

  test("tells every step of its making, and the instant at which it begins", async () => {
    const sliced = await remade(["a"], ["slice(from=5)", "sample(share=1)"]);
    expect(sliced.flows).toEqual(["a 5", "a 15"]);
    expect(sliced.origin).toBe("2024-01-01T00:00:05.000Z");
    expect(sliced.provenance).toEqual([
      ...METADATA.provenance,
      { step: "slice", from: 5 },
      { step: "sample", share: 1, seed: 1 },
    ]);
    expect((await remade(["a"], ["scale(time=2)"])).origin).toBeNull();
    const { provenance } = await remade(["a", "b"], []);
    expect(provenance).toEqual([
      expect.objectContaining({
        step: "merge",
        traces: ["a", "b"].map((name) => expect.objectContaining<{ name: string }>({ name })),
      }),
    ]);
  });

  test("without names tells nothing of where it came from", async () => {
    const { source, origin, provenance } = await remade(
      ["a", "b"],
      ["slice(from=5)", "anonymize", "scale(work=2)"],
    );
    expect({ source, origin, provenance }).toEqual({
      source: "anonymized",
      origin: null,
      provenance: [{ step: "anonymize" }, { step: "scale", time: 1, work: 2 }],
    });
  });

  test("is not written where nothing is left, or a trace is broken", async () => {
    await rm(path("out"), { force: true });
    await expect(remade(["a"], ["slice(from=1 h)"])).rejects.toThrow(/no workflow is left/);
    await expect(remade(["nowhere"], [])).rejects.toThrow(/there is no such file/);
    expect((await readdir(folder)).sort()).toEqual(["a", "b", "c"]);
  });
});
