import type { Distribution } from "../../../kit/distribution.js";

/** A kind of DAG with its parameters. Counts are drawn for each workflow, rounded, and at least 1. */
export type Family =
  | { readonly kind: "chain"; readonly tasks: Distribution }
  | { readonly kind: "forkJoin"; readonly branches: Distribution; readonly length: Distribution }
  | { readonly kind: "mapReduce"; readonly maps: Distribution; readonly reduces: Distribution }
  | {
      readonly kind: "layered";
      readonly layers: Distribution;
      readonly width: Distribution;
      /** Probability of an edge between a task and one of the layer before, besides the one that every task has. */
      readonly density: number;
    }
  | {
      readonly kind: "seriesParallel";
      readonly tasks: Distribution;
      /** Probability that a part falls into two that run side by side rather than one after the other. */
      readonly parallel: number;
    }
  | { readonly kind: "montage"; readonly images: Distribution }
  | {
      readonly kind: "agent";
      /** Tool calls of a round, side by side. */
      readonly calls: Distribution;
      /** Probability that a round is the last. */
      readonly success: number;
      /** Most rounds; then the agent answers with what it has. */
      readonly most: number;
    }
  | { readonly kind: "tasks"; readonly tasks: readonly TaskGroup[] };

/** Tasks that are alike: `times` of them, each after all tasks of every group in `after` (indices below its own). */
export interface TaskGroup {
  readonly name: string;
  readonly times: number;
  readonly after: readonly number[];
}

/** What tasks are called by their part in each family, as `types` may name them; those of `tasks` are its own. */
export const FAMILY_PARTS = {
  chain: ["task"],
  forkJoin: ["fork", "branch", "join"],
  mapReduce: ["map", "reduce"],
  layered: ["task"],
  seriesParallel: ["task"],
  montage: ["project", "diff", "concat", "model", "background", "table", "add", "shrink", "jpeg"],
  agent: ["plan", "tool", "answer"],
  tasks: [],
} as const satisfies Record<Family["kind"], readonly string[]>;

export function partsOf(family: Family): readonly string[] {
  return family.kind === "tasks" ? family.tasks.map(({ name }) => name) : FAMILY_PARTS[family.kind];
}
