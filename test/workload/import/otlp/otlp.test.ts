import { describe, expect, test } from "vitest";
import { InputError } from "../../../../src/kit/errors.js";
import { bytesSource, fileStatistics, importTrace } from "../../../../src/workload/import/index.js";
import { hasSharedData, sharedBytes } from "../../shared-data.js";

const source = (text: string, name = "made.json") => bytesSource(name, Buffer.from(text));
const read = (text: string, name?: string, strict = false) => importTrace([source(text, name)], { strict });

/** A request with a trace of a root and a child. */
const REQUEST = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: "service.name", value: { stringValue: "cart" } }] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: "0af7651916cd43dd8448eb211c80319c",
              spanId: "b7ad6b7169203331",
              parentSpanId: "0000000000000000",
              name: "POST /pay",
              kind: 2,
              startTimeUnixNano: "1700000000000000001",
              endTimeUnixNano: "1700000003000000001",
              status: { code: 2 },
            },
            {
              traceId: "0AF7651916CD43DD8448EB211C80319C",
              spanId: "b7ad6b7169203332",
              parentSpanId: "B7AD6B7169203331",
              name: "charge",
              kind: "SPAN_KIND_CLIENT",
              startTimeUnixNano: "1700000001000000001",
              endTimeUnixNano: "1700000002500000001",
              status: {},
            },
          ],
        },
      ],
    },
  ],
};
const TEXT = JSON.stringify(REQUEST);

const SAME: readonly [string, string][] = [
  ["as it is", TEXT],
  ["over many lines", JSON.stringify(REQUEST, null, 2)],
  [
    "in snake_case",
    TEXT.replace(/"[a-z]+(?:[A-Z][a-zA-Z]*)"(?=:)/g, (key) =>
      key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
    ),
  ],
  ["with the old name of scopes", TEXT.replace("scopeSpans", "instrumentationLibrarySpans")],
  ["with times as numbers", TEXT.replace(/"(1700\d+)"/g, "$1")],
  [
    "with names of kinds and codes",
    TEXT.replace('"kind":2', '"kind":"SPAN_KIND_SERVER"').replace('"code":2', '"code":"STATUS_CODE_ERROR"'),
  ],
  ["with roots that name no parent", TEXT.replace('"parentSpanId":"0000000000000000",', "")],
  ["with roots whose parent is empty", TEXT.replace("0000000000000000", "")],
  ["in a list", `[${TEXT}]`],
  ["behind a byte-order mark", `\uFEFF${TEXT}\r\n`],
];

describe("OTLP/JSON", () => {
  test.each(SAME)("is read the same %s", async (_, text) => {
    const { workflows, report, metadata } = await read(text);
    const [flow] = workflows;
    expect(workflows).toHaveLength(1);
    expect(flow).toMatchObject({
      template: "cart/POST /pay",
      type: ["cart/POST /pay", "cart/charge", "cart/POST /pay"],
      recordedPool: ["cart", "cart", "cart"],
      outcome: ["succeeded", "succeeded", "failed"],
    });
    expect([...flow!.work]).toEqual([1, 1.5, 0.5]);
    expect([...flow!.recordedEnd!].map((t) => Number(t.toFixed(9)))).toEqual([1, 2.5, 3]);
    expect(metadata.origin).toBe("2023-11-14T22:13:20.000Z");
    expect(report.warnings).toEqual([]);
    expect(report.skipped).toEqual([]);
  });

  test("joins a trace that is spread over lines and files, and leaves other signals out", async () => {
    const [root, child] = REQUEST.resourceSpans[0]!.scopeSpans[0]!.spans;
    const line = (span: unknown) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
    const { workflows, report } = await importTrace([
      source(`${line(child)}\n\n{"resourceMetrics":[]}\n`, "a.ndjson"),
      source(`${line(root)}\n`, "b.ndjson"),
    ]);
    expect(workflows.map(({ count }) => count)).toEqual([3]);
    expect(workflows[0]!.type[0]).toBe("POST /pay");
    expect(report.skipped).toEqual([{ cause: "a document without spans", count: 1, first: "a.ndjson:3" }]);
  });

  test("keeps nanoseconds that are numbers, which a double would round", async () => {
    const text = TEXT.replace('"1700000000000000001"', "1700000000123456789").replace(
      '"1700000003000000001"',
      "1700000000123456790",
    );
    expect(await fileStatistics(source(text))).toMatchObject({
      first_start: "2023-11-14T22:13:20.123456789Z",
    });
    const { report } = await read(TEXT.replace('"1700000000000000001"', "1.7e18"));
    expect(report.warnings.map(({ code }) => code)).toEqual(["ROUNDED_TIME"]);
  });

  test.each([
    [
      "no trace id",
      TEXT.replace('"traceId":"0af7651916cd43dd8448eb211c80319c",', ""),
      "traceId is missing, or 0",
    ],
    ["an id of zeros", TEXT.replace("b7ad6b7169203332", "0000000000000000"), "spanId is missing, or 0"],
    ["no end", TEXT.replace('"endTimeUnixNano":"1700000002500000001",', ""), "endTimeUnixNano is missing"],
    ["a time that is none", TEXT.replace("1700000002500000001", "soon"), 'got "soon"'],
    ["a negative time", TEXT.replace('"1700000002500000001"', "-5"), "got -5"],
    [
      "a time beyond 64 bits",
      TEXT.replace("1700000002500000001", "99999999999999999999"),
      "more than 64 bits",
    ],
    ["spans that are no list", '{"resourceSpans":[{"scopeSpans":[{"spans":{}}]}]}', "spans must be a list"],
    ["a text cut in the middle", TEXT.slice(0, 300), "unexpected end of input"],
    ["a bad line in the middle", `${TEXT}\n{"resourceSpans":\n${TEXT}`, "made.json:2"],
  ])("is refused with %s", async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(InputError);
    await expect(read(text)).rejects.toThrow(message);
  });
});

describe.skipIf(!hasSharedData)("a broken OTLP file", () => {
  const load = (name: string, strict = false) =>
    importTrace([bytesSource(name, sharedBytes(`broken/${name}`))], { strict });

  test.each([
    [
      "otlp-parent-cycle.json",
      ["each other's parents", "1111111111111111", "2222222222222222", "without a root"],
    ],
    ["otlp-end-before-start.json", ["ends before it starts", "1111111111111111", "by 0.5 s"]],
    ["otlp-duplicate-span-id.json", ["two spans share an id", "1111111111111111"]],
  ])("%s is refused", async (name, parts) => {
    for (const part of [...parts, name]) await expect(load(name)).rejects.toThrow(part);
  });

  test("with numbers for times is read exactly", async () => {
    const { workflows } = await load("otlp-number-times.json");
    expect([...workflows[0]!.work]).toEqual([0.5]);
    const bytes = sharedBytes("broken/otlp-number-times.json");
    expect(await fileStatistics(bytesSource("a.json", bytes))).toMatchObject({
      first_start: "2023-11-14T22:13:20.123456789Z",
      last_end: "2023-11-14T22:13:20.623456789Z",
    });
  });

  test("whose last line is cut keeps the first, tells the second, and is refused when strict", async () => {
    const { report } = await load("otlp-half-last-line.ndjson");
    expect(report.workflows).toBeGreaterThan(0);
    expect(report.skipped).toEqual([
      { cause: "a last line that is not complete", count: 1, first: "otlp-half-last-line.ndjson:2" },
    ]);
    await expect(load("otlp-half-last-line.ndjson", true)).rejects.toThrow("not complete");
  });
});
