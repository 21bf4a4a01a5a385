import type { Reading, ReadWorkflow } from "../format.js";
import { onClock } from "../instant.js";
import { workflowOf } from "../workflow-of.js";
import { type Span, typeOf, whereIs } from "./span.js";
import { spanTasks } from "./span-tasks.js";
import { depths, MISSING_PARENT, type SpanTree, spanTree } from "./span-tree.js";

/**
 * The spans of one trace as a workflow: see `spanTasks`. Its template is the operation of the first of its spans that have
 * no parent there. Null where they make none: that is told to the report, and keeps out no other trace.
 */
export function traceWorkflow(spans: readonly Span[], reading: Reading): ReadWorkflow | null {
  const { report } = reading;
  const tree = spanTree(withoutCopies(spans, reading));
  const fault = faultOf(tree);
  if (fault !== null) {
    report.skip(fault.cause, fault.where);
    return null;
  }
  tree.parent.forEach((parent, s) => {
    if (parent === MISSING_PARENT)
      report.warn("ORPHAN_SPAN", "a span's parent is not in the file; it is taken for a root", () =>
        whereIs(tree.spans[s]!),
      );
  });
  const submitted = onClock(reading, tree.start);
  const tasks = spanTasks(tree, submitted, (s) =>
    report.warn(
      "CLOCK_SKEW",
      "a span starts before its parent; it is taken to start from the nearest ancestor that had begun",
      () => whereIs(tree.spans[s]!),
    ),
  );
  let first = -1;
  tree.parent.forEach((parent, s) => {
    if (parent < 0 && (first < 0 || tree.starts[s]! < tree.starts[first]!)) first = s;
  });
  return { ...workflowOf(typeOf(tree.spans[first]!), submitted, tasks), where: whereIs(tree.spans[first]!) };
}

/** Without spans that say the same as one before them: exporters that get no answer send once more. */
function withoutCopies(spans: readonly Span[], { report }: Reading): readonly Span[] {
  const met = new Map<string, Span>();
  return spans.filter((span) => {
    const other = met.get(span.id);
    met.set(span.id, other ?? span);
    if (other === undefined || !isCopy(span, other)) return true;
    report.warn("REPEATED_SPAN", "a span is told twice, and counts once", () => whereIs(span));
    return false;
  });
}

const isCopy = (a: Span, b: Span): boolean =>
  a.start === b.start && a.end === b.end && a.parent === b.parent && typeOf(a) === typeOf(b);

function faultOf(tree: SpanTree): { readonly cause: string; readonly where: string } | null {
  const { spans, repeated } = tree;
  if (repeated.length > 0) {
    return {
      cause: "a trace in which two spans share an id",
      where: whereIs(spans[repeated[0]!]!),
    };
  }
  const backwards = spans.find(({ start, end }) => end < start);
  if (backwards !== undefined) {
    const seconds = Number(backwards.start - backwards.end) / 1e9;
    return {
      cause: "a trace with a span that ends before it starts",
      where: `${whereIs(backwards)} (by ${seconds} s)`,
    };
  }
  const circular = depths(tree).indexOf(0);
  if (circular >= 0) {
    return {
      cause: "a trace in which spans are each other's parents, without a root",
      where: `${whereIs(spans[circular]!)} (${circle(tree, circular)})`,
    };
  }
  return null;
}

/** Ids of a circle that are named. */
const CIRCLE_SHOWN = 20;

/** The circle that a span's ancestors run into. */
function circle({ spans, parent }: SpanTree, from: number): string {
  const met = new Set<number>();
  let s = from;
  for (; !met.has(s); s = parent[s]!) met.add(s);
  const ids: string[] = [];
  for (let at = s; ids.length === 0 || at !== s; at = parent[at]!) ids.push(spans[at]!.id);
  const more = ids.length - CIRCLE_SHOWN;
  return `${ids.slice(0, CIRCLE_SHOWN).join(" → ")}${more > 0 ? ` → … (${more} more)` : ""} → ${ids[0]}`;
}
