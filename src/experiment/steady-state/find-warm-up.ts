import { FailureError } from "../../kit/errors.js";
import { formatDuration } from "../../kit/format-number.js";
import { validationSeeds } from "../../learn/trainer.js";
import type { Scenario } from "../../model/scenario.js";
import { makePolicy, type PolicySource } from "../policy-source.js";
import { batchMeansOf, mean, mser5 } from "../statistics/index.js";
import type { Figure } from "./figure.js";
import { SlicedRun } from "./sliced-run.js";

export interface FoundWarmUp {
  /** What to leave out: the longest of what was found, what the scenario asks for and a tenth of a pilot. */
  readonly seconds: number;
  readonly found: number;
  readonly pilots: number;
  /** Length of each pilot run, seconds. */
  readonly pilotSeconds: number;
}

const PILOTS = 5;
const SLICES = 1000;
/** Pilots that do not settle are lengthened up to so many horizons. */
const MOST_HORIZONS = 16;
/** The bias of a short warm-up does not shrink with the number of replications, and a tenth costs little. */
const LEAST_SHARE = 0.1;
const EIGHTHS = 8;
/** Of 35 pairs of independent eighths the correlation has a standard error of 0.17: one in 700 runs that forgot exceeds this. */
const MOST_MEMORY = 0.5;

/**
 * The warm-up by MSER-5 on the average of five pilot runs, one for the figure and one for the number in the system, of
 * which the longer counts. Averaging keeps one run's busy spell from being taken for a warm-up (White and Robinson 2010, "The
 * problem of the initial transient (again), or why MSER works", J. Simulation 4).
 *
 * Pilots have seeds of their own: a truncation chosen on the very data that is then averaged leaves out what lies high by
 * chance, which biases the mean downwards and its interval with it.
 *
 * @throws {FailureError} UNSETTLED where the pilots do not settle, or remember too long, at 16 times the horizon
 */
export async function findWarmUp(
  scenario: Scenario,
  source: PolicySource,
  figure: Figure,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<FoundWarmUp> {
  const slice = scenario.horizon / SLICES;
  const longest: Scenario = { ...scenario, horizon: scenario.horizon * MOST_HORIZONS * (1 + 1e-9) };
  const runs = validationSeeds(PILOTS).map(
    (seed) => new SlicedRun(longest, makePolicy(source), figure, { seed, slice }),
  );
  for (let horizons = 1; horizons <= MOST_HORIZONS; horizons *= 2) {
    for (const run of runs) {
      while (run.slices < horizons * SLICES) {
        run.advance();
        if (run.slices % 100 === 0) await turn(signal);
      }
    }
    const columns = [0, 1].map((level) => runs.map((run) => run.levels()[level]!));
    const warmUps = columns.map((column) => mser5(average(column)));
    const truncation = Math.max(...warmUps.map((warmUp) => warmUp.truncation));
    const forgets = columns.every(
      (column) => memory(column.map((run) => run.subarray(truncation))) < MOST_MEMORY,
    );
    if (forgets && warmUps.every(({ settled }) => settled)) {
      const found = truncation * slice;
      const pilotSeconds = horizons * scenario.horizon;
      const seconds = Math.max(found, scenario.warmup, LEAST_SHARE * pilotSeconds);
      return { seconds, found, pilots: PILOTS, pilotSeconds };
    }
  }
  throw new FailureError("UNSETTLED", {
    what: `${scenario.name} does not settle within ${formatDuration(MOST_HORIZONS * scenario.horizon)} of virtual time`,
    where: `${PILOTS} pilot runs, ${figure}, by MSER-5`,
    mend: "queues grow under this policy, or the horizon is short beside what the system remembers: lengthen it",
  });
}

/**
 * How far an eighth of a run resembles the next, whatever the other runs do: the correlation of neighbouring eighths, about
 * the mean of all runs. MSER-5 alone takes a load that creeps up, and wanders more than it creeps, for a settled one;
 * but such a load remembers, and this shows it: near 1 for a random walk, near 0 for a run many times its memory.
 */
function memory(runs: readonly Float64Array[]): number {
  const eighths = runs.map((run) => batchMeansOf(run, EIGHTHS));
  const centre = mean(eighths.flatMap((chunks) => [...chunks]));
  let products = 0;
  let squares = 0;
  for (const chunks of eighths) {
    for (let i = 1; i < EIGHTHS; i++) {
      const [before, after] = [chunks[i - 1]! - centre, chunks[i]! - centre];
      products += before * after;
      squares += (before * before + after * after) / 2;
    }
  }
  return squares === 0 ? 0 : products / squares;
}

/** Lets signals and progress bars have their turn. */
export async function turn(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise((resolve) => setImmediate(resolve));
}

function average(columns: readonly Float64Array[]): Float64Array {
  return Float64Array.from(columns[0]!, (_, i) => {
    let sum = 0;
    for (const column of columns) sum += column[i]!;
    return sum / columns.length;
  });
}
