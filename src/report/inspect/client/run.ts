import { unpackColumns } from "../packed.js";
import { BEGUN, LATE, type PageLegend, READY_KNOWN, SECOND_COPY } from "../page-legend.js";

export const RESULTS = ["unknown", "failed", "succeeded", "unfinished"] as const;

type Numbers = Int32Array | Float64Array;

/** A run as the page works with it: absolute times in seconds, rows by group. */
export interface Run {
  readonly legend: PageLegend;
  /** Attempts by pool, lane and start; those that never began come last, from `placed` on. */
  readonly attempts: {
    readonly count: number;
    readonly placed: number;
    readonly start: Float64Array;
    readonly end: Float64Array;
    /** The start where it is not known. */
    readonly ready: Float64Array;
    readonly workflow: Int32Array;
    readonly task: Numbers;
    readonly attempt: Numbers;
    readonly instance: Numbers;
    readonly pool: Int32Array;
    readonly outcome: Int32Array;
    readonly flags: Numbers;
  };
  /** First attempt of each lane; lanes of pool p are `poolLanes[p] .. poolLanes[p + 1]`. */
  readonly laneFirst: Int32Array;
  readonly poolLanes: Int32Array;
  readonly flows: {
    readonly count: number;
    readonly submitted: Float64Array;
    readonly end: Float64Array;
    /** Infinity where there is no deadline. */
    readonly due: Float64Array;
    readonly serial: Numbers;
    readonly source: Numbers;
    /** An index into `RESULTS`. */
    readonly result: Numbers;
    readonly late: Numbers;
    readonly lane: Numbers;
  };
  readonly decisions: {
    readonly count: number;
    readonly time: Float64Array;
    readonly serial: Float64Array;
    readonly kind: Numbers;
    readonly workflow: Int32Array;
    readonly task: Int32Array;
    readonly pool: Int32Array;
    readonly option: Numbers;
    readonly candidates: Numbers;
    readonly chosen: Numbers;
    /** Rows of its candidates: `firstRow .. firstRow + rows` of its kind; none where they are not kept. */
    readonly rows: Numbers;
    readonly firstRow: Int32Array;
  };
  readonly columns: ReadonlyMap<string, Numbers>;
  readonly attemptsOf: Groups;
  readonly decisionsOf: Groups;
}

export interface Groups {
  readonly first: Int32Array;
  readonly rows: Int32Array;
}

export function runOf(legend: PageLegend, bytes: Uint8Array): Run {
  const columns = unpackColumns(legend.layout, bytes);
  const column = (name: string): Numbers => columns.get(name) ?? new Int32Array(0);
  const { tick } = legend;
  const flows = flowsOf(column, tick);
  const laneSizes = column("laneSizes");
  const laneFirst = new Int32Array(laneSizes.length + 1);
  for (let l = 0; l < laneSizes.length; l++) laneFirst[l + 1] = laneFirst[l]! + laneSizes[l]!;
  const poolLanes = new Int32Array(legend.pools.length + 1);
  legend.pools.forEach(({ lanes }, p) => {
    poolLanes[p + 1] = poolLanes[p]! + lanes;
  });
  const attempts = attemptsFrom(column, tick, laneFirst);
  const decisions = decisionsFrom(column, tick, legend.kinds.length);
  return {
    legend,
    attempts,
    laneFirst,
    poolLanes,
    flows,
    decisions,
    columns,
    attemptsOf: groups(attempts.workflow, flows.count),
    decisionsOf: groups(decisions.workflow, flows.count),
  };
}

type Column = (name: string) => Numbers;

function flowsOf(column: Column, tick: number): Run["flows"] {
  const results = column("flowResult");
  const [gaps, time, dues] = [column("flowSubmitted"), column("flowTime"), column("flowDue")];
  const { length } = gaps;
  const [submitted, end, due] = [
    new Float64Array(length),
    new Float64Array(length),
    new Float64Array(length),
  ];
  let at = 0;
  for (let w = 0; w < length; w++) {
    at += gaps[w]!;
    submitted[w] = at * tick;
    end[w] = (at + time[w]!) * tick;
    due[w] = dues[w] === 0 ? Number.POSITIVE_INFINITY : (at + dues[w]! - 1) * tick;
  }
  return {
    count: length,
    submitted,
    end,
    due,
    serial: column("flowSerial"),
    source: column("flowSource"),
    result: results.map((result) => result % LATE),
    late: results.map((result) => (result >= LATE ? 1 : 0)),
    lane: column("flowLane"),
  };
}

function attemptsFrom(column: Column, tick: number, laneFirst: Int32Array): Run["attempts"] {
  const [gap, service, wait] = [column("gap"), column("service"), column("wait")];
  const count = gap.length;
  const [start, end, ready] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  const placed = laneFirst[laneFirst.length - 1]!;
  let before = 0;
  for (let i = 0, lane = 0; i < count; i++) {
    if (i >= placed) before = 0;
    else if (i === laneFirst[lane]) {
      while (laneFirst[lane] === i) lane++;
      before = 0;
    }
    const from = before + gap[i]!;
    start[i] = from * tick;
    ready[i] = (from - wait[i]!) * tick;
    before = from + service[i]!;
    end[i] = before * tick;
  }
  return {
    count,
    placed,
    start,
    end,
    ready,
    workflow: less1(column("workflow")),
    task: column("task"),
    attempt: column("attempt"),
    instance: column("instance"),
    pool: less1(column("pool")),
    outcome: less1(column("outcome")),
    flags: column("flags"),
  };
}

function decisionsFrom(column: Column, tick: number, kinds: number): Run["decisions"] {
  const [gaps, serials, rows, kind] = ["decisionTime", "decisionSerial", "decisionRows", "decisionKind"].map(
    column,
  ) as [Numbers, Numbers, Numbers, Numbers];
  const count = gaps.length;
  const [time, serial, firstRow] = [new Float64Array(count), new Float64Array(count), new Int32Array(count)];
  const next = new Int32Array(kinds);
  let [at, number] = [0, -1];
  for (let d = 0; d < count; d++) {
    at += gaps[d]!;
    number += serials[d]!;
    time[d] = at * tick;
    serial[d] = number;
    firstRow[d] = next[kind[d]!]!;
    next[kind[d]!]! += rows[d]!;
  }
  return {
    count,
    time,
    serial,
    kind,
    workflow: less1(column("decisionWorkflow")),
    task: less1(column("decisionTask")),
    pool: less1(column("decisionPool")),
    option: column("decisionOption"),
    candidates: column("decisionCandidates"),
    chosen: column("decisionChosen"),
    rows,
    firstRow,
  };
}

/** What was stored one higher, so that -1 could be. */
function less1(values: Numbers): Int32Array {
  const less = new Int32Array(values.length);
  for (let i = 0; i < less.length; i++) less[i] = values[i]! - 1;
  return less;
}

function groups(group: Int32Array, count: number): Groups {
  const first = new Int32Array(count + 1);
  for (let i = 0; i < group.length; i++) if (group[i]! >= 0) first[group[i]! + 1]!++;
  for (let g = 0; g < count; g++) first[g + 1]! += first[g]!;
  const next = first.slice();
  const rows = new Int32Array(first[count]!);
  for (let i = 0; i < group.length; i++) if (group[i]! >= 0) rows[next[group[i]!]!++] = i;
  return { first, rows };
}

export const rowsOf = ({ first, rows }: Groups, group: number): Int32Array =>
  rows.subarray(first[group]!, first[group + 1]!);

export const begun = ({ attempts }: Run, i: number): boolean => (attempts.flags[i]! & BEGUN) !== 0;
export const readyKnown = ({ attempts }: Run, i: number): boolean => (attempts.flags[i]! & READY_KNOWN) !== 0;
export const isCopy = ({ attempts }: Run, i: number): boolean => (attempts.flags[i]! & SECOND_COPY) !== 0;

/** 0 went well, 1 went wrong, 2 was cancelled. */
export function toneOf({ legend, attempts }: Run, i: number): number {
  const outcome = legend.outcomes[attempts.outcome[i]!];
  return outcome === undefined || outcome === "succeeded" ? 0 : outcome === "cancelled" ? 2 : 1;
}

export const flowName = ({ legend, flows }: Run, w: number): string =>
  `${legend.sources[flows.source[w]!] ?? "workflow"} ${flows.serial[w]!}`;

export function taskName({ legend, flows }: Run, w: number, task: number, instance = 0): string {
  const names = instance === 0 ? legend.taskNames[legend.sources[flows.source[w]!] ?? ""] : undefined;
  return names?.[task] ?? `task ${task}`;
}

export const isLate = ({ flows }: Run, w: number): boolean => flows.late[w] === 1;
export const hasFailed = ({ flows }: Run, w: number): boolean => flows.result[w] === 1;
