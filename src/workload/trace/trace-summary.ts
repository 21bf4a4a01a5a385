import { createHash } from "node:crypto";
import { GrowingColumn } from "../../kit/growing-column.js";
import { type ArrivalFigures, arrivalFigures } from "./arrival-figures.js";
import type { TraceColumns } from "./columns.js";
import { type DagKind, dagKind, shapeKey } from "./dag-shape.js";
import { type GraphFigures, graphFigures } from "./graph-figures.js";
import { type Spread, spread } from "./spread.js";
import type { TraceWorkflow } from "./workflow.js";

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
  readonly arrivals: ArrivalFigures;
  /** Seconds at speed 1, of the tasks whose work is known. */
  readonly totalWork: number;
  readonly unknownWork: number;
  readonly deadlines: number;
  /** Tasks of a workflow. */
  readonly tasksPerWorkflow: Spread;
  /** Work of a workflow, seconds. */
  readonly workPerWorkflow: Spread;
  /** Largest sum of work along a path, seconds, of each workflow. */
  readonly criticalPath: Spread;
  /** Work by critical path, of each workflow that has a path: how many servers it can keep busy at the most, on average. */
  readonly parallelism: Spread;
  /** Most levels of a workflow, and most tasks on one level. */
  readonly levels: number;
  readonly width: number;
  /** Recorded seconds from ready to start, of the tasks of which both are known. */
  readonly recordedWait: Spread;
  readonly outcomes: readonly { readonly outcome: string; readonly tasks: number }[];
  /** Tasks that are known to have been tried more than once. */
  readonly retried: number;
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
    /** Of the tasks whose outcome is known, those that failed or timed out; null where none is known. */
    readonly failureRate: number | null;
  }[];
  /** Distinct shapes; tasks are told apart by their numbers, so isomorphic ones may count apart. Most workflows first. */
  readonly shapes: readonly (Pick<GraphFigures, "edges" | "levels" | "width"> & {
    readonly kind: DagKind;
    readonly tasks: number;
    readonly workflows: number;
  })[];
  readonly distinctShapes: number;
  /** At most 2000 workflows, evenly over the trace. */
  readonly sample: readonly {
    readonly template: string;
    readonly tasks: number;
    readonly work: number;
    readonly criticalPath: number;
  }[];
}

const SHAPES_LISTED = 20;
/** More distinct shapes than this are not told apart any more. */
const SHAPES_KEPT = 100_000;
const SAMPLE = 2000;

/** A summary of a trace in memory. Outcomes, attempts and recorded times are not kept there, and are unknown in it. */
export function traceSummary(trace: TraceColumns): TraceSummary {
  const builder = new SummaryBuilder();
  for (const flow of workflowsOf(trace)) builder.add(flow);
  return builder.summary(trace.digest);
}

/** Takes workflows in the order of their submission. Memory: some 16 bytes a task and 40 a workflow, for exact quantiles. */
export class SummaryBuilder {
  private tasks = 0;
  private edges = 0;
  private roots = 0;
  private leaves = 0;
  private levels = 0;
  private width = 0;
  private deadlines = 0;
  private retried = 0;
  private totalWork = 0;
  private readonly submitted = new GrowingColumn(Float64Array);
  private readonly sizes = new GrowingColumn(Float64Array);
  private readonly works = new GrowingColumn(Float64Array);
  private readonly paths = new GrowingColumn(Float64Array);
  private readonly parallelism = new GrowingColumn(Float64Array);
  private readonly waits = new GrowingColumn(Float64Array);
  private readonly outcomes = new Map<string, number>();
  private readonly templates = new Map<string, { workflows: number; tasks: number }>();
  private readonly types = new Map<string, TypeFigures>();
  private readonly shapes = new Map<
    string,
    { kind: DagKind; tasks: number; workflows: number } & GraphFigures
  >();
  private sample: TraceSummary["sample"][number][] = [];
  private sampleEvery = 1;

  add(flow: TraceWorkflow): void {
    const figures = graphFigures(flow, flow.work);
    this.tasks += flow.count;
    this.edges += figures.edges;
    this.roots += figures.roots;
    this.leaves += figures.leaves;
    this.levels = Math.max(this.levels, figures.levels);
    this.width = Math.max(this.width, figures.width);
    if (flow.deadline < Number.POSITIVE_INFINITY) this.deadlines++;
    const work = this.addTasks(flow);
    this.sampled(flow, work, figures.criticalPath);
    this.submitted.push(flow.submitted);
    this.sizes.push(flow.count);
    this.works.push(work);
    this.paths.push(figures.criticalPath);
    if (figures.criticalPath > 0) this.parallelism.push(work / figures.criticalPath);
    const template = entry(this.templates, flow.template, () => ({ workflows: 0, tasks: 0 }));
    template.workflows++;
    template.tasks += flow.count;
    this.addShape(flow, figures);
  }

  summary(digest: string): TraceSummary {
    const submitted = this.submitted.view() as Float64Array;
    const arrivals = arrivalFigures(submitted);
    const workflows = submitted.length;
    const listed = [...this.shapes.values()].sort((a, b) => b.workflows - a.workflows);
    return {
      digest,
      workflows,
      tasks: this.tasks,
      edges: this.edges,
      roots: this.roots,
      leaves: this.leaves,
      span: workflows > 0 ? submitted[workflows - 1]! - submitted[0]! : 0,
      arrivalRate: arrivals.rate,
      arrivals,
      totalWork: this.totalWork,
      unknownWork: [...this.types.values()].reduce((sum, { tasks, work }) => sum + tasks - work.length, 0),
      deadlines: this.deadlines,
      tasksPerWorkflow: spread(this.sizes),
      workPerWorkflow: spread(this.works),
      criticalPath: spread(this.paths),
      parallelism: spread(this.parallelism),
      levels: this.levels,
      width: this.width,
      recordedWait: spread(this.waits),
      outcomes: Array.from(this.outcomes, ([outcome, tasks]) => ({ outcome, tasks })).sort(
        (a, b) => b.tasks - a.tasks,
      ),
      retried: this.retried,
      templates: Array.from(this.templates, ([name, rest]) => ({ name, ...rest })).sort(
        (a, b) => b.tasks - a.tasks,
      ),
      types: Array.from(this.types, ([name, { tasks, total, work, judged, failed }]) => ({
        name,
        tasks,
        totalWork: total,
        work: spread(work),
        failureRate: judged > 0 ? failed / judged : null,
      })).sort((a, b) => b.totalWork - a.totalWork),
      shapes: listed.slice(0, SHAPES_LISTED).map(({ kind, tasks, workflows, edges, levels, width }) => ({
        kind,
        tasks,
        workflows,
        edges,
        levels,
        width,
      })),
      distinctShapes: this.shapes.size,
      sample: this.sample,
    };
  }

  /** @returns the work of the workflow */
  private addTasks(flow: TraceWorkflow): number {
    let sum = 0;
    for (let t = 0; t < flow.count; t++) {
      const type = entry(this.types, flow.type[t]!, () => new TypeFigures());
      const work = flow.work[t]!;
      type.tasks++;
      if (!Number.isNaN(work)) {
        type.total += work;
        type.work.push(work);
        sum += work;
      }
      const outcome = flow.outcome?.[t] ?? null;
      if (outcome !== null) {
        this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
        if (outcome !== "skipped" && outcome !== "cancelled") type.judged++;
        if (outcome === "failed" || outcome === "timed out") type.failed++;
      }
      if (flow.attempts !== undefined && flow.attempts[t]! > 1) this.retried++;
      const wait = (flow.recordedStart?.[t] ?? Number.NaN) - (flow.recordedReady?.[t] ?? Number.NaN);
      if (!Number.isNaN(wait)) this.waits.push(wait);
    }
    this.totalWork += sum;
    return sum;
  }

  private addShape(flow: TraceWorkflow, figures: GraphFigures): void {
    let key = shapeKey(flow);
    // A long key is kept as its digest, or a trace of large workflows would stand in memory twice.
    if (key.length > 64) key = createHash("sha256").update(key).digest("base64");
    const known = this.shapes.get(key);
    if (known !== undefined) known.workflows++;
    else if (this.shapes.size < SHAPES_KEPT)
      this.shapes.set(key, { ...figures, kind: dagKind(flow, figures), tasks: flow.count, workflows: 1 });
  }

  /** Every so many workflows; when there are too many, every other one goes. */
  private sampled({ template, count }: TraceWorkflow, work: number, criticalPath: number): void {
    if (this.submitted.length % this.sampleEvery !== 0) return;
    this.sample.push({ template, tasks: count, work, criticalPath });
    if (this.sample.length < 2 * SAMPLE) return;
    this.sample = this.sample.filter((_, i) => i % 2 === 0);
    this.sampleEvery *= 2;
  }
}

class TypeFigures {
  tasks = 0;
  total = 0;
  readonly work = new GrowingColumn(Float64Array);
  /** Tasks whose outcome tells whether they failed, and those that did. */
  judged = 0;
  failed = 0;
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  let found = map.get(key);
  if (found === undefined) map.set(key, (found = make()));
  return found;
}

function* workflowsOf(trace: TraceColumns): Generator<TraceWorkflow> {
  for (let w = 0; w < trace.workflows; w++) {
    const from = trace.firstRow[w]!;
    const to = trace.firstRow[w + 1]!;
    const base = trace.parentFirst[from]!;
    yield {
      count: to - from,
      firstParent: trace.parentFirst.subarray(from, to + 1).map((at) => at - base),
      parent: trace.parents.subarray(base, trace.parentFirst[to]),
      submitted: trace.submitted[w]!,
      deadline: trace.deadline[w]!,
      template: trace.templateNames[trace.template[w]!]!,
      type: Array.from(trace.type.subarray(from, to), (type) => trace.typeNames[type]!),
      work: trace.work.subarray(from, to),
    };
  }
}
