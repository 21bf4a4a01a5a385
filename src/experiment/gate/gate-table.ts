import { clean, type TableStyle, tableLines } from "../table-lines.js";
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
  const lines = tableLines(
    [head, ...rows],
    () => false,
    style,
    (line, r) => {
      const { verdict: found } = checks[r]!;
      return found === "pass" ? line : found === "fail" ? style.bad(line) : style.bold(line);
    },
  );
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
