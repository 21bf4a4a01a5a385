import { describe, expect, test } from "vitest";
import { bytesSource, fileStatistics, importTrace } from "../../../src/workload/import/index.js";
import { encodeTrace, loadTrace, traceSummary } from "../../../src/workload/trace/index.js";
import { hasSharedData, sharedBytes } from "../shared-data.js";
import { near, truthsOf } from "./truth.js";

const truths = truthsOf("gha");

describe.skipIf(!hasSharedData)("recorded runs of GitHub Actions", () => {
  test("are among those whose figures are known", () => expect(truths.length).toBeGreaterThanOrEqual(3));

  test.each(truths)("%s has the figures that are known of it", async (file, truth) => {
    expect(await fileStatistics(bytesSource(file, sharedBytes(file)))).toEqual(near(truth));
  });

  test.each(truths)("%s keeps them through the trace format", async (file, truth) => {
    const { workflows, metadata, report } = await importTrace([bytesSource(file, sharedBytes(file))]);
    const summary = traceSummary(loadTrace(encodeTrace(workflows, metadata)));
    expect([summary.tasks, summary.workflows, summary.totalWork]).toEqual([
      truth["tasks"],
      truth["runs"],
      truth["total_work_s"],
    ]);
    const late = (truth["queue_negative"] as number | undefined) ?? 0;
    expect(report.warnings.map(({ code, count }) => [code, count])).toEqual(
      late > 0 ? [["CREATED_AFTER_START", late]] : [],
    );
  });
});
