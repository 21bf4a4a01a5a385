import { describe, expect, test } from "vitest";
import { InputError } from "../../../../src/kit/errors.js";
import { bytesSource, fileStatistics, importTrace } from "../../../../src/workload/import/index.js";

const source = (text: string, name = "orders.csv") => bytesSource(name, Buffer.from(text));
const read = (text: string) => importTrace([source(text)]);

const ROWS = `2,pay,2024-05-17 09:05:00+02:00
1,order,2024-05-17 09:00:00+02:00
2,ship,2024-05-17T07:30:00.250Z
1,pay,2024-05-17 09:10:00+02:00
`;

describe("an event log in CSV", () => {
  test("groups the rows of a case wherever they stand, and reads offsets", async () => {
    const { workflows } = await read(`case:concept:name,concept:name,time:timestamp\n${ROWS}`);
    expect(workflows.map(({ template, submitted, type }) => [template, submitted, type])).toEqual([
      ["orders", 0, ["order", "pay"]],
      ["orders", 300, ["pay", "ship"]],
    ]);
    expect([...workflows[1]!.recordedEnd!]).toEqual([300, 1800.25]);
  });

  test.each([
    ["case_id;activity;timestamp", ";"],
    ["Case ID\tActivity\tTimestamp", "\t"],
    ['"case","event","complete_timestamp"', ","],
    ["case-id|Activity_Name|end_time", "|"],
  ])("finds columns in %j", async (header, delimiter) => {
    const text = `${header}\n${ROWS.replaceAll(",", delimiter)}`;
    const { workflows } = await read(text);
    expect(workflows.map(({ type }) => type)).toEqual([
      ["order", "pay"],
      ["pay", "ship"],
    ]);
    expect(await fileStatistics(source(text))).toMatchObject({
      format: "event-log-csv",
      delimiter,
      traces: 2,
    });
  });

  test("takes intervals: work is their length, and what overlaps runs at a time", async () => {
    const { workflows, report } = await read(`case_id,activity,start_timestamp,timestamp
1,a,2024-05-17 09:00:00,2024-05-17 09:10:00
1,b,2024-05-17 09:05:00,2024-05-17 09:20:00
1,c,2024-05-17 09:20:00,2024-05-17 09:21:00
1,d,2024-05-17 09:30:00,2024-05-17 09:29:00
`);
    const [flow] = workflows;
    expect(flow!.type).toEqual(["a", "b", "c", "d"]);
    expect([...flow!.work]).toEqual([600, 900, 60, Number.NaN]);
    expect([...flow!.parent]).toEqual([0, 1, 2]);
    expect([...flow!.firstParent]).toEqual([0, 0, 0, 2, 3]);
    expect(report.warnings.map(({ code, first }) => [code, first])).toEqual([
      ["TIME_REVERSED", "orders.csv:5"],
      ["RUNTIME_UNKNOWN", "orders.csv:5"],
    ]);
  });

  test("takes the time since what an event waited for as its work, where asked to", async () => {
    const text = `case_id,activity,timestamp\n1,a,2024-05-17T09:00:00Z\n1,b,2024-05-17T09:05:00Z\n1,c,?\n2,a,2024-05-17T09:01:00Z\n2,b,2024-05-17T09:03:00Z\n`;
    const { workflows, report } = await importTrace([source(text)], { settings: { eventWork: "sojourn" } });
    expect(workflows.map(({ work }) => [...work])).toEqual([
      [0, 300, Number.NaN],
      [0, 120],
    ]);
    expect(report.warnings.map(({ code, count }) => [code, count])).toEqual([
      ["BAD_INSTANT", 1],
      ["RUNTIME_UNKNOWN", 1],
    ]);
  });

  test("reads whole days, and takes other spellings of dates for unknown", async () => {
    const { workflows, report } = await read(`case_id,activity,timestamp
1,a,2024-05-17
1,b,17/05/2024
1,c,
`);
    expect([...workflows[0]!.recordedEnd!]).toEqual([0, Number.NaN, Number.NaN]);
    expect(report.warnings.filter(({ code }) => code === "BAD_INSTANT")).toMatchObject([
      { count: 1, first: "orders.csv:3" },
    ]);
  });

  test.each([
    ["a short row", "case_id,activity,timestamp\n1,a\n", "orders.csv:2: the row has 2 cells, 3 wanted"],
    ["a row of no case", "case_id,activity,timestamp\n,a,2024-05-17\n", "orders.csv:2: the row does not say"],
    ["a quote that is not closed", 'case_id,activity,timestamp\n1,"a,2024-05-17\n', "not closed"],
  ])("is refused with %s", async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(InputError);
    await expect(read(text)).rejects.toThrow(message);
  });

  test("is refused where a column is missing that was asked for by its format", async () => {
    const text = "case_id,when\n1,2024-05-17\n";
    await expect(importTrace([source(text)], { format: "event-log-csv" })).rejects.toThrow(
      /no column for the activity .*no column for the time/,
    );
  });
});
