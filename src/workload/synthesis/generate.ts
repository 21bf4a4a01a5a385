import { normalCdf, normalQuantile } from "../../kit/normal.js";
import { KeyedStream } from "../../kit/random.js";
import { sampler } from "../../kit/sampler.js";
import type { TraceWorkflow } from "../trace/index.js";
import { RecordedShares } from "./blocks/recorded-shares.js";
import { partsOf } from "./families/family.js";
import type { DrawnShape } from "./families/shape-builder.js";
import { shapeSource } from "./families/shape-source.js";
import { flowSource } from "./flow-source.js";
import { lawQuantile } from "./law.js";
import type { Law, SynthesisSpec, TemplateSpec, TypeShares, TypeSpec } from "./spec.js";

export interface GenerateOptions {
  readonly seed: number;
  /** Ends after so many workflows, or with the last one before so many seconds; by default as the spec says. */
  readonly workflows?: number;
  readonly span?: number;
}

/**
 * The workflows of a spec, one after another in the order of submission; it ends early where nothing more arrives. What
 * workflow w is and what its task t takes are functions of (seed, w, t) alone: a longer run begins with the shorter one, and
 * a change to the arrivals leaves the workflows as they are (not in blocks, where what comes goes with when it comes).
 */
export function generate(spec: SynthesisSpec, options: GenerateOptions): Generator<TraceWorkflow> {
  return new WorkloadMaker(spec).make(options);
}

/** A spec made ready to be drawn from, as often as is wanted. */
export class WorkloadMaker {
  private readonly makers: readonly WorkflowMaker[];
  private readonly recorded: RecordedShares | null;

  constructor(private readonly spec: SynthesisSpec) {
    this.makers = spec.templates.map((template) => new WorkflowMaker(template, spec));
    this.recorded = spec.arrivals.kind === "blocks" ? new RecordedShares(spec, spec.arrivals) : null;
  }

  /** As `generate`. */
  *make({ seed, workflows, span = Number.POSITIVE_INFINITY }: GenerateOptions): Generator<TraceWorkflow> {
    const { spec, makers, recorded } = this;
    const most = workflows ?? (span < Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : spec.workflows);
    const flows = flowSource(spec, seed);
    const streams: Streams = {
      shape: KeyedStream.named(seed, "synth/shape"),
      type: KeyedStream.named(seed, "synth/type"),
      flow: KeyedStream.named(seed, "synth/workflow"),
      work: KeyedStream.named(seed, "synth/work"),
      needs: KeyedStream.named(seed, "synth/needs"),
      failure: KeyedStream.named(seed, "synth/failure"),
    };
    for (let w = 0; w < most && flows.next(w); w++) {
      const { submitted, template, place } = flows;
      if (!(submitted <= span)) return;
      yield makers[template]!.make(w, submitted, streams, recorded, place);
    }
  }
}

type Streams = Readonly<Record<"shape" | "type" | "flow" | "work" | "needs" | "failure", KeyedStream>>;

/** Makes the workflows of one template. */
class WorkflowMaker {
  private readonly shapes: ReturnType<typeof shapeSource>;
  /** By part of the family. */
  private readonly types: readonly ((uniform: KeyedStream) => string)[];
  private readonly laws = new Map<string, TypeLaws>();
  /** Of the workflow's own score in its tasks' scores, and of their own. */
  private readonly shared: number;
  private readonly own: number;
  private readonly deadline: ((p: number) => number) | null;
  private readonly fails: boolean;
  private readonly knows: { readonly cpu: boolean; readonly memory: boolean };

  constructor(
    private readonly template: TemplateSpec,
    spec: SynthesisSpec,
  ) {
    this.shapes = shapeSource(template.family);
    const parts = partsOf(template.family);
    const shares = parts.map((part) => template.types.get(part) ?? { names: [part], weights: [1] });
    this.types = shares.map(typeSource);
    for (const name of shares.flatMap(({ names }) => names))
      this.laws.set(name, typeLaws(spec.types.get(name)!, template.work.get(name)));
    const correlation = template.correlation ?? spec.correlation;
    this.shared = Math.sqrt(correlation);
    this.own = Math.sqrt(1 - correlation);
    this.deadline = template.deadline === undefined ? null : lawQuantile(template.deadline);
    const all = [...spec.types.values()];
    this.fails = all.some(({ failure }) => failure > 0);
    this.knows = {
      cpu: all.some(({ cpu }) => cpu !== undefined),
      memory: all.some(({ memory }) => memory !== undefined),
    };
  }

  make(
    w: number,
    submitted: number,
    streams: Streams,
    recorded: RecordedShares | null,
    place: number,
  ): TraceWorkflow {
    const shape = this.shapes(streams.shape.at(w, 0));
    const { count, firstParent, parent, part } = shape;
    const type = Array.from(part, (p, t) => this.types[p]!(streams.type.at(w, t)));
    const laws = type.map((name) => this.laws.get(name)!);
    const { deadline, template } = this;
    return {
      count,
      firstParent,
      parent,
      submitted,
      template: template.name,
      deadline: deadline === null ? Number.POSITIVE_INFINITY : deadline(streams.flow.at(w, 1).next()),
      type,
      work: recorded === null ? this.works(w, laws, streams) : worksAs(recorded, place, w, laws, streams),
      ...(this.knows.cpu ? { cpu: drawn(laws, "cpu", w, 0, streams.needs) } : {}),
      ...(this.knows.memory ? { memory: drawn(laws, "memory", w, 1, streams.needs) } : {}),
      ...(template.priority === undefined
        ? {}
        : { priority: new Float64Array(count).fill(template.priority) }),
      ...(this.fails ? { outcome: outcomes(shape, laws, w, streams.failure) } : {}),
    };
  }

  private works(w: number, laws: readonly TypeLaws[], { flow, work }: Streams): Float64Array {
    const { shared, own } = this;
    if (shared === 0) return Float64Array.from(laws, (law, t) => law.work(work.at(w, t).next()));
    const score = shared * normalQuantile(flow.at(w, 0).next());
    return Float64Array.from(laws, (law, t) => {
      const z = score + (own === 0 ? 0 : own * normalQuantile(work.at(w, t).next()));
      return law.work(Math.min(Math.max(normalCdf(z), Number.MIN_VALUE), 1 - 2 ** -53));
    });
  }
}

const worksAs = (
  recorded: RecordedShares,
  place: number,
  w: number,
  laws: readonly TypeLaws[],
  { work }: Streams,
): Float64Array => Float64Array.from(laws, (law, t) => law.work(recorded.at(place, t, work.at(w, t).next())));

interface TypeLaws {
  readonly work: (p: number) => number;
  readonly cpu: ((p: number) => number) | null;
  readonly memory: ((p: number) => number) | null;
  readonly failure: number;
}

function typeLaws({ work, cpu, memory, failure }: TypeSpec, own: Law | undefined): TypeLaws {
  return {
    work: lawQuantile(own ?? work),
    cpu: cpu === undefined ? null : lawQuantile(cpu),
    memory: memory === undefined ? null : lawQuantile(memory),
    failure,
  };
}

function typeSource({ names, weights }: TypeShares): (uniform: KeyedStream) => string {
  if (names.length === 1) return () => names[0]!;
  const draw = sampler({ kind: "empirical", values: names.map((_, k) => k), weights });
  return (uniform) => names[draw(uniform)]!;
}

/** Two draws a task from one stream: places 2 t and 2 t + 1. */
function drawn(
  laws: readonly TypeLaws[],
  what: "cpu" | "memory",
  w: number,
  place: number,
  stream: KeyedStream,
): Float64Array {
  return Float64Array.from(laws, (law, t) => law[what]?.(stream.at(w, 2 * t + place).next()) ?? Number.NaN);
}

/** What follows a failed task is never begun. */
function outcomes(
  { count, firstParent, parent }: DrawnShape,
  laws: readonly TypeLaws[],
  w: number,
  stream: KeyedStream,
): string[] {
  const outcome: string[] = [];
  for (let t = 0; t < count; t++) {
    let met = true;
    for (let e = firstParent[t]!; e < firstParent[t + 1]!; e++) met &&= outcome[parent[e]!] === "succeeded";
    const fails = laws[t]!.failure > 0 && stream.at(w, t).next() < laws[t]!.failure;
    outcome.push(!met ? "skipped" : fails ? "failed" : "succeeded");
  }
  return outcome;
}
