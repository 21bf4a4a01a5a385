import type { JsonObject } from "../../../kit/json.js";
import { Extent, Sum, Tally } from "../figures.js";
import type { Format, Reading, ReadWorkflow } from "../format.js";
import { groupByWorkflow } from "../group-by-workflow.js";
import { soundWorkflow } from "../sound-workflow.js";
import type { Source } from "../source.js";
import { beginsWithColumns, type Row, tableRows } from "../table.js";
import { selfTime } from "./self-time.js";

const COLUMNS = ["traceid", "timestamp", "rpcid", "um", "rpctype", "dm", "interface", "rt"] as const;

/** Calls between microservices (cluster-trace-microservices-v2021): a trace is a tree, told by dotted numbers. */
export const alibabaCallGraph2021: Format = {
  name: "alibaba-ms-callgraph-2021",
  title: "Alibaba microservices trace 2021, call graph",
  sniff: (head) => beginsWithColumns(head, COLUMNS),

  async *read(sources, reading) {
    for (const source of sources) {
      for await (const { key, rows } of traces(source)) {
        const flow = workflow(key, rows, reading);
        if (flow !== null) yield flow;
      }
    }
  },

  statistics,
};

const traces = (source: Source) =>
  groupByWorkflow(
    () => tableRows(source, { columns: COLUMNS }),
    (row) => row.text("traceid"),
    { where: source.name },
  );

/** One call, of the two views of it that caller and callee have logged, or more. Milliseconds. */
interface Call {
  readonly id: string;
  readonly row: Row;
  readonly start: number;
  /** Its sign says whose view it is. */
  readonly time: number;
}

function workflow(trace: string, rows: readonly Row[], { report }: Reading): ReadWorkflow | null {
  const calls = callsOf(rows, report);
  const children = new Map<string, Call[]>();
  for (const call of calls.values()) {
    const parent = parentOf(call.id);
    if (parent === null) continue;
    if (!calls.has(parent)) {
      report.warn("ORPHAN_CALL", "the call that made a call is not recorded", () => call.row.where);
    } else if (children.has(parent)) children.get(parent)!.push(call);
    else children.set(parent, [call]);
  }
  // In the order of their start, so that the first is where the trace was entered.
  const ordered = [...calls.values()].sort((a, b) => depth(a.id) - depth(b.id) || a.start - b.start);
  const submitted =
    ordered.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY) / 1000;
  const tasks = ordered.map(({ id, row, start, time }) => {
    const parent = parentOf(id);
    return {
      id,
      type: calleeOf(row),
      parents: parent !== null && calls.has(parent) ? [parent] : [],
      work: selfTime({ start, time }, children.get(id) ?? []) / 1000,
      recordedReady: start / 1000,
      recordedStart: start / 1000,
      recordedEnd: (start + time) / 1000,
      where: row.where,
    };
  });
  return soundWorkflow(report, `trace ${trace}`, calleeOf(ordered[0]!.row), submitted, tasks);
}

/** Of the views of a call the longest: the shorter ones are the callee's, or of calls that share its number. */
function callsOf(rows: readonly Row[], report: Reading["report"]): ReadonlyMap<string, Call> {
  const calls = new Map<string, Call>();
  for (const row of rows) {
    const id = row.text("rpcid");
    if (id === "") row.refuse("rpcid", "is empty");
    const rt = row.number("rt");
    if (Number.isNaN(rt)) row.refuse("rt", "is empty");
    const start = row.amount("timestamp");
    if (Number.isNaN(start)) row.refuse("timestamp", "is empty");
    const call = { id, row, start, time: Math.abs(rt) };
    const known = calls.get(id);
    if (known !== undefined) report.skip("a second view of a call", row.where);
    if (known === undefined || call.time > known.time) calls.set(id, call);
  }
  return calls;
}

function parentOf(id: string): string | null {
  const dot = id.lastIndexOf(".");
  return dot < 0 ? null : id.slice(0, dot);
}

const depth = (id: string): number => id.split(".").length;

const isKnown = (service: string): boolean => service !== "" && service !== "(?)";

function calleeOf(row: Row): string {
  const callee = row.text("dm");
  return isKnown(callee) ? callee : `unknown, called by ${row.text("rpctype") || "unknown means"}`;
}

async function statistics(source: Source): Promise<JsonObject> {
  const count = {
    rows: 0,
    traces: 0,
    distinct_trace_rpcid: 0,
    rows_repeating_a_trace_rpcid: 0,
    fully_identical_rows: 0,
    edges: 0,
    rpcids_whose_parent_is_absent: 0,
    max_rpcid_depth: 0,
    rt_negative: 0,
    rt_zero: 0,
    um_unknown: 0,
    dm_unknown: 0,
    um_blank: 0,
    dm_blank: 0,
    interface_blank: 0,
  };
  const types = new Tally();
  const services = new Set<string>();
  const signed = new Sum();
  const absolute = new Sum();
  const times = new Extent();
  const arrivals = new Extent();
  const perTrace: Record<string, JsonObject> = {};
  for await (const { key, rows } of traces(source)) {
    const ids = new Set<string>();
    const texts = new Set<string>();
    const moments = new Extent();
    const sum = new Sum();
    for (const row of rows) {
      ids.add(row.text("rpcid"));
      texts.add(COLUMNS.map((name) => row.text(name)).join("\n"));
      types.add(row.text("rpctype"));
      const rt = row.number("rt");
      signed.add(rt);
      absolute.add(Math.abs(rt));
      sum.add(Math.abs(rt));
      if (rt < 0) count.rt_negative++;
      if (rt === 0) count.rt_zero++;
      moments.add(row.number("timestamp"));
      times.add(row.number("timestamp"));
      for (const side of ["um", "dm"] as const) {
        const service = row.text(side);
        if (isKnown(service)) services.add(service);
        else if (service === "") count[`${side}_blank`]++;
        else count[`${side}_unknown`]++;
      }
      if (row.text("interface") === "") count.interface_blank++;
    }
    let edges = 0;
    for (const id of ids) {
      const parent = parentOf(id);
      count.max_rpcid_depth = Math.max(count.max_rpcid_depth, depth(id));
      if (parent === null) continue;
      if (ids.has(parent)) edges++;
      else count.rpcids_whose_parent_is_absent++;
    }
    count.rows += rows.length;
    count.traces++;
    count.distinct_trace_rpcid += ids.size;
    count.rows_repeating_a_trace_rpcid += rows.length - ids.size;
    count.fully_identical_rows += rows.length - texts.size;
    count.edges += edges;
    arrivals.add(moments.first === null ? Number.NaN : moments.first / 1000);
    if (count.traces <= TRACES_LISTED) {
      perTrace[key] = {
        rows: rows.length,
        rpcids: ids.size,
        edges,
        first_ms: moments.first,
        last_ms: moments.last,
        rt_abs_sum_ms: sum.value,
      };
    }
  }
  return {
    ...count,
    tasks: count.distinct_trace_rpcid,
    roots: count.distinct_trace_rpcid - count.edges,
    rpctype: types.toObject(),
    rt_sum_ms: signed.value,
    total_work_s: absolute.value / 1000,
    first_ms: times.first,
    last_ms: times.last,
    trace_arrival_rate_per_s: arrivals.rate,
    microservices: services.size,
    per_trace: perTrace,
  };
}

/** Traces whose figures are given one by one. */
const TRACES_LISTED = 10_000;
