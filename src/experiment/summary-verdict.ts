import { formatPercent } from "../kit/format-number.js";
import type { PolicySummary, ScenarioSummary, Verdict } from "./summary.js";

type Setting = Pick<ScenarioSummary, "baseline" | "baselineChosen" | "seeds"> & { readonly level: number };

/** In words what the interval says, and no more. */
export function verdict(policy: PolicySummary, { baseline, baselineChosen, seeds, level }: Setting): Verdict {
  const { absolute, relative, adjustedPValue } = policy.comparison!;
  const who = baselineChosen === "by name" ? baseline : `the ${baselineChosen} (${baseline})`;
  const pairs = `${seeds} paired ${seeds === 1 ? "seed" : "seeds"}`;
  const say = (outcome: Verdict["outcome"], sentence: string): Verdict => ({
    policy: policy.policy,
    outcome,
    sentence: `${policy.policy} ${sentence}`,
  });

  if (absolute.low === null || absolute.high === null) {
    return say(
      "unclear",
      `cannot be compared with ${who}: one seed gives no interval. Run at least 10 seeds.`,
    );
  }
  if (absolute.low === 0 && absolute.high === 0) {
    return say("unclear", `costs exactly what ${who} costs on each of ${pairs}.`);
  }
  const outcome = absolute.high < 0 ? "better" : absolute.low > 0 ? "worse" : "unclear";
  if (relative === null || relative.low === null || relative.high === null) {
    const verb =
      outcome === "better"
        ? "costs less than"
        : outcome === "worse"
          ? "costs more than"
          : "cannot be told from";
    return say(
      outcome,
      `${verb} ${who} (no percentage: the baseline's cost is not clear of zero), ${pairs}.`,
    );
  }
  const range = (a: number, b: number): string => `[${formatPercent(a)}, ${formatPercent(b)}]`;
  const caution =
    adjustedPValue !== null && adjustedPValue > 1 - level
      ? `; with all comparisons counted (Holm) it is not clear, p = ${adjustedPValue.toFixed(2)}`
      : "";
  switch (outcome) {
    case "better":
      return say(
        outcome,
        `beats ${who} by ${formatPercent(-relative.mean)} % ${range(-relative.high, -relative.low)}, ${pairs}${caution}.`,
      );
    case "worse":
      if (policy.kind === "heuristic" && baselineChosen === "best heuristic") {
        // Nothing learned is among them: the news is who leads, and by how much.
        const more = `${formatPercent(relative.mean)} % more ${range(relative.low, relative.high)}`;
        return {
          policy: policy.policy,
          outcome,
          sentence: `${baseline} costs least; the runner-up, ${policy.policy}, costs ${more}, ${pairs}${caution}.`,
        };
      }
      return say(
        outcome,
        `loses to ${who}: it costs ${formatPercent(relative.mean)} % more ${range(relative.low, relative.high)}, ${pairs}${caution}.`,
      );
    case "unclear":
      return say(
        outcome,
        `cannot be told from ${who}: its cost differs by ${formatPercent(relative.mean)} % ${range(relative.low, relative.high)}, an interval that holds zero, ${pairs}.`,
      );
  }
}
