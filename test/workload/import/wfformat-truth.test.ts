import { describe, expect, test } from "vitest";
import { importTrace, readWfInstance, wfformatStatistics } from "../../../src/workload/import/index.js";
import { ReportBuilder } from "../../../src/workload/import/report.js";
import { encodeTrace, loadTrace, traceSummary } from "../../../src/workload/trace/index.js";
import { hasSharedData, sharedBytes, sharedJson } from "../shared-data.js";

type Truth = Record<string, unknown> & { format: string };

const truths = hasSharedData
  ? Object.entries((sharedJson("TRUTH.json") as { files: Record<string, Truth> }).files).filter(
      ([, { format }]) => format.startsWith("wfformat"),
    )
  : [];

/** What is refused, or cannot be recorded, can only be 0 in a file that was read. */
const NEVER = {
  duplicate_ids: 0,
  execution_records_without_spec: 0,
  runtime_negative: 0,
  failures_recorded: 0,
};

const near = (value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value)
    ? {
        asymmetricMatch: (other: unknown) => typeof other === "number" && Math.abs(other / value - 1) <= 1e-9,
      }
    : value !== null && typeof value === "object"
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, near(inner)]))
      : value;

describe.skipIf(!hasSharedData)("a recorded WfFormat file", () => {
  test("is among those whose figures are known", () => expect(truths.length).toBeGreaterThanOrEqual(23));

  test.each(truths)(
    "%s has the figures that are known of it",
    (file, { format: _, sha256: __, ...truth }) => {
      const instance = readWfInstance({ name: file, bytes: sharedBytes(file) }, new ReportBuilder());
      expect({ ...NEVER, ...wfformatStatistics(instance) }).toEqual(near(truth));
    },
  );

  test.each(truths)("%s keeps them through the trace format", (file, truth) => {
    const { workflows, report, metadata } = importTrace([{ name: file, bytes: sharedBytes(file) }]);
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

  test("together with others makes one trace, by date, in which runs of an application share a template", () => {
    const files = truths
      .filter(([file]) => file.includes("v1.5/"))
      .map(([name]) => ({ name, bytes: sharedBytes(name) }));
    const { workflows, metadata, report } = importTrace(files);
    const trace = loadTrace(encodeTrace(workflows, metadata));
    expect(trace.workflows).toBe(files.length);
    expect(report.workflows).toBe(files.length);
    expect(trace.submitted[0]).toBe(0);
    expect(metadata.origin).toBe("2020-04-01T23:50:16.000Z");
    expect(trace.templateNames).toContain("1000genome");
    expect(trace.templateNames.filter((name) => name === "montage")).toHaveLength(1);
  });
});
