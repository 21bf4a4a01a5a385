import { describe, expect, test } from "vitest";
import { bytesSource, fileSource, fileStatistics, importTrace } from "../../../src/workload/import/index.js";
import { encodeTrace, loadTrace, traceSummary } from "../../../src/workload/trace/index.js";
import { hasSharedData, sharedBytes, sharedPath } from "../shared-data.js";
import { complaintOf } from "./complaint-of.js";
import { near, truthsOf } from "./truth.js";

const truths = truthsOf("wta");
const tasks = truths.filter(([, { format }]) => format === "wta-tasks");

describe.skipIf(!hasSharedData)("a file of the Workflow Trace Archive", () => {
  test("is among those whose figures are known", () => expect(truths.length).toBeGreaterThanOrEqual(4));

  test.each(truths)("%s has the figures that are known of it", async (file, truth) => {
    expect(await fileStatistics(await fileSource(sharedPath(file)))).toEqual(near(truth));
  });

  test.each(tasks)("%s keeps them through the trace format", async (file, truth) => {
    const { workflows, metadata, report } = await importTrace([bytesSource(file, sharedBytes(file))]);
    const summary = traceSummary(loadTrace(encodeTrace(workflows, metadata)));
    expect({
      tasks: summary.tasks,
      workflows: summary.workflows,
      edges: summary.edges,
      roots: summary.roots,
      work: summary.totalWork,
      path: summary.criticalPath.max,
    }).toEqual({
      tasks: truth["tasks"],
      workflows: truth["workflows"],
      edges: truth["edges"],
      roots: truth["roots"],
      work: near(truth["total_work_s"]),
      path: near(truth["critical_path_s"]),
    });
    expect([report.skipped, report.warnings]).toEqual([[], []]);
  });

  test.each([
    ["parquet-truncated.parquet", "does not end with PAR1"],
    ["parquet-footer-length-lies.parquet", "the footer claims to have 2147483647 bytes"],
    ["parquet-corrupt-page.parquet", "the Parquet file is damaged"],
  ])("%s is refused", async (name, message) => {
    const source = bytesSource(name, sharedBytes(`broken/${name}`));
    for (const act of [() => importTrace([source]), () => fileStatistics(source)]) {
      const complaint = await complaintOf(act);
      expect(complaint).toContain(message);
      expect(complaint).toContain(name);
    }
  });
});
