import { describe, expect, test } from "vitest";
import { InputError } from "../../../../src/kit/errors.js";
import { bytesSource, fileStatistics, importTrace } from "../../../../src/workload/import/index.js";

const source = (value: unknown) =>
  bytesSource("made.json", Buffer.from(typeof value === "string" ? value : JSON.stringify(value)));
const read = (value: unknown) => importTrace([source(value)]);

const root = {
  traceID: "00ab",
  spanID: "01",
  operationName: "get",
  references: [],
  startTime: 1_700_000_000_000_000,
  duration: 3_000_000,
  processID: "p1",
  tags: [{ key: "error", type: "bool", value: true }],
};
const child = {
  ...root,
  spanID: "02",
  operationName: "query",
  references: [{ refType: "CHILD_OF", traceID: "ab", spanID: "1" }],
  startTime: 1_700_000_001_000_000,
  duration: 1_500_000,
  processID: "p2",
  tags: [],
};
const processes = { p1: { serviceName: "front" }, p2: { serviceName: "db" } };
const trace = { traceID: "ab", spans: [child, root], processes };

const decorated = {
  ...trace,
  spans: [
    { ...root, process: { serviceName: "front" }, depth: 0, hasChildren: true },
    {
      ...child,
      process: { serviceName: "db" },
      references: [
        { ...child.references[0], span: { ...root, references: [{ span: { deeper: [[[[]]]] } }] } },
      ],
    },
  ],
};

describe("Jaeger JSON", () => {
  test.each([
    ["as the API answers", { data: [trace], total: 0, errors: null }, "data[] of traces"],
    ["as one trace", trace, "single trace object"],
    ["as a list of traces", [trace], "array of traces"],
    ["as the pages transform it", { data: decorated }, "data{} single trace, UI-transformed"],
    ["decorated", { data: [decorated] }, "data[] of traces"],
    [
      "with parents of old",
      { data: [{ ...trace, spans: [root, { ...child, references: null, parentSpanID: "1" }] }] },
      "data[] of traces",
    ],
  ])("is read the same %s", async (_, value, shape) => {
    const { workflows, report } = await read(value);
    expect(workflows).toHaveLength(1);
    expect(workflows[0]).toMatchObject({
      template: "front/get",
      type: ["front/get", "db/query", "front/get"],
      outcome: ["succeeded", "succeeded", "failed"],
    });
    expect([...workflows[0]!.work]).toEqual([1, 1.5, 0.5]);
    expect(report.warnings).toEqual([]);
    expect(await fileStatistics(source(value))).toMatchObject({ shape, edges: 1, failures: 1 });
  });

  test("does not await what follows from a span, and takes parents in other traces for missing", async () => {
    const [follows, elsewhere] = [
      { ...child, references: [{ refType: "FOLLOWS_FROM", traceID: "ab", spanID: "1" }] },
      { ...child, references: [{ refType: "CHILD_OF", traceID: "cd", spanID: "1" }] },
    ];
    const first = await read({ ...trace, spans: [root, follows] });
    const last = first.workflows[0]!;
    const end = last.type.lastIndexOf("front/get");
    expect([...last.parent.subarray(last.firstParent[end], last.firstParent[end + 1])]).not.toContain(
      last.type.indexOf("db/query"),
    );
    const second = await read({ ...trace, spans: [root, elsewhere] });
    expect(second.report.warnings.map(({ code }) => code)).toEqual(["ORPHAN_SPAN"]);
    expect(await fileStatistics(source({ ...trace, spans: [root, elsewhere] }))).toMatchObject({
      edges: 0,
      roots: 1,
      orphan_parent_refs: 1,
    });
  });

  test("reads a chain of ancestors that is nested deep", async () => {
    let nested: unknown = { spanID: "0" };
    for (let i = 0; i < 300; i++) nested = { references: [{ refType: "CHILD_OF", span: nested }] };
    const { workflows } = await read({
      data: [{ ...trace, spans: [{ ...root, references: [{ span: nested }] }] }],
    });
    expect(workflows).toHaveLength(1);
  });

  test.each([
    ["no spans", { traceID: "ab", data: [{ spanID: 1 }] }, "spans is missing"],
    [
      "a time that is none",
      { ...trace, spans: [{ ...root, startTime: "now" }] },
      "whole number of microseconds",
    ],
    ["a negative duration", { ...trace, spans: [{ ...root, duration: -1 }] }, "ends before it starts"],
    ["no span id", { ...trace, spans: [{ ...root, spanID: "" }] }, "spanID is missing"],
    ["a text that is cut", JSON.stringify(trace).slice(0, -5), "unexpected end of input"],
  ])("is refused with %s", async (_, value, message) => {
    await expect(read(value)).rejects.toThrow(InputError);
    await expect(read(value)).rejects.toThrow(message);
  });
});
