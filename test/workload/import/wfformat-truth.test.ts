import { describe, expect, test } from "vitest";
import { bytesSource, fileStatistics, importTrace } from "../../../src/workload/import/index.js";
import { encodeTrace, loadTrace, traceSummary } from "../../../src/workload/trace/index.js";
import { hasSharedData, sharedBytes } from "../shared-data.js";
import { near, truthsOf } from "./truth.js";

const truths = truthsOf("wfformat");

describe.skipIf(!hasSharedData)("a recorded WfFormat file", () => {
  test("is among those whose figures are known", () => expect(truths.length).toBeGreaterThanOrEqual(23));

  test.each(truths)("%s has the figures that are known of it", async (file, truth) => {
    const figures = await fileStatistics(bytesSource(file, sharedBytes(file)));
    expect(figures).toEqual(near(truth));
  });

  test.each(truths)("%s keeps them through the trace format", async (file, truth) => {
    const { workflows, report, metadata } = await importTrace([bytesSource(file, sharedBytes(file))]);
    const summary = traceSummary(loadTrace(encodeTrace(workflows, metadata)));
    const graph = { ...truth, ...(truth["file_edges_graph"] as object | undefined) };
    expect({
      tasks: summary.tasks,
      edges: summary.edges,
      roots: summary.roots,
      leaves: summary.leaves,
      levels: summary.levels,
      width: summary.width,
      types: summary.types.length,
      unknown: summary.unknownWork,
      work: summary.totalWork,
      path: summary.criticalPath.max,
      origin: metadata.origin,
    }).toEqual({
      tasks: truth["tasks"],
      edges: truth["edges"] || truth["edges_implied_by_files"],
      roots: graph["roots"],
      leaves: graph["leaves"],
      levels: graph["levels"],
      width: graph["max_level_width"],
      types: truth["task_name_types"],
      unknown: truth["runtime_missing"],
      work: near(truth["total_work_s"]),
      path: near(graph["critical_path_s"]),
      origin: (truth["executed_at_utc"] as string).replace("000Z", "Z"),
    });
    expect(report.skipped).toEqual([]);
    expect(report.warnings.map(({ code }) => code)).toEqual(
      truth["edges"] === 0 && truth["edges_implied_by_files"] !== 0 ? ["EDGES_FROM_FILES"] : [],
    );
  });

  test("together with others makes one trace, by date, in which runs of an application share a template", async () => {
    const files = truths
      .filter(([file]) => file.includes("v1.5/"))
      .map(([name]) => bytesSource(name, sharedBytes(name)));
    const { workflows, metadata, report } = await importTrace(files);
    const trace = loadTrace(encodeTrace(workflows, metadata));
    expect(trace.workflows).toBe(files.length);
    expect(report.workflows).toBe(files.length);
    expect(trace.submitted[0]).toBe(0);
    expect(metadata.origin).toBe("2020-04-01T23:50:16.000Z");
    expect(trace.templateNames).toContain("1000genome");
    expect(trace.templateNames.filter((name) => name === "montage")).toHaveLength(1);
  });
});
