import { formatNumber } from "../../src/kit/format-number.js";
import type { ExactProblem } from "./exact-problem.js";
import type { SimulatedProblem, Standing } from "./simulated-problem.js";

export interface Leaderboard {
  readonly command: string;
  readonly commit: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly platform: string;
    readonly node: string;
  };
  readonly library: readonly SimulatedProblem[];
  readonly exact: readonly ExactProblem[];
}

/** Places that are shown of each problem; the file of results has all. */
const PLACES = 5;

/** The leaderboard as a page of the docs. */
export function leaderboardPage({ command, commit, machine, library, exact }: Leaderboard): string {
  return [
    "# Leaderboard",
    "",
    `Made by \`${command}\` at commit ${commit.slice(0, 12)} on ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; all places stand in`,
    "[`bench/results/leaderboard.json`](../bench/results/leaderboard.json). `npm run leaderboard` makes both anew: runs are kept in",
    "`out/leaderboard`, so that a run that is cut short goes on where it was.",
    "",
    "## Against exact optima",
    "",
    "Problems all whose times are exponential are Markov chains, which [`optimum`](learning.md) solves: optima are exact, and so are the",
    "costs a second of rules that neither draw nor remember. Those of others (most draw among equals) are simulated on 40 seeds, and have a ±. Rules",
    "that overload the system come last.",
    "",
    ...exact.flatMap(exactSection),
    "## The scenario library",
    "",
    "Every heuristic that decides something in the scenario, at its default setting, those settings that were learned for it, and the packages",
    "that ship for it: mean cost a workflow with its 95 % interval, and how much more than the first, in pairs by seed. Policies that decide",
    "alike share a place. *Best known* is the least mean that any leaderboard has measured: the first place of many is flattered by having been",
    "picked, and nothing says that there is no better policy.",
    "",
    ...library.flatMap(librarySection),
  ].join("\n");
}

function exactSection({ scenario, objective, decide, states, optimal, standings }: ExactProblem): string[] {
  const rows = standings
    .slice(0, PLACES)
    .map(({ policy, cost, gapPercent, halfWidthPercent }, i) =>
      row([
        `${i + 1}`,
        policy,
        cost === null ? "overloads" : formatNumber(cost),
        gapPercent === null ? "" : gap(gapPercent, halfWidthPercent),
      ]),
    );
  return [
    `### ${scenario}`,
    "",
    `Decides ${decide.join(", ") || "nothing"}; minimizes \`${objective}\`; ${states.toLocaleString("en")} states. Optimum: **${formatNumber(optimal)}** a second.`,
    "",
    row(["", "policy", "cost a second", "above the optimum"]),
    row(["---:", "---", "---:", "---:"]),
    ...rows,
    "",
  ];
}

function gap(percent: number, halfWidth: number): string {
  const shown = Math.abs(percent) < 0.005 ? "0.00" : percent.toFixed(2);
  return `${shown.startsWith("-") ? "" : "+"}${shown} %${halfWidth === 0 ? "" : ` ± ${halfWidth.toFixed(2)}`}`;
}

function librarySection({ scenario, objective, seeds, standings, bestKnown }: SimulatedProblem): string[] {
  const rows = standings
    .slice(0, PLACES)
    .map((standing, i) =>
      row([`${i + 1}`, named(standing), formatNumber(standing.mean), interval(standing), change(standing)]),
    );
  return [
    `### ${scenario}`,
    "",
    `Minimizes \`${objective}\`; ${seeds} seeds; ${standings.length} ${standings.length === 1 ? "place" : "places"}. Best known: **${formatNumber(bestKnown.cost)}** (${bestKnown.policy}, ${bestKnown.seeds} seeds).`,
    "",
    row(["", "policy", "cost", "95 %", "over the first"]),
    row(["---:", "---", "---:", "---", "---"]),
    ...rows,
    "",
  ];
}

function named({ policies, kind }: Standing): string {
  const [first, ...others] = policies;
  const more = others.length === 0 ? "" : ` and ${others.length} alike`;
  return `${first}${kind === "learned" ? " (learned)" : ""}${more}`;
}

function interval({ low, high }: Standing): string {
  return low === null || high === null ? "" : `${formatNumber(low)} to ${formatNumber(high)}`;
}

function change({ changePercent }: Standing): string {
  if (changePercent === null) return "";
  const { mean, low, high } = changePercent;
  const shown = `+${mean.toFixed(1)} %`;
  return low === null || high === null ? shown : `${shown} [${low.toFixed(1)}, ${high.toFixed(1)}]`;
}

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
