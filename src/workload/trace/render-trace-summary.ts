import { aligned } from "../../kit/aligned.js";
import {
  counted,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
} from "../../kit/format-number.js";
import type { Spread } from "./spread.js";
import type { TraceSummary } from "./trace-summary.js";

/** Types shown; the others are counted in one line. */
const TYPES_SHOWN = 20;
const TEMPLATES_SHOWN = 10;
const SHAPES_SHOWN = 8;

/** A trace as its reader wants it: how much, how fast, what shape, what work. Plain text, without a final line break. */
export function renderTraceSummary(summary: TraceSummary): string {
  const { workflows, tasks, edges, roots, leaves, span, arrivalRate, totalWork, unknownWork, deadlines } =
    summary;
  const facts: (readonly [string, string])[] = [
    ["workflows", `${formatCount(workflows)}, ${counted(tasks, "task")}, ${counted(edges, "edge")}`],
    [
      "submitted",
      arrivalRate === null
        ? "all at once"
        : `over ${formatDuration(span)}, one every ${formatDuration(1 / arrivalRate)} on average`,
    ],
    [
      "work",
      `${formatDuration(totalWork)} at speed 1${unknownWork > 0 ? `, unknown for ${counted(unknownWork, "task")}` : ""}${
        span > 0 ? `, ${formatNumber(totalWork / span)} servers busy on average` : ""
      }`,
    ],
    [
      "shape",
      `${counted(roots, "root")}, ${counted(leaves, "leaf", "leaves")}, up to ${counted(summary.levels, "level")} and ${counted(summary.width, "task")} abreast`,
    ],
    ...arrivalFacts(summary),
    ["tasks each", spreadText(summary.tasksPerWorkflow, formatNumber)],
    ["critical path", spreadText(summary.criticalPath, formatDuration)],
    ["parallelism", `${spreadText(summary.parallelism, formatNumber)} (work by critical path)`],
    ...recordedFacts(summary),
    ["deadlines", deadlines === 0 ? "none" : `of ${counted(deadlines, "workflow")}`],
    ["digest", summary.digest.slice(0, 16)],
  ];
  const label = Math.max(...facts.map(([name]) => name.length));
  return [
    ...facts.map(([name, text]) => `${name.padEnd(label)}  ${text}`),
    "",
    ...table(
      ["template", "workflows", "tasks"],
      summary.templates
        .slice(0, TEMPLATES_SHOWN)
        .map((t) => [t.name, formatCount(t.workflows), formatCount(t.tasks)]),
    ),
    ...more(summary.templates.length - TEMPLATES_SHOWN, "templates"),
    "",
    ...table(
      ["shape", "workflows", "tasks", "edges", "levels", "width"],
      summary.shapes
        .slice(0, SHAPES_SHOWN)
        .map((s) => [s.kind, ...[s.workflows, s.tasks, s.edges, s.levels, s.width].map(formatCount)]),
    ),
    ...more(summary.distinctShapes - SHAPES_SHOWN, "shapes"),
    "",
    ...table(
      ["type", "tasks", "total work", "mean", "cv", "p50", "p95", "p99", "max", "failed"],
      summary.types
        .slice(0, TYPES_SHOWN)
        .map((t) => [
          t.name,
          formatCount(t.tasks),
          ...(t.work.count === 0
            ? ["unknown", "-", "-", "-", "-", "-", "-"]
            : [
                formatDuration(t.totalWork),
                formatDuration(t.work.mean),
                t.work.cv.toFixed(2),
                ...[t.work.p50, t.work.p95, t.work.p99, t.work.max].map(formatDuration),
              ]),
          t.failureRate === null ? "-" : `${formatPercent(t.failureRate)} %`,
        ]),
    ),
    ...more(summary.types.length - TYPES_SHOWN, "types"),
  ].join("\n");
}

/** How evenly workflows come, and a picture of it: eight heights of the counts in sixty intervals. */
function arrivalFacts({ arrivals, span }: TraceSummary): (readonly [string, string])[] {
  const { rate, gaps, peakRate, dispersion, counts } = arrivals;
  if (rate === null || peakRate === null) return [];
  const most = Math.max(...counts);
  const picture = counts
    .map((n) => (n === 0 ? " " : BARS[Math.ceil((n / most) * BARS.length) - 1]!))
    .join("");
  return [
    [
      "arrivals",
      `gaps of cv ${gaps.cv.toFixed(2)}, peak ${formatNumber(peakRate / rate, 3)} times the mean rate, dispersion ${formatNumber(dispersion, 3)}`,
    ],
    ["over time", `|${picture}| ${formatDuration(span / counts.length)} each`],
  ];
}

const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** What was observed when the trace was recorded, where anything was. */
function recordedFacts({
  recordedWait,
  outcomes,
  retried,
  tasks,
}: TraceSummary): (readonly [string, string])[] {
  const facts: (readonly [string, string])[] = [];
  if (recordedWait.count > 0)
    facts.push(["waits", `${spreadText(recordedWait, formatDuration)}, as recorded`]);
  if (outcomes.length > 0) {
    const listed = outcomes.map((o) => `${formatCount(o.tasks)} ${o.outcome}`).join(", ");
    const known = outcomes.reduce((sum, o) => sum + o.tasks, 0);
    facts.push(["outcomes", `${listed}${known < tasks ? `, ${formatCount(tasks - known)} unknown` : ""}`]);
  }
  if (retried > 0) facts.push(["retried", counted(retried, "task")]);
  return facts;
}

function spreadText({ count: n, mean, p50, p95, max }: Spread, format: (value: number) => string): string {
  return n === 0 ? "-" : `mean ${format(mean)}, p50 ${format(p50)}, p95 ${format(p95)}, max ${format(max)}`;
}

function more(n: number, what: string): string[] {
  return n > 0 ? [`… and ${formatCount(n)} more ${what}`] : [];
}

/** The first column to the left, the others to the right. */
const table = (header: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  aligned([header, ...rows], (c) => c > 0);
