import { describe, expect, test } from "vitest";
import { InputError } from "../../../../src/kit/errors.js";
import { bytesSource, fileStatistics, importTrace } from "../../../../src/workload/import/index.js";
import { hasSharedData, sharedBytes } from "../../shared-data.js";

type Values = Readonly<Record<string, string>>;

const element = ([key, value]: [string, string]) =>
  `<${key === "time:timestamp" ? "date" : "string"} key="${key}" value="${value}"/>`;
const event = (values: Values) => `<event>${Object.entries(values).map(element).join("")}</event>`;
const trace = (id: string, ...events: readonly Values[]) =>
  `<trace><string key="concept:name" value="${id}"/>${events.map(event).join("\n")}</trace>`;
const log = (...traces: readonly string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
<global scope="event"><string key="concept:name" value="UNKNOWN"/></global>
<string key="concept:name" value="orders"/>\n${traces.join("\n")}\n</log>`;

const source = (text: string, name = "made.xes") => bytesSource(name, Buffer.from(text));
const read = (text: string) => importTrace([source(text)], { format: "xes" });

/** An event at so many minutes past 9. */
const at = (activity: string, minute: number, more: Values = {}): Values => ({
  "concept:name": activity,
  "time:timestamp": `2024-05-17T09:${String(minute).padStart(2, "0")}:00+02:00`,
  ...more,
});
const start = { "lifecycle:transition": "start" };
const complete = { "lifecycle:transition": "complete" };

describe("XES", () => {
  test("makes a workflow of a case, in which one activity follows another", async () => {
    const { workflows, report, metadata } = await read(
      log(
        trace("1", at("register", 0, { "org:resource": "Pete" }), at("decide", 7)),
        trace("2", at("register", 3)),
      ),
    );
    expect(workflows.map(({ template, submitted, type }) => [template, submitted, type])).toEqual([
      ["orders", 0, ["register", "decide"]],
      ["orders", 180, ["register"]],
    ]);
    expect([...workflows[0]!.parent]).toEqual([0]);
    expect(workflows[0]!.recordedPool).toEqual(["Pete", null]);
    expect([...workflows[0]!.recordedEnd!]).toEqual([0, 420]);
    expect([...workflows[0]!.work]).toEqual([Number.NaN, Number.NaN]);
    expect(metadata.origin).toBe("2024-05-17T07:00:00.000Z");
    expect(report.warnings.map(({ code, count }) => [code, count])).toEqual([["RUNTIME_UNKNOWN", 3]]);
  });

  test("pairs starts with completions in order; what overlaps runs at a time", async () => {
    const { workflows, report } = await read(
      log(
        trace(
          "1",
          at("a", 0, start),
          at("a", 1, start),
          at("b", 2, start),
          at("a", 5, complete),
          at("a", 9, complete),
          at("b", 9, complete),
          at("c", 9, start),
          at("c", 12, complete),
        ),
      ),
    );
    const [flow] = workflows;
    expect(flow!.type).toEqual(["a", "a", "b", "c"]);
    expect([...flow!.work]).toEqual([300, 480, 420, 180]);
    expect([...flow!.parent]).toEqual([0, 1, 2]);
    expect([...flow!.firstParent]).toEqual([0, 0, 0, 0, 3]);
    expect(flow!.outcome).toEqual(["succeeded", "succeeded", "succeeded", "succeeded"]);
    expect(report.warnings).toEqual([]);
  });

  test("knows schedules, aborts and skips, and counts what neither begins nor ends", async () => {
    const { workflows, report } = await read(
      log(
        trace(
          "1",
          at("a", 0, { "lifecycle:transition": "schedule" }),
          at("a", 2, { "lifecycle:transition": "START" }),
          at("a", 3, { "lifecycle:transition": "suspend" }),
          at("a", 4, { "lifecycle:transition": "ate_abort" }),
          at("b", 5, { "lifecycle:transition": "autoskip" }),
          at("c", 6, { "lifecycle:transition": "In Progress" }),
        ),
      ),
    );
    const [flow] = workflows;
    expect(flow!.type).toEqual(["a", "b", "c"]);
    expect(flow!.outcome).toEqual(["cancelled", "skipped", null]);
    expect([flow!.recordedReady![0], flow!.recordedStart![0], flow!.work[0]]).toEqual([0, 120, 120]);
    expect(report.skipped).toEqual([
      { cause: "an event that neither begins nor ends an activity", count: 1, first: "made.xes:5 (case 1)" },
    ]);
  });

  test("keeps the order of the document where times say nothing", async () => {
    const same = at("x", 0);
    const { workflows } = await read(
      log(
        trace(
          "1",
          { ...same, "concept:name": "c" },
          { ...same, "concept:name": "a" },
          { ...same, "concept:name": "b" },
        ),
        trace("2", { "concept:name": "z", "time:timestamp": "?" }, at("y", 5), at("x", 1)),
      ),
    );
    expect(workflows.map(({ type, parent }) => [type, [...parent]])).toEqual([
      [
        ["c", "a", "b"],
        [0, 1],
      ],
      [
        ["z", "y", "x"],
        [0, 1],
      ],
    ]);
    expect(workflows[1]!.submitted).toBe(60);
  });

  test("takes only values that stand directly in an event, of whatever element", async () => {
    const text = log(
      `<trace><int key="concept:name" value="7"/><event><string key="x" value="y"><string key="concept:name" value="no"/></string>
       <list key="l"><int key="concept:name" value="5"/></list><string key="concept:name" value="a &amp; b"/></event></trace>`,
    );
    const { workflows } = await read(text);
    expect(workflows[0]!.type).toEqual(["a & b"]);
    expect(await fileStatistics(source(text))).toMatchObject({
      event_attribute_elements: { string: 2, list: 1 },
    });
  });

  test("keeps cases of one name apart, and counts those without events", async () => {
    const { workflows, report } = await read(log(trace("1", at("a", 0)), trace("1", at("b", 1)), trace("2")));
    expect(workflows).toHaveLength(2);
    expect(report.warnings.map(({ code }) => code)).toContain("REPEATED_CASE");
    expect(report.skipped.map(({ cause }) => cause)).toEqual(["a case without events"]);
  });

  const whole = log(trace("1", at("a", 0)));
  test.each([
    ["a document type", `<!DOCTYPE log [<!ENTITY a "b">]>${whole.slice(whole.indexOf("<log"))}`, "DOCTYPE"],
    ["an entity that is not XML's", whole.replace("UNKNOWN", "&x;"), "undefined entity"],
    [
      "a tag that closes another",
      whole.replace("</event>", "</evnt>"),
      "closing tag </evnt> does not match <event>",
    ],
    ["an end within an element", whole.slice(0, -20), "ends inside an element"],
    ["another root", "<?xml version='1.0'?><logs><log/></logs>", "the document is a <logs>"],
    ["another encoding", whole.replace("UTF-8", "ISO-8859-1"), "declared to be ISO-8859-1"],
    ["nothing", "<?xml version='1.0'?>", "document must contain a root element"],
    [
      "elements nested deep",
      whole.replace("<event>", `<event>${'<list key="l">'.repeat(80)}`),
      "more than 64 deep",
    ],
  ])("is refused with %s", async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(InputError);
    await expect(read(text)).rejects.toThrow(message);
  });

  test("is refused where bytes are not UTF-8", async () => {
    const bytes = Buffer.from(whole.replace("orders", "caf\u00e9"), "latin1");
    await expect(importTrace([bytesSource("made.xes", bytes)])).rejects.toThrow("not UTF-8");
  });

  test("is parsed as it comes: a hundred thousand events take no more memory than one case", async () => {
    const one = Buffer.from(trace("1", ...Array.from({ length: 100 }, (_, i) => at("a", i % 60))));
    const pieces = [Buffer.from("<log>"), ...Array.from({ length: 1000 }, () => one), Buffer.from("</log>")];
    let held = 0;
    const streamed = {
      ...bytesSource("made.xes", new Uint8Array(0)),
      async *stored() {
        for (const piece of pieces) {
          held = Math.max(held, process.memoryUsage().heapUsed);
          yield piece;
        }
      },
    };
    const before = process.memoryUsage().heapUsed;
    expect(await fileStatistics(streamed, "xes")).toMatchObject({ traces: 1000, events: 100_000 });
    expect(held - before).toBeLessThan(200 * 1024 * 1024);
  });
});

describe.skipIf(!hasSharedData)("a broken event log", () => {
  const load = (name: string, strict = false) =>
    importTrace([bytesSource(name, sharedBytes(`broken/${name}`))], { strict });

  test.each([
    ["xes-billion-laughs.xes", "a DOCTYPE, with or without entities, is not allowed"],
    ["xes-external-entity.xes", "a DOCTYPE, with or without entities, is not allowed"],
    ["xes-truncated.xes", "the document ends inside an element"],
    ["xes-mismatched-tag.xes", "xes-mismatched-tag.xes:30: closing tag </evnt> does not match <event>"],
    ["xes-truncated.xes.gz", "unexpected end of file"],
    ["xes-bad-crc.xes.gz", "incorrect data check"],
  ])("%s is refused", async (name, message) => {
    await expect(load(name)).rejects.toThrow(InputError);
    await expect(load(name)).rejects.toThrow(message);
  });

  test("with an impossible time keeps the event without one", async () => {
    const { workflows, report } = await load("xes-bad-timestamp.xes");
    expect(report.tasks).toBe(42);
    expect(report.warnings.filter(({ code }) => code === "BAD_INSTANT")).toMatchObject([{ count: 1 }]);
    const untimed = workflows.flatMap(({ recordedEnd }) => [...recordedEnd!].filter(Number.isNaN));
    expect(untimed).toHaveLength(1);
    await expect(load("xes-bad-timestamp.xes", true)).rejects.toThrow("an event's time is none");
  });
});
