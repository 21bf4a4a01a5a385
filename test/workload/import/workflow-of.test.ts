import { describe, expect, test } from "vitest";
import { bytesSource, importTrace } from "../../../src/workload/import/index.js";
import { type TaskRecord, workflowOf } from "../../../src/workload/import/workflow-of.js";

const task = (more: Partial<TaskRecord>): TaskRecord => ({
  id: "a",
  type: "job",
  parents: [],
  work: 1,
  where: "log:3",
  ...more,
});

describe("a number that is beyond all doubles in the trace's unit is refused, with its place", () => {
  test.each(["work", "memory", "cpu"] as const)("%s", (name) => {
    expect(() => workflowOf("w", 0, [task({ [name]: 1e308 * 1e6 })])).toThrow(
      new RegExp(`log:3: ${name} of task "a" is too large to be a number`),
    );
  });

  test("in a file, where the cell alone is a number", async () => {
    const text =
      "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time\n" +
      "pod-0,6000,1e308,0,0,,LS,Running,0,60,5\n";
    const source = bytesSource("pods.csv", new TextEncoder().encode(text));
    await expect(importTrace([source], {})).rejects.toThrow(
      /pods\.csv:2: memory of task "pod-0" is too large/,
    );
  });
});
