import { SANS } from "../chart-spec.js";
import { DARK, declarations, LIGHT } from "../palette.js";

/** Inks of the timeline that charts have no use for: lateness, queues and the weather. */
const MORE_LIGHT =
  "--late: #c48a12; --lateInk: #8a6206; --queue: #8a5fb0; --queueSoft: #efe6f6; --sky: #3d7f7a; --track: #f3f1ec;";
const MORE_DARK =
  "--late: #e3b341; --lateInk: #e3b341; --queue: #c3a1e3; --queueSoft: #2c2338; --sky: #6fbab3; --track: #20242a;";

/** The page's style sheet. No font, image or rule comes from elsewhere. */
export const INSPECT_STYLE = `
:root { color-scheme: light dark; ${declarations(LIGHT)} ${MORE_LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${declarations(DARK)} ${MORE_DARK} } }
*, *::before, *::after { box-sizing: border-box; }
html, body { height: 100%; }
body { margin: 0; display: grid; grid-template: auto auto minmax(0, 1fr) / minmax(0, 1fr) 25rem; background: var(--paper);
  color: var(--ink); font: 14px/1.5 ${SANS}; font-variant-numeric: tabular-nums; -webkit-font-smoothing: antialiased; }
h1, h2, h3, p, ol, ul, dl, dd { margin: 0; padding: 0; }
ol, ul { list-style: none; }
[hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.head { grid-column: 1 / -1; display: flex; flex-wrap: wrap; align-items: baseline; gap: .3rem 1.6rem; padding: 1rem 1.4rem .8rem; }
.head h1 { font-size: 1.25rem; font-weight: 650; letter-spacing: -.015em; }
.head .by { color: var(--muted); }
.head .by b { color: var(--ink); font-weight: 550; }
.figures { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin-left: auto; color: var(--muted); }
.figures b { color: var(--ink); font-weight: 620; }
.figures .bad b { color: var(--bad); }
.figures .late b { color: var(--lateInk); }

.tools { grid-column: 1 / -1; display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .9rem; padding: .1rem 1.4rem .8rem; }
.tools label { display: flex; align-items: center; gap: .4rem; color: var(--muted); font-size: .8125rem; }
.tools .end { margin-left: auto; display: flex; gap: .35rem; }
select, input, .tools button, button.plain { font: inherit; font-size: .8125rem; color: var(--ink); background: var(--surface);
  border: 1px solid var(--line); border-radius: 8px; padding: .3rem .6rem; }
input { width: 11rem; }
button { cursor: pointer; }
.tools button:hover, button.plain:hover { border-color: var(--neutral); }
.tools button { min-width: 2rem; }

main { display: grid; grid-template-rows: 56px minmax(0, 1fr); min-width: 0; min-height: 0; padding: 0 0 1.2rem 1.4rem; gap: .7rem; }
#overview { width: 100%; height: 56px; border-radius: 10px; border: 1px solid var(--line); touch-action: none; cursor: crosshair; }
#scroller { position: relative; overflow-y: auto; border-radius: 12px; border: 1px solid var(--line); background: var(--surface); min-height: 0; }
#timeline { position: sticky; top: 0; display: block; width: 100%; height: 100%; touch-action: none; cursor: grab; }
#timeline:active { cursor: grabbing; }
#timeline:focus-visible { outline-offset: -3px; }
#tip { position: fixed; z-index: 5; display: grid; max-width: 24rem; padding: .45rem .7rem; border-radius: 8px; background: var(--ink);
  color: var(--paper); font-size: .78rem; line-height: 1.45; pointer-events: none; }
#tip span { opacity: .8; }

aside { min-height: 0; display: grid; grid-template-rows: minmax(0, 1fr) auto; padding: 0 1.4rem 1.2rem 1.1rem; }
#panel { overflow-y: auto; min-height: 0; padding-right: .3rem; }
#panel > div > * + * { margin-top: .9rem; }
#panel header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; }
h2 { font-size: 1rem; font-weight: 650; letter-spacing: -.008em; }
#panel > div > h2:not(:first-child) { margin-top: 1.7rem; }
h3 { font-size: .8125rem; font-weight: 600; color: var(--muted); margin-top: 1.3rem !important; }
em { font-style: normal; font-size: .75rem; font-weight: 550; padding: .05rem .5rem; border-radius: 99px; vertical-align: 1px;
  background: var(--plainSoft); color: var(--plain); }
em.failed { background: var(--badSoft); color: var(--bad); }
em.late { background: transparent; box-shadow: inset 0 0 0 1px var(--late); color: var(--lateInk); }
em.succeeded { background: var(--accentSoft); color: var(--accent); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem 1rem; font-size: .8125rem; }
dt { color: var(--muted); }
dd { overflow-wrap: anywhere; }
dl.attempt { padding: .7rem .8rem; border-radius: 10px; background: var(--track); }
.note { color: var(--muted); font-size: .8125rem; }

.spent { display: flex; gap: 1px; height: 12px; border-radius: 6px; overflow: hidden; }
.spent i { min-width: 1px; flex-basis: 0; }
.mini { grid-column: 1 / -1; height: 4px; border-radius: 2px; }
i.service, i.ran { background: var(--accent); }
i.wasted, i.vain { background: var(--bad); }
i.waiting, i.waited { background: var(--queue); }
i.pauses, i.gone { background: var(--neutral); }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin-top: .5rem; font-size: .8125rem; color: var(--muted); }
.legend b { color: var(--ink); font-weight: 550; }
.legend li::before { content: ""; display: inline-block; width: .6rem; height: .6rem; border-radius: 3px; margin-right: .4rem; }
.legend .service::before { background: var(--accent); }
.legend .wasted::before { background: var(--bad); }
.legend .waiting::before { background: var(--queue); }
.legend .pauses::before { background: var(--neutral); }

.rows button, .gantt button { width: 100%; display: grid; align-items: center; gap: .1rem .6rem; padding: .35rem .5rem; margin: 0 -.5rem;
  width: calc(100% + 1rem); border: 0; border-radius: 8px; background: none; color: inherit; font: inherit; text-align: left; }
.rows button { grid-template-columns: minmax(0, 1fr) auto auto; }
.rows button b { font-weight: 550; }
.rows button:hover, .gantt button:hover, .gantt button[aria-pressed="true"] { background: var(--track); }
.gantt button { grid-template-columns: 6.2rem 3.6rem minmax(0, 1fr); font-size: .8125rem; padding-block: .22rem; }
.gantt span, .gantt small { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.gantt small { color: var(--muted); }
.strip { position: relative; height: 12px; background: var(--grid); border-radius: 3px; }
.strip i { position: absolute; top: 0; bottom: 0; border-radius: 2px; }
.strip i.waited { top: 4px; bottom: 4px; }

details { border-top: 1px solid var(--line); padding: .55rem 0; font-size: .8125rem; }
.decisions > details:last-child { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; display: flex; justify-content: space-between; gap: 1rem; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary small { color: var(--muted); white-space: nowrap; }
summary b { font-weight: 600; }
details > * + * { margin-top: .6rem; }
.inner { border: 0; padding: 0; }
.inner summary { color: var(--muted); text-decoration: underline dotted; text-underline-offset: .25em; justify-content: start; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--muted); padding-bottom: .25rem; }
th { font-weight: 450; text-align: left; }
th, td { padding: .18rem .5rem .18rem 0; }
td.figure { text-align: right; padding-right: 0; padding-left: .6rem; white-space: nowrap; }
tr.chosen th, tr.chosen td, .features .chosen { font-weight: 640; }
tr.barred { color: var(--muted); }
.score { position: relative; display: block; min-width: 5rem; height: 10px; border-radius: 3px; background: var(--grid); overflow: hidden; }
.score i { position: absolute; top: 0; bottom: 0; background: var(--neutral); }
tr.chosen .score i { background: var(--accent); }
.features td, .features th[scope="col"] { text-align: right; padding-right: 0; padding-left: .6rem; }
.features th[scope="row"] { color: var(--muted); cursor: help; }
.wide { overflow-x: auto; }
.keys-hint { color: var(--muted); font-size: .75rem; padding-top: .6rem; }
kbd { font: 600 .7rem ${SANS}; padding: .05rem .35rem; border: 1px solid var(--line); border-radius: 5px; background: var(--surface); color: var(--ink); }
dialog { border: 1px solid var(--line); border-radius: 14px; padding: 1.4rem 1.6rem; background: var(--surface); color: var(--ink); }
dialog::backdrop { background: rgb(0 0 0 / .35); }
dialog dl { margin: 1rem 0; gap: .35rem 1.4rem; }
body[data-state="failed"] #status { position: fixed; inset: 40% 0 auto; text-align: center; clip-path: none; width: auto; height: auto; color: var(--bad); }
@media (max-width: 60rem) {
  body { grid-template: auto auto 34rem auto / minmax(0, 1fr); height: auto; }
  main { padding-right: 1.4rem; }
  aside { padding-left: 1.4rem; }
}
@media print { body { display: block; } #scroller { height: 40rem; } .tools, .keys-hint, .rows > li:nth-child(n + 21) { display: none; } }
`;
