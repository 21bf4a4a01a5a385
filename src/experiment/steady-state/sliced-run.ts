import { GrowingColumn } from "../../kit/growing-column.js";
import { beginPlay, playOn } from "../../learn/play.js";
import type { Scenario } from "../../model/scenario.js";
import type { Policy } from "../../policy/policy.js";
import type { Simulation } from "../../sim/simulation.js";
import { accruedTotal, accrues, type Figure } from "./figure.js";

export interface SlicedRunOptions {
  readonly seed: number;
  /** Seconds a slice. */
  readonly slice: number;
  /** Seconds before the first slice. */
  readonly from?: number;
}

/**
 * One run, cut into slices of equal time: what accrued in each. The simulation is looked at between slices only, so the
 * run itself costs what it always costs. It may be lengthened at any time, up to the scenario's horizon.
 */
export class SlicedRun {
  /** Of the figure, a slice; workflows submitted, a slice; workflow-seconds in the system, a slice. */
  private readonly totals = new GrowingColumn(Float64Array);
  private readonly arrivals = new GrowingColumn(Float64Array);
  private readonly inSystem = new GrowingColumn(Float64Array);
  private readonly sim: Simulation;
  private readonly from: number;
  private readonly slice: number;
  private total = 0;
  private submitted = 0;
  private workflowSeconds = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly policy: Policy,
    private readonly figure: Figure,
    { seed, slice, from = 0 }: SlicedRunOptions,
  ) {
    this.sim = beginPlay({ ...scenario, warmup: 0 }, policy, seed);
    this.slice = slice;
    this.from = from;
    playOn(this.sim, policy, from);
    this.look();
  }

  get slices(): number {
    return this.totals.length;
  }

  /** Runs on by one slice. */
  advance(): void {
    const { total, submitted, workflowSeconds } = this;
    playOn(this.sim, this.policy, this.from + (this.slices + 1) * this.slice);
    this.look();
    this.totals.push(this.total - total);
    this.arrivals.push(this.submitted - submitted);
    this.inSystem.push(this.workflowSeconds - workflowSeconds);
  }

  /** What a figure is the ratio of, a slice: its total, and the workflows or the seconds that share it. */
  ratio(): { readonly x: Float64Array; readonly y: Float64Array } {
    const x = this.totals.view();
    return { x, y: this.figure === "numberInSystem" ? x.map(() => this.slice) : this.arrivals.view() };
  }

  /** What a warm-up is seen by: the figure's total and the load on the system, a slice. */
  levels(): readonly [Float64Array, Float64Array] {
    return [this.totals.view(), this.inSystem.view()];
  }

  private look(): void {
    const { submitted, metrics } = this.sim.accrued();
    // What does not accrue cannot be seen to settle: the load on the system stands for it.
    const figure = accrues(this.scenario, this.figure) ? this.figure : "flowTime";
    this.total = accruedTotal(this.sim, figure);
    this.submitted = submitted;
    this.workflowSeconds = metrics.flowTime;
  }
}
