import type { TraceColumns } from "./columns.js";
import { WorkSamples } from "./work-samples.js";

/** What is known of a trace as a whole before it is replayed. */
export interface TraceFigures {
  readonly workflows: number;
  readonly rows: number;
  /** Recorded seconds of the first submission and the last; 0 in an empty trace. */
  readonly firstSubmitted: number;
  readonly lastSubmitted: number;
  /** Sum over all tasks whose work is known, seconds at speed 1. */
  readonly totalWork: number;
  /** [types]: mean work of the tasks of each whose work is known, seconds at speed 1; NaN where there is none. */
  readonly meanOfType: Float64Array;
  /** Row of the first task whose work is unknown; -1 where all is known. */
  readonly unknownWork: number;
  /** [types]: recorded work of tasks of each, a uniform sample where there are many. */
  readonly workOfType: readonly Float64Array[];
  /** Most cores that a task used, as far as known. */
  readonly mostCpu: number;
}

/** Gathers the figures of a trace from its parts, in order; the same to the bit however it is cut. */
export class FiguresBuilder {
  private workflows = 0;
  private rows = 0;
  private firstSubmitted = 0;
  private lastSubmitted = 0;
  private totalWork = 0;
  private unknownWork = -1;
  private mostCpu = 0;
  private readonly sums: number[] = [];
  private readonly counts: number[] = [];
  private readonly samples = new WorkSamples();

  add({ workflows, submitted, rows, work, type, observed }: TraceColumns): void {
    if (workflows === 0) return;
    if (this.workflows === 0) this.firstSubmitted = submitted[0]!;
    this.lastSubmitted = submitted[workflows - 1]!;
    for (let row = 0; row < rows; row++) {
      const t = type[row]!;
      const seconds = work[row]!;
      this.samples.add(t, seconds);
      if (Number.isNaN(seconds)) {
        if (this.unknownWork < 0) this.unknownWork = this.rows + row;
        continue;
      }
      this.sums[t] = (this.sums[t] ?? 0) + seconds;
      this.counts[t] = (this.counts[t] ?? 0) + 1;
      this.totalWork += seconds;
    }
    for (const cpu of observed?.cpu ?? []) if (cpu > this.mostCpu) this.mostCpu = cpu;
    this.workflows += workflows;
    this.rows += rows;
  }

  figures(): TraceFigures {
    const { workflows, rows, firstSubmitted, lastSubmitted, totalWork, unknownWork } = this;
    const meanOfType = Float64Array.from(this.sums, (sum, t) => sum / this.counts[t]!);
    return {
      workflows,
      rows,
      firstSubmitted,
      lastSubmitted,
      totalWork,
      meanOfType,
      unknownWork,
      workOfType: this.samples.take(),
      mostCpu: this.mostCpu,
    };
  }
}
