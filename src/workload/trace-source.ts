import { InputError } from "../kit/errors.js";
import { type PlainState, plainState, restorePlainState } from "../kit/plain-state.js";
import type { TraceReplay } from "../model/scenario.js";
import { buildGraph, type TaskGraph } from "../model/task-graph.js";
import type { WorkloadSource } from "./source.js";
import type { TraceColumns } from "./trace/columns.js";

/**
 * Replays a trace: recorded arrivals, DAGs and work; pools, failures and retries are the scenario's. Played `repeat`
 * times, each pass begins one mean gap after the last submission of the one before.
 */
export class TraceSource implements WorkloadSource {
  readonly name = "trace";
  readonly typicalWork: number;
  serial = 0;
  nextAt: number;
  /** Mean work of each type: all that a policy knows where sizes are only expected. */
  private readonly meanOfType: Float64Array;
  private readonly passSeconds: number;
  private readonly start: number;
  private at = 0;
  private pass = 0;

  constructor(
    private readonly trace: TraceColumns,
    private readonly replay: TraceReplay,
    private readonly sizes: "known" | "expected",
  ) {
    requireWork(trace, replay.path);
    const { workflows, submitted, rows, work, type, typeNames } = trace;
    this.start = submitted[0] ?? 0;
    const span = workflows > 0 ? submitted[workflows - 1]! - this.start : 0;
    this.passSeconds = (span + (workflows > 1 ? span / (workflows - 1) : 0)) * replay.timeScale;
    const sums = new Float64Array(typeNames.length);
    const counts = new Float64Array(typeNames.length);
    let total = 0;
    for (let row = 0; row < rows; row++) {
      sums[type[row]!]! += work[row]!;
      counts[type[row]!]!++;
      total += work[row]!;
    }
    this.meanOfType = sums.map((sum, t) => (counts[t]! > 0 ? (sum / counts[t]!) * replay.workScale : 0));
    this.typicalWork = rows > 0 ? (total / rows) * replay.workScale : 0;
    this.nextAt = this.time();
  }

  graph(): TaskGraph {
    const { trace, replay, at } = this;
    const from = trace.firstRow[at]!;
    const to = trace.firstRow[at + 1]!;
    const count = to - from;
    const base = trace.parentFirst[from]!;
    const firstParent = Int32Array.from({ length: count + 1 }, (_, t) => trace.parentFirst[from + t]! - base);
    const recordedWork = trace.work.slice(from, to).map((seconds) => seconds * replay.workScale);
    const meanWork =
      this.sizes === "known"
        ? recordedWork
        : recordedWork.map((_, t) => this.meanOfType[trace.type[from + t]!]!);
    const pools = Int32Array.from(replay.pools);
    return {
      ...buildGraph(
        { count, firstParent, parent: trace.parents.slice(base, trace.parentFirst[to]!) },
        meanWork,
        {
          name: trace.templateNames[trace.template[at]!]!,
          types: Array.from({ length: count }, (_, t) => trace.typeNames[trace.type[from + t]!]!),
          pools: new Array<Int32Array>(count).fill(pools),
          attemptFailure: new Float64Array(count).fill(replay.attemptFailure),
          retry: new Array(count).fill(replay.retry),
          timeout: new Float64Array(count).fill(Number.POSITIVE_INFINITY),
          priority: trace.priority[at]!,
        },
      ),
      recordedWork,
    };
  }

  deadline(): number {
    const recorded = this.trace.deadline[this.at]!;
    return recorded < Number.POSITIVE_INFINITY ? recorded : this.replay.deadline;
  }

  advance(): void {
    this.serial++;
    if (++this.at === this.trace.workflows) {
      this.at = 0;
      this.pass++;
    }
    this.nextAt = this.time();
  }

  work(): null {
    return null;
  }

  save(): PlainState {
    const { at, pass, serial, nextAt } = this;
    return plainState({ at, pass, serial, nextAt });
  }

  restore(state: PlainState): void {
    restorePlainState(this, state);
  }

  private time(): number {
    const { trace, replay, at, pass } = this;
    if (pass >= replay.repeat || trace.workflows === 0) return Number.POSITIVE_INFINITY;
    return pass * this.passSeconds + (trace.submitted[at]! - this.start) * replay.timeScale;
  }
}

/** A task whose work is unknown cannot be replayed: taking 0 for it would be a lie. */
function requireWork({ rows, work }: TraceColumns, path: string): void {
  for (let row = 0; row < rows; row++) {
    if (Number.isNaN(work[row]!)) {
      throw new InputError("UNKNOWN_WORK", {
        what: "the work of a task is unknown, so it cannot be replayed",
        where: `${path} > row ${row}`,
        mend: "drop the workflow from the trace, or give its work",
      });
    }
  }
}
