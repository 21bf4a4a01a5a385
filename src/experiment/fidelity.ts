import { sampleRankCorrelation } from "simple-statistics";
import { stringify } from "yaml";
import type { Engine } from "../engine/engine.js";
import { InputError } from "../kit/errors.js";
import { play } from "../learn/play.js";
import { parseScenario } from "../model/index.js";
import type { Policy } from "../policy/policy.js";
import type { RunObserver } from "../sim/run-observer.js";
import type { TraceColumns } from "../workload/trace/columns.js";
import { type Spread, spread } from "../workload/trace/spread.js";

/** When tasks were ready, began and ended when the trace was recorded, by its rows; seconds, NaN where unknown. */
export interface RecordedTimes {
  readonly ready: Float64Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
}

export interface FidelityOptions {
  /** Servers of each pool by name, or of all; by default as many as were ever busy at once. In cores where tasks use several. */
  readonly servers: number | Readonly<Record<string, number>> | null;
  /** Whether tasks that fit go before those that do not, where tasks use several cores. */
  readonly backfill: boolean;
  /** Who decides where tasks run. */
  readonly policy: Policy;
  readonly seed: number;
}

/** One quantity as it was recorded and as it was simulated, over the same tasks or workflows. */
export interface Compared {
  readonly recorded: Spread;
  readonly simulated: Spread;
  /** Mean of the differences, simulated less recorded, and of their sizes. */
  readonly meanDifference: number;
  readonly meanSize: number;
  /** Spearman's rank correlation; null where all of one side are alike. */
  readonly rankCorrelation: number | null;
}

export interface Fidelity {
  readonly policy: string;
  readonly pools: readonly { readonly name: string; readonly servers: number; readonly tasks: number }[];
  /** Whether servers are cores, of which a task takes as many as it used. */
  readonly cores: boolean;
  readonly backfill: boolean;
  /** Tasks of the trace, and those whose waits were compared. */
  readonly tasks: number;
  readonly compared: number;
  /** Seconds from ready to start. */
  readonly wait: Compared;
  /** Seconds from submission to the last end, of workflows of which all ends are on record. */
  readonly flowTime: Compared;
}

/**
 * How well the simulator reproduces recorded times: the trace is replayed on the pools that it was recorded on, each task
 * where it ran (under `as-recorded`), and its waits are set against the recorded ones. What differs is what the trace
 * does not tell: orders of service, reservations, machines that were down, work of others.
 *
 * @param trace with the work that was recorded; its rows are those of `recorded`
 * @throws {InputError} NO_RECORDED_WAITS where no task has a recorded ready time, start and end
 */
export function fidelity(trace: TraceColumns, recorded: RecordedTimes, options: FidelityOptions): Fidelity {
  const { servers, backfill, policy, seed } = options;
  const pools = poolsOf(trace);
  const cores = pools.cpu.some((cpu) => cpu > 1);
  if (servers !== null && typeof servers === "object") checkNames(servers, pools.names);
  const sizes = pools.names.map((name, p) => {
    const asked = typeof servers === "number" ? servers : servers?.[name];
    return asked ?? Math.max(1, Math.ceil(peakOf(p, pools, recorded, cores)));
  });
  const scenario = parseScenario(scenarioText(sizes, cores, backfill, horizonOf(trace, recorded)), {
    file: "fidelity.yaml",
    folder: ".",
  });
  const watch = new Watch(trace);
  play(scenario, policy, seed, { trace: { ...trace, observed: pools.observed }, recorder: watch });
  const counts = pools.names.map(() => 0);
  for (const p of pools.of) counts[p]!++;
  const wait = comparedOf(
    trace.rows,
    (row) => recorded.start[row]! - recorded.ready[row]!,
    (row) => watch.start[row]! - watch.ready[row]!,
  );
  if (wait.recorded.count === 0) {
    throw new InputError("NO_RECORDED_WAITS", {
      what: "no task of the trace has a recorded ready time and start, and was started in the simulation",
      where: "the trace",
      mend: "take a trace that has waits on record: `switchyard trace show` tells of them",
    });
  }
  return {
    policy: policy.name,
    pools: pools.names.map((name, p) => ({ name, servers: sizes[p]!, tasks: counts[p]! })),
    cores,
    backfill: cores && backfill,
    tasks: trace.rows,
    compared: wait.recorded.count,
    wait,
    flowTime: comparedOf(
      trace.workflows,
      (w) => lastOf(recorded.end, trace, w) - trace.submitted[w]!,
      (w) => lastOf(watch.end, trace, w) - trace.submitted[w]!,
    ),
  };
}

/** Recorded pools under names that a scenario may have; tasks of an unknown one share a pool of their own. */
function poolsOf({ observed, rows }: TraceColumns) {
  const known = observed?.poolNames ?? [];
  const of = Int32Array.from({ length: rows }, (_, row) => {
    const p = observed?.pool[row] ?? -1;
    return p < 0 ? known.length : p;
  });
  const cpu = Float64Array.from({ length: rows }, (_, row) => {
    const used = observed?.cpu[row] ?? Number.NaN;
    return Number.isNaN(used) ? 1 : used;
  });
  const used = [...new Set(of)].sort((a, b) => a - b);
  const place = new Map(used.map((p, i) => [p, i]));
  const pool = of.map((p) => place.get(p)!);
  return {
    names: used.map((p) => known[p] ?? "servers"),
    of: pool,
    cpu,
    observed: {
      pool,
      poolNames: used.map((_, i) => poolName(i)),
      attempts: new Int32Array(rows),
      failed: new Uint8Array(rows),
      cpu,
      prefixFirst: new Int32Array(rows + 1),
      prefix: new Int32Array(0),
    },
  };
}

/** Names in a trace may be anything. */
const poolName = (pool: number): string => `pool-${pool + 1}`;

function checkNames(servers: Readonly<Record<string, number>>, names: readonly string[]): void {
  const unknown = Object.keys(servers).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new InputError("UNKNOWN_POOL", {
    what: `no task of the trace ran in a pool called "${unknown}"`,
    where: "servers",
    mend: `its pools: ${names.slice(0, 20).join(", ")}`,
  });
}

/** Most servers (or cores) that were busy at once. */
function peakOf(
  pool: number,
  pools: ReturnType<typeof poolsOf>,
  { start, end }: RecordedTimes,
  cores: boolean,
): number {
  const rows = Int32Array.from(pools.of.keys()).filter(
    (row) => pools.of[row] === pool && end[row]! > start[row]!,
  );
  const begins = rows.slice().sort((a, b) => start[a]! - start[b]!);
  const ends = rows.sort((a, b) => end[a]! - end[b]!);
  const takes = (row: number) => (cores ? pools.cpu[row]! : 1);
  let busy = 0;
  let most = 0;
  let e = 0;
  for (const row of begins) {
    for (; e < ends.length && end[ends[e]!]! <= start[row]!; e++) busy -= takes(ends[e]!);
    busy += takes(row);
    most = Math.max(most, busy);
  }
  return most;
}

/** Long enough for all to end, unless pools are far smaller than they were. */
function horizonOf({ submitted, workflows, work }: TraceColumns, { end }: RecordedTimes): number {
  let last = workflows > 0 ? submitted[workflows - 1]! : 0;
  for (const at of end) if (at > last) last = at;
  return 2 * last + work.reduce((sum, seconds) => sum + seconds, 0) / 4 + 1;
}

function scenarioText(sizes: readonly number[], cores: boolean, backfill: boolean, horizon: number): string {
  const pools = sizes.map((size, p) => [
    poolName(p),
    cores ? { servers: 1, resources: { cpu: size }, ...(backfill ? { backfill } : {}) } : { servers: size },
  ]);
  return stringify({
    scenario: "fidelity",
    horizon,
    pools: Object.fromEntries(pools),
    trace: { path: "trace.arrow", ...(cores ? { needs: "cpu" } : {}) },
    objective: { minimize: "flowTime" },
  });
}

/** Notes when tasks are ready, begin and end, by the rows of the trace. */
class Watch implements RunObserver {
  readonly ready: Float64Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  private engine!: Engine;

  constructor(private readonly trace: TraceColumns) {
    const unknown = () => new Float64Array(trace.rows).fill(Number.NaN);
    [this.ready, this.start, this.end] = [unknown(), unknown(), unknown()];
  }

  attach(engine: Engine): void {
    this.engine = engine;
  }

  workflowEnded(): void {}

  decided(): void {}

  attemptEnded(at: number, attempt: number): void {
    const { attempts, tasks, flows } = this.engine;
    const task = attempts.task[attempt]!;
    const row = this.trace.firstRow[flows.serial[tasks.flow[task]!]!]! + tasks.node[task]!;
    this.ready[row] = tasks.readyAt[task]!;
    this.start[row] = attempts.begunAt[attempt]!;
    this.end[row] = at;
  }
}

function lastOf(ends: Float64Array, { firstRow }: TraceColumns, workflow: number): number {
  let last = Number.NEGATIVE_INFINITY;
  for (let row = firstRow[workflow]!; row < firstRow[workflow + 1]!; row++) {
    if (Number.isNaN(ends[row]!)) return Number.NaN;
    last = Math.max(last, ends[row]!);
  }
  return last;
}

/** Of the places where both are known. */
function comparedOf(
  count: number,
  recorded: (i: number) => number,
  simulated: (i: number) => number,
): Compared {
  const both: [number, number][] = [];
  for (let i = 0; i < count; i++) {
    const pair: [number, number] = [recorded(i), simulated(i)];
    if (!pair.some(Number.isNaN)) both.push(pair);
  }
  const was = Float64Array.from(both, ([value]) => value);
  const is = Float64Array.from(both, ([, value]) => value);
  const mean = (of: (pair: [number, number]) => number) =>
    both.length > 0 ? both.reduce((sum, pair) => sum + of(pair), 0) / both.length : 0;
  const vary = (values: Float64Array) => values.some((value) => value !== values[0]);
  return {
    recorded: spread(was),
    simulated: spread(is),
    meanDifference: mean(([a, b]) => b - a),
    meanSize: mean(([a, b]) => Math.abs(b - a)),
    rankCorrelation:
      both.length > 1 && vary(was) && vary(is) ? sampleRankCorrelation([...was], [...is]) : null,
  };
}
