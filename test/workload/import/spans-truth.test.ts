import { describe, expect, test } from "vitest";
import { bytesSource, fileStatistics, importTrace } from "../../../src/workload/import/index.js";
import { ELAPSED } from "../../../src/workload/import/spans/span-tasks.js";
import { encodeTrace, loadTrace, traceSummary } from "../../../src/workload/trace/index.js";
import { hasSharedData, sharedBytes } from "../shared-data.js";
import { near, truthsOf } from "./truth.js";

const truths = truthsOf("otlp", "jaeger");
const edges = truthsOf("dsb-edge-csv");

describe.skipIf(!hasSharedData)("a recorded file of spans", () => {
  test("is among those whose figures are known", () => expect([truths.length, edges.length]).toEqual([8, 1]));

  test.each([...truths, ...edges])("%s has the figures that are known of it", async (file, truth) => {
    expect(await fileStatistics(bytesSource(file, sharedBytes(file)))).toEqual(near(truth));
  });

  test.each(truths)("%s keeps them through the trace format", async (file, truth) => {
    const { workflows, report, metadata } = await importTrace([bytesSource(file, sharedBytes(file))]);
    const summary = traceSummary(loadTrace(encodeTrace(workflows, metadata)));
    let work = 0;
    for (const flow of workflows) {
      flow.type.forEach((type, t) => {
        if (type !== ELAPSED) work += flow.work[t]!;
      });
    }
    expect({
      traces: summary.workflows,
      // Self times, exactly: what elapses is told apart.
      work,
      // Each trace takes as long, replayed on servers without number, as it was recorded.
      longest: summary.criticalPath.max,
      together: summary.criticalPath.mean * summary.workflows,
      skipped: report.skipped,
    }).toEqual({
      traces: truth["traces"],
      work: near(truth["total_work_s"]),
      longest: near(truth["critical_path_s"]),
      together: near(truth["trace_duration_sum_s"]),
      skipped: [],
    });
  });
});
