import type { Feature } from "../../model/features.js";
import type { ScoreSense } from "../../model/score-sense.js";
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
  const odds = table === undefined ? [] : probabilities(table, from, to, sense);
  const candidates: ExplainedCandidate[] = [];
  for (let c = from; c < to; c++) {
    candidates.push({
      label: candidateLabel(
        run,
        kind,
        table!.workflow[c]!,
        table!.task[c]!,
        table!.pool[c]!,
        table!.option[c]!,
      ),
      allowed: table!.allowed[c] === 1,
      chosen: c - from === chosenAt,
      score: numberOrNull(table!.score[c]!),
      probability: odds[c - from] ?? null,
      features: featuresOf(table!, table!.spec.candidate, c),
    });
  }
  const own = candidateLabel(run, kind, w, task, decisions.pool[row]!, decisions.option[row]!);
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

const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  admit: ["deny", "admit"],
  retry: ["retry at the same pool", "retry elsewhere", "give up"],
  hedge: ["go on alone", "start a second copy"],
  dispatch: ["start", "start a second copy of", "leave idle"],
};

/** What a candidate is, in words. */
export function candidateLabel(
  run: RunRecord,
  kind: string,
  workflow: number,
  task: number,
  pool: number,
  option: number,
): string {
  const where = run.pools[pool]?.name ?? "no pool";
  const option_ = OPTIONS[kind]?.[option];
  switch (kind) {
    case "route":
      return where;
    case "dispatch":
      return workflow < 0
        ? "leave idle"
        : `${option_} ${workflowName(run, workflow)} ${taskName(run, workflow, task)} at ${where}`;
    case "scale":
      return `${where}: ${option} servers`;
    case "branch":
      return `alternative ${option + 1}`;
    default:
      return option_ ?? `option ${option}`;
  }
}

function featuresOf(table: Candidates, features: readonly Feature[], row: number): Record<string, number> {
  return Object.fromEntries(
    features.map(({ name, scale }) => [
      name,
      unsquashed(scale, table.features.get(name)?.[row] ?? Number.NaN),
    ]),
  );
}

/** A feature in its unit again. */
export function unsquashed(scale: Feature["scale"], value: number): number {
  return scale === "linear" ? value : scale === "log1p" ? Math.expm1(value) : Math.sinh(value);
}

function probabilities(
  table: Candidates,
  from: number,
  to: number,
  sense: ScoreSense | null,
): (number | null)[] {
  const scores = [...table.score.subarray(from, to)];
  if (sense === "probability") return scores.map(numberOrNull);
  if (sense !== "logit") return scores.map(() => null);
  const most = Math.max(...scores.filter((score) => !Number.isNaN(score)));
  const weights = scores.map((score) => (Number.isNaN(score) ? 0 : Math.exp(score - most)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight, c) => (Number.isNaN(scores[c]!) ? null : weight / total));
}

const numberOrNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

function because(
  own: string,
  candidates: readonly ExplainedCandidate[],
  sense: ScoreSense | null,
  count: number,
): string {
  if (candidates.length === 0) {
    return `${own} was taken of ${count} candidates; what the policy saw was not recorded (simulate --features)`;
  }
  const chosen = candidates.find((candidate) => candidate.chosen);
  const rivals = candidates.filter(({ allowed, chosen }) => allowed && !chosen);
  if (rivals.length === 0) return `${own} was the only candidate that was allowed`;
  if (sense === null || chosen === undefined || chosen.score === null) {
    return `${own} was taken; the policy gives no scores for this`;
  }
  const scored = rivals.filter(({ score }) => score !== null);
  if (scored.length === 0) return `${own} was the only candidate that the policy scored`;
  const better = sense === "least" ? (a: number, b: number) => a < b : (a: number, b: number) => a > b;
  const next = scored.reduce((best, rival) => (better(rival.score!, best.score!) ? rival : best));
  const [a, b] = [figure(chosen.score), figure(next.score!)];
  if (sense === "probability") {
    return `${own} was drawn, with probability ${figure(chosen.score)}; likeliest of the others was ${next.label} with ${b}`;
  }
  if (chosen.score === next.score)
    return `${own} and ${next.label} were equal at ${a}: another figure, or chance, decided`;
  if (better(next.score!, chosen.score))
    return `${own} was taken although ${next.label} had the better score, ${b} against ${a}: more than the score counts`;
  return `${own} had the ${sense === "least" ? "least" : "largest"} score, ${a}, before ${next.label} with ${b}`;
}

const figure = (value: number): string => String(Number(value.toPrecision(4)));
