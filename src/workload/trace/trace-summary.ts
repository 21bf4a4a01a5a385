import type { TraceColumns } from "./columns.js";
import { graphFigures } from "./graph-figures.js";

/** Count, mean and quantiles of a sample; the quantiles interpolate linearly (Hyndman and Fan 1996, type 7). */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

export interface TraceSummary {
  readonly digest: string;
  readonly workflows: number;
  readonly tasks: number;
  readonly edges: number;
  readonly roots: number;
  readonly leaves: number;
  /** Seconds from the first submission to the last. */
  readonly span: number;
  /** Workflows a second: (n - 1) / span; null where there is no span. */
  readonly arrivalRate: number | null;
  /** Seconds at speed 1, of the tasks whose work is known. */
  readonly totalWork: number;
  readonly unknownWork: number;
  readonly deadlines: number;
  /** Tasks of a workflow. */
  readonly tasksPerWorkflow: Spread;
  /** Largest sum of work along a path, seconds, of each workflow. */
  readonly criticalPath: Spread;
  /** Most levels of a workflow, and most tasks on one level. */
  readonly levels: number;
  readonly width: number;
  readonly templates: readonly {
    readonly name: string;
    readonly workflows: number;
    readonly tasks: number;
  }[];
  /** Work in seconds of the tasks of each type whose work is known; most total work first. */
  readonly types: readonly {
    readonly name: string;
    readonly tasks: number;
    readonly totalWork: number;
    readonly work: Spread;
  }[];
}

export function traceSummary(trace: TraceColumns): TraceSummary {
  const { workflows, rows, firstRow, submitted, work } = trace;
  let roots = 0;
  let leaves = 0;
  let levels = 0;
  let width = 0;
  const criticalPaths = new Float64Array(workflows);
  const counts = new Float64Array(workflows);
  for (let w = 0; w < workflows; w++) {
    const from = firstRow[w]!;
    const to = firstRow[w + 1]!;
    const base = trace.parentFirst[from]!;
    const shape = {
      count: to - from,
      firstParent: trace.parentFirst.subarray(from, to + 1).map((at) => at - base),
      parent: trace.parents.subarray(base, trace.parentFirst[to]),
    };
    const figures = graphFigures(shape, work.subarray(from, to));
    roots += figures.roots;
    leaves += figures.leaves;
    levels = Math.max(levels, figures.levels);
    width = Math.max(width, figures.width);
    criticalPaths[w] = figures.criticalPath;
    counts[w] = to - from;
  }
  const known = work.filter((seconds) => !Number.isNaN(seconds));
  const span = workflows > 0 ? submitted[workflows - 1]! - submitted[0]! : 0;
  return {
    digest: trace.digest,
    workflows,
    tasks: rows,
    edges: trace.parents.length,
    roots,
    leaves,
    span,
    arrivalRate: span > 0 ? (workflows - 1) / span : null,
    totalWork: sum(known),
    unknownWork: rows - known.length,
    deadlines: trace.deadline.filter((seconds) => seconds < Number.POSITIVE_INFINITY).length,
    tasksPerWorkflow: spread(counts),
    criticalPath: spread(criticalPaths),
    levels,
    width,
    templates: templatesOf(trace),
    types: typesOf(trace),
  };
}

function templatesOf({
  workflows,
  template,
  templateNames,
  firstRow,
}: TraceColumns): TraceSummary["templates"] {
  const found = templateNames.map((name) => ({ name, workflows: 0, tasks: 0 }));
  for (let w = 0; w < workflows; w++) {
    const entry = found[template[w]!]!;
    entry.workflows++;
    entry.tasks += firstRow[w + 1]! - firstRow[w]!;
  }
  return found.sort((a, b) => b.tasks - a.tasks);
}

function typesOf({ rows, type, typeNames, work }: TraceColumns): TraceSummary["types"] {
  const tasks = new Int32Array(typeNames.length);
  const known = new Int32Array(typeNames.length + 1);
  for (let row = 0; row < rows; row++) {
    tasks[type[row]!]!++;
    if (!Number.isNaN(work[row]!)) known[type[row]! + 1]!++;
  }
  for (let k = 0; k < typeNames.length; k++) known[k + 1]! += known[k]!;
  const byType = new Float64Array(known[typeNames.length]!);
  const filled = known.slice(0, typeNames.length);
  for (let row = 0; row < rows; row++) {
    if (!Number.isNaN(work[row]!)) byType[filled[type[row]!]!++] = work[row]!;
  }
  return typeNames
    .map((name, k) => {
      const values = byType.subarray(known[k]!, known[k + 1]!);
      return { name, tasks: tasks[k]!, totalWork: sum(values), work: spread(values) };
    })
    .sort((a, b) => b.totalWork - a.totalWork);
}

/** Of no values, all but the count are 0. */
function spread(values: Float64Array): Spread {
  const sorted = values.slice().sort();
  const count = sorted.length;
  const quantile = (q: number) => {
    const rank = q * (count - 1);
    const below = sorted[Math.floor(rank)] ?? 0;
    return below + (rank % 1) * ((sorted[Math.ceil(rank)] ?? 0) - below);
  };
  return {
    count,
    mean: count > 0 ? sum(sorted) / count : 0,
    p50: quantile(0.5),
    p95: quantile(0.95),
    max: sorted[count - 1] ?? 0,
  };
}

const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
