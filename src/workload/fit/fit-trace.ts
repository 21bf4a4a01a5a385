import { InputError } from "../../kit/errors.js";
import { formatNumber } from "../../kit/format-number.js";
import type { Law, SynthesisSpec, TemplateSpec, TypeSpec } from "../synthesis/spec.js";
import { type ArrivalFit, fitArrivals } from "./arrivals/fit-arrivals.js";
import { normalScores, ScoreCorrelation } from "./correlation.js";
import { quantileTable } from "./laws/quantile-table.js";
import { layersLike } from "./rare-patterns.js";
import type { Criterion, Score } from "./score.js";
import { fitSequence, type SequenceFit, sequenceRemarks } from "./sequence/fit-sequence.js";
import { recordOf } from "./sequence/record-of.js";
import { taskGroups, uniqueNames } from "./task-groups.js";
import type { Pattern, TraceSample } from "./trace-sample.js";
import { alike, fitLaw } from "./work-laws.js";

export interface FitOptions {
  /** Of the spec. */
  readonly name: string;
  readonly criterion: Criterion;
  /** Laws of work: the sample's own quantiles, which are likest, or the best family, which is shortest. */
  readonly laws: "quantiles" | "families";
  /** DAGs that are kept as they are; rarer ones are pooled to random layers. */
  readonly patterns: number;
  /** How workflows follow each other: as the data say, or independently in any case. */
  readonly sequence: "auto" | "independent";
}

export const FIT_DEFAULTS = {
  criterion: "bic",
  laws: "quantiles",
  patterns: 1000,
  sequence: "auto",
} as const;

export interface TraceFit {
  readonly spec: SynthesisSpec;
  /** Of a process on its own; not what the spec has where the sequence goes in blocks. */
  readonly arrivals: ArrivalFit;
  /** Null where there is no sequence to speak of. */
  readonly sequence: SequenceFit | null;
  readonly types: readonly {
    readonly name: string;
    readonly tasks: number;
    readonly meanWork: number;
    readonly families: readonly Score[];
  }[];
  readonly patterns: { readonly kept: number; readonly pooled: number; readonly pooledWorkflows: number };
  readonly correlation: number;
}

/** Tasks of a template from which on a type may have a law of its own there. */
const LEAST_OWN = 5;
/** Groups of tasks written out in all, so that the file stays one that can be read. */
const MOST_GROUPS = 20_000;

/**
 * A spec that makes workloads like a trace.
 * @throws {InputError} NO_WORKFLOWS; UNKNOWN_WORK where nothing is known of the work of a type
 */
export function fitTrace(sample: TraceSample, options: FitOptions, file = "trace"): TraceFit {
  if (sample.submitted.length === 0) {
    throw new InputError("NO_WORKFLOWS", { what: "the trace holds no workflow", where: file });
  }
  const arrivals = fitArrivals(sample.submitted, options.criterion);
  const works = new WorksByType(sample, file);
  const { kept, pooled } = divided(sample.patterns, options.patterns);
  const names = uniqueNames([
    ...kept.map(({ template }) => template || "workflow"),
    ...(pooled.length > 0 ? ["rare"] : []),
  ]);
  const index = new Map(sample.patterns.map((pattern, p) => [pattern, p]));
  const own = new Map(kept.map((pattern) => [pattern, ownLaws(works, index.get(pattern)!, options)]));
  const types = new Map<string, TypeSpec>();
  const fits = sample.typeNames.map((name, type) => {
    // Where patterns have laws of their own, that of the type is of all others: so the type keeps its mean.
    const { law, families } = fitLaw(works.withoutOwn(type), options.laws, options.criterion);
    types.set(name, { work: law, ...needsOf(sample, type) });
    const sorted = works.all(type);
    const meanWork = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
    return { name, tasks: sample.needs[type]!.tasks, meanWork, families };
  });
  const templates = kept.map((pattern, k) =>
    literalTemplate(names[k]!, pattern, index.get(pattern)!, sample, own.get(pattern)!),
  );
  const correlations = correlationsOf(sample, works, new Set(kept.map((one) => index.get(one)!)));
  const correlation = correlations.all ?? 0;
  const spec: SynthesisSpec = {
    name: options.name,
    arrivals: arrivals.model,
    workflows: sample.submitted.length,
    correlation,
    types,
    templates: [
      ...templates.map((template, k) => {
        const own = correlations.byPattern[index.get(kept[k]!)!] ?? null;
        return own === null || own === correlation ? template : { ...template, correlation: own };
      }),
      ...(pooled.length > 0 ? [rareTemplate(names.at(-1)!, pooled)] : []),
    ],
  };
  const sequence = sequenceOf(spec, sample, kept, options);
  const pooledWorkflows = pooled.reduce((sum, { count }) => sum + count, 0);
  return {
    spec: sequence?.spec ?? spec,
    arrivals,
    sequence,
    types: fits,
    patterns: { kept: kept.length, pooled: pooled.length, pooledWorkflows },
    correlation,
  };
}

/** Nothing where all came at once, or where independence is asked for. */
function sequenceOf(
  spec: SynthesisSpec,
  sample: TraceSample,
  kept: readonly Pattern[],
  { sequence }: FitOptions,
): SequenceFit | null {
  const n = sample.submitted.length;
  const span = sample.submitted[n - 1]! - sample.submitted[0]!;
  if (sequence === "independent" || n < 3 || !(span > 0) || !sample.work.some((seconds) => seconds > 0))
    return null;
  return fitSequence(spec, recordOf(sample, kept), (n - 1) / span);
}

/** The most frequent patterns, as long as the file stays readable, and the others. */
function divided(patterns: readonly Pattern[], most: number) {
  const byCount = patterns.toSorted((a, b) => b.count - a.count);
  const kept: Pattern[] = [];
  let groups = 0;
  for (const pattern of byCount.slice(0, most)) {
    groups += taskGroups(pattern.shape, pattern.type).groups.length;
    if (groups > MOST_GROUPS && kept.length > 0) break;
    kept.push(pattern);
  }
  return { kept, pooled: byCount.slice(kept.length) };
}

/** Known works by type, and by type and pattern, ascending. */
class WorksByType {
  private readonly byType: Float64Array[];
  private readonly byPattern: ReadonlyMap<number, Float64Array>[];
  /** "type,pattern" of those that have a law of their own. */
  readonly ownLaw = new Set<string>();

  constructor(sample: TraceSample, file: string) {
    const { type, work, pattern, firstRow, typeNames } = sample;
    const all: number[][] = typeNames.map(() => []);
    const apart: Map<number, number[]>[] = typeNames.map(() => new Map());
    for (let w = 0; w < pattern.length; w++) {
      for (let row = firstRow[w]!; row < firstRow[w + 1]!; row++) {
        if (Number.isNaN(work[row]!)) continue;
        const t = type[row]!;
        all[t]!.push(work[row]!);
        const known = apart[t]!.get(pattern[w]!);
        if (known === undefined) apart[t]!.set(pattern[w]!, [work[row]!]);
        else known.push(work[row]!);
      }
    }
    const unknown = all.findIndex((values) => values.length === 0);
    if (unknown >= 0) {
      throw new InputError("UNKNOWN_WORK", {
        what: `the work of every task of type "${typeNames[unknown]}" is unknown`,
        where: file,
        mend: "leave out what has no work: switchyard trace transform -s 'filter(known=true)'",
      });
    }
    const sorted = (values: number[]) => Float64Array.from(values).sort();
    this.byType = all.map(sorted);
    this.byPattern = apart.map((map) => new Map(Array.from(map, ([p, values]) => [p, sorted(values)])));
  }

  all(type: number): Float64Array {
    return this.byType[type]!;
  }

  /** What no law of a pattern is fitted to; all where that leaves nothing. */
  withoutOwn(type: number): Float64Array {
    const rest = [...this.byPattern[type]!].filter(([pattern]) => !this.ownLaw.has(`${type},${pattern}`));
    if (rest.length === 0 || rest.length === this.byPattern[type]!.size) return this.all(type);
    return Float64Array.from(rest.flatMap(([, values]) => [...values])).sort();
  }

  of(type: number, pattern: number): Float64Array | undefined {
    return this.byPattern[type]!.get(pattern);
  }

  types(pattern: number): number[] {
    return [...this.byPattern.keys()].filter((type) => this.byPattern[type]!.has(pattern));
  }
}

/** Laws of types whose tasks take something else in this pattern than in all. */
function ownLaws(works: WorksByType, pattern: number, { laws, criterion }: FitOptions): Map<number, Law> {
  const own = new Map<number, Law>();
  for (const type of works.types(pattern)) {
    const [all, here] = [works.all(type), works.of(type, pattern)!];
    if (here.length < LEAST_OWN || here.length === all.length || alike(here, all)) continue;
    own.set(type, fitLaw(here, laws, criterion).law);
    works.ownLaw.add(`${type},${pattern}`);
  }
  return own;
}

function literalTemplate(
  name: string,
  { shape, type, count }: Pattern,
  pattern: number,
  sample: TraceSample,
  own: ReadonlyMap<number, Law>,
): TemplateSpec {
  const { groups, types } = taskGroups(shape, type);
  const flows = Array.from(sample.pattern.keys()).filter((w) => sample.pattern[w] === pattern);
  const deadlines = Float64Array.from(flows, (w) => sample.deadline[w]!).sort();
  const priorities = flows.map((w) => sample.priority[w]!).filter((priority) => !Number.isNaN(priority));
  return {
    name,
    weight: count,
    family: { kind: "tasks", tasks: groups },
    types,
    work: new Map(Array.from(own, ([t, law]) => [sample.typeNames[t]!, law])),
    ...(deadlines.at(-1)! < Number.POSITIVE_INFINITY ? { deadline: quantileTable(deadlines, 16) } : {}),
    ...(priorities.length === 0 ? {} : { priority: Math.round(middle(priorities)) }),
  };
}

function rareTemplate(name: string, pooled: readonly Pattern[]): TemplateSpec {
  const { family, types } = layersLike(pooled);
  const weight = pooled.reduce((sum, { count }) => sum + count, 0);
  return { name, weight, family, types: new Map([["task", types]]), work: new Map() };
}

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Cores, bytes and failures of a type, as far as they are known of half of its tasks or more. */
function needsOf(sample: TraceSample, type: number): Omit<TypeSpec, "work"> {
  const { tasks, cpu, memory, ended, failed } = sample.needs[type]!;
  const known = (values: Float64Array) => values.length * 2 >= tasks && values.length > 0;
  return {
    ...(known(cpu) ? { cpu: steps(cpu) } : {}),
    ...(known(memory) ? { memory: steps(memory) } : {}),
    failure: ended > 0 ? failed / ended : 0,
  };
}

/** Amounts come in steps, and what lies between them is not asked for: values as they are, or some twenty of them. */
function steps(values: Float64Array): Law {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (counts.size === 1) return { kind: "deterministic", value: values[0]! };
  if (counts.size > 20) return quantileTable(values.toSorted(), 16);
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return {
    kind: "empirical",
    values: sorted.map(([v]) => v),
    weights: sorted.map(([, n]) => n / values.length),
  };
}

/**
 * How works within a workflow go together: scores are taken within the law that a task's work is drawn from. A pattern met
 * too rarely for its own law says nothing; it has the correlation of all.
 */
function correlationsOf(sample: TraceSample, works: WorksByType, kept: ReadonlySet<number>) {
  const { type, work, pattern, firstRow, typeNames, patterns } = sample;
  const scores = new Float64Array(work.length);
  const rowsOf = new Map<string, number[]>();
  for (let w = 0; w < pattern.length; w++) {
    for (let row = firstRow[w]!; row < firstRow[w + 1]!; row++) {
      const own = `${type[row]},${pattern[w]}`;
      const key = works.ownLaw.has(own) ? own : `${type[row]}`;
      const known = rowsOf.get(key);
      if (known === undefined) rowsOf.set(key, [row]);
      else known.push(row);
    }
  }
  for (const rows of rowsOf.values()) {
    const found = normalScores(Float64Array.from(rows, (row) => work[row]!));
    rows.forEach((row, k) => {
      scores[row] = found[k]!;
    });
  }
  const all = new ScoreCorrelation();
  const byPattern = patterns.map(() => new ScoreCorrelation());
  for (let w = 0; w < pattern.length; w++) {
    const p = pattern[w]!;
    // Of a pattern met once with a law of its own, scores sum to nothing: they would count against any correlation.
    if (patterns[p]!.count < 3 && typeNames.some((_, t) => works.ownLaw.has(`${t},${p}`))) continue;
    const known = [...scores.subarray(firstRow[w], firstRow[w + 1])].filter((z) => !Number.isNaN(z));
    all.add(known);
    if (kept.has(p)) byPattern[p]!.add(known);
  }
  return { all: all.value(), byPattern: byPattern.map((one) => one.value()) };
}

/** What a reader of the spec should know of how it came about, line by line. */
export function fitRemarks(
  { spec, arrivals, sequence, types, patterns }: TraceFit,
  from: string,
  by: Criterion,
): string[] {
  const criterion = by.toUpperCase();
  const scores = (all: readonly Score[]) =>
    all
      .slice(0, 4)
      .map((one) => `${one.name} ${formatNumber(one[by], 6)}`)
      .join(", ");
  return [
    `Fitted to ${from} by switchyard trace fit. Times are seconds.`,
    ...(sequence === null ? [] : sequenceRemarks(sequence)),
    ...(spec.arrivals.kind === "blocks"
      ? ["Arrivals come with the blocks; what follows is how processes on their own would fit."]
      : []),
    ...(arrivals.candidates.length > 0 ? [`Arrivals, ${criterion}: ${scores(arrivals.candidates)}.`] : []),
    ...arrivals.notes.map((note) => `Arrivals: ${note}.`),
    `DAGs: ${patterns.kept} kept as they are${patterns.pooled > 0 ? `, ${patterns.pooled} rare ones (${patterns.pooledWorkflows} workflows) pooled to random layers` : ""}.`,
    ...types
      .filter(({ families }) => families.length > 0)
      .slice(0, 50)
      .map(
        ({ name, tasks, families }) =>
          `Work of ${JSON.stringify(name)} (${tasks} tasks), ${criterion}: ${scores(families)}.`,
      ),
  ];
}
