import { aligned } from "../../kit/aligned.js";
import type { TableStyle } from "../summary-table.js";
import type { GateVerdict } from "./gate.js";

const WORDS = { pass: "shown", fail: "refuted", undecided: "undecided" } as const;

/** A gate's verdict for a terminal. Ends with a newline. */
export function renderGate(verdict: GateVerdict, style: TableStyle): string {
  const { gate, candidate, champion, passed, reason, checks, notes } = verdict;
  const head = ["", "scenario", "the candidate ...", "found"];
  const rows = checks.map(({ verdict: found, scenario = "all", requirement, found: shown }) => [
    WORDS[found],
    scenario,
    requirement,
    shown,
  ]);
  const lines = aligned(
    [head, ...rows].map((row) => row.map(clean)),
    () => false,
  ).map((line, r) => {
    const text = `  ${line.trimEnd()}`;
    if (r === 0) return style.dim(text);
    const { verdict: found } = checks[r - 1]!;
    return found === "pass" ? text : found === "fail" ? style.bad(text) : style.bold(text);
  });
  const paint = passed ? style.good : style.bad;
  return [
    `${style.bold(`gate ${clean(gate)}`)}  ${paint(passed ? "passed" : "failed")}  ${clean(`${candidate} against ${champion}`)}`,
    `  ${paint(clean(reason))}`,
    "",
    ...lines,
    "",
    ...notes.map((note) => style.dim(`  ${clean(note)}`)),
    "",
  ].join("\n");
}

/** Names come from files: no control character of theirs may reach the terminal. */
const clean = (text: string): string => text.replace(/\p{Cc}/gu, "?");
