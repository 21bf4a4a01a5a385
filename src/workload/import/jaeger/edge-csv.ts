import { InputError } from "../../../kit/errors.js";
import { csvRecords } from "../csv.js";
import type { Format } from "../format.js";

const COLUMNS = ["traceId", "startTime", "endTime", "parentId", "childId", "childDuration"] as const;
type Column = (typeof COLUMNS)[number];

/**
 * Edges between spans, a row each, as DeathStarBench flattens its traces: a check on readers of the traces themselves.
 * Spans without children or parents are not told, so no workload can be read from it.
 */
export const edgeCsv: Format = {
  name: "dsb-edge-csv",
  title: "DeathStarBench span edges (CSV)",

  sniff(head) {
    const cells = (/^[^\r\n]*/.exec(Buffer.from(head).toString("utf8"))?.[0] ?? "").split(",");
    return COLUMNS.every((name) => cells.includes(name));
  },

  async statistics(source) {
    let columns: Map<Column, number> | null = null;
    let width = 0;
    const traces = new Set<string>();
    const edges = new Set<string>();
    let rows = 0;
    let durations = 0n;
    let first: bigint | null = null;
    let last: bigint | null = null;
    for await (const records of csvRecords(source)) {
      for (const { cells, line } of records) {
        if (columns === null) {
          const missing = COLUMNS.filter((name) => !cells.includes(name));
          if (missing.length > 0)
            throw bad(`the header has no ${missing.join(", ")}`, `${source.name}:${line}`);
          columns = new Map(COLUMNS.map((name) => [name, cells.indexOf(name)]));
          width = cells.length;
          continue;
        }
        const where = `${source.name}:${line}`;
        if (cells.length !== width) throw bad(`the row has ${cells.length} cells, ${width} wanted`, where);
        const cell = (name: Column) => cells[columns!.get(name)!]!;
        const micros = (name: Column) => {
          if (/^-?\d{1,18}$/.test(cell(name))) return BigInt(cell(name));
          throw bad(
            `${name} must be a whole number of microseconds, got "${cell(name).slice(0, 40)}"`,
            where,
          );
        };
        rows++;
        traces.add(cell("traceId"));
        edges.add(`${cell("traceId")} ${cell("parentId")} ${cell("childId")}`);
        durations += micros("childDuration");
        const start = micros("startTime");
        const end = micros("endTime");
        if (first === null || start < first) first = start;
        if (last === null || end > last) last = end;
      }
    }
    return {
      rows,
      traces: traces.size,
      edges: edges.size,
      child_duration_sum_us: Number(durations),
      first_start_us: first === null ? null : Number(first),
      last_end_us: last === null ? null : Number(last),
    };
  },
};

const bad = (what: string, where: string): InputError =>
  new InputError("BAD_ROW", { what, where, mend: "correct it, or fetch the file again" });
