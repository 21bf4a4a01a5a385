/**
 * A run as a Chrome trace (JSON object format, "Trace Event Format", Google 2016), which ui.perfetto.dev and
 * chrome://tracing open: a process a pool with a track a server, its queue as counters, workflows as spans of their own,
 * and what went wrong as instants.
 */
export interface PerfettoSlice {
  readonly pool: string;
  readonly name: string;
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  readonly args: Readonly<Record<string, string | number>>;
}

export interface PerfettoSpan {
  readonly id: number;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface PerfettoCounter {
  readonly pool: string;
  readonly time: number;
  readonly values: Readonly<Record<string, number>>;
}

export interface PerfettoInstant {
  readonly name: string;
  readonly time: number;
}

export interface PerfettoRun {
  readonly title: string;
  /** By start. */
  readonly slices: Iterable<PerfettoSlice>;
  readonly workflows: Iterable<PerfettoSpan>;
  readonly counters: Iterable<PerfettoCounter>;
  readonly instants: Iterable<PerfettoInstant>;
}

const PORTION = 64 * 1024;
/** Process of what belongs to no pool. Pools follow it. */
const WHOLE_RUN = 1;

/** The text of the file, in portions. */
export function* perfettoTrace(run: PerfettoRun): Generator<string> {
  let text = `{"displayTimeUnit":"ms","otherData":{"title":${JSON.stringify(run.title)},"time":"virtual"},"traceEvents":[`;
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

function* eventsOf({ title, slices, workflows, counters, instants }: PerfettoRun): Generator<Event> {
  yield metadata("process_name", WHOLE_RUN, 0, { name: title });
  const pools = new Map<string, Lanes>();
  function* laneOf(pool: string): Generator<Event, Lanes> {
    const known = pools.get(pool);
    if (known !== undefined) return known;
    const lanes = new Lanes(WHOLE_RUN + 1 + pools.size);
    pools.set(pool, lanes);
    yield metadata("process_name", lanes.process, 0, { name: pool });
    yield metadata("process_sort_index", lanes.process, 0, { sort_index: lanes.process });
    return lanes;
  }
  for (const { pool, name, start, end, args } of slices) {
    const lanes = yield* laneOf(pool);
    const { lane, fresh } = lanes.take(start, end);
    if (fresh) yield metadata("thread_name", lanes.process, lane, { name: `server ${lane}` });
    yield {
      ph: "X",
      cat: "attempt",
      name,
      pid: lanes.process,
      tid: lane,
      ts: microseconds(start),
      dur: microseconds(end - start),
      args,
    };
  }
  for (const { pool, time, values } of counters) {
    const { process } = yield* laneOf(pool);
    for (const [name, value] of Object.entries(values))
      yield { ph: "C", name, pid: process, ts: microseconds(time), args: { [name]: value } };
  }
  for (const { id, name, start, end } of workflows) {
    const span = { cat: "workflow", id, name, pid: WHOLE_RUN, tid: 0 };
    yield { ph: "b", ...span, ts: microseconds(start) };
    yield { ph: "e", ...span, ts: microseconds(end) };
  }
  for (const { name, time } of instants)
    yield { ph: "i", s: "g", cat: "weather", name, pid: WHOLE_RUN, tid: 0, ts: microseconds(time) };
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

/** Slices of one track must not overlap: each takes the lowest track that is free, as a server would be. */
class Lanes {
  /** Ends of what was last put on each track. */
  private readonly ends: number[] = [];

  constructor(readonly process: number) {}

  take(start: number, end: number): { readonly lane: number; readonly fresh: boolean } {
    // To the nanosecond, in which the slices are written.
    let lane = this.ends.findIndex((busy) => busy <= start + 1e-9);
    const fresh = lane < 0;
    if (fresh) lane = this.ends.length;
    this.ends[lane] = end;
    return { lane: lane + 1, fresh };
  }
}
