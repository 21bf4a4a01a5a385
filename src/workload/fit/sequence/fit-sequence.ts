import { formatNumber, formatPercent } from "../../../kit/format-number.js";
import type { BlockPlan } from "../../synthesis/blocks/block-order.js";
import { WorkloadMaker } from "../../synthesis/generate.js";
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
const TOLERANCE = 0.05;
/** What may be left between the nearest way and the record before its own order is kept, works alone being drawn. */
const MOST_OFF = 0.1;
const AS_RECORDED: BlockPlan = { length: 1, within: 1 };
/**
 * Traces drawn before a way is given up: so many workflows in all, but no fewer and no more than this. Twice as many are
 * drawn before one is taken, and eight times as many at most.
 */
const RUN_WORKFLOWS = 2000;
const LEAST_RUNS = 8;
const MOST_FIRST_RUNS = 100;
/** Workflows below which nothing can be told of dependence. */
const LEAST_WORKFLOWS = 30;
const SEED = 1_000_003;

/**
 * How workflows follow each other: independently, or in blocks of the record. Tried from the most free to the most bound:
 * independence; blocks that may go anywhere, ever longer; the same within ever smaller windows, which keep a drift of the
 * load. The first that keeps the mean flow time of the record in a queue (`reference-queue.ts`) is taken, or else the one
 * that comes nearest; where even that is far off, as it is of a few workflows whose largest happens to come last, the record's
 * own order is kept and only works are drawn. So nothing is bound to the record that need not be. Of a record too short to tell, all are tried and
 * the nearest is taken: that independence does no harm there is no sign that it is so.
 */
export function fitSequence(
  independent: SynthesisSpec,
  { record, jobs }: RecordPart,
  rate: number,
): SequenceFit {
  const n = record.gap.length;
  const dependence = dependenceOf(jobs);
  const notes: string[] = [];
  const inBlocks = (plan: BlockPlan): SynthesisSpec => ({
    ...independent,
    arrivals: { kind: "blocks", ...plan, rate, record },
  });
  if (n < LEAST_WORKFLOWS)
    notes.push(
      `${n} workflows are too few to tell how they hang together; what is likest by itself is taken`,
    );
  const queues = LOADS.map((load) => queueFor(jobs, load));
  const real = queues.map((queue) => meanFlowTime(jobs, queue));
  const tried: SequenceScore[] = [];
  const attempt = (plan: BlockPlan | null): SequenceScore => {
    const spec = plan === null ? independent : inBlocks(plan);
    const score = { name: nameOf(plan), plan, ...changeOf(spec, n, queues, real) };
    tried.push(score);
    return score;
  };
  const nearest = () => tried.reduce((best, one) => (off(one) < off(best) ? one : best));
  for (const plan of [null, ...plans(n, dependence.blockLength)])
    if (off(attempt(plan)) <= TOLERANCE && n >= LEAST_WORKFLOWS) break;
  if (Math.abs(nearest().change) > MOST_OFF) attempt(AS_RECORDED);
  const chosen = nearest();
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

const off = ({ change, error }: Pick<SequenceScore, "change" | "error">): number => Math.abs(change) + error;

/** What was chosen and why, line by line. */
export function sequenceRemarks({ chosen, tried, dependence, notes }: SequenceFit): string[] {
  const told = ({ change, error }: SequenceScore) =>
    `${change < 0 ? "" : "+"}${formatPercent(change)} % (standard error ${formatPercent(error)} %)`;
  const others = tried.filter((one) => one !== chosen && one.plan === null);
  const { gaps, works, gapAndWork, blockLength: length } = dependence;
  return [
    `Sequence: ${chosen.name}. Mean flow time in a reference queue against the record: ${told(chosen)}${others.map((one) => `; ${one.name}: ${told(one)}`).join("")}; ways tried: ${tried.length}.`,
    `Dependence of normal scores: autocorrelation of gaps ${gaps.toFixed(2)}, of work ${works.toFixed(2)}; gap and work ${gapAndWork.toFixed(2)}; block length after Politis and White ${formatNumber(length, 3)}.`,
    ...notes.map((note) => `Sequence: ${note}.`),
  ];
}

function nameOf(plan: BlockPlan | null): string {
  if (plan === null) return "independent";
  if (plan.within === 1) return "as recorded, works drawn";
  const where = plan.within === Number.POSITIVE_INFINITY ? "anywhere" : `within ${plan.within}`;
  return `blocks of ${plan.length}, ${where}`;
}

/** Parts of the record that windows may be, and the factor from one block length to the next. */
const WINDOWS = [4, 10, 25, 60];
const LEAST_WINDOW = 2;
const LONGER = 3;
/** Blocks that change places within a window; the first is larger than any window. */
const BLOCKS_IN_WINDOW = [Number.POSITIVE_INFINITY, 8, 2.5];

function plans(n: number, best: number): readonly BlockPlan[] {
  // Five blocks in the record, or there would be little to put in another order.
  const anywhere = [1];
  for (let length = Math.max(2, Math.round(best)); length <= n / 5; length *= LONGER) anywhere.push(length);
  const windows = new Set(WINDOWS.map((parts) => Math.max(LEAST_WINDOW, Math.round(n / parts))));
  return [
    ...anywhere.map((length) => ({ length, within: Number.POSITIVE_INFINITY })),
    ...[...windows].flatMap((within) => {
      const lengths = BLOCKS_IN_WINDOW.map((blocks) => Math.max(1, Math.round(within / blocks)));
      return [...new Set(lengths)].map((length) => ({ length, within }));
    }),
  ];
}

/** Runs of a spec in the queues, more of them while it may still be good and is not known to be. */
function changeOf(
  spec: SynthesisSpec,
  workflows: number,
  queues: readonly Parameters<typeof meanFlowTime>[1][],
  real: readonly number[],
) {
  const ratios: number[][] = queues.map(() => []);
  const maker = new WorkloadMaker(spec);
  const few = Math.min(MOST_FIRST_RUNS, Math.max(LEAST_RUNS, Math.ceil(RUN_WORKFLOWS / workflows)));
  for (let run = 0; run < 8 * few; run++) {
    const jobs: ReferenceJob[] = [...maker.make({ seed: SEED + run, workflows })];
    queues.forEach((queue, q) => {
      ratios[q]!.push(meanFlowTime(jobs, queue) / real[q]! - 1);
    });
    if ((run + 1) % few !== 0) continue;
    const found = worst(ratios);
    const hopeless = Math.abs(found.change) - 2 * found.error > TOLERANCE;
    if (hopeless || (run + 1 >= 2 * few && off(found) <= TOLERANCE)) return found;
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
    .reduce((a, b) => (off(b) > off(a) ? b : a));
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
