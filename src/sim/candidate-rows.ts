import type { Engine } from "../engine/engine.js";
import { RowTable } from "../kit/row-table.js";
import type { DecisionView } from "../model/decision-view.js";
import { encode, type FeatureSpec, featureSpec } from "../model/features.js";
import type { DecisionKind } from "../model/scenario.js";
import { SCORE_SENSES, type ScoreSense } from "../model/score-sense.js";

/**
 * What a policy saw, as rows: one for each candidate of each decision of a kind, with every feature of the context and of the
 * candidate in a column of its own, squashed by its scale as a network would get it. `allowed` is the mask; `score` is what the policy
 * made of it, NaN where it does not tell, and `sense` what that means.
 */
export class CandidateRows {
  /** Columns of features are named as the feature is. */
  readonly table: RowTable;
  private readonly spec: FeatureSpec;
  private readonly context: Float32Array;
  private candidates = new Float32Array(0);
  private mask = new Uint8Array(0);
  private scores = new Float64Array(0);

  constructor(kind: DecisionKind) {
    this.spec = featureSpec(kind);
    const { context, candidate } = this.spec;
    this.context = new Float32Array(context.length);
    this.table = new RowTable((rows) => ({
      decision: new Int32Array(rows),
      candidate: new Int32Array(rows),
      /** What the candidate is: a task of a workflow, a pool, an option; -1 where it has none of them. */
      source: new Int32Array(rows),
      workflow: new Int32Array(rows),
      task: new Int32Array(rows),
      pool: new Int32Array(rows),
      option: new Int32Array(rows),
      allowed: new Int32Array(rows),
      chosen: new Int32Array(rows),
      /** Index into `SCORE_SENSES`, -1 where there is no score. */
      sense: new Int32Array(rows),
      score: new Float64Array(rows),
      ...Object.fromEntries([...context, ...candidate].map(({ name }) => [name, new Float64Array(rows)])),
    }));
  }

  /** @param judge writes the policy's scores, and says what they mean */
  add(
    { tasks, flows }: Engine,
    view: DecisionView,
    chosen: number,
    judge: ((view: DecisionView, scores: Float64Array) => ScoreSense | null) | undefined,
  ): void {
    const { context, candidate } = this.spec;
    if (this.mask.length < view.count) {
      this.candidates = new Float32Array(2 * view.count * candidate.length);
      this.mask = new Uint8Array(2 * view.count);
      this.scores = new Float64Array(2 * view.count);
    }
    const sense = judge?.(view, this.scores) ?? null;
    encode(view, this.context, 0, this.candidates, 0, this.mask, 0);
    for (let i = 0; i < view.count; i++) {
      const row = this.table.add();
      const { block } = this.table;
      block["decision"]![row] = view.serial;
      block["candidate"]![row] = i;
      const task = view.task(i);
      const flow = task < 0 ? -1 : tasks.flow[task]!;
      block["source"]![row] = flow < 0 ? -1 : flows.source[flow]!;
      block["workflow"]![row] = flow < 0 ? -1 : flows.serial[flow]!;
      block["task"]![row] = task < 0 ? -1 : tasks.node[task]!;
      block["pool"]![row] = view.pool(i);
      block["option"]![row] = view.option(i);
      block["allowed"]![row] = this.mask[i]!;
      block["chosen"]![row] = i === chosen ? 1 : 0;
      const score = sense === null ? Number.NaN : this.scores[i]!;
      block["sense"]![row] = Number.isNaN(score) ? -1 : SCORE_SENSES.indexOf(sense!);
      block["score"]![row] = score;
      for (let f = 0; f < context.length; f++) block[context[f]!.name]![row] = this.context[f]!;
      for (let f = 0; f < candidate.length; f++) {
        block[candidate[f]!.name]![row] = this.candidates[i * candidate.length + f]!;
      }
    }
  }
}
