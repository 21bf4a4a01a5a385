import type { BenchmarkResults } from "../experiment/results.js";
import type { StoppingRule } from "../experiment/stopping.js";
import { formatNumber, formatPercent } from "../kit/format-number.js";
import { dataTable } from "./data-table.js";
import { type Html, html } from "./html.js";

/** Everything that it takes to get the same numbers: the command, the seeds, the scenarios whole, and what was learned or tuned. */
export function repeatSection(results: BenchmarkResults, provenance: Readonly<Record<string, string>>): Html {
  const { machine } = results;
  const rows: (readonly [string, string])[] = [
    ["seeds", ranges(results.seeds)],
    ["Switchyard", results.createdWith.switchyard],
    ["Node", results.createdWith.node],
  ];
  const { experiment } = results;
  if (experiment !== undefined) {
    rows.push(["experiment", `${experiment.name}, ${experiment.digest}`]);
    rows.push(["compared by", experiment.metric]);
    if (experiment.stop !== undefined) rows.push(["stopped", inWords(experiment.stop)]);
    for (const [name, settings] of Object.entries(experiment.overrides ?? {}))
      rows.push([`override ${name}`, JSON.stringify(settings)]);
  }
  if (machine !== undefined) {
    const { platform, architecture, cpu, cores, memory } = machine;
    const parts = [
      `${platform} ${architecture}`,
      cpu,
      cores !== undefined && `${cores} ${cores === 1 ? "core" : "cores"}`,
      memory !== undefined && `${formatNumber(memory / 2 ** 30, 3)} GiB`,
    ];
    rows.push(["machine", parts.filter((part) => typeof part === "string").join(", ")]);
  }
  rows.push(...Object.entries(provenance));
  const noted = results.policies.filter(
    (policy) => policy.digest !== undefined || policy.tunedFrom !== undefined,
  );
  return html`
<section id="repeat" aria-labelledby="repeat-title">
<h2 id="repeat-title">How to repeat this</h2>
<p class="lede">The same scenario, policies and seeds give the same numbers on any machine. Equal digests mean equal inputs.</p>
${results.command !== undefined && html`<pre><code>${results.command}</code></pre>`}
<dl>${rows.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>
${dataTable({
  caption: "Scenarios",
  head: ["scenario", "digest", "trace", "seeds"],
  names: 4,
  rows: results.scenarios.map(({ name, digest, trace, seeds, reached }) => ({
    cells: [
      name,
      html`<code class="digest">${digest}</code>`,
      trace === undefined ? "none" : html`<code class="digest">${trace}</code>`,
      `${seeds ?? results.seeds.length}${reached === false ? ", precision not reached" : ""}`,
    ],
  })),
})}
${results.scenarios.map(
  ({ name, definition }) =>
    definition !== undefined &&
    html`
<details class="file"><summary>${name} as a file</summary>
<p>Saved under any name, it is read as the scenario of that digest.</p>
<pre tabindex="0"><code>${definition}</code></pre></details>`,
)}
${
  noted.length > 0 &&
  dataTable({
    caption: "Policies that were learned or tuned",
    head: ["policy", "kind", "digest or tuning"],
    names: 3,
    rows: noted.map(({ name, kind, digest, tunedFrom }) => ({
      cells: [
        name,
        kind,
        html`${digest !== undefined && html`<code class="digest">${digest}</code>`} ${tunedFrom}`,
      ],
    })),
  })
}
</section>`;
}

function inWords(rule: StoppingRule): string {
  const { of, relative, atMost } = rule;
  const or = `, or after ${atMost.toLocaleString("en")} seeds`;
  const amount = (value: number, whole: string): string =>
    relative ? `${formatPercent(value)} % of ${whole}` : formatNumber(value);
  return of === "best"
    ? `when it was sure which policy is the best, or within ${amount(rule.indifference, "the least mean")} of it${or}`
    : `when every interval of ${of} was no wider to either side than ${amount(rule.halfWidth, "the mean")}${or}`;
}

/** 1, 2, 3, 7 -> "1–3, 7" */
function ranges(seeds: readonly number[]): string {
  const sorted = [...seeds].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let from = 0, to: number; from < sorted.length; from = to) {
    for (to = from + 1; to < sorted.length && sorted[to] === sorted[to - 1]! + 1; ) to++;
    parts.push(to - from > 2 ? `${sorted[from]}–${sorted[to - 1]}` : sorted.slice(from, to).join(", "));
  }
  return parts.join(", ");
}
