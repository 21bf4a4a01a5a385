import { createHash } from "node:crypto";
import { formatCount, formatNumber } from "../../kit/format-number.js";
import { type Html, html, raw, scriptJson, scriptText } from "../html.js";
import { CLIENT } from "./client.generated.js";
import { INSPECT_STYLE } from "./inspect-style.js";
import { pageData } from "./page-data.js";
import type { PageLegend } from "./page-legend.js";
import type { RunRecord } from "./run-record.js";

/**
 * A run as one self-contained page to look around in: it opens from a file, offline. Its content security policy forbids every
 * request, and every script but its own, by hash.
 */
export function inspectPage(run: RunRecord): string {
  const { legend, packed } = pageData(run);
  const script = scriptText(CLIENT);
  const hash = createHash("sha256").update(script).digest("base64");
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Run ${run.title}</title>
<style>${raw(INSPECT_STYLE)}</style>
</head>
<body>
${head(legend)}
${TOOLS}
<main>
<canvas id="overview" aria-hidden="true"></canvas>
<div id="scroller"><canvas id="timeline" tabindex="0" role="application" aria-label="Timeline of workflows, pools and queues. Arrow keys move, plus and minus zoom, n and p go to what went wrong, question mark lists all keys." aria-describedby="status"></canvas><div id="spacer"></div></div>
</main>
<aside aria-label="Details">
<div id="panel" tabindex="-1"></div>
<p class="keys-hint"><kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>←</kbd> <kbd>→</kbd> move, <kbd>n</kbd> next fault, <kbd>/</kbd> find, <kbd>?</kbd> all keys</p>
</aside>
<div id="tip" hidden></div>
<p id="status" class="unseen" role="status"></p>
${KEYS}
<script type="application/json" id="legend">${scriptJson(legend)}</script>
<script type="application/octet-stream" id="columns">${raw(Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength).toString("base64"))}</script>
<script>${raw(script)}</script>
</body>
</html>
`.markup;
}

function head({ summary }: PageLegend): Html {
  const { workflows, attempts } = summary;
  const faults = (attempts.outcomes["failed"] ?? 0) + (attempts.outcomes["timed out"] ?? 0);
  return html`<header class="head">
<h1>${summary.title}</h1>
${summary.policy !== "" && html`<p class="by">decided by <b>${summary.policy}</b></p>`}
<p class="figures">
<span><b>${formatCount(workflows.count)}</b> workflows</span>
<span><b>${formatCount(attempts.count)}</b> attempts</span>
${faults > 0 && html`<span class="bad"><b>${formatCount(faults)}</b> went wrong</span>`}
${workflows.failed > 0 && html`<span class="bad"><b>${formatCount(workflows.failed)}</b> ${workflows.failed === 1 ? "workflow" : "workflows"} failed</span>`}
${workflows.late > 0 && html`<span class="late"><b>${formatCount(workflows.late)}</b> late</span>`}
<span>flow time p50 <b>${formatNumber(workflows.flowTime.p50, 3)} s</b> p99 <b>${formatNumber(workflows.flowTime.p99, 3)} s</b></span>
</p>
</header>`;
}

const TOOLS = html`<section class="tools" aria-label="Filters and zoom">
<label>Pool <select id="pool"><option value="-1">all</option></select></label>
<label>Workflow <select id="source"><option value="-1">all</option></select></label>
<label>Show <select id="outcome">
<option value="all">everything</option>
<option value="fault">attempts that went wrong</option>
<option value="cancelled">attempts that were cancelled</option>
<option value="retries">repeated attempts</option>
<option value="late">late workflows</option>
<option value="failed">workflows that failed</option>
</select></label>
<label>Find <input id="find" type="search" placeholder="number of a workflow"></label>
<button type="button" id="clear" hidden>Clear selection</button>
<span class="end">
<button type="button" id="next" title="n">Next fault</button>
<button type="button" id="out" aria-label="Zoom out" title="−">−</button>
<button type="button" id="in" aria-label="Zoom in" title="+">+</button>
<button type="button" id="fit" title="0">Whole run</button>
</span>
</section>`;

const KEY_LIST: readonly (readonly [keys: readonly string[], meaning: string])[] = [
  [["←", "→", "a", "d"], "move in time"],
  [["+", "−", "w", "s"], "zoom; Ctrl and the wheel, too"],
  [["↑", "↓"], "other pools"],
  [["0"], "the whole run"],
  [["Home", "End"], "its beginning, its end"],
  [["n", "p"], "next and previous thing that went wrong"],
  [["]", "["], "next and previous attempt of the workflow"],
  [["z"], "zoom to the workflow"],
  [["/"], "find a workflow"],
  [["Esc"], "clear the selection"],
];

const KEYS = html`<dialog id="keys" aria-labelledby="keys-title"><form method="dialog">
<h2 id="keys-title">Keys</h2>
<dl>${KEY_LIST.map(([keys, meaning]) => html`<dt>${keys.map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${meaning}</dd>`)}</dl>
<button class="plain">Close</button>
</form></dialog>`;
