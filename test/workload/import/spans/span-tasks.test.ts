import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ReadWorkflow } from "../../../../src/workload/import/format.js";
import { InstantReading } from "../../../../src/workload/import/reading.js";
import { ReportBuilder } from "../../../../src/workload/import/report.js";
import type { Span } from "../../../../src/workload/import/spans/span.js";
import { selfTime, spanTree } from "../../../../src/workload/import/spans/span-tree.js";
import { traceWorkflow } from "../../../../src/workload/import/spans/trace-workflow.js";
import { replayed, replayedDuration } from "./replayed.js";

const SECOND = 1_000_000_000n;
const EPOCH = 1_700_000_000n * SECOND;

type Drawn = Partial<Omit<Span, "start" | "end">> & { readonly at: readonly [number, number] };

/** Spans with times in seconds. */
function spansOf(drawn: Readonly<Record<string, Drawn>>): Span[] {
  return Object.entries(drawn).map(([id, { at, ...rest }]) => ({
    trace: "t",
    id,
    parent: null,
    service: "shop",
    operation: id,
    failed: false,
    detached: false,
    kind: null,
    file: "made.json",
    start: EPOCH + BigInt(Math.round(at[0] * 1e9)),
    end: EPOCH + BigInt(Math.round(at[1] * 1e9)),
    ...rest,
  }));
}

function workflow(drawn: Readonly<Record<string, Drawn>>) {
  const report = new ReportBuilder();
  const flow = traceWorkflow(spansOf(drawn), new InstantReading(report));
  return { flow: flow!, report };
}

/** `type work <- types of the parents`, a task a line. */
function told({ count, firstParent, parent, type, work }: ReadWorkflow): string[] {
  const called = (t: number) => `${type[t]}@${t}`;
  return Array.from({ length: count }, (_, t) => {
    const parents = Array.from(parent.subarray(firstParent[t], firstParent[t + 1]), called);
    return `${called(t)} ${Number(work[t]!.toFixed(9))}${parents.length > 0 ? ` <- ${parents.join(" ")}` : ""}`;
  });
}

describe("spans become tasks", () => {
  test("one, a task", () => {
    expect(told(workflow({ a: { at: [0, 3] } }).flow)).toEqual(["shop/a@0 3"]);
  });

  test("children one after another hang together by the segments of their parent", () => {
    const { flow } = workflow({
      a: { at: [0, 10] },
      b: { at: [1, 4], parent: "a" },
      c: { at: [6, 9], parent: "a" },
    });
    expect(told(flow)).toEqual([
      "shop/a@0 1",
      "shop/b@1 3 <- shop/a@0",
      "shop/a@2 2 <- shop/b@1",
      "shop/c@3 3 <- shop/a@2",
      "shop/a@4 1 <- shop/c@3",
    ]);
  });

  test("children that run at a time hang on one segment, and the parent awaits both", () => {
    const { flow } = workflow({
      a: { at: [0, 10] },
      b: { at: [1, 4], parent: "a" },
      c: { at: [1, 9], parent: "a" },
    });
    expect(told(flow)).toEqual([
      "shop/a@0 1",
      "shop/c@1 8 <- shop/a@0",
      "shop/b@2 3 <- shop/a@0",
      "shop/a@3 1 <- shop/c@1 shop/b@2",
    ]);
  });

  test("a start while another child runs is a time that elapses, and nobody's work", () => {
    const { flow } = workflow({
      a: { at: [0, 10] },
      b: { at: [1, 6], parent: "a" },
      c: { at: [3, 9], parent: "a" },
    });
    expect(told(flow).map((line) => line.replace(/@\d+/g, ""))).toEqual(
      expect.arrayContaining([
        "shop/a 1",
        "(elapsed) 2 <- shop/a",
        "shop/b 5 <- shop/a",
        "shop/c 6 <- (elapsed)",
        "shop/a 1 <- shop/b shop/c",
      ]),
    );
    expect(flow.count).toBe(5);
  });

  test("a child that outlives its parent is not awaited", () => {
    const { flow } = workflow({
      g: { at: [0, 8] },
      a: { at: [0, 5], parent: "g" },
      b: { at: [2, 20], parent: "a" },
    });
    const { ends } = replayed(flow);
    const last = (type: string) => ends[flow.type.lastIndexOf(type)];
    expect([last("shop/a"), last("shop/b"), last("shop/g")]).toEqual([5, 20, 8]);
  });

  test("a child that starts after its parent's end waits for it and then some time", () => {
    const { flow } = workflow({ a: { at: [0, 4] }, b: { at: [10, 12], parent: "a" } });
    expect(told(flow)).toEqual(["shop/a@0 4", "(elapsed)@1 6 <- shop/a@0", "shop/b@2 2 <- (elapsed)@1"]);
  });

  test.each([
    ["detached", { detached: true }, {}],
    ["a consumer of what its parent produced", { kind: "consumer" }, { kind: "producer" }],
  ] as const)("a child that is %s is not awaited, though it ends first", (_, child, parent) => {
    const { flow } = workflow({ a: { at: [0, 4], ...parent }, b: { at: [1, 3], parent: "a", ...child } });
    const last = flow.type.lastIndexOf("shop/a");
    expect(flow.parent.subarray(flow.firstParent[last], flow.firstParent[last + 1])).not.toContain(
      flow.type.indexOf("shop/b"),
    );
    expect(replayedDuration(flow)).toBe(4);
  });

  test("spans without a parent are threads of one trace; whose parent is missing is told", () => {
    const { flow, report } = workflow({
      a: { at: [0, 4] },
      b: { at: [5, 6], parent: "nobody" },
    });
    expect(told(flow)).toEqual(["shop/a@0 4", "(elapsed)@1 1 <- shop/a@0", "shop/b@2 1 <- (elapsed)@1"]);
    expect(report.warnings.map(({ code, first }) => [code, first])).toEqual([
      ["ORPHAN_SPAN", "made.json > trace t, span b"],
    ]);
  });

  test("a child that starts before its parent starts from an ancestor, with a warning", () => {
    const { flow, report } = workflow({
      g: { at: [0, 10] },
      a: { at: [5, 9], parent: "g" },
      b: { at: [4, 7], parent: "a" },
    });
    expect(replayedDuration(flow)).toBe(10);
    expect(report.warnings.map(({ code }) => code)).toEqual(["CLOCK_SKEW"]);
  });

  test("times, places and outcomes are those of the spans", () => {
    const { flow } = workflow({
      a: { at: [0, 4], service: "front" },
      b: { at: [1, 3], parent: "a", failed: true },
      c: { at: [3, 3.5], parent: "a", service: null },
    });
    expect(flow.template).toBe("front/a");
    expect(flow.submitted).toBe(0);
    expect(flow.type).toEqual(["front/a", "shop/b", "c", "front/a"]);
    expect(flow.recordedPool).toEqual(["front", "shop", null, "front"]);
    expect(flow.outcome).toEqual(["succeeded", "failed", "succeeded", "succeeded"]);
    expect([...flow.recordedStart!]).toEqual([0, 1, 3, 3.5]);
    expect([...flow.recordedEnd!]).toEqual([1, 3, 3.5, 4]);
  });

  test("a span that is told twice counts once; two of one id, one that ends before it starts and a circle are refused", () => {
    const report = (spans: readonly Span[]) => {
      const builder = new ReportBuilder();
      const flow = traceWorkflow(spans, new InstantReading(builder));
      return [flow?.count ?? null, [...builder.skipped, ...builder.warnings]];
    };
    const [a] = spansOf({ a: { at: [0, 1] } });
    expect(report([a!, a!])).toMatchObject([1, [{ code: "REPEATED_SPAN", count: 1 }]]);
    expect(report([a!, { ...a!, operation: "z" }])).toMatchObject(
      [null, [{ cause: /share an id/ }]].map(matching),
    );
    expect(report(spansOf({ a: { at: [1, 0.5] } }))).toMatchObject(
      [null, [{ cause: /ends before it starts/, first: /by 0\.5 s/ }]].map(matching),
    );
    expect(
      report(spansOf({ r: { at: [0, 9] }, a: { at: [0, 1], parent: "b" }, b: { at: [0, 1], parent: "a" } })),
    ).toMatchObject([null, [{ cause: /each other's parents/, first: /a → b → a/ }]].map(matching));
  });
});

/** Regular expressions as matchers. */
function matching(value: unknown): unknown {
  if (value instanceof RegExp) return expect.stringMatching(value);
  if (Array.isArray(value)) return value.map(matching);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, matching(inner)]));
}

/** Any tree of spans at all: few distinct times, so that they meet; children that precede, outlive and miss their parents. */
const anyTrace = fc
  .array(
    fc.record({
      parent: fc.nat(),
      start: fc.nat(12),
      length: fc.nat(8),
      detached: fc.boolean(),
      kind: fc.constantFrom("producer", "consumer", null),
      root: fc.nat(5),
    }),
    { minLength: 1, maxLength: 24 },
  )
  .map((drawn) =>
    spansOf(
      Object.fromEntries(
        drawn.map(({ parent, start, length, detached, kind, root }, s) => [
          `s${s}`,
          {
            at: [start, start + length],
            parent: s === 0 || root === 0 ? null : `s${parent % s}`,
            detached: detached && root === 1,
            kind,
          } as Drawn,
        ]),
      ),
    ),
  );

describe("whatever the spans", () => {
  const replay = (spans: readonly Span[]) => {
    const flow = traceWorkflow(spans, new InstantReading(new ReportBuilder()))!;
    return { flow, ...replayed(flow), tree: spanTree(spans) };
  };

  test("all tasks begin and end as recorded, so that the critical path is as long as the trace", () => {
    fc.assert(
      fc.property(anyTrace, (spans) => {
        const { flow, begins, ends, tree } = replay(spans);
        const shift = flow.submitted!;
        expect([...begins]).toEqual([...flow.recordedStart!].map((t) => t - shift));
        expect([...ends]).toEqual([...flow.recordedEnd!].map((t) => t - shift));
        expect(replayedDuration(flow)).toBe(tree.ends.reduce((a, b) => Math.max(a, b)) / 1e9);
      }),
      { numRuns: 2000, seed: 4 },
    );
  });

  test("each span has its first task at its start or a child in its place, and its last at its end", () => {
    fc.assert(
      fc.property(anyTrace, (spans) => {
        const { flow, ends, tree } = replay(spans);
        spans.forEach((span, s) => {
          const own = flow.type.flatMap((type, t) => (type === `shop/${span.operation}` ? [ends[t]!] : []));
          expect(Math.max(...own)).toBe(tree.ends[s]! / 1e9);
        });
      }),
      { numRuns: 500, seed: 5 },
    );
  });

  test("a span's tasks have its self time as work, and only time that elapses comes on top", () => {
    fc.assert(
      fc.property(anyTrace, (spans) => {
        const { flow, tree } = replay(spans);
        spans.forEach((span, s) => {
          let work = 0;
          flow.type.forEach((type, t) => {
            if (type === `shop/${span.operation}`) work += flow.work[t]!;
          });
          expect(work).toBeCloseTo(selfTime(tree, s) / 1e9, 9);
        });
      }),
      { numRuns: 500, seed: 6 },
    );
  });
});
