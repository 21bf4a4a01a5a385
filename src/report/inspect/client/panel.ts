import { formatNumber, formatPercent } from "../../../kit/format-number.js";
import { clockText } from "./clock-text.js";
import { element } from "./element.js";
import {
  begun,
  flowName,
  hasFailed,
  isCopy,
  isLate,
  RESULTS,
  type Run,
  readyKnown,
  rowsOf,
  taskName,
  toneOf,
} from "./run.js";
import { type Candidate, whyOf } from "./why.js";

/** What the panel asks of the page. */
export interface Asked {
  showFlow(flow: number): void;
  showAttempt(attempt: number): void;
  showTime(from: number, until: number): void;
}

export function span(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds >= 7200) return `${formatNumber(seconds / 3600, 3)} h`;
  if (seconds >= 120) return `${formatNumber(seconds / 60, 3)} min`;
  if (seconds > 0 && seconds < 0.1) return `${formatNumber(seconds * 1000, 3)} ms`;
  return seconds === 0 ? "0 s" : `${formatNumber(seconds, 3)} s`;
}

/** As the ruler above the tracks writes it, to the millisecond. */
export const instant = (seconds: number): string => clockText(seconds, 1e-3);

const PARTS = [
  ["service", "in service"],
  ["wasted", "attempts in vain"],
  ["waiting", "waiting"],
  ["pauses", "back-offs and gaps"],
] as const;

/** A bar in parts, with its legend below. */
function spentBar(spent: Readonly<Record<(typeof PARTS)[number][0], number>>): HTMLElement {
  const total = PARTS.reduce((sum, [part]) => sum + spent[part], 0);
  const shares = PARTS.filter(([part]) => spent[part] > 0);
  const bar = element("div", {
    class: "spent",
    role: "img",
    "aria-label": shares.map(([part, label]) => `${label} ${span(spent[part])}`).join(", "),
  });
  for (const [part] of shares) {
    const piece = element("i", { class: part });
    piece.style.flexGrow = String(spent[part] / total);
    bar.append(piece);
  }
  const legend = element("ul", { class: "legend" });
  for (const [part, label] of shares) {
    legend.append(
      element(
        "li",
        { class: part },
        `${label} `,
        element("b", {}, `${formatPercent(spent[part] / total)} %`),
      ),
    );
  }
  return element("div", {}, bar, legend);
}

/** What is shown where nothing is selected: where all time went, and who was slowest. */
export function overviewPanel(run: Run, asked: Asked): HTMLElement {
  const { summary, slowest, kept } = run.legend;
  const list = element("ol", { class: "rows" });
  summary.slowest.forEach((line, at) => {
    const flow = slowest[at]!;
    if (flow < 0) return;
    const badge = line.result === "failed" ? "failed" : line.late ? "late" : "";
    const button = element(
      "button",
      { type: "button", click: () => asked.showFlow(flow) },
      element("span", {}, line.name),
      badge === "" ? null : element("em", { class: badge }, badge),
      element("b", {}, span(line.flowTime)),
      miniBar(line.spent),
    );
    list.append(element("li", {}, button));
  });
  return element(
    "div",
    {},
    element("h2", {}, "Where time went"),
    spentBar(summary.workflows.spent),
    element("h2", {}, "Slowest workflows"),
    list,
    kept[1] > kept[0] &&
      element(
        "p",
        { class: "note" },
        `What the policy saw is kept for ${kept[0].toLocaleString("en")} of ${kept[1].toLocaleString("en")} decisions; the command line tells all of them.`,
      ),
  );
}

function miniBar(spent: Readonly<Record<(typeof PARTS)[number][0], number>>): HTMLElement {
  const bar = element("span", { class: "spent mini", "aria-hidden": "true" });
  const total = PARTS.reduce((sum, [part]) => sum + spent[part], 0);
  for (const [part] of PARTS) {
    if (spent[part] <= 0) continue;
    const piece = element("i", { class: part });
    piece.style.flexGrow = String(spent[part] / total);
    bar.append(piece);
  }
  return bar;
}

/** All of one workflow, and of one of its attempts where that is selected. */
export function storyPanel(run: Run, flow: number, attempt: number, asked: Asked): HTMLElement {
  const { flows, attempts } = run;
  const rows = [...rowsOf(run.attemptsOf, flow)].sort(
    (a, b) => attempts.ready[a]! - attempts.ready[b]! || attempts.start[a]! - attempts.start[b]! || a - b,
  );
  const [from, until] = [flows.submitted[flow]!, flows.end[flow]!];
  const result = hasFailed(run, flow) ? "failed" : isLate(run, flow) ? "late" : RESULTS[flows.result[flow]!]!;
  const due = flows.due[flow]!;
  const facts = element("dl", {});
  const fact = (name: string, value: string) =>
    facts.append(element("dt", {}, name), element("dd", {}, value));
  fact("submitted", instant(from));
  fact(flows.result[flow] === 3 ? "so far" : "in the system", span(until - from));
  if (Number.isFinite(due))
    fact("due", `${instant(due)}${until > due ? `, missed by ${span(until - due)}` : ""}`);
  fact("attempts", String(rows.length));
  return element(
    "div",
    {},
    element(
      "header",
      {},
      element(
        "h2",
        {},
        flowName(run, flow),
        " ",
        result === "unknown" ? null : element("em", { class: result }, result),
      ),
      element(
        "button",
        { type: "button", class: "plain", click: () => asked.showTime(from, until) },
        "Zoom to it",
      ),
    ),
    facts,
    element("h3", {}, "Attempts"),
    gantt(run, rows, from, until, attempt, asked),
    attempt < 0 ? null : attemptFacts(run, attempt),
    element("h3", {}, "Why here?"),
    decisionList(run, flow, attempt),
  );
}

/** The attempts of a workflow, a line each: how long it waited, and how long it ran. */
function gantt(
  run: Run,
  rows: readonly number[],
  from: number,
  until: number,
  selected: number,
  asked: Asked,
): HTMLElement {
  const { attempts, legend } = run;
  const list = element("ol", { class: "gantt" });
  const scale = until > from ? 100 / (until - from) : 0;
  for (const i of rows.slice(0, 300)) {
    const name = taskName(run, attempts.workflow[i]!, attempts.task[i]!, attempts.instance[i]!);
    const turn = `${attempts.attempt[i]! > 1 ? ` ×${attempts.attempt[i]}` : ""}${isCopy(run, i) ? " copy" : ""}`;
    const place = (time: number) => Math.min(100, Math.max(0, (time - from) * scale));
    const strip = element("span", { class: "strip" });
    const put = (a: number, b: number, kind: string) => {
      const piece = element("i", { class: kind });
      piece.style.left = `${place(a)}%`;
      piece.style.width = `max(2px, ${place(b) - place(a)}%)`;
      strip.append(piece);
    };
    const [ready, start, end] = [attempts.ready[i]!, attempts.start[i]!, attempts.end[i]!];
    if (readyKnown(run, i) && start > ready) put(ready, start, "waited");
    if (begun(run, i)) put(start, end, ["ran", "vain", "gone"][toneOf(run, i)]!);
    const pool = legend.pools[attempts.pool[i]!]?.name ?? "";
    const told = `${legend.outcomes[attempts.outcome[i]!] ?? "ended"}: waited ${span(start - ready)}, ran ${span(end - start)}`;
    list.append(
      element(
        "li",
        {},
        element(
          "button",
          {
            type: "button",
            title: told,
            "aria-pressed": i === selected ? "true" : "false",
            click: () => asked.showAttempt(i),
          },
          element("span", {}, `${name}${turn}`),
          element("small", {}, pool),
          strip,
          element("span", { class: "unseen" }, told),
        ),
      ),
    );
  }
  if (rows.length > 300) list.append(element("li", { class: "note" }, `… and ${rows.length - 300} more`));
  return list;
}

function attemptFacts(run: Run, i: number): HTMLElement {
  const { attempts, legend } = run;
  const facts = element("dl", { class: "attempt" });
  const fact = (name: string, value: string) =>
    facts.append(element("dt", {}, name), element("dd", {}, value));
  const task = taskName(run, attempts.workflow[i]!, attempts.task[i]!, attempts.instance[i]!);
  fact("attempt", `${attempts.attempt[i]} of ${task}${isCopy(run, i) ? ", second copy" : ""}`);
  fact("where", legend.pools[attempts.pool[i]!]?.name ?? "nowhere");
  fact("outcome", legend.outcomes[attempts.outcome[i]!] ?? "not on record");
  const [ready, start, end] = [attempts.ready[i]!, attempts.start[i]!, attempts.end[i]!];
  if (readyKnown(run, i)) fact("ready", instant(ready));
  if (begun(run, i))
    fact("started", `${instant(start)}${readyKnown(run, i) ? `, having waited ${span(start - ready)}` : ""}`);
  else fact("started", "never");
  fact("ended", `${instant(end)}${begun(run, i) ? `, after ${span(end - start)}` : ""}`);
  const meanwhile = legend.spells.filter(
    ({ from, until, pools }) => from < end && until > ready && pools.includes(attempts.pool[i]!),
  );
  if (meanwhile.length > 0)
    fact("weather", meanwhile.map(({ name, effect }) => `${name} (${effect})`).join(", "));
  return facts;
}

/** Decisions about a workflow; those about the selected attempt's task are open. */
function decisionList(run: Run, flow: number, attempt: number): HTMLElement {
  const rows = [...rowsOf(run.decisionsOf, flow)];
  if (rows.length === 0) return element("p", { class: "note" }, "No decision about it is on record.");
  const list = element("div", { class: "decisions" });
  const brought = broughtBy(run, rows, attempt);
  for (const d of rows.slice(0, 100)) list.append(decision(run, d, rows.length === 1 || d === brought));
  return list;
}

/** The last decision about an attempt's task before it began: what brought it where it was; -1 for none. */
function broughtBy({ attempts, decisions, legend }: Run, rows: readonly number[], i: number): number {
  if (i < 0) return -1;
  const before = (d: number) => decisions.time[d]! <= attempts.start[i]! + 1.5 * legend.tick;
  return rows.findLast((d) => decisions.task[d] === attempts.task[i] && before(d)) ?? -1;
}

export function decision(run: Run, d: number, open: boolean): HTMLElement {
  const { decisions, legend } = run;
  const kind = legend.kinds[decisions.kind[d]!]!;
  const why = whyOf(run, d);
  const about =
    decisions.workflow[d]! < 0 ? "" : ` ${taskName(run, decisions.workflow[d]!, decisions.task[d]!)}`;
  const box = element(
    "details",
    open ? { open: true } : {},
    element(
      "summary",
      {},
      element("span", {}, `${kind}${about} → `, element("b", {}, why.title)),
      element("small", {}, instant(decisions.time[d]!)),
    ),
    element("p", {}, `${why.because}.`),
  );
  if (why.candidates.length === 0) return box;
  box.append(candidateTable(why.candidates, why.sense));
  const differing = why.features.filter(
    ({ name }) => new Set(why.candidates.map(({ features }) => features.get(name))).size > 1,
  );
  box.append(
    featureTable(
      why.candidates,
      differing.map((feature) => [feature.name, feature.meaning, feature.unit]),
    ),
  );
  const state = element("dl", { class: "state" });
  for (const [{ name, meaning, unit }, value] of why.context) {
    state.append(element("dt", { title: meaning }, name), element("dd", {}, inUnit(value, unit)));
  }
  box.append(
    element("details", { class: "inner" }, element("summary", {}, "What it knew of the state"), state),
  );
  box.append(element("p", { class: "note" }, `Decision ${decisions.serial[d]}.`));
  return box;
}

const SENSES: Readonly<Record<string, string>> = {
  least: "the least is taken",
  most: "the most is taken",
  logit: "the most is taken",
  probability: "drawn by these",
};

/** Candidates with their scores as bars from nought, and as figures. */
function candidateTable(candidates: readonly Candidate[], sense: string | null): HTMLElement {
  const scores = candidates.flatMap(({ score }) =>
    score === null || !Number.isFinite(score) ? [] : [score],
  );
  const [low, high] = [Math.min(0, ...scores), Math.max(0, ...scores)];
  const table = element("table", {});
  if (sense !== null) table.append(element("caption", {}, `score: ${SENSES[sense] ?? sense}`));
  for (const { label, allowed, chosen, score, probability } of candidates) {
    const cells: HTMLElement[] = [];
    if (sense !== null) {
      const bar = element("span", { class: "score" });
      if (score !== null && Number.isFinite(score) && high > low) {
        const piece = element("i", {});
        piece.style.left = `${((Math.min(0, score) - low) / (high - low)) * 100}%`;
        piece.style.width = `${(Math.abs(score) / (high - low)) * 100}%`;
        bar.append(piece);
      }
      cells.push(
        element("td", {}, bar),
        element("td", { class: "figure" }, score === null ? "" : formatNumber(score, 3)),
      );
    }
    if (sense === "logit") {
      cells.push(
        element(
          "td",
          { class: "figure" },
          Number.isNaN(probability) ? "" : `${formatPercent(probability)} %`,
        ),
      );
    }
    const name = element(
      "th",
      { scope: "row" },
      chosen ? `${label} ✓` : label,
      allowed ? null : element("small", {}, " not allowed"),
    );
    table.append(
      element("tr", { class: `${chosen ? "chosen" : ""} ${allowed ? "" : "barred"}` }, name, ...cells),
    );
  }
  return table;
}

function featureTable(
  candidates: readonly Candidate[],
  features: readonly (readonly [name: string, meaning: string, unit: string])[],
): HTMLElement {
  if (features.length === 0 || candidates.length > 8) return element("span", {});
  const table = element("table", { class: "features" });
  table.append(
    element(
      "tr",
      {},
      element("td", {}),
      ...candidates.map(({ label, chosen }) =>
        element("th", { scope: "col", class: chosen ? "chosen" : "" }, label),
      ),
    ),
  );
  for (const [name, meaning, unit] of features) {
    table.append(
      element(
        "tr",
        {},
        element("th", { scope: "row", title: `${meaning} (${unit})` }, name.replace(/^\w+\./, "")),
        ...candidates.map(({ features, chosen }) =>
          element("td", { class: chosen ? "chosen" : "" }, formatNumber(features.get(name)!, 3)),
        ),
      ),
    );
  }
  return element("div", { class: "wide" }, table);
}

/** "2 tasks", "1 task", "yes". */
function inUnit(value: number, unit: string): string {
  if (unit === "yes or no" && (value === 0 || value === 1)) return value === 1 ? "yes" : "no";
  const figure = Number.isInteger(value) && Math.abs(value) < 1e6 ? String(value) : formatNumber(value, 3);
  return `${figure} ${value === 1 ? unit.replace(/s$/, "") : unit}`;
}
