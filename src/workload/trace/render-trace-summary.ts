import { formatDuration, formatNumber } from "../../kit/format-number.js";
import type { Spread, TraceSummary } from "./trace-summary.js";

/** Types shown; the others are counted in one line. */
const TYPES_SHOWN = 20;
const TEMPLATES_SHOWN = 10;

/** A trace as its reader wants it: how much, how fast, what shape, what work. Plain text, without a final line break. */
export function renderTraceSummary(summary: TraceSummary): string {
  const { workflows, tasks, edges, roots, leaves, span, arrivalRate, totalWork, unknownWork, deadlines } =
    summary;
  const facts: (readonly [string, string])[] = [
    ["workflows", `${count(workflows)}, ${plural(tasks, "task")}, ${plural(edges, "edge")}`],
    [
      "submitted",
      arrivalRate === null
        ? "all at once"
        : `over ${formatDuration(span)}, one every ${formatDuration(1 / arrivalRate)} on average`,
    ],
    [
      "work",
      `${formatDuration(totalWork)} at speed 1${unknownWork > 0 ? `, unknown for ${plural(unknownWork, "task")}` : ""}${
        span > 0 ? `, ${formatNumber(totalWork / span)} servers busy on average` : ""
      }`,
    ],
    [
      "shape",
      `${plural(roots, "root")}, ${count(leaves)} ${leaves === 1 ? "leaf" : "leaves"}, up to ${plural(summary.levels, "level")} and ${plural(summary.width, "task")} abreast`,
    ],
    ["tasks each", spreadText(summary.tasksPerWorkflow, formatNumber)],
    ["critical path", spreadText(summary.criticalPath, formatDuration)],
    ["deadlines", deadlines === 0 ? "none" : `of ${plural(deadlines, "workflow")}`],
    ["digest", summary.digest.slice(0, 16)],
  ];
  const label = Math.max(...facts.map(([name]) => name.length));
  return [
    ...facts.map(([name, text]) => `${name.padEnd(label)}  ${text}`),
    "",
    ...aligned(
      ["template", "workflows", "tasks"],
      summary.templates.slice(0, TEMPLATES_SHOWN).map((t) => [t.name, count(t.workflows), count(t.tasks)]),
    ),
    ...more(summary.templates.length - TEMPLATES_SHOWN, "templates"),
    "",
    ...aligned(
      ["type", "tasks", "total work", "mean", "p50", "p95", "max"],
      summary.types
        .slice(0, TYPES_SHOWN)
        .map((t) => [
          t.name,
          count(t.tasks),
          ...(t.work.count === 0
            ? ["unknown", "-", "-", "-", "-"]
            : [t.totalWork, t.work.mean, t.work.p50, t.work.p95, t.work.max].map(formatDuration)),
        ]),
    ),
    ...more(summary.types.length - TYPES_SHOWN, "types"),
  ].join("\n");
}

function spreadText({ count: n, mean, p50, p95, max }: Spread, format: (value: number) => string): string {
  return n === 0 ? "-" : `mean ${format(mean)}, p50 ${format(p50)}, p95 ${format(p95)}, max ${format(max)}`;
}

function count(n: number): string {
  return n.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

function plural(n: number, what: string): string {
  return `${count(n)} ${what}${n === 1 ? "" : "s"}`;
}

function more(n: number, what: string): string[] {
  return n > 0 ? [`… and ${count(n)} more ${what}`] : [];
}

/** The first column to the left, the others to the right. */
function aligned(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [header, ...rows];
  const widths = header.map((_, c) => Math.max(...lines.map((line) => line[c]!.length)));
  return lines.map((line) =>
    line.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join("  "),
  );
}
