import { FailureError } from "../kit/errors.js";

/** What a validation said of the policy as it stood. */
export interface Validated {
  /** Mean objective. */
  readonly cost: number;
  /** Share of the workflows submitted that were still in the system at the end: what a growing queue shows in. */
  readonly unfinished: number;
}

/** What a policy that is known to do something costs: a heuristic. */
export interface Yardstick extends Validated {
  readonly policy: string;
}

/** Validations in a row that have to be bad before training is called off: a learner that begins badly has this time. */
const PATIENCE = 5;
/** Times the best cost from which on a cost is bad. */
const EXPLODED = 10;
/** Share of unfinished workflows, beyond what the yardstick leaves, from which on queues are said to grow. */
const GROWING = 0.2;

/**
 * Watches the validations of a training run for what does not mend itself: a cost that is no number, a cost many times the
 * best that does not come down, and queues that grow without end.
 */
export class DivergenceWatch {
  private best = Number.POSITIVE_INFINITY;
  private readonly bad: Validated[] = [];

  /** @param yardstick the best heuristic, where there is one */
  constructor(private readonly yardstick: Yardstick | null) {
    if (yardstick !== null) this.best = yardstick.cost;
  }

  /** Whether the last validation was one of those that call training off when they go on: no time for a checkpoint. */
  get doubtful(): boolean {
    return this.bad.length > 0;
  }

  /** Takes a validation in. @returns why training is to stop, or null */
  see(validated: Validated, where: string): FailureError | null {
    const { cost, unfinished } = validated;
    if (!Number.isFinite(cost)) {
      this.bad.push(validated);
      return new FailureError("COST_NOT_FINITE", {
        what: `the policy's cost in validation is ${cost}`,
        where,
        mend: "look at the objective for a division by what may be 0; else lower the learning rate",
      });
    }
    const usual = this.yardstick?.unfinished ?? 0;
    const growing = unfinished > usual + GROWING;
    // Costs may be below 0, where workflows have a value.
    const exploded =
      Number.isFinite(this.best) && cost > this.best + (EXPLODED - 1) * Math.abs(this.best) && cost > 0;
    this.best = Math.min(this.best, cost);
    if (!growing && !exploded) {
      this.bad.length = 0;
      return null;
    }
    this.bad.push(validated);
    if (this.bad.length < PATIENCE) return null;
    const first = this.bad.shift()!;
    // As long as it comes down, it has not diverged.
    if (cost < first.cost) return null;
    return growing ? this.unstable(unfinished, where) : this.explosion(cost, where);
  }

  private unstable(unfinished: number, where: string): FailureError {
    const { yardstick } = this;
    const beside = yardstick === null ? "" : `; ${percent(yardstick.unfinished)} % under ${yardstick.policy}`;
    return new FailureError("QUEUE_UNSTABLE", {
      what:
        `the learned policy's queues grow without end: ${percent(unfinished)} % of the workflows submitted in validation ` +
        `are still in the system at its end${beside}`,
      where,
      mend: "charge decisions by workflow (--workflow-costs), begin from a heuristic (--algorithm imitate), lower the learning rate, or lengthen the horizon",
    });
  }

  private explosion(cost: number, where: string): FailureError {
    return new FailureError("COST_EXPLODED", {
      what: `the last ${PATIENCE} validations cost more than ${EXPLODED} times the best (${digits(this.best)}), the last ${digits(cost)}, and do not come down`,
      where,
      mend: "charge decisions by workflow (--workflow-costs), begin from a heuristic (--algorithm imitate), lower the learning rate, or shorten the horizon",
    });
  }
}

const percent = (share: number): string => (100 * share).toFixed(0);
const digits = (value: number): string => Number(value.toPrecision(4)).toString();
