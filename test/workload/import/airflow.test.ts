import { expect, test } from "vitest";
import { bytesSource, fileStatistics, importTrace } from "../../../src/workload/import/index.js";
import { complaintOf } from "./complaint-of.js";

// Made up after the public description of the REST API and of the table: no recorded export was to be had.
const at = (second: number) => `2024-01-01T00:00:${String(second).padStart(2, "0")}.500000+00:00`;
const json = (value: unknown, name = "instances.json") =>
  bytesSource(name, Buffer.from(JSON.stringify(value)));

const instance = (task: string, times: readonly [number, number, number] | null, rest: object = {}) => ({
  dag_id: "etl",
  dag_run_id: "scheduled__2024-01-01",
  task_id: task,
  map_index: -1,
  state: "success",
  try_number: 1,
  pool: "default_pool",
  priority_weight: 3,
  queued_when: times === null ? null : at(times[0]),
  start_date: times === null ? null : at(times[1]),
  end_date: times === null ? null : at(times[2]),
  duration: times === null ? null : times[2] - times[1],
  ...rest,
});

const instances = [
  instance("extract", [0, 1, 5]),
  instance("load", [6, 7, 9], { map_index: 0, try_number: 2 }),
  instance("load", [6, 8, 9], { map_index: 1, state: "failed" }),
  instance("report", null, { state: "upstream_failed" }),
];
const tasks = [
  { task_id: "extract", downstream_task_ids: ["load"] },
  { task_id: "load", downstream_task_ids: ["report"] },
  { task_id: "report", downstream_task_ids: [] },
];

test("instances of a run are tasks, with the edges of the DAG beside them", async () => {
  const { workflows, report, metadata } = await importTrace([
    json({ task_instances: instances, total_entries: 4 }),
    json({ tasks, total_entries: 3 }, "tasks.json"),
  ]);
  const [flow] = workflows;
  expect(flow).toMatchObject({ template: "etl", submitted: 0, type: ["extract", "load", "load", "report"] });
  expect([[...flow!.firstParent], [...flow!.parent]]).toEqual([
    [0, 0, 1, 2, 4],
    [0, 0, 1, 2],
  ]);
  expect([...flow!.work]).toEqual([4, 2, 1, Number.NaN]);
  expect([...flow!.recordedReady!]).toEqual([0, 6, 6, Number.NaN]);
  expect([...flow!.attempts!]).toEqual([1, 2, 1, 1]);
  expect(flow!.outcome).toEqual(["succeeded", "succeeded", "failed", "skipped"]);
  expect(flow!.recordedPool![0]).toBe("default_pool");
  expect(report.warnings.map(({ code }) => code)).toEqual(["RUNTIME_UNKNOWN"]);
  expect(metadata.origin).toBe("2024-01-01T00:00:00.500Z");
});

test("the table exported as CSV reads as the API does", async () => {
  const header =
    "task_id,dag_id,run_id,map_index,start_date,end_date,duration,state,try_number,pool,priority_weight,queued_dttm";
  const rows = instances.map((row) =>
    [
      row.task_id,
      row.dag_id,
      row.dag_run_id,
      row.map_index,
      row.start_date,
      row.end_date,
      row.duration,
      row.state,
      row.try_number,
      row.pool,
      row.priority_weight,
      row.queued_when,
    ]
      .map((cell) => cell?.toString().replace("T", " ").replace("+00:00", "+00") ?? "")
      .join(","),
  );
  const csv = bytesSource("task_instance.csv", Buffer.from(`${[header, ...rows].join("\n")}\n`));
  const [api, table] = await Promise.all([
    importTrace([json({ task_instances: instances })]),
    importTrace([csv]),
  ]);
  const plain = (flows: typeof api.workflows) => flows.map((flow) => ({ ...flow, where: "" }));
  expect(plain(table.workflows)).toEqual(plain(api.workflows));
  expect(api.report.warnings.map(({ code }) => code)).toEqual(["EDGES_UNKNOWN", "RUNTIME_UNKNOWN"]);
});

test("runs and DAGs stay apart; of tries the last counts, and what was removed is told", async () => {
  const { workflows, report } = await importTrace([
    json({
      task_instances: [
        instance("a", [10, 11, 12], { dag_run_id: "r2" }),
        instance("a", [0, 1, 2], { dag_run_id: "r1", try_number: 1, state: "failed" }),
        instance("a", [3, 4, 9], { dag_run_id: "r1", try_number: 2 }),
        instance("b", null, { dag_run_id: "r1", state: "removed" }),
      ],
    }),
  ]);
  expect(workflows.map(({ submitted, work, attempts }) => [submitted, ...work, ...attempts!])).toEqual([
    [0, 5, 2],
    [7, 1, 1],
  ]);
  expect(report.skipped.map(({ count }) => count)).toEqual([1, 1]);
});

test("figures are counted as they stand", async () => {
  expect(await fileStatistics(json({ task_instances: instances }))).toMatchObject({
    format: "airflow",
    tasks: 4,
    runs: 1,
    states: { success: 2, failed: 1, upstream_failed: 1 },
    failures: 1,
    mapped: 2,
    total_work_s: 7,
    runtime_missing: 1,
  });
});

test.each<[string, unknown, string]>([
  ["that ends before it starts", { task_instances: [instance("a", [0, 9, 3])] }, "ends before it starts"],
  ["without a run", { task_instances: [{ dag_id: "d", task_id: "t" }] }, "dag_run_id is missing"],
  [
    "with a time that is none",
    { task_instances: [instance("a", null, { start_date: "noon" })] },
    "must be an instant",
  ],
])("an instance %s is refused", async (_, value, message) => {
  expect(await complaintOf(() => importTrace([json(value)]))).toContain(message);
});

test("tasks that may be of several DAGs are refused, unless their file is called after one", async () => {
  const both = json({ task_instances: [...instances, instance("x", [0, 1, 2], { dag_id: "other" })] });
  expect(await complaintOf(() => importTrace([both, json({ tasks }, "some.json")]))).toContain(
    "which DAG they are of",
  );
  const { workflows } = await importTrace([both, json({ tasks }, "etl.json")]);
  expect(workflows.find(({ template }) => template === "etl")!.parent).toHaveLength(4);
});
