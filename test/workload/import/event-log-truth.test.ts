import { describe, expect, test } from "vitest";
import { bytesSource, fileStatistics, importTrace } from "../../../src/workload/import/index.js";
import { encodeTrace, loadTrace, traceSummary } from "../../../src/workload/trace/index.js";
import { hasSharedData, sharedBytes } from "../shared-data.js";
import { near, truthsOf } from "./truth.js";

const truths = truthsOf("xes", "event-log-csv");

describe.skipIf(!hasSharedData)("a recorded event log", () => {
  test("is among those whose figures are known", () => expect(truths.length).toBe(11));

  test.each(truths)("%s has the figures that are known of it", async (file, truth) => {
    expect(await fileStatistics(bytesSource(file, sharedBytes(file)))).toEqual(near(truth));
  });

  test.each(truths)("%s keeps them through the trace format", async (file, truth) => {
    const { workflows, report, metadata } = await importTrace([bytesSource(file, sharedBytes(file))]);
    const summary = traceSummary(loadTrace(encodeTrace(workflows, metadata)));
    const events = truth["tasks"] as number;
    const pairs = (truth["start_complete_pairs"] as number | undefined) ?? 0;
    const timed = pairs + ((truth["events_with_start"] as number | undefined) ?? 0);
    expect({
      cases: summary.workflows,
      tasks: summary.tasks,
      unknown: summary.unknownWork,
      work: summary.totalWork,
      skipped: report.skipped,
    }).toEqual({
      cases: truth["traces"],
      tasks: events - pairs,
      unknown: events - pairs - timed,
      work: near(truth["total_work_s"] ?? 0),
      skipped: [],
    });
  });
});
