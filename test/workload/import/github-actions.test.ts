import { describe, expect, test } from "vitest";
import { bytesSource, fileStatistics, importTrace } from "../../../src/workload/import/index.js";
import { hasSharedData, sharedBytes } from "../shared-data.js";
import { complaintOf } from "./complaint-of.js";

const at = (second: number) =>
  new Date(Date.UTC(2024, 0, 1) + second * 1000).toISOString().replace(".000Z", "Z");
const json = (value: unknown, name = "jobs.json") => bytesSource(name, Buffer.from(JSON.stringify(value)));

const job = (
  id: number,
  run: number,
  [created, started, completed]: readonly (number | null)[],
  rest: object = {},
) => ({
  id,
  run_id: run,
  run_attempt: 1,
  workflow_name: "CI",
  name: `job ${id}`,
  status: completed === null ? "in_progress" : "completed",
  conclusion: completed === null ? null : "success",
  created_at: created === null ? null : at(created!),
  started_at: started === null ? null : at(started!),
  completed_at: completed === null ? null : at(completed!),
  labels: ["self-hosted", "gpu"],
  steps: [],
  ...rest,
});

test("jobs are tasks, and the attempts of a run workflows, over all files together", async () => {
  const { workflows, report, metadata } = await importTrace([
    json({ total_count: 3, jobs: [job(3, 8, [100, 110, 140]), job(1, 7, [0, 10, 70])] }),
    json(
      { action: "completed", workflow_job: job(2, 7, [5, 15, 20], { conclusion: "timed_out" }) },
      "hook.json",
    ),
    json({ "4": job(4, 7, [200, 210, null], { run_attempt: 2 }) }, "map.json"),
  ]);
  expect(workflows.map(({ submitted, type, template }) => [submitted, template, ...type])).toEqual([
    [0, "CI", "job 1", "job 2"],
    [100, "CI", "job 3"],
    [200, "CI", "job 4"],
  ]);
  const [first, , again] = workflows;
  expect([...first!.work]).toEqual([60, 5]);
  expect([...first!.recordedReady!]).toEqual([0, 5]);
  expect([...first!.recordedStart!]).toEqual([10, 15]);
  expect([...first!.recordedEnd!]).toEqual([70, 20]);
  expect(first!.outcome).toEqual(["succeeded", "timed out"]);
  expect(first!.recordedPool).toEqual(["self-hosted+gpu", "self-hosted+gpu"]);
  expect([...again!.work]).toEqual([Number.NaN]);
  expect(report.warnings.map(({ code, count }) => [code, count])).toEqual([
    ["NEEDS_UNKNOWN", 1],
    ["RUNTIME_UNKNOWN", 1],
  ]);
  expect(metadata.origin).toBe("2024-01-01T00:00:00.000Z");
});

test("a run without jobs is a task; one whose jobs are known is what they are", async () => {
  const run = (id: number, created: number, started: number, updated: number, rest: object = {}) => ({
    id,
    name: "CI",
    run_attempt: 1,
    status: "completed",
    conclusion: "failure",
    created_at: at(created),
    run_started_at: at(started),
    updated_at: at(updated),
    ...rest,
  });
  const { workflows } = await importTrace([
    json({
      workflow_runs: [run(9, 400, 5000, 5060, { run_attempt: 2 }), run(8, 300, 301, 330), run(7, 0, 2, 80)],
    }),
    json({ jobs: [job(1, 7, [1, 10, 70])] }),
  ]);
  expect(workflows.map(({ submitted, type, work }) => [submitted, ...type, ...work])).toEqual([
    [0, "job 1", 60],
    [300, "CI", 29],
    [5000, "CI", 60],
  ]);
});

test("of a job that is told of several times, what was told at its end counts", async () => {
  const { workflows, report } = await importTrace([
    json([
      { action: "queued", workflow_job: job(1, 7, [0, null, null]) },
      { action: "completed", workflow_job: job(1, 7, [0, 10, 30]) },
      { action: "in_progress", workflow_job: job(1, 7, [0, 10, null]) },
    ]),
  ]);
  expect([...workflows[0]!.work]).toEqual([20]);
  expect(report.skipped.map(({ count }) => count)).toEqual([2]);
});

test("ids that a double cannot hold are refused, not joined", async () => {
  const text = JSON.stringify({ jobs: [job(1, 7, [0, 1, 2])] }).replace(
    '"run_id":7',
    '"run_id":9007199254740993',
  );
  expect(await complaintOf(() => importTrace([bytesSource("big.json", Buffer.from(text))]))).toContain(
    "run_id is a number that a double cannot hold",
  );
});

describe.skipIf(!hasSharedData)("broken jobs of GitHub Actions", () => {
  test("a job that completes before it starts is refused, and counted by the figures", async () => {
    const name = "gha-completed-before-started.json";
    const source = bytesSource(name, sharedBytes(`broken/${name}`));
    expect(await complaintOf(() => importTrace([source]))).toContain(
      "job 21754495537 completes before it starts",
    );
    expect(await fileStatistics(source)).toMatchObject({ job_duration_negative: 1 });
  });
});
