import { deflateRawSync } from "node:zlib";
import { assignLanes, orderBy } from "./lanes.js";
import { type Packable, packColumns } from "./packed.js";
import { BEGUN, LATE, type PageLegend, READY_KNOWN, SECOND_COPY } from "./page-legend.js";
import { type Candidates, endOf, type RunRecord } from "./run-record.js";
import { summarizeRun } from "./summary.js";

/** Numbers of candidates that a page holds; where there are more, only those of some decisions. */
const MOST_CANDIDATE_NUMBERS = 8_000_000;
/** Slowest workflows that are listed. */
const LISTED = 200;

/** A run as a page holds it: a legend as JSON and the columns, deflated. */
export function pageData(run: RunRecord): { readonly legend: PageLegend; readonly packed: Uint8Array } {
  const end = endOf(run);
  const tick = tickOf(run, end);
  const ticks = (time: number): number => Math.max(0, Math.round(time / tick));
  const flows = workflowColumns(run, ticks, end);
  const attempts = attemptColumns(run, ticks, flows.newRow);
  const decisions = decisionColumns(run, ticks, flows.newRow);
  const { layout, bytes } = packColumns(
    { ...attempts.columns, ...flows.columns, ...decisions.columns },
    decisions.real,
  );
  const summary = summarizeRun(run, LISTED);
  const legend: PageLegend = {
    summary,
    tick,
    end,
    sources: run.sources,
    pools: run.pools.map(({ name, servers }, p) => ({ name, servers, lanes: attempts.lanes[p]! })),
    workflowLanes: flows.lanes,
    outcomes: run.outcomes,
    taskNames: run.taskNames,
    kinds: run.decisions.kinds,
    specs: run.candidates.map(({ kind, senses, spec }) => ({
      kind,
      senses,
      context: spec.context,
      candidate: spec.candidate,
    })),
    spells: run.spells,
    slowest: summary.slowest.map(({ row }) => flows.newRow[row]!),
    kept: decisions.kept,
    layout,
  };
  return { legend, packed: deflateRawSync(bytes, { level: 6 }) };
}

/** A power of ten of seconds by which all but the shortest attempts keep three digits, and times stay below 2^48 of it. */
function tickOf({ attempts }: RunRecord, end: number): number {
  const every = Math.max(1, Math.floor(attempts.count / 10_000));
  const lengths: number[] = [];
  for (let row = 0; row < attempts.count; row += every) {
    const length = attempts.ended[row]! - attempts.started[row]!;
    if (length > 0) lengths.push(length);
  }
  lengths.sort((a, b) => a - b);
  const short = lengths[Math.floor(lengths.length / 50)] ?? Math.max(end / 1e6, 1e-6);
  const fine = 10 ** Math.floor(Math.log10(short) - 3);
  return Math.max(fine, 1e-9, 10 ** Math.ceil(Math.log10(Math.max(end, 1e-6) / 2 ** 48)));
}

/** Workflows by when they were submitted; `newRow` says which row of the run became which of the page. */
function workflowColumns({ workflows }: RunRecord, ticks: (time: number) => number, end: number) {
  const order = orderBy(workflows.submitted);
  const { length } = order;
  const newRow = new Int32Array(workflows.count).fill(-1);
  order.forEach((row, at) => {
    newRow[row] = at;
  });
  const lane = new Int32Array(workflows.count);
  const until = workflows.ended.map((ended) => (Number.isNaN(ended) ? end : ended));
  const lanes = assignLanes(order, workflows.submitted, until, lane);
  const submitted = new Float64Array(length);
  const time = new Float64Array(length);
  const due = new Float64Array(length);
  const serial = new Float64Array(length);
  let before = 0;
  for (const [at, row] of order.entries()) {
    const from = ticks(workflows.submitted[row]!);
    submitted[at] = from - before;
    before = from;
    time[at] = ticks(until[row]!) - from;
    // 0 stands for no deadline.
    const deadline = workflows.due[row]!;
    due[at] = Number.isFinite(deadline) ? Math.max(0, ticks(deadline) - from) + 1 : 0;
    serial[at] = Math.max(0, workflows.serial[row]!);
  }
  const pick = (column: Int32Array | Int8Array, shift = 0) =>
    Int32Array.from(order, (row) => column[row]! + shift);
  return {
    newRow,
    lanes,
    columns: {
      flowSubmitted: submitted,
      flowTime: time,
      flowDue: due,
      flowSerial: serial,
      flowSource: pick(workflows.source),
      // 0 unknown, 1 failed, 2 succeeded, 3 not over when the run was; 4 more where it missed its deadline.
      flowResult: Int32Array.from(order, (row) => {
        const over = !Number.isNaN(workflows.ended[row]!);
        return (
          (over ? workflows.succeeded[row]! + 1 : 3) +
          (workflows.ended[row]! > workflows.due[row]! ? LATE : 0)
        );
      }),
      flowLane: Int32Array.from(order, (row) => lane[row]!),
    } satisfies Packable,
  };
}

/** Attempts by pool, then lane, then start, so that those of a lane stand in a row; those that never began come last. */
function attemptColumns(run: RunRecord, ticks: (time: number) => number, newRow: Int32Array) {
  const { attempts, pools } = run;
  const starts = attempts.started.map(ticks);
  const ends = attempts.ended.map(ticks);
  const lane = new Int32Array(attempts.count);
  const begun = orderBy(attempts.started).filter((row) => attempts.ended[row]! >= attempts.started[row]!);
  const lanes: number[] = [];
  const order: number[] = [];
  const laneSizes: number[] = [];
  for (let p = 0; p < pools.length; p++) {
    const rows = begun.filter((row) => attempts.pool[row] === p);
    const count = assignLanes(rows, starts, ends, lane);
    lanes.push(count);
    const sizes = new Int32Array(count + 1);
    for (const row of rows) sizes[lane[row]! + 1]!++;
    for (let l = 0; l < count; l++) laneSizes.push(sizes[l + 1]!);
    for (let l = 0; l < count; l++) sizes[l + 1]! += sizes[l]!;
    const sorted = new Int32Array(rows.length);
    for (const row of rows) sorted[sizes[lane[row]!]!++] = row;
    for (const row of sorted) order.push(row);
  }
  const placed = order.length;
  for (let row = 0; row < attempts.count; row++) {
    if (Number.isNaN(starts[row]!) && attempts.ended[row]! >= 0) order.push(row);
  }
  const column = () => new Float64Array(order.length);
  const [gap, service, wait, workflow] = [column(), column(), column(), column()];
  const [task, attempt, instance, pool, outcome, flags] = [
    column(),
    column(),
    column(),
    column(),
    column(),
    column(),
  ];
  let before = 0;
  let nextLane = 0;
  let left = 0;
  for (const [at, row] of order.entries()) {
    if (at < placed) {
      while (left === 0) {
        left = laneSizes[nextLane++]!;
        before = 0;
      }
      left--;
    } else before = 0;
    const never = Number.isNaN(starts[row]!);
    const start = never ? ends[row]! : starts[row]!;
    gap[at] = start - before;
    service[at] = ends[row]! - start;
    before = ends[row]!;
    const known = attempts.ready[row]! <= (never ? attempts.ended[row]! : attempts.started[row]!);
    wait[at] = known ? start - ticks(attempts.ready[row]!) : 0;
    workflow[at] = newRow[attempts.workflow[row]!]! + 1;
    task[at] = attempts.task[row]!;
    attempt[at] = attempts.attempt[row]!;
    instance[at] = attempts.instance[row]!;
    pool[at] = attempts.pool[row]! + 1;
    outcome[at] = attempts.outcome[row]! + 1;
    flags[at] = (never ? 0 : BEGUN) + (known ? READY_KNOWN : 0) + (attempts.copy[row]! > 0 ? SECOND_COPY : 0);
  }
  const columns = {
    gap,
    service,
    wait,
    workflow,
    task,
    attempt,
    instance,
    pool,
    outcome,
    flags,
    laneSizes: Float64Array.from(laneSizes),
  };
  return { lanes, columns: columns satisfies Packable };
}

/** Decisions as they were made, and the candidates of as many as a page can hold, kind by kind. */
function decisionColumns(run: RunRecord, ticks: (time: number) => number, newRow: Int32Array) {
  const { decisions } = run;
  const { count } = decisions;
  const kept = keptDecisions(run);
  const time = new Float64Array(count);
  const serial = new Float64Array(count);
  const rows = new Int32Array(count);
  let [before, beforeSerial, keptCount] = [0, -1, 0];
  for (let row = 0; row < count; row++) {
    const now = Math.max(before, ticks(decisions.time[row]!));
    time[row] = now - before;
    before = now;
    serial[row] = decisions.serial[row]! - beforeSerial;
    beforeSerial = decisions.serial[row]!;
    rows[row] = kept[row] === 1 ? decisions.candidates[row]! : 0;
    keptCount += kept[row]!;
  }
  const flow = (workflow: number) => (workflow < 0 ? 0 : newRow[workflow]! + 1);
  const columns: Record<string, Float64Array | Int32Array> = {
    decisionTime: time,
    decisionSerial: serial,
    decisionKind: decisions.kind,
    decisionWorkflow: decisions.workflow.map(flow),
    decisionTask: decisions.task.map((task) => task + 1),
    decisionPool: decisions.pool.map((pool) => pool + 1),
    decisionOption: decisions.option,
    decisionCandidates: decisions.candidates,
    decisionChosen: decisions.chosen,
    decisionRows: rows,
  };
  const real: Record<string, Float64Array> = {};
  for (const table of run.candidates) {
    const { kind } = table;
    const own = keptRows(run, table, kept);
    const pick = (column: Int32Array, shift: number) => Int32Array.from(own, (row) => column[row]! + shift);
    columns[`${kind}.workflow`] = Int32Array.from(own, (row) => flow(table.workflow[row]!));
    columns[`${kind}.task`] = pick(table.task, 1);
    columns[`${kind}.pool`] = pick(table.pool, 1);
    columns[`${kind}.option`] = pick(table.option, 1);
    columns[`${kind}.allowed`] = pick(table.allowed, 0);
    columns[`${kind}.sense`] = pick(table.sense, 1);
    real[`${kind}.score`] = Float64Array.from(own, (row) => table.score[row]!);
    for (const [name, values] of table.features)
      real[`${kind}.${name}`] = Float64Array.from(own, (row) => values[row]!);
  }
  return { columns, real, kept: [keptCount, recordedDecisions(run)] as const };
}

const recordedDecisions = ({ decisions, candidates }: RunRecord): number => {
  const kinds = new Set(candidates.map(({ kind }) => decisions.kinds.indexOf(kind)));
  return decisions.kind.reduce((n, kind) => n + (kinds.has(kind) ? 1 : 0), 0);
};

/**
 * 1 for each decision whose candidates the page holds: all of them; or those about every n-th workflow, about those that failed or
 * were late, and about none.
 */
function keptDecisions(run: RunRecord): Uint8Array {
  const { decisions, candidates, workflows } = run;
  const widths = new Map(
    candidates.map(({ kind, spec }) => [
      decisions.kinds.indexOf(kind),
      spec.context.length + spec.candidate.length + 4,
    ]),
  );
  const numbersOf = (row: number) => (widths.get(decisions.kind[row]!) ?? 0) * decisions.candidates[row]!;
  let total = 0;
  for (let row = 0; row < decisions.count; row++) total += numbersOf(row);
  const every = Math.ceil(total / MOST_CANDIDATE_NUMBERS);
  const kept = new Uint8Array(decisions.count);
  let room = MOST_CANDIDATE_NUMBERS;
  const keep = (wanted: (w: number) => boolean) => {
    for (let row = 0; row < decisions.count; row++) {
      const numbers = numbersOf(row);
      if (numbers === 0 || kept[row] === 1 || numbers > room || !wanted(decisions.workflow[row]!)) continue;
      kept[row] = 1;
      room -= numbers;
    }
  };
  if (every > 1) {
    keep((w) => w >= 0 && (workflows.succeeded[w] === 0 || workflows.ended[w]! > workflows.due[w]!));
    keep((w) => w < 0 || w % every === 0);
  } else keep(() => true);
  return kept;
}

/** Rows of the candidates that are kept, in the order of their decisions. */
function keptRows(
  { decisions }: RunRecord,
  { kind, decision, count }: Candidates,
  kept: Uint8Array,
): Int32Array {
  const number = decisions.kinds.indexOf(kind);
  const serials = new Set<number>();
  for (let row = 0; row < decisions.count; row++) {
    if (kept[row] === 1 && decisions.kind[row] === number) serials.add(decisions.serial[row]!);
  }
  const rows: number[] = [];
  for (let row = 0; row < count; row++) if (serials.has(decision[row]!)) rows.push(row);
  return Int32Array.from(rows);
}
