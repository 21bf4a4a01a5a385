import { formatNumber, formatPercent } from "../../../kit/format-number.js";
import type { BlockPlan } from "../../synthesis/blocks/block-order.js";
import { generate } from "../../synthesis/generate.js";
import type { SynthesisSpec } from "../../synthesis/spec.js";
import { normalScores } from "../correlation.js";
import { autocorrelations, blockLength, correlation } from "./block-length.js";
import type { RecordPart } from "./record-of.js";
import { meanFlowTime, queueFor, type ReferenceJob } from "./reference-queue.js";

/** A way in which workflows may follow each other, and what it does to flow times. */
export interface SequenceScore {
  readonly name: string;
  /** Null: arrivals by their process, contents drawn independently of it. */
  readonly plan: BlockPlan | null;
  /** Change of the mean flow time against the record, at the worse load, and its standard error. */
  readonly change: number;
  readonly error: number;
}

export interface SequenceFit {
  readonly spec: SynthesisSpec;
  readonly chosen: SequenceScore;
  /** In the order in which they were tried; those after the chosen one were not. */
  readonly tried: readonly SequenceScore[];
  readonly dependence: Dependence;
  readonly notes: readonly string[];
}

/** Of normal scores of gaps and of the work of workflows, in the order of submission. */
export interface Dependence {
  /** Autocorrelation at lag 1. */
  readonly gaps: number;
  readonly works: number;
  /** Correlation of the work of a workflow with the gap before it. */
  readonly gapAndWork: number;
  /** Workflows of a block by the rule of Politis and White, the larger of that for gaps and that for works. */
  readonly blockLength: number;
}

/** Shares of the reference queue's capacity that are kept busy. */
const LOADS = [0.6, 0.8];
/** A way is good where the change of the mean and its standard error together are not more than this. */
const TOLERANCE = 0.06;
/** Traces drawn to tell, at first and at most. */
const FEW_RUNS = 8;
const MOST_RUNS = 32;
/** Workflows below which nothing can be told of dependence. */
const LEAST_WORKFLOWS = 30;
const SEED = 1_000_003;

/**
 * How workflows follow each other: independently, or in blocks of the record. Tried from the most free to the most bound:
 * independence; blocks that may go anywhere, ever longer; the same within ever smaller windows, which keep a drift of the
 * load. The first that keeps the mean flow time of the record in a queue (`reference-queue.ts`) is taken, or else the one
 * that comes nearest. So nothing is bound to the record that need not be.
 */
export function fitSequence(independent: SynthesisSpec, { record, jobs }: RecordPart, rate: number): SequenceFit {
  const n = record.gap.length;
  const dependence = dependenceOf(jobs);
  const notes: string[] = [];
  const inBlocks = (plan: BlockPlan): SynthesisSpec => ({
    ...independent,
    arrivals: { kind: "blocks", ...plan, rate, record },
  });
  if (n < LEAST_WORKFLOWS)
    notes.push(`${n} workflows are too few to tell how they hang together; what is likest by itself is taken`);
  const queues = LOADS.map((load) => queueFor(jobs, load));
  const real = queues.map((queue) => meanFlowTime(jobs, queue));
  const tried: SequenceScore[] = [];
  for (const plan of [null, ...plans(n, dependence.blockLength)]) {
    const spec = plan === null ? independent : inBlocks(plan);
    const score = { name: nameOf(plan), plan, ...changeOf(spec, n, queues, real) };
    tried.push(score);
    if (off(score) <= TOLERANCE) break;
  }
  const chosen = tried.reduce((best, one) => (off(one) < off(best) ? one : best));
  if (off(chosen) > TOLERANCE)
    notes.push(
      `no way of drawing keeps flow times surely within ${formatPercent(TOLERANCE)} %; the nearest is off by ${formatPercent(chosen.change)} % (standard error ${formatPercent(chosen.error)} %)`,
    );
  return {
    spec: chosen.plan === null ? independent : inBlocks(chosen.plan),
    chosen,
    tried,
    dependence,
    notes,
  };
}

const off = ({ change, error }: SequenceScore): number => Math.abs(change) + error;

function nameOf(plan: BlockPlan | null): string {
  if (plan === null) return "independent";
  const where = plan.within === Number.POSITIVE_INFINITY ? "anywhere" : `within ${plan.within}`;
  return `blocks of ${formatNumber(plan.length, 3)}, ${where}`;
}

/** Parts of the record that windows may be, and factors from one block length to the next. */
const WINDOWS = [4, 10, 25, 60];
const LEAST_WINDOW = 10;
const LONGER = 3;

function plans(n: number, best: number): readonly BlockPlan[] {
  const windows = WINDOWS.map((parts) => Math.round(n / parts)).filter((window) => window >= LEAST_WINDOW);
  const start = Math.max(2, Math.round(best));
  return [Number.POSITIVE_INFINITY, ...windows].flatMap((within) => {
    // Two blocks in a window at the least, and five in the record, or there would be little to put in another order.
    const most = Math.min(n / 5, within / 2);
    const lengths = [1];
    for (let length = start; length <= most; length *= LONGER) lengths.push(length);
    return lengths.map((length) => ({ length, within }));
  });
}

/** Runs of a spec in the queues, more of them while it may still be good and is not known to be. */
function changeOf(
  spec: SynthesisSpec,
  workflows: number,
  queues: readonly Parameters<typeof meanFlowTime>[1][],
  real: readonly number[],
) {
  const ratios: number[][] = queues.map(() => []);
  for (let run = 0; run < MOST_RUNS; run++) {
    const jobs: ReferenceJob[] = [...generate(spec, { seed: SEED + run, workflows })];
    queues.forEach((queue, q) => {
      ratios[q]!.push(meanFlowTime(jobs, queue) / real[q]! - 1);
    });
    if (run + 1 < FEW_RUNS || (run + 1) % FEW_RUNS !== 0) continue;
    const found = worst(ratios);
    const hopeless = Math.abs(found.change) - 2 * found.error > TOLERANCE;
    if (hopeless || (Math.abs(found.change) + found.error <= TOLERANCE && run + 1 >= MOST_RUNS / 2)) return found;
  }
  return worst(ratios);
}

function worst(ratios: readonly (readonly number[])[]) {
  return ratios
    .map((column) => {
      const n = column.length;
      const change = column.reduce((sum, value) => sum + value, 0) / n;
      const variance = column.reduce((sum, value) => sum + (value - change) ** 2, 0) / (n - 1);
      return { change, error: Math.sqrt(variance / n) };
    })
    .reduce((a, b) => (Math.abs(b.change) + b.error > Math.abs(a.change) + a.error ? b : a));
}

function dependenceOf(jobs: readonly ReferenceJob[]): Dependence {
  const totals = normalScores(Float64Array.from(jobs, ({ work }) => work.reduce((a, b) => a + b, 0)));
  const gaps = normalScores(
    Float64Array.from(jobs.slice(1), ({ submitted }, k) => submitted - jobs[k]!.submitted),
  );
  return {
    gaps: autocorrelations(gaps, 1)[1]!,
    works: autocorrelations(totals, 1)[1]!,
    gapAndWork: correlation(gaps, totals.subarray(1)),
    blockLength: Math.max(blockLength(gaps), blockLength(totals)),
  };
}
