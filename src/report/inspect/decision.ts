import type { Feature } from "../../model/features.js";
import type { ScoreSense } from "../../model/score-sense.js";
import { because, candidateLabel, preferences, unsquashed } from "./candidate-words.js";
import { type Candidates, type RunRecord, taskName, workflowName } from "./run-record.js";

/** A candidate of a decision as people read it. */
export interface ExplainedCandidate {
  readonly label: string;
  readonly allowed: boolean;
  readonly chosen: boolean;
  /** Null where the policy gave none. */
  readonly score: number | null;
  /** How likely it was to be taken, or how clearly a network preferred it: where scores are probabilities or logits. */
  readonly probability: number | null;
  /** By name, in their units: no longer squashed. */
  readonly features: Readonly<Record<string, number>>;
}

/** Why a decision came out as it did, as far as telemetry tells. */
export interface ExplainedDecision {
  readonly serial: number;
  readonly kind: string;
  readonly time: number;
  readonly workflow: string | null;
  readonly task: string | null;
  readonly chosen: string;
  readonly candidateCount: number;
  readonly propensity: number | null;
  readonly sense: ScoreSense | null;
  /** Features of the state as a whole. */
  readonly context: Readonly<Record<string, number>>;
  /** Empty where nothing was recorded of them. */
  readonly candidates: readonly ExplainedCandidate[];
  /** A sentence: what was taken, over what, by how much. */
  readonly because: string;
}

/** @param row of the decision */
export function explainDecision(run: RunRecord, row: number): ExplainedDecision {
  const { decisions } = run;
  const kind = decisions.kinds[decisions.kind[row]!]!;
  const serial = decisions.serial[row]!;
  const table = run.candidates.find((candidates) => candidates.kind === kind);
  const [from, to] = table === undefined ? [0, 0] : rowsOf(table, serial);
  const w = decisions.workflow[row]!;
  const task = decisions.task[row]!;
  const chosenAt = decisions.chosen[row]!;
  const senseAt = table?.sense.subarray(from, to).find((sense) => sense >= 0);
  const sense = senseAt === undefined ? null : (table!.senses[senseAt] ?? null);
  const odds = preferences([...(table?.score.subarray(from, to) ?? [])], sense);
  const candidates: ExplainedCandidate[] = [];
  for (let c = from; c < to; c++) {
    candidates.push({
      label: labelOf(run, kind, table!.workflow[c]!, table!.task[c]!, table!.pool[c]!, table!.option[c]!),
      allowed: table!.allowed[c] === 1,
      chosen: c - from === chosenAt,
      score: numberOrNull(table!.score[c]!),
      probability: numberOrNull(odds[c - from]!),
      features: featuresOf(table!, table!.spec.candidate, c),
    });
  }
  const own = labelOf(run, kind, w, task, decisions.pool[row]!, decisions.option[row]!);
  return {
    serial,
    kind,
    time: decisions.time[row]!,
    workflow: w < 0 ? null : workflowName(run, w),
    task: w < 0 ? null : taskName(run, w, task),
    chosen: own,
    candidateCount: decisions.candidates[row]!,
    propensity: numberOrNull(decisions.propensity[row]!),
    sense,
    context: table !== undefined && to > from ? featuresOf(table, table.spec.context, from) : {},
    candidates,
    because: because(own, candidates, sense, decisions.candidates[row]!),
  };
}

/** Rows of a decision's candidates, by bisection. */
export function rowsOf({ decision, count }: Candidates, serial: number): [from: number, to: number] {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (decision[middle]! < serial) low = middle + 1;
    else high = middle;
  }
  let to = low;
  while (to < count && decision[to] === serial) to++;
  return [low, to];
}

function labelOf(
  run: RunRecord,
  kind: string,
  w: number,
  task: number,
  pool: number,
  option: number,
): string {
  const subject = w < 0 ? null : `${workflowName(run, w)} ${taskName(run, w, task)}`;
  return candidateLabel(kind, subject, run.pools[pool]?.name ?? "no pool", option);
}

function featuresOf(table: Candidates, features: readonly Feature[], row: number): Record<string, number> {
  return Object.fromEntries(
    features.map(({ name, scale }) => [
      name,
      unsquashed(scale, table.features.get(name)?.[row] ?? Number.NaN),
    ]),
  );
}

const numberOrNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
