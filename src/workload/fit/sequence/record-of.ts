import type { WorkflowRecord } from "../../synthesis/blocks/record.js";
import { literal } from "../../synthesis/families/literal.js";
import { taskGroups } from "../task-groups.js";
import type { Pattern, TraceSample } from "../trace-sample.js";
import type { ReferenceJob } from "./reference-queue.js";

/** Workflows and works that a spec's record may hold, so that its file stays one that can be read. */
const MOST_WORKFLOWS = 20_000;
const MOST_WORKS = 200_000;
/** Of a longer trace, so many stretches are kept, evenly over it. */
const STRETCHES = 10;

export interface RecordPart {
  readonly record: WorkflowRecord;
  /** What was recorded, as far as the record holds it, to be played: unknown works as the mean of their type. */
  readonly jobs: readonly ReferenceJob[];
}

/**
 * The sequence of a trace's workflows, their works in the order in which their template makes the tasks; gaps are scaled to
 * the rate of the whole trace.
 * @param kept patterns in the order of the spec's templates; the others are of the one after the last
 */
export function recordOf(sample: TraceSample, kept: readonly Pattern[]): RecordPart {
  const { submitted, firstRow, pattern, patterns, work } = sample;
  const n = submitted.length;
  const templateOf = new Map(kept.map((one, k) => [one, k]));
  const orders = patterns.map((one) => (templateOf.has(one) ? new TemplateOrder(one) : null));
  const means = meanWorks(sample);
  const gap: number[] = [];
  const template: number[] = [];
  const first = [0];
  const works: number[] = [];
  const jobs: ReferenceJob[] = [];
  const meanGap = (submitted[n - 1]! - submitted[0]!) / (n - 1);
  let at = 0;
  for (const w of keptWorkflows(n, work.length)) {
    const of = patterns[pattern[w]!]!;
    const order = orders[pattern[w]!]!;
    const from = firstRow[w]!;
    const types = Array.from(sample.type.subarray(from, firstRow[w + 1]), (type) => sample.typeNames[type]!);
    const places = order === null ? types.keys() : order.of(types);
    const own = Float64Array.from(places, (t) => work[from + t]!);
    gap.push(w === 0 ? meanGap : submitted[w]! - submitted[w - 1]!);
    template.push(templateOf.get(of) ?? kept.length);
    for (const seconds of own) works.push(seconds);
    first.push(works.length);
    at += gap.at(-1)!;
    const shape = order?.shape ?? of.shape;
    const names = order?.types ?? of.type;
    jobs.push({
      ...shape,
      submitted: at,
      work: own.map((seconds, t) => (Number.isNaN(seconds) ? means.get(names[t]!)! : seconds)),
    });
  }
  const record = {
    gap: Float64Array.from(gap),
    template: Int32Array.from(template),
    first: Int32Array.from(first),
    work: Float64Array.from(works),
  };
  return { record, jobs };
}

/** All, or stretches of one length evenly over the trace. */
function keptWorkflows(n: number, works: number): readonly number[] {
  const most = Math.min(n, MOST_WORKFLOWS, Math.floor((MOST_WORKS * n) / works));
  if (most === n) return Array.from({ length: n }, (_, w) => w);
  const length = Math.max(1, Math.floor(most / STRETCHES));
  return Array.from({ length: STRETCHES }, (_, s) => Math.floor((s * n) / STRETCHES)).flatMap((from) =>
    Array.from({ length }, (_, k) => from + k),
  );
}

/** In which order a template makes the tasks of its pattern. */
class TemplateOrder {
  readonly shape;
  readonly types: readonly string[];
  private readonly asMet: readonly string[];
  private readonly order: readonly number[];

  constructor({ shape, type }: Pattern) {
    const { groups, members } = taskGroups(shape, type);
    this.shape = literal(groups).shape();
    this.order = members.flat();
    this.asMet = type;
    this.types = this.order.map((t) => type[t]!);
  }

  /** Tasks of a workflow by their place in the template; where they are numbered otherwise than first met, type by type. */
  of(types: readonly string[]): readonly number[] {
    if (types.every((type, t) => type === this.asMet[t])) return this.order;
    const byType = new Map<string, number[]>();
    types.forEach((type, t) => {
      const known = byType.get(type);
      if (known === undefined) byType.set(type, [t]);
      else known.push(t);
    });
    for (const list of byType.values()) list.reverse();
    return this.types.map((type) => byType.get(type)!.pop()!);
  }
}

function meanWorks({ type, work, typeNames }: TraceSample): ReadonlyMap<string, number> {
  const [sums, counts] = [new Float64Array(typeNames.length), new Float64Array(typeNames.length)];
  work.forEach((seconds, row) => {
    if (Number.isNaN(seconds)) return;
    sums[type[row]!]! += seconds;
    counts[type[row]!]!++;
  });
  return new Map(typeNames.map((name, t) => [name, counts[t]! > 0 ? sums[t]! / counts[t]! : 0]));
}
