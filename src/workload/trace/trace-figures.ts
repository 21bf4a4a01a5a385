import type { TraceColumns } from "./columns.js";

/** What is known of a trace as a whole before it is replayed. */
export interface TraceFigures {
  readonly workflows: number;
  readonly rows: number;
  /** Recorded seconds of the first submission and the last; 0 in an empty trace. */
  readonly firstSubmitted: number;
  readonly lastSubmitted: number;
  /** Sum over all tasks, seconds at speed 1. */
  readonly totalWork: number;
  /** [types]: mean work of the tasks of each, seconds at speed 1. */
  readonly meanOfType: Float64Array;
  /** Row of the first task whose work is unknown; -1 where all is known. */
  readonly unknownWork: number;
}

/** Gathers the figures of a trace from its parts, in order; the same to the bit however it is cut. */
export class FiguresBuilder {
  private workflows = 0;
  private rows = 0;
  private firstSubmitted = 0;
  private lastSubmitted = 0;
  private totalWork = 0;
  private unknownWork = -1;
  private readonly sums: number[] = [];
  private readonly counts: number[] = [];

  add({ workflows, submitted, rows, work, type }: TraceColumns): void {
    if (workflows === 0) return;
    if (this.workflows === 0) this.firstSubmitted = submitted[0]!;
    this.lastSubmitted = submitted[workflows - 1]!;
    for (let row = 0; row < rows; row++) {
      const t = type[row]!;
      this.sums[t] = (this.sums[t] ?? 0) + work[row]!;
      this.counts[t] = (this.counts[t] ?? 0) + 1;
      this.totalWork += work[row]!;
      if (this.unknownWork < 0 && Number.isNaN(work[row]!)) this.unknownWork = this.rows + row;
    }
    this.workflows += workflows;
    this.rows += rows;
  }

  figures(): TraceFigures {
    const { workflows, rows, firstSubmitted, lastSubmitted, totalWork, unknownWork } = this;
    const meanOfType = Float64Array.from(this.sums, (sum, t) => sum / this.counts[t]!);
    return { workflows, rows, firstSubmitted, lastSubmitted, totalWork, meanOfType, unknownWork };
  }
}
