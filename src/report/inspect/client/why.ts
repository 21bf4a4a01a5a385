import type { Feature } from "../../../model/features.js";
import type { ScoreSense } from "../../../model/score-sense.js";
import { because, candidateLabel, preferences, unsquashed } from "../candidate-words.js";
import { flowName, type Run, taskName } from "./run.js";

/** A candidate as the page shows it. */
export interface Candidate {
  readonly label: string;
  readonly allowed: boolean;
  readonly chosen: boolean;
  readonly score: number | null;
  /** NaN where there is none. */
  readonly probability: number;
  readonly features: ReadonlyMap<string, number>;
}

export interface Why {
  /** What was taken. */
  readonly title: string;
  readonly because: string;
  readonly sense: ScoreSense | null;
  readonly candidates: readonly Candidate[];
  readonly context: readonly (readonly [Feature, number])[];
  readonly features: readonly Feature[];
}

function labelOf(run: Run, kind: string, w: number, task: number, pool: number, option: number): string {
  const subject = w < 0 ? null : `${flowName(run, w)} ${taskName(run, w, task)}`;
  return candidateLabel(kind, subject, run.legend.pools[pool]?.name ?? "no pool", option);
}

/** Why a decision came out as it did, as far as the page holds it. */
export function whyOf(run: Run, d: number): Why {
  const { decisions, legend, columns } = run;
  const kind = legend.kinds[decisions.kind[d]!]!;
  const own = labelOf(
    run,
    kind,
    decisions.workflow[d]!,
    decisions.task[d]!,
    decisions.pool[d]!,
    decisions.option[d]!,
  );
  const spec = legend.specs.find((one) => one.kind === kind);
  const count = decisions.rows[d]!;
  if (spec === undefined || count === 0) {
    const recorded = legend.kept[1] > legend.kept[0] && spec !== undefined;
    const text = recorded
      ? `${own} was taken of ${decisions.candidates[d]!} candidates; this page has no room for what the policy saw: inspect --decision ${decisions.serial[d]!} tells it`
      : because(own, [], null, decisions.candidates[d]!);
    return { title: own, because: text, sense: null, candidates: [], context: [], features: [] };
  }
  const first = decisions.firstRow[d]!;
  const value = (name: string, row: number) => columns.get(`${kind}.${name}`)?.[row] ?? Number.NaN;
  const rows = Array.from({ length: count }, (_, c) => first + c);
  const senses = rows.map((row) => value("sense", row) - 1).filter((sense) => sense >= 0);
  const sense = senses.length > 0 ? ((spec.senses[senses[0]!] ?? null) as ScoreSense | null) : null;
  const scores = rows.map((row) => value("score", row));
  const odds = preferences(scores, sense);
  const candidates = rows.map(
    (row, c): Candidate => ({
      label: labelOf(
        run,
        kind,
        value("workflow", row) - 1,
        value("task", row) - 1,
        value("pool", row) - 1,
        value("option", row) - 1,
      ),
      allowed: value("allowed", row) === 1,
      chosen: c === decisions.chosen[d],
      score: Number.isNaN(scores[c]!) ? null : scores[c]!,
      probability: odds[c]!,
      features: new Map(
        spec.candidate.map((feature) => [feature.name, unsquashed(feature.scale, value(feature.name, row))]),
      ),
    }),
  );
  const context = spec.context.map(
    (feature) => [feature, unsquashed(feature.scale, value(feature.name, first))] as const,
  );
  const text = because(own, candidates, sense, count);
  return { title: own, because: text, sense, candidates, context, features: spec.candidate };
}
