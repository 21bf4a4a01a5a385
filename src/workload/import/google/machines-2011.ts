import { Sum, Tally } from "../figures.js";
import type { Format } from "../format.js";
import { tableRows } from "../table.js";
import { looksHeaderless } from "./headerless.js";

const MACHINE_COLUMNS = ["time", "machine ID", "event type", "platform ID", "CPUs", "memory"] as const;
const USAGE_COLUMNS = [
  "start time",
  "end time",
  "job ID",
  "task index",
  "machine ID",
  ...Array.from({ length: 15 }, (_, i) => `measurement ${i + 6}`),
];

/** machine_events of clusterdata-2011: what the cell is made of, but no work. */
export const googleMachineEvents2011: Format = {
  name: "google-2011-machine-events",
  title: "Google cluster data 2011, machine events",
  sniff: (head) => looksHeaderless(head, MACHINE_COLUMNS.length, [0, 1, 2]),

  async statistics(source) {
    const columns = new Tally();
    const events = new Tally();
    const machines = new Set<string>();
    let rows = 0;
    const shape = { columns: MACHINE_COLUMNS, headerless: MACHINE_COLUMNS, comment: "#" };
    for await (const portion of tableRows(source, shape)) {
      for (const row of portion) {
        rows++;
        columns.add(String(row.cells.length));
        row.whole("time");
        machines.add(row.text("machine ID"));
        events.add(String(row.whole("event type")));
      }
    }
    return { rows, columns: columns.toObject(), machines: machines.size, events: events.toObject() };
  },
};

/** task_usage of clusterdata-2011: samples of what ran, 19 columns or, with sampled CPU usage, 20. */
export const googleTaskUsage2011: Format = {
  name: "google-2011-task-usage",
  title: "Google cluster data 2011, task usage",
  sniff: (head) => [19, 20].some((columns) => looksHeaderless(head, columns, [0, 1, 2, 3])),

  async statistics(source) {
    const columns = new Tally();
    const windows = new Sum();
    let rows = 0;
    const shape = { columns: USAGE_COLUMNS, headerless: USAGE_COLUMNS, comment: "#", ragged: true };
    for await (const portion of tableRows(source, shape)) {
      for (const row of portion) {
        rows++;
        columns.add(String(row.cells.length));
        windows.add(Math.max(0, row.whole("end time") - row.whole("start time")) / 1e6);
      }
    }
    return { rows, columns: columns.toObject(), window_sum_s: windows.value };
  },
};
