import { counted, formatCount, formatDuration, formatNumber, formatPercent } from "../kit/format-number.js";
import { shorten } from "../kit/shorten.js";
import type { Spread, TraceMetadata, TraceSummary } from "../workload/trace/index.js";
import { type Chart, Charts } from "./charts.js";
import { dataTable } from "./data-table.js";
import { type Html, html } from "./html.js";
import { type PageContent, page, type ReportLibraries } from "./page.js";
import { arrivalsChart, parallelismChart, TYPES_DRAWN, workChart } from "./trace-charts.js";

/** Rows of a table; the command line gives all of it. */
const ROWS = 60;

/** One self-contained HTML page about a trace: how much of what comes when, the work, the shapes, and how it was made. */
export function traceReport(
  summary: TraceSummary,
  metadata: TraceMetadata,
  { name, libraries }: { readonly name: string; readonly libraries: ReportLibraries },
): string {
  const { content, charts } = contentOf(summary, metadata, name);
  return page(content, charts, libraries);
}

/** The charts of that page by themselves. */
export const traceCharts = (summary: TraceSummary, metadata: TraceMetadata): readonly Chart[] =>
  contentOf(summary, metadata, "").charts.all;

function contentOf(
  summary: TraceSummary,
  metadata: TraceMetadata,
  name: string,
): { readonly content: PageContent; readonly charts: Charts } {
  const charts = new Charts();
  const main = html`${arrivalsSection(summary, charts)}
${workSection(summary, charts)}
${shapesSection(summary, charts)}
${madeSection(summary, metadata)}`;
  const content = {
    title: `Trace ${name}`,
    about: "trace",
    heading: name,
    facts: headline(summary),
    contents: [
      ["arrivals", "Arrivals"],
      ["work", "Work"],
      ["shapes", "Shapes"],
      ["made", "How it was made"],
    ],
    mainly: "figures",
    main,
  } as const;
  return { content, charts };
}

function headline({ workflows, tasks, edges, span, totalWork }: TraceSummary): string {
  return [
    counted(workflows, "workflow"),
    counted(tasks, "task"),
    counted(edges, "dependency", "dependencies"),
    ...(span > 0
      ? [`over ${formatDuration(span)}`, `${formatNumber(totalWork / span)} servers busy on average`]
      : []),
  ].join(" · ");
}

function arrivalsSection(summary: TraceSummary, charts: Charts): Html {
  const { arrivals, workflows } = summary;
  const { rate, peakRate, gaps, dispersion, interval, counts } = arrivals;
  if (rate === null || peakRate === null) {
    return html`
<section id="arrivals" aria-labelledby="arrivals-title">
<h2 id="arrivals-title">Arrivals</h2>
<p class="lede">All ${formatCount(workflows)} workflows come at once.</p>
</section>`;
  }
  return html`
<section id="arrivals" aria-labelledby="arrivals-title">
<h2 id="arrivals-title">Arrivals</h2>
<p class="lede">One every ${formatDuration(1 / rate)} on average; gaps vary with a coefficient of ${gaps.cv.toFixed(2)} (1 in a Poisson process), and counts with a dispersion of ${formatNumber(dispersion, 3)}. The busiest ${formatDuration(interval)} has ${formatNumber(peakRate / rate, 3)} times the mean rate.</p>
<div class="charts">
${charts.figure({
  name: "trace-arrivals",
  title: "Workflows over time",
  caption: `Submissions in each of ${counts.length} equal intervals; the dashed line is the mean.`,
  description: `Bar chart of submissions over time. Least ${Math.min(...counts)}, most ${Math.max(...counts)} in an interval of ${formatDuration(interval)}.`,
  spec: arrivalsChart(summary),
})}
</div>
</section>`;
}

function workSection(summary: TraceSummary, charts: Charts): Html {
  const { types, totalWork, unknownWork, outcomes, retried, recordedWait } = summary;
  const top = types[0];
  return html`
<section id="work" aria-labelledby="work-title">
<h2 id="work-title">Work</h2>
<p class="lede">${formatDuration(totalWork)} at speed 1 in ${counted(types.length, "type")}${unknownWork > 0 && `; unknown for ${counted(unknownWork, "task")}`}.${outcomes.length > 0 && ` Outcomes on record: ${outcomes.map((o) => `${formatCount(o.tasks)} ${o.outcome}`).join(", ")}.`}${retried > 0 && ` ${counted(retried, "task")} ${retried === 1 ? "was" : "were"} tried more than once.`}${recordedWait.count > 0 && ` Tasks waited ${formatDuration(recordedWait.mean)} on average, half of them less than ${formatDuration(recordedWait.p50)}.`}</p>
<div class="charts">
${charts.figure({
  name: "trace-work",
  title: "Work by type",
  caption: `${types.length > TYPES_DRAWN ? `The ${TYPES_DRAWN} types with most work in all: median` : "Median"}, middle half, and from the 5th to the 99th percentile.`,
  description: `Interval plot of work by type on a log scale.${top === undefined ? "" : ` Most work: ${top.name}, median ${formatDuration(top.work.p50)}.`}`,
  spec: workChart(summary),
  table: typeTable(types),
})}
</div>
</section>`;
}

function typeTable(types: TraceSummary["types"]): Html {
  return dataTable({
    caption: types.length > ROWS ? `The first ${ROWS} of ${formatCount(types.length)} types` : "Task types",
    head: ["type", "tasks", "total", "mean", "cv", "p50", "p95", "p99", "max", "failed"],
    rows: types.slice(0, ROWS).map(({ name, tasks, totalWork, work, failureRate }) => ({
      cells: [
        name,
        formatCount(tasks),
        ...(work.count === 0
          ? ["unknown", "–", "–", "–", "–", "–", "–"]
          : [
              formatDuration(totalWork),
              formatDuration(work.mean),
              work.cv.toFixed(2),
              ...[work.p50, work.p95, work.p99, work.max].map(formatDuration),
            ]),
        failureRate === null ? "–" : `${formatPercent(failureRate)}\u202f%`,
      ],
    })),
  });
}

function shapesSection(summary: TraceSummary, charts: Charts): Html {
  const { shapes, distinctShapes, templates, tasksPerWorkflow, criticalPath, parallelism, sample } = summary;
  const spreads: (readonly [string, Spread, (value: number) => string])[] = [
    ["tasks", tasksPerWorkflow, (value) => formatNumber(value)],
    ["work", summary.workPerWorkflow, formatDuration],
    ["critical path", criticalPath, formatDuration],
    ["work by critical path", parallelism, (value) => formatNumber(value)],
  ];
  return html`
<section id="shapes" aria-labelledby="shapes-title">
<h2 id="shapes-title">Shapes</h2>
<p class="lede">${counted(distinctShapes, "distinct shape")}, up to ${counted(summary.levels, "level")} deep and ${counted(summary.width, "task")} wide.</p>
${dataTable({
  caption: "A workflow",
  head: ["figure", "mean", "p50", "p95", "p99", "max"],
  rows: spreads.map(([label, s, format]) => ({
    cells: [label, ...[s.mean, s.p50, s.p95, s.p99, s.max].map(format)],
  })),
})}
<div class="charts">
${
  sample.some(({ criticalPath }) => criticalPath > 0) &&
  charts.figure({
    name: "trace-parallelism",
    title: "Work against critical path",
    caption: `${sample.length < summary.workflows ? `${formatCount(sample.length)} workflows, evenly over the trace` : "Each dot is a workflow"}. On the dashed line nothing can run side by side.`,
    description: `Scatter plot of total work against critical path. Work is ${formatNumber(parallelism.p50)} times the critical path in half of the workflows.`,
    spec: parallelismChart(summary),
  })
}
</div>
${dataTable({
  caption: shapes.length < distinctShapes ? `The ${shapes.length} most frequent shapes` : "Shapes",
  head: ["shape", "workflows", "tasks", "edges", "levels", "width"],
  rows: shapes.map((s) => ({
    cells: [s.kind, ...[s.workflows, s.tasks, s.edges, s.levels, s.width].map(formatCount)],
  })),
})}
${dataTable({
  caption:
    templates.length > ROWS ? `The first ${ROWS} of ${formatCount(templates.length)} templates` : "Templates",
  head: ["template", "workflows", "tasks"],
  rows: templates
    .slice(0, ROWS)
    .map((t) => ({ cells: [t.name, formatCount(t.workflows), formatCount(t.tasks)] })),
})}
</section>`;
}

function madeSection({ digest }: TraceSummary, { source, origin, provenance }: TraceMetadata): Html {
  const steps = provenance.map((step) => {
    // The files are listed in the trace itself; their common digest is enough to tell it again.
    const { step: name, files: _files, ...rest } = step as Readonly<Record<string, unknown>>;
    const text = JSON.stringify(rest);
    return html`<dt>${String(name ?? "step")}</dt><dd><code class="digest">${shorten(text, 600)}</code></dd>`;
  });
  return html`
<section id="made" aria-labelledby="made-title">
<h2 id="made-title">How it was made</h2>
<dl><dt>source</dt><dd>${source}</dd><dt>time 0</dt><dd>${origin ?? "unknown"}</dd><dt>digest</dt><dd><code class="digest">${digest}</code></dd>${steps}</dl>
</section>`;
}
