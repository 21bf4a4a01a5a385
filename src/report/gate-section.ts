import type { Check, GateVerdict } from "../experiment/gate/gate.js";
import { formatLevel } from "../kit/format-number.js";
import { dataTable } from "./data-table.js";
import { type Html, html } from "./html.js";
import { withMinuses } from "./typographic.js";

const MARKS = { pass: "✓ shown", fail: "✗ refuted", undecided: "? undecided" } as const;

/** The answer of a gate in one glance, for the head of the page's verdicts: passed or failed, and why. */
export function gateCard({ candidate, champion, passed, reason }: GateVerdict): Html {
  return html`<li class="verdict whole ${passed ? "better" : "worse"}">
<div class="scenario"><span>${candidate} in place of ${champion}</span><span class="outcome">gate</span></div>
<div class="figure">${passed ? "passed" : "failed"}</div>
<p class="sentence">${withMinuses(`${reason[0]!.toUpperCase()}${reason.slice(1)}.`)}</p>
</li>`;
}

/** Every requirement with what was found: what refutes the candidate first, then what is open. */
export function gateSection({ checks, notes }: GateVerdict, level: number): Html {
  const order = { fail: 0, undecided: 1, pass: 2 } as const;
  const row = ({ verdict, scenario = "all", requirement, found }: Check) => ({
    className: verdict === "fail" ? "refuted" : "",
    header: 1,
    cells: [MARKS[verdict], requirement, scenario, withMinuses(found)],
  });
  return html`
<section id="requirements" aria-labelledby="requirements-title">
<h2 id="requirements-title">What the gate requires</h2>
${dataTable({
  caption: `That the candidate …; brackets are ${formatLevel(level)}\u202f% intervals`,
  head: ["verdict", "requirement", "scenario", "found"],
  names: 4,
  rows: checks.toSorted((a, b) => order[a.verdict] - order[b.verdict]).map(row),
})}
<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>
</section>`;
}
