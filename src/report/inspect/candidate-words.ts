import type { Feature } from "../../model/features.js";
import type { ScoreSense } from "../../model/score-sense.js";

// Words for decisions, for the terminal and the page alike.

const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  admit: ["deny", "admit"],
  retry: ["retry at the same pool", "retry elsewhere", "give up"],
  hedge: ["go on alone", "start a second copy"],
  dispatch: ["start", "start a second copy of", "leave idle"],
};

/**
 * What a candidate is, in words.
 * @param subject the task that it is about, with its workflow; null for none
 */
export function candidateLabel(kind: string, subject: string | null, where: string, option: number): string {
  const named = OPTIONS[kind]?.[option];
  switch (kind) {
    case "route":
      return where;
    case "dispatch":
      return subject === null ? "leave idle" : `${named} ${subject} at ${where}`;
    case "scale":
      return `${where}: ${option} servers`;
    case "branch":
      return `alternative ${option + 1}`;
    default:
      return named ?? `option ${option}`;
  }
}

/** A feature in its unit again. */
export function unsquashed(scale: Feature["scale"], value: number): number {
  return scale === "linear" ? value : scale === "log1p" ? Math.expm1(value) : Math.sinh(value);
}

/**
 * How likely each candidate was to be taken where scores are probabilities; how clearly a network preferred it where they are
 * logits (a softmax); NaN elsewhere, and for candidates without a score.
 */
export function preferences(scores: readonly number[], sense: ScoreSense | null): readonly number[] {
  if (sense === "probability") return scores;
  if (sense !== "logit") return scores.map(() => Number.NaN);
  const most = Math.max(...scores.filter((score) => !Number.isNaN(score)));
  const weights = scores.map((score) => Math.exp(score - most));
  const total = weights.reduce((sum, weight) => sum + (Number.isNaN(weight) ? 0 : weight), 0);
  return weights.map((weight) => weight / total);
}

interface Judged {
  readonly label: string;
  readonly allowed: boolean;
  readonly chosen: boolean;
  readonly score: number | null;
}

/**
 * A sentence: what was taken, over what, by how much.
 * @param count candidates there were, of which none may have been recorded
 */
export function because(
  own: string,
  candidates: readonly Judged[],
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
