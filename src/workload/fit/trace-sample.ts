import { GrowingColumn } from "../../kit/growing-column.js";
import { sha256 } from "../../kit/sha256.js";
import type { GraphShape } from "../../model/task-graph.js";
import { shapeKey } from "../trace/dag-shape.js";
import { type RecordedWorkflow, readTrace } from "../trace/index.js";
import { canonicalShape } from "./canonical-shape.js";

/** A DAG with its types, as first met, and how often it came. */
export interface Pattern {
  readonly key: string;
  readonly template: string;
  readonly shape: GraphShape;
  readonly type: readonly string[];
  count: number;
}

/** All of a trace that a fit looks at, in columns: some twenty bytes a task. */
export interface TraceSample {
  /** [workflows]: submission, seconds; deadline after it, Infinity where there is none; priority, NaN where unknown. */
  readonly submitted: Float64Array;
  readonly deadline: Float64Array;
  readonly priority: Float64Array;
  /** [workflows], index into `patterns`; [workflows + 1], where the rows of each begin. */
  readonly pattern: Int32Array;
  readonly firstRow: Int32Array;
  /** [rows], index into `typeNames`; seconds at speed 1, NaN where unknown. */
  readonly type: Int32Array;
  readonly work: Float64Array;
  readonly typeNames: readonly string[];
  readonly patterns: readonly Pattern[];
  /** By type. */
  readonly needs: readonly TypeNeeds[];
}

export interface TypeNeeds {
  readonly tasks: number;
  /** What is known of it. */
  readonly cpu: Float64Array;
  readonly memory: Float64Array;
  /** Tasks that succeeded or failed, and those that failed. */
  readonly ended: number;
  readonly failed: number;
}

/** Keys of shapes that are remembered with their pattern, so that a DAG that comes again is not labelled again. */
const MOST_REMEMBERED = 20_000;

/**
 * Reads a trace workflow by workflow. Patterns are told apart by their shape, their types and the template; where nearly
 * every workflow has a template of its own, the template says nothing and is left out.
 * @throws {InputError} as `readTrace`
 */
export async function sampleTrace(path: string): Promise<TraceSample> {
  const gatherer = new Gatherer();
  for await (const workflow of readTrace(path)) gatherer.add(workflow);
  return gatherer.sample();
}

export class Gatherer {
  private readonly submitted = new GrowingColumn(Float64Array);
  private readonly deadline = new GrowingColumn(Float64Array);
  private readonly priority = new GrowingColumn(Float64Array);
  private readonly pattern = new GrowingColumn(Int32Array);
  private readonly firstRow = new GrowingColumn(Int32Array);
  private readonly type = new GrowingColumn(Int32Array);
  private readonly work = new GrowingColumn(Float64Array);
  private readonly typeNumbers = new Map<string, number>();
  private readonly needs: {
    tasks: number;
    ended: number;
    failed: number;
    readonly cpu: GrowingColumn<Float64Array>;
    readonly memory: GrowingColumn<Float64Array>;
  }[] = [];
  private readonly patterns: Pattern[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly remembered = new Map<string, string>();
  private readonly templates = new Set<string>();

  add(flow: RecordedWorkflow): void {
    this.submitted.push(flow.submitted);
    this.deadline.push(flow.deadline);
    this.priority.push(flow.priority?.[0] ?? Number.NaN);
    this.firstRow.push(this.work.length);
    this.templates.add(flow.template);
    for (let t = 0; t < flow.count; t++) this.addTask(flow, t);
    this.pattern.push(this.patternOf(flow));
  }

  sample(): TraceSample {
    this.firstRow.push(this.work.length);
    const plain = this.templates.size * 5 > this.submitted.length && this.templates.size > 1;
    const { patterns, pattern } = plain
      ? this.withoutTemplates()
      : { patterns: this.patterns, pattern: this.pattern };
    return {
      submitted: this.submitted.view(),
      deadline: this.deadline.view(),
      priority: this.priority.view(),
      pattern: pattern.view(),
      firstRow: this.firstRow.view(),
      type: this.type.view(),
      work: this.work.view(),
      typeNames: [...this.typeNumbers.keys()],
      patterns,
      needs: this.needs.map(({ tasks, ended, failed, cpu, memory }) => ({
        tasks,
        ended,
        failed,
        cpu: cpu.view(),
        memory: memory.view(),
      })),
    };
  }

  private addTask({ type, work, cpu, memory, outcome }: RecordedWorkflow, t: number): void {
    const name = type[t]!;
    let number = this.typeNumbers.get(name);
    if (number === undefined) {
      number = this.typeNumbers.size;
      this.typeNumbers.set(name, number);
      const column = () => new GrowingColumn<Float64Array>(Float64Array);
      this.needs.push({ tasks: 0, ended: 0, failed: 0, cpu: column(), memory: column() });
    }
    const needs = this.needs[number]!;
    needs.tasks++;
    const [cores, bytes] = [cpu?.[t] ?? Number.NaN, memory?.[t] ?? Number.NaN];
    if (!Number.isNaN(cores)) needs.cpu.push(cores);
    if (!Number.isNaN(bytes)) needs.memory.push(bytes);
    const ended = outcome?.[t];
    if (ended === "failed" || ended === "timed out") needs.failed++;
    if (ended === "failed" || ended === "timed out" || ended === "succeeded") needs.ended++;
    this.type.push(number);
    this.work.push(work[t]!);
  }

  private patternOf(flow: RecordedWorkflow): number {
    const raw = sha256(`${shapeKey(flow)}|${JSON.stringify(flow.type)}`);
    let shape = this.remembered.get(raw);
    if (shape === undefined) {
      shape = sha256(canonicalShape(flow, flow.type));
      if (this.remembered.size < MOST_REMEMBERED) this.remembered.set(raw, shape);
    }
    const key = `${shape}|${flow.template}`;
    const known = this.numbers.get(key);
    if (known !== undefined) {
      this.patterns[known]!.count++;
      return known;
    }
    this.numbers.set(key, this.patterns.length);
    const { count, firstParent, parent, type, template } = flow;
    return (
      this.patterns.push({ key: shape, template, type, count: 1, shape: { count, firstParent, parent } }) - 1
    );
  }

  private withoutTemplates() {
    const merged = new Map<string, number>();
    const patterns: Pattern[] = [];
    const renumbered = this.patterns.map((one) => {
      const known = merged.get(one.key);
      if (known !== undefined) {
        patterns[known]!.count += one.count;
        return known;
      }
      merged.set(one.key, patterns.length);
      return patterns.push({ ...one }) - 1;
    });
    const pattern = new GrowingColumn(Int32Array);
    for (const p of this.pattern.view()) pattern.push(renumbered[p]!);
    return { patterns, pattern };
  }
}
