import { assignLanes, orderBy } from "./inspect/lanes.js";
import { endOf, type RunRecord, taskName, workflowName } from "./inspect/run-record.js";
import { attemptsByWorkflow, succeeds } from "./inspect/where-time-went.js";

const PORTION = 64 * 1024;
/** Processes of what belongs to no pool. Pools follow them. */
const WORKFLOWS = 1;
const WEATHER = 2;
const FIRST_POOL = 3;
/** Moments at which a pool's queue is counted, where it changes more often than that. */
const MOST_COUNTS = 50_000;

/**
 * A run as a Chrome trace (JSON object format, "Trace Event Format", Google 2016), in portions, which ui.perfetto.dev and
 * chrome://tracing open. Pools are processes, with a track a server and their queue and servers as counters; workflows are spans,
 * and flows that lead from attempt to attempt; disturbances are slices of their own with instants where they turn, and
 * attempts that fail are instants on their server.
 */
export function* perfettoTrace(run: RunRecord): Generator<string> {
  const about = { title: run.title, policy: run.policy, time: "virtual" };
  let text = `{"displayTimeUnit":"ms","otherData":${JSON.stringify(about)},"traceEvents":[`;
  let first = true;
  for (const event of eventsOf(run)) {
    text += `${first ? "\n" : ",\n"}${JSON.stringify(event)}`;
    first = false;
    if (text.length < PORTION) continue;
    yield text;
    text = "";
  }
  yield `${text}\n]}\n`;
}

type Event = Readonly<Record<string, unknown>>;

function* eventsOf(run: RunRecord): Generator<Event> {
  yield* processNamed(WORKFLOWS, "workflows");
  if (run.spells.length > 0) yield* processNamed(WEATHER, "weather");
  for (let p = 0; p < run.pools.length; p++) yield* processNamed(FIRST_POOL + p, run.pools[p]!.name);
  yield* attemptEvents(run);
  yield* workflowEvents(run);
  yield* counterEvents(run);
  yield* weatherEvents(run);
}

function* processNamed(pid: number, name: string): Generator<Event> {
  yield metadata("process_name", pid, 0, { name });
  yield metadata("process_sort_index", pid, 0, { sort_index: pid });
}

const metadata = (name: string, pid: number, tid: number, args: Event): Event => ({
  ph: "M",
  name,
  pid,
  tid,
  args,
});

/** The format counts microseconds; to the nanosecond, which is what Perfetto keeps. */
const microseconds = (seconds: number): number => Math.round(seconds * 1e9) / 1e3;

function* attemptEvents(run: RunRecord): Generator<Event> {
  const { attempts, outcomes } = run;
  // To the nanosecond, in which slices are written: those of one track must not overlap.
  const nanoseconds = (column: Float64Array) => column.map((time) => Math.round(time * 1e9));
  const [starts, ends] = [nanoseconds(attempts.started), nanoseconds(attempts.ended)];
  const lane = new Int32Array(attempts.count);
  const begun = orderBy(attempts.started);
  for (let p = -1; p < run.pools.length; p++) {
    const rows = begun.filter((row) => attempts.pool[row] === p);
    const lanes = assignLanes(rows, starts, ends, lane);
    if (p < 0 && lanes > 0) yield* processNamed(FIRST_POOL + run.pools.length, "no pool");
    for (let l = 0; l < lanes; l++)
      yield metadata("thread_name", processOf(run, p), l + 1, { name: `server ${l + 1}` });
  }
  for (const row of begun) {
    const track = { pid: processOf(run, attempts.pool[row]!), tid: lane[row]! + 1 };
    const outcome = outcomes[attempts.outcome[row]!];
    const w = attempts.workflow[row]!;
    const task = taskName(run, w, attempts.task[row]!, attempts.instance[row]!);
    const waited = attempts.started[row]! - attempts.ready[row]!;
    yield {
      ph: "X",
      cat: "attempt",
      name: task,
      ...track,
      ts: starts[row]! / 1e3,
      dur: (ends[row]! - starts[row]!) / 1e3,
      ...(outcome === undefined || succeeds(outcome)
        ? {}
        : { cname: outcome === "cancelled" ? "grey" : "terrible" }),
      args: {
        workflow: workflowName(run, w),
        task: attempts.task[row]!,
        ...(outcome === undefined ? {} : { outcome }),
        ...(Number.isNaN(waited) ? {} : { waited }),
        attempt: attempts.attempt[row]!,
        ...(attempts.copy[row]! > 0 ? { copy: attempts.copy[row]! } : {}),
        ...(attempts.instance[row]! > 0 ? { instance: attempts.instance[row]! } : {}),
      },
    };
    if (outcome === "failed" || outcome === "timed out") {
      yield { ph: "i", s: "t", cat: "fault", name: `${task} ${outcome}`, ...track, ts: ends[row]! / 1e3 };
    }
  }
  yield* flowEvents(run, starts, lane);
}

const processOf = (run: RunRecord, pool: number): number => FIRST_POOL + (pool < 0 ? run.pools.length : pool);

/** Arrows from each attempt of a workflow to the one that begins next. */
function* flowEvents(run: RunRecord, starts: Float64Array, lane: Int32Array): Generator<Event> {
  const { attempts, workflows } = run;
  const { first, rows } = attemptsByWorkflow(run);
  for (let w = 0; w < workflows.count; w++) {
    const own = orderBy(starts, rows.slice(first[w]!, first[w + 1]!));
    if (own.length < 2) continue;
    for (const [k, row] of own.entries()) {
      const ph = k === 0 ? "s" : k === own.length - 1 ? "f" : "t";
      yield {
        ph,
        ...(ph === "f" ? { bp: "e" } : {}),
        cat: "workflow",
        name: workflowName(run, w),
        id: w + 1,
        pid: processOf(run, attempts.pool[row]!),
        tid: lane[row]! + 1,
        ts: starts[row]! / 1e3,
      };
    }
  }
}

function* workflowEvents(run: RunRecord): Generator<Event> {
  const { workflows } = run;
  const end = endOf(run);
  for (const w of orderBy(workflows.submitted)) {
    const span = { cat: "workflow", id: w + 1, name: workflowName(run, w), pid: WORKFLOWS, tid: 0 };
    const ended = workflows.ended[w]!;
    const late = ended > workflows.due[w]!;
    const result = Number.isNaN(ended)
      ? "unfinished"
      : ["unknown", "failed", "succeeded"][workflows.succeeded[w]! + 1]!;
    yield { ph: "b", ...span, ts: microseconds(workflows.submitted[w]!), args: { result, late } };
    yield { ph: "e", ...span, ts: microseconds(Number.isNaN(ended) ? end : ended) };
  }
}

function* counterEvents(run: RunRecord): Generator<Event> {
  const { series } = run;
  const counter = (pool: number, name: string, time: number, value: number): Event => ({
    ph: "C",
    name,
    pid: processOf(run, pool),
    ts: microseconds(time),
    args: { [name]: value },
  });
  for (let row = 0; row < series.count; row++) {
    yield counter(series.pool[row]!, "servers", series.time[row]!, series.servers[row]!);
  }
  const { attempts } = run;
  for (let p = 0; p < run.pools.length; p++) {
    const rows = Int32Array.from(attempts.pool, (_, row) => row).filter((row) => attempts.pool[row] === p);
    const began = (row: number) =>
      Number.isNaN(attempts.started[row]!) ? attempts.ended[row]! : attempts.started[row]!;
    yield* countsOf(
      rows,
      (row) => attempts.ready[row]!,
      began,
      (time, n) => counter(p, "waiting", time, n),
    );
    yield* countsOf(
      rows.filter((row) => !Number.isNaN(attempts.started[row]!)),
      began,
      (row) => attempts.ended[row]!,
      (time, n) => counter(p, "running", time, n),
    );
  }
}

/** How many are between two of their times: at every change, or at even ones among them where there are too many. */
function* countsOf(
  rows: Int32Array,
  from: (row: number) => number,
  until: (row: number) => number,
  event: (time: number, count: number) => Event,
): Generator<Event> {
  const known = rows.filter((row) => from(row) <= until(row));
  const [come, gone] = [Float64Array.from(known, from).sort(), Float64Array.from(known, until).sort()];
  const every = Math.ceil((2 * known.length) / MOST_COUNTS);
  let [c, g] = [0, 0];
  for (let change = 1; c < come.length || g < gone.length; change++) {
    const time = Math.min(come[c] ?? Number.POSITIVE_INFINITY, gone[g]!);
    while (c < come.length && come[c]! === time) c++;
    while (g < gone.length && gone[g]! === time) g++;
    if (change % every === 0 || g === gone.length) yield event(time, c - g);
  }
}

function* weatherEvents({ spells, pools }: RunRecord): Generator<Event> {
  const tracks = [...new Set(spells.map(({ name }) => name))];
  for (const [t, name] of tracks.entries()) yield metadata("thread_name", WEATHER, t + 1, { name });
  for (const { name, effect, pools: struck, from, until } of spells) {
    const track = { pid: WEATHER, tid: tracks.indexOf(name) + 1 };
    const args = { effect, pools: struck.map((p) => pools[p]!.name).join(", ") };
    yield {
      ph: "X",
      cat: "weather",
      name,
      ...track,
      ts: microseconds(from),
      dur: microseconds(until - from),
      args,
    };
    yield { ph: "i", s: "g", cat: "weather", name: `${name} begins`, ...track, ts: microseconds(from), args };
    yield { ph: "i", s: "g", cat: "weather", name: `${name} ends`, ...track, ts: microseconds(until), args };
  }
}
