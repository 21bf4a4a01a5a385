import type { JsonObject } from "../../../kit/json.js";
import { Extent, Sum, Tally } from "../figures.js";
import type { Format, Reading, ReadWorkflow } from "../format.js";
import type { Source } from "../source.js";
import { beginsWithColumns, type Row, rowByRow, tableRows } from "../table.js";
import { workflowOf } from "../workflow-of.js";

const POD_COLUMNS = ["name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli"] as const;
const NODE_COLUMNS = ["sn", "cpu_milli", "memory_mib", "gpu", "model"] as const;
const MEBIBYTE = 2 ** 20;

/** Pods of cluster-trace-gpu-v2023, each a workflow of one task. Some lists have the first five columns only. */
export const alibabaGpuPods2023: Format = {
  name: "alibaba-gpu-2023-pods",
  title: "Alibaba GPU cluster trace 2023, pods",
  sniff: (head) => beginsWithColumns(head, POD_COLUMNS),

  read: (sources, reading) => rowByRow(sources, { columns: POD_COLUMNS }, (row) => workflow(row, reading)),
  statistics: podStatistics,
};

/** Machines of the same trace. */
export const alibabaGpuNodes2023: Format = {
  name: "alibaba-gpu-2023-nodes",
  title: "Alibaba GPU cluster trace 2023, nodes",
  sniff: (head) => beginsWithColumns(head, NODE_COLUMNS),

  async statistics(source) {
    const models = new Tally();
    const gpus = new Sum();
    const cpu = new Sum();
    const names = new Set<string>();
    let rows = 0;
    for await (const portion of tableRows(source, { columns: NODE_COLUMNS })) {
      for (const row of portion) {
        rows++;
        names.add(row.text("sn"));
        gpus.add(row.amount("gpu"));
        cpu.add(row.amount("cpu_milli"));
        models.add(row.text("model"));
      }
    }
    return { rows, nodes: names.size, gpus: gpus.value, cpu_milli: cpu.value, models: models.toObject() };
  },
};

function workflow(row: Row, { report }: Reading): ReadWorkflow {
  const created = row.amount("creation_time");
  const scheduled = row.amount("scheduled_time");
  const deleted = row.amount("deletion_time");
  const phase = row.text("pod_phase");
  const ran = deleted >= scheduled;
  if (!ran) {
    const never = Number.isNaN(scheduled) && !Number.isNaN(created);
    report.warn(
      never ? "NEVER_SCHEDULED" : "RUNTIME_UNKNOWN",
      never
        ? "a pod was never scheduled; its work is unknown"
        : "a pod has no times, or ends before it starts; its work is unknown",
      () => `${row.where} (${row.text("name")})`,
    );
  }
  return workflowOf(row.text("qos") || "pod", Number.isNaN(created) ? null : created, [
    {
      id: row.text("name"),
      type: typeOf(row),
      parents: [],
      work: ran ? deleted - scheduled : Number.NaN,
      cpu: row.amount("cpu_milli") / 1000,
      memory: row.amount("memory_mib") * MEBIBYTE,
      recordedReady: created,
      recordedStart: scheduled,
      recordedEnd: Number.isNaN(scheduled) ? Number.NaN : deleted,
      outcome: phase === "Succeeded" ? "succeeded" : phase === "Failed" ? "failed" : null,
      where: row.where,
    },
  ]);
}

/** What of a GPU it asks for decides where it can run. */
function typeOf(row: Row): string {
  const gpus = row.amount("num_gpu");
  if (gpus === 1 && row.amount("gpu_milli") < 1000) return "part of a GPU";
  return gpus > 0 ? `${gpus} GPU` : "no GPU";
}

async function podStatistics(source: Source): Promise<JsonObject> {
  const phases = new Tally();
  const qos = new Tally();
  const names = new Set<string>();
  const creations = new Extent();
  const runs = new Extent();
  const work = new Sum();
  const waits = new Sum();
  const cpu = new Sum();
  const count = {
    rows: 0,
    never_scheduled: 0,
    deletion_missing: 0,
    creation_out_of_order: 0,
    run_negative: 0,
    run_zero: 0,
    wait_negative: 0,
    duplicate_names: 0,
    gpu_pods: 0,
    gpu_spec_set: 0,
  };
  let last = Number.NEGATIVE_INFINITY;
  for await (const rows of tableRows(source, { columns: POD_COLUMNS })) {
    for (const row of rows) {
      count.rows++;
      if (names.has(row.text("name"))) count.duplicate_names++;
      names.add(row.text("name"));
      if (row.columns.has("pod_phase")) phases.add(row.text("pod_phase"));
      if (row.columns.has("qos")) qos.add(row.text("qos"));
      const created = row.number("creation_time");
      const scheduled = row.number("scheduled_time");
      const deleted = row.number("deletion_time");
      if (Number.isNaN(scheduled)) count.never_scheduled++;
      if (Number.isNaN(deleted)) count.deletion_missing++;
      if (created < last) count.creation_out_of_order++;
      if (!Number.isNaN(created)) last = created;
      creations.add(created);
      const run = deleted - scheduled;
      if (run < 0) count.run_negative++;
      if (run === 0) count.run_zero++;
      work.add(Math.max(0, run));
      runs.add(Math.max(0, run));
      const wait = scheduled - created;
      if (wait < 0) count.wait_negative++;
      waits.add(Math.max(0, wait));
      if (row.number("num_gpu") > 0) count.gpu_pods++;
      if (row.text("gpu_spec") !== "") count.gpu_spec_set++;
      cpu.add(row.number("cpu_milli"));
    }
  }
  return {
    ...count,
    tasks: count.rows,
    edges: 0,
    roots: count.rows,
    phases: phases.toObject(),
    failures: phases.of("Failed"),
    first_creation_s: creations.first,
    last_creation_s: creations.last,
    arrival_rate_per_s: creations.rate,
    total_work_s: work.value,
    wait_sum_s: waits.value,
    critical_path_s: runs.last ?? 0,
    cpu_milli_sum: cpu.value,
    qos: qos.toObject(),
  };
}
