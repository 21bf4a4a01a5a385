import { InputError } from "../../../kit/errors.js";
import { GrowingColumn } from "../../../kit/growing-column.js";
import type { GraphShape } from "../../../model/task-graph.js";

/** A DAG whose tasks have parts: `part` [count], indices into the parts of the family. */
export interface DrawnShape extends GraphShape {
  readonly part: Int32Array;
}

/** More edges than this in one workflow are a mistake, and would not fit in memory. */
const MOST_EDGES = 20_000_000;

/** A DAG that grows task by task, parents before children. @throws {InputError} TOO_LARGE */
export class ShapeBuilder {
  private readonly firstParent = new GrowingColumn(Int32Array);
  private readonly parent = new GrowingColumn(Int32Array);
  private readonly part = new GrowingColumn(Int32Array);

  /** @returns the task's index */
  add(part: number, parents: Iterable<number> = []): number {
    this.firstParent.push(this.parent.length);
    for (const p of parents) this.parent.push(p);
    if (this.parent.length > MOST_EDGES) {
      throw new InputError("TOO_LARGE", {
        what: `a workflow came out with more than ${MOST_EDGES} edges`,
        mend: "bound the counts of its family, e.g. uniform(low = 1, high = 100)",
      });
    }
    this.part.push(part);
    return this.part.length - 1;
  }

  get count(): number {
    return this.part.length;
  }

  shape(): DrawnShape {
    this.firstParent.push(this.parent.length);
    return {
      count: this.part.length,
      firstParent: this.firstParent.view(),
      parent: this.parent.view(),
      part: this.part.view(),
    };
  }
}
