import type { TheoryCase } from "./case-file.js";
import { estimate } from "./estimate.js";
import { theoryModel } from "./families/index.js";
import type { Experiment, TheoryModel } from "./model.js";
import type { Finding } from "./replicate.js";
import { type FindingStore, Replications } from "./replications.js";

export interface VerifyOptions {
  /** Worker threads; 1 runs in this thread. Verdicts do not depend on it. */
  readonly threads: number;
  /** Standard error asked for, as a share of the truth. */
  readonly precision: number;
  /** Jobs of an experiment at the most, over all replications. */
  readonly mostJobs: number;
  /** Replications that are kept need not run again. */
  readonly store?: FindingStore;
  /** Is told, of the case under way, how many of the jobs that are known to be needed are done: a sample tells whether more are. */
  readonly onProgress?: (of: TheoryCase, done: number, known: number) => void;
  readonly onCase?: (verdict: CaseVerdict) => void;
}

export const verifyDefaults = { precision: 0.005, mostJobs: 4_000_000_000 } as const;

export interface FigureVerdict {
  readonly figure: string;
  readonly truth: number;
  readonly estimate: number;
  readonly standardError: number;
  /** Standard errors between the two; of the difference, where the truth was itself simulated. */
  readonly distance: number;
  readonly verdict: "met" | "missed" | "too blunt";
  /** Whether a second, larger sample decided. */
  readonly again: boolean;
}

export interface CaseVerdict {
  readonly id: string;
  readonly family: string;
  readonly figures: readonly FigureVerdict[];
  /** Expected figures that this build does not measure. */
  readonly notMeasured: readonly string[];
  /** Figures that the case has no number for, with what it says in its place. */
  readonly without: Readonly<Record<string, string>>;
  /** Why the case was not run at all, where it was not. */
  readonly notRun?: string;
  /** Jobs simulated, roughly. */
  readonly jobs: number;
}

const REPLICATIONS = 40;
/** Jobs of a first look, which only tells how many are needed. */
const PILOT_JOBS = 200_000;
/** A right estimate is further than this from the truth 3 times in 1000, or 5 (Student's t of few replications). */
const MOST_DISTANCE = 3;
/** Nobody is so unlucky: no second sample is asked for. */
const HOPELESS = 6;
/** A second sample is so many times as large as the first. */
const SECOND = 2;
/** More than the pilot says is needed, since it only guesses. */
const MARGIN = 1.2;
/**
 * A pilot of many servers is kept, where no more than so many times as much is wanted: as each of its replications is a mean over all
 * of them, others of its length say as much as longer ones, and what it took to warm up is not lost.
 */
const FEW = 5;
/** Least length of a replication, in what the system remembers: shorter ones would not be independent of each other's kind. */
const MEMORIES = 30;

/**
 * Holds the simulator to cases: each figure within three standard errors of its truth, at a standard error of at most
 * `precision` of it.
 *
 * A pilot run tells how long replications must be; then 40 of them are run, and 40 more until they are that precise. Of
 * hundreds of figures a few are off by more than three standard errors though all is right: such a miss is tried
 * once more, on other seeds and twice as long, and that second sample alone is then the verdict. A right figure fails both
 * about once in 100,000 times; one that is wrong by four standard errors of the first sample is 5.7 off in the second.
 */
export async function verify(cases: readonly TheoryCase[], options: VerifyOptions): Promise<CaseVerdict[]> {
  const replications = new Replications(options.threads, options.store);
  const verdicts: CaseVerdict[] = [];
  try {
    for (const one of cases) {
      const verdict = await verifyCase(one, replications, options);
      verdicts.push(verdict);
      options.onCase?.(verdict);
    }
  } finally {
    await replications.close();
  }
  return verdicts;
}

async function verifyCase(
  theory: TheoryCase,
  replications: Replications,
  options: VerifyOptions,
): Promise<CaseVerdict> {
  const { id, family, expected, without = {} } = theory;
  const names = Object.keys(expected);
  const none = (notRun: string): CaseVerdict => ({
    id,
    family,
    figures: [],
    notMeasured: names,
    without,
    notRun,
    jobs: 0,
  });
  let model: TheoryModel | undefined;
  try {
    model = theoryModel(theory);
  } catch (error) {
    return none((error as Error).message);
  }
  if (model === undefined) return none(`the family ${family} is not known to this build`);
  const { experiments } = model;
  const source = names.map((name) => experiments.findIndex(({ figures }) => figures(name) !== undefined));
  const verdicts = new Map<string, FigureVerdict>();
  const jobs: Jobs = { known: 0, done: 0 };
  for (const [index, experiment] of experiments.entries()) {
    const figures = names.filter((_, i) => source[i] === index);
    if (figures.length === 0) continue;
    const trial = new Trial(theory, index, experiment, figures, replications, options, jobs);
    for (const verdict of await trial.verdicts()) verdicts.set(verdict.figure, verdict);
  }
  return {
    id,
    family,
    figures: names.flatMap((name) => verdicts.get(name) ?? []),
    notMeasured: names.filter((_, i) => source[i]! < 0),
    without,
    jobs: Math.round(jobs.known),
  };
}

/** Of a case, over all its experiments: those that are known to be needed, and those that are done. */
interface Jobs {
  known: number;
  done: number;
}

/** Replications of one length. */
interface Sample {
  /** Seconds measured in each. */
  readonly measured: number;
  readonly findings: readonly Finding[];
}

/** One experiment, run until it is precise enough. */
class Trial {
  private seed = 1;

  constructor(
    private readonly theory: TheoryCase,
    private readonly index: number,
    private readonly experiment: Experiment,
    private readonly figures: readonly string[],
    private readonly replications: Replications,
    private readonly options: VerifyOptions,
    private readonly jobs: Jobs,
  ) {}

  async verdicts(): Promise<FigureVerdict[]> {
    const { rate, memory } = this.experiment;
    const pilot = Math.min(PILOT_JOBS, this.options.mostJobs) / rate / REPLICATIONS;
    const first = await this.grown(Math.max(pilot, MEMORIES * memory));
    const verdicts = this.judge(first, false);
    const doubtful = (v: FigureVerdict) => v.verdict === "missed" && v.distance < HOPELESS;
    if (!verdicts.some(doubtful)) return verdicts;
    const second = await this.grown(first.measured * SECOND * (first.findings.length / REPLICATIONS));
    const again = new Map(this.judge(second, true).map((v) => [v.figure, v]));
    return verdicts.map((v) => (doubtful(v) ? again.get(v.figure)! : v));
  }

  /** Replications, from those of a given length on, that are precise enough or as many as are allowed. */
  private async grown(measured: number): Promise<Sample> {
    const most = this.options.mostJobs / this.experiment.rate;
    let sample = await this.sample(measured);
    const wanting = this.wanting(sample);
    if (wanting > 1 && !(this.experiment.half !== undefined && wanting < FEW)) {
      const longer = Math.min(measured * wanting * MARGIN, most / REPLICATIONS);
      if (longer <= measured) return sample;
      sample = await this.sample(longer);
    }
    while (this.wanting(sample) > 1 && sample.findings.length * sample.measured < most) {
      const more = await this.sample(sample.measured);
      sample = { ...sample, findings: [...sample.findings, ...more.findings] };
    }
    return sample;
  }

  private async sample(measured: number): Promise<Sample> {
    const { theory, index: experiment, figures } = this;
    const jobs = Array.from({ length: REPLICATIONS }, () => ({
      theory,
      experiment,
      figures,
      measured,
      seed: this.seed++,
    }));
    const each = measured * this.experiment.rate;
    this.jobs.known += each * REPLICATIONS;
    const findings = await this.replications.run(jobs, () => {
      this.jobs.done += each;
      this.options.onProgress?.(theory, this.jobs.done, this.jobs.known);
    });
    return { measured, findings };
  }

  /** By how many times more the least precise figure would have to be observed. */
  private wanting(sample: Sample): number {
    const { precision } = this.options;
    return Math.max(
      ...this.judge(sample, false).map(({ standardError: error, truth }) =>
        truth === 0 ? 0 : (error / (precision * Math.abs(truth))) ** 2,
      ),
    );
  }

  private judge({ findings }: Sample, again: boolean): FigureVerdict[] {
    const known = this.experiment.controls ?? [];
    return this.figures.map((figure, i) => {
      const controls = findings.map((finding) =>
        known.flatMap(({ mean, figures }, k) =>
          figures.includes(figure) ? [finding.controls[k]! - mean] : [],
        ),
      );
      const values = findings.map((finding) => finding.figures[i]!);
      return { figure, ...judge(values, controls, figure, this.theory, this.options.precision), again };
    });
  }
}

/** Figures are given to nine digits: nearer than this, and where truth is 0 below this, they are equal. */
const DIGITS = 2e-8;

function judge(
  values: readonly number[],
  controls: readonly (readonly number[])[],
  figure: string,
  { expected, ci95 }: TheoryCase,
  precision: number,
): Omit<FigureVerdict, "figure" | "again"> {
  const truth = expected[figure]!;
  const { mean, standardError } = estimate(values, controls);
  const ofTruth = (ci95[figure] ?? 0) / 1.96;
  const off = Math.abs(mean - truth);
  const distance =
    off <= DIGITS * Math.max(1, Math.abs(truth)) ? 0 : off / Math.hypot(standardError, ofTruth);
  // What is not a number is no distance at all, and must not pass for a small one.
  const missed = !(distance <= MOST_DISTANCE);
  const blunt = truth !== 0 && !(standardError <= precision * Math.abs(truth));
  const verdict = missed ? "missed" : blunt ? "too blunt" : "met";
  return { truth, estimate: mean, standardError, distance, verdict };
}
