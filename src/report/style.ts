import { SANS } from "./chart-spec.js";
import { DARK, declarations, LIGHT } from "./palette.js";

/** The report's style sheet. No font, image or rule comes from elsewhere. */
export const STYLE = `
:root { color-scheme: light dark; ${declarations(LIGHT)} }
@media screen and (prefers-color-scheme: dark) { :root { ${declarations(DARK)} } }

*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 ${SANS};
  font-variant-numeric: tabular-nums; -webkit-font-smoothing: antialiased; }
.page { max-width: 70rem; margin: 0 auto; padding: 3.5rem 2rem 5rem; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem 1rem; background: var(--surface); z-index: 1; }
a { color: var(--accent); text-underline-offset: .2em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 3px; }
code, pre { font-family: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: .875em; }
h1, h2, h3 { line-height: 1.2; text-wrap: balance; margin: 0; font-weight: 650; letter-spacing: -.012em; }
h1 { font-size: clamp(1.75rem, 1.2rem + 2vw, 2.5rem); letter-spacing: -.022em; }
h2 { font-size: 1.5rem; }
h3 { font-size: 1.0625rem; letter-spacing: -.006em; }
p { margin: 0; max-width: 68ch; text-wrap: pretty; }

.eyebrow { color: var(--muted); font-size: .8125rem; letter-spacing: .02em; margin-bottom: .6rem; }
.facts { color: var(--muted); margin-top: .8rem; }
.contents { margin-top: 1rem; display: flex; flex-wrap: wrap; gap: .3rem 1.25rem; font-size: .9375rem; }

.verdicts { margin: 2.5rem 0 0; padding: 0; list-style: none; display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); }
.verdict { --tone: var(--plain); --wash: var(--plainSoft); background: var(--wash); border-radius: 14px;
  padding: 1.6rem 1.75rem 1.5rem; display: flex; flex-direction: column; }
.verdict.better { --tone: var(--accent); --wash: var(--accentSoft); }
.verdict.worse { --tone: var(--bad); --wash: var(--badSoft); }
.verdict .scenario { display: flex; justify-content: space-between; gap: 1rem; font-size: .9375rem; font-weight: 600; }
.verdict .outcome { color: var(--tone); text-align: right; }
.verdict .scenario span { overflow-wrap: anywhere; min-width: 0; }
.verdict .figure { font-size: clamp(2.75rem, 2rem + 2.5vw, 3.75rem); line-height: 1.05; font-weight: 680;
  letter-spacing: -.035em; color: var(--tone); margin: .9rem 0 .1rem; }
.verdict .range { color: var(--muted); font-size: .9375rem; }
.verdict svg { display: block; width: 100%; height: 2.6rem; margin: .7rem 0 .6rem; overflow: visible; }
.verdict.whole { grid-column: 1 / -1; }
.verdict .settings { margin: .8rem 0 1rem; font-weight: 600; overflow-wrap: anywhere; }
.verdict .sentence { margin-top: auto; }

section { margin-top: 4.5rem; }
.charts > .lede { grid-column: 1 / -1; margin-top: 0; }
.lede { color: var(--muted); margin-top: .5rem; }
.aside { margin-top: 1rem; }
.scroll { overflow-x: auto; margin-top: 1.5rem; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
caption { text-align: left; color: var(--muted); font-size: .875rem; padding-bottom: .6rem; }
th, td { padding: .55rem .65rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th { font-weight: 500; }
thead th { color: var(--muted); font-size: .8125rem; vertical-align: bottom; padding-top: 0; }
th.name, td.name { text-align: left; }
tbody th.name { white-space: normal; overflow-wrap: break-word; min-width: 11rem; max-width: 22rem; }
tbody td.name { white-space: normal; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
tr.refuted td.name:first-child { color: var(--bad); font-weight: 650; }
td.soft { color: var(--muted); }
tr.learned th.name, tr.learned td.strong { color: var(--accent); font-weight: 650; }
.tag { display: inline-block; margin-left: .5rem; padding: 0 .5em; border-radius: 99px; font-size: .75rem;
  font-weight: 500; line-height: 1.6; color: var(--muted); box-shadow: inset 0 0 0 1px var(--line); }
.learned .tag { color: var(--accent); background: var(--accentSoft); box-shadow: none; }

tr { transition: opacity .15s; }
tr.faded { opacity: .4; }
.picker { display: flex; flex-wrap: wrap; gap: .4rem; margin: 1.75rem -.3rem 0; padding: .3rem; max-height: 12.5rem; overflow-y: auto; }
.picker button { display: inline-flex; align-items: center; gap: .5rem; min-height: 2rem; max-width: 100%; padding: .15rem .75rem .15rem .6rem;
  border: 1px solid var(--line); border-radius: 99px; background: var(--surface); color: var(--ink); font: inherit;
  font-size: .875rem; text-align: left; overflow-wrap: anywhere; cursor: pointer; }
.picker button:hover { border-color: var(--neutral); }
.picker button[aria-pressed="true"] { border-color: var(--ink); box-shadow: inset 0 0 0 1px var(--ink); }
.picker svg { flex: none; }
.charts { display: grid; grid-template-columns: repeat(12, minmax(0, 1fr)); gap: 1.25rem; margin-top: 1.25rem; }
figure { grid-column: span 12; margin: 0; padding: 1.5rem 1.6rem 1.2rem; background: var(--surface);
  border: 1px solid var(--line); border-radius: 14px; min-width: 0; }
@media (min-width: 62rem) { figure.half { grid-column: span 6; } }
figcaption p { color: var(--muted); font-size: .9375rem; margin-top: .25rem; }
.chart { width: 100%; margin-top: 1.1rem; }
.chart:not([data-state]) { min-height: 8rem; }
.chart svg { display: block; max-width: 100%; height: auto; overflow: visible; }
.chart .heat_marks { shape-rendering: crispEdges; }
.chart .failed { color: var(--bad); }
[data-picks] .chart .mark-symbol path, [data-picks] .chart .mark-rect path, [data-picks] .chart .mark-rule line { cursor: pointer; }
details { margin-top: .8rem; font-size: .875rem; }
details.file { margin-top: 1.2rem; }
details.file pre { max-height: 32rem; overflow: auto; white-space: pre; }
summary { cursor: pointer; color: var(--muted); width: fit-content; }
details[open] summary { margin-bottom: .8rem; }
details .scroll { margin-top: 0; max-height: 24rem; }
details table { font-size: .875rem; }
details th, details td { padding-block: .35rem; }

.notes { margin: 1.2rem 0 0; padding-left: 1.2rem; max-width: 72ch; }
.notes li { margin-top: .5rem; padding-left: .25rem; }
.notes li::marker { color: var(--muted); }
pre { margin: 1.2rem 0 0; padding: 1rem 1.25rem; background: var(--plainSoft); border-radius: 10px; overflow-x: auto;
  white-space: pre-wrap; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .45rem 1.75rem; margin: 1.5rem 0 0;
  font-size: .9375rem; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
.digest { font-size: .8125rem; overflow-wrap: anywhere; white-space: normal; text-align: left; }
footer { margin-top: 4.5rem; padding-top: 1.2rem; border-top: 1px solid var(--line); color: var(--muted);
  font-size: .875rem; }
.quiet { color: var(--muted); }

#vg-tooltip-element { visibility: hidden; position: fixed; z-index: 10; padding: .5rem .7rem; border-radius: 8px;
  background: var(--ink); color: var(--paper); font: 12px/1.5 ${SANS}; pointer-events: none; }
#vg-tooltip-element.visible { visibility: visible; }
#vg-tooltip-element table { width: auto; font-size: 12px; }
#vg-tooltip-element td { border: 0; padding: 0; text-align: left; }
#vg-tooltip-element td.key { opacity: .7; padding-right: .7rem; }

@media (max-width: 40rem) { tbody th.name { min-width: 8.5rem; } .page { padding: 2rem 1.1rem 3rem; } dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .6rem; } figure { padding: 1.1rem 1rem .9rem; } }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media (prefers-reduced-motion: reduce) { *, *::before, *::after { transition: none !important; animation: none !important; } }
@media print {
  @page { margin: 14mm; }
  :root { color-scheme: light; }
  body { background: none; font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .page { max-width: none; padding: 0; }
  .skip, .contents, .picker, .hint, figure details { display: none; }
  details.file pre { max-height: none; overflow: visible; white-space: pre-wrap; font-size: 7.5pt; }
  section { margin-top: 2.2rem; }
  .charts { display: block; }
  figure { break-inside: avoid; margin-top: 1rem; padding: 1rem 1.1rem; }
  .verdict, tr, li, p > pre { break-inside: avoid; }
  h2, h3, .lede, caption, thead { break-after: avoid; }
  .scroll { break-inside: avoid; }
  .scroll { overflow: visible; }
  th, td { padding: .3rem .45rem; font-size: 8.5pt; white-space: normal; }
  tbody th.name { min-width: 0; }
}
`;
