import { describe, expect, test } from "vitest";
import { bytesSource, fileStatistics, importTrace } from "../../../src/workload/import/index.js";
import { encodeTrace, loadTrace, traceSummary } from "../../../src/workload/trace/index.js";
import { hasSharedData, sharedBytes } from "../shared-data.js";
import { near, truthsOf } from "./truth.js";

const truths = truthsOf("temporal");

describe.skipIf(!hasSharedData)("a recorded Temporal history", () => {
  test("is among those whose figures are known", () => expect(truths.length).toBeGreaterThanOrEqual(8));

  test.each(truths)("%s has the figures that are known of it", async (file, truth) => {
    expect(await fileStatistics(bytesSource(file, sharedBytes(file)))).toEqual(near(truth));
  });

  test.each(truths)("%s keeps them through the trace format", async (file, truth) => {
    const { workflows, metadata, report } = await importTrace([bytesSource(file, sharedBytes(file))]);
    const summary = traceSummary(loadTrace(encodeTrace(workflows, metadata)));
    const activities = new Set(Object.keys(truth["activity_types"] as object));
    const [flow] = workflows;
    const chosen = flow!.type.map((type) => activities.has(type));
    const sum = (column: ArrayLike<number>) =>
      chosen.reduce((total, taken, t) => total + (taken ? column[t]! : 0), 0);
    expect({
      tasks: summary.tasks,
      origin: metadata.origin!.slice(0, 19),
      activities: chosen.filter(Boolean).length,
      work: sum(flow!.work),
      queue: sum(flow!.recordedStart!.map((start, t) => start - flow!.recordedReady![t]!)),
    }).toEqual({
      tasks: ["tasks", "timers_started", "children_initiated"].reduce(
        (n, key) => n + (truth[key] as number),
        0,
      ),
      origin: (truth["first"] as string).slice(0, 19),
      activities: truth["tasks"],
      work: near(truth["total_work_s"]),
      queue: expect.closeTo(truth["queue_sum_s"] as number, 6),
    });
    expect(report.warnings.map(({ code }) => code)).toEqual([]);
  });
});
