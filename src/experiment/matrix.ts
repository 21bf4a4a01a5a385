import { InputError } from "../kit/errors.js";
import { play } from "../learn/play.js";
import { FIRST_RESERVED_SEED } from "../learn/trainer.js";
import type { Scenario } from "../model/scenario.js";
import type { Outcome } from "../sim/outcome.js";
import { ProfileTaker, type RunProfile } from "../sim/run-profile.js";
import type { ReplayableTrace } from "../workload/trace/trace-cursor.js";
import { makePolicy, type PolicySource } from "./policy-source.js";
import { openThreads } from "./threads.js";

/** A scenario with the workload that it replays, if any. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly trace?: ReplayableTrace;
}

/** Scenarios x policies x seeds, as plain data that can cross to another thread. */
export interface Matrix {
  readonly scenarios: readonly LoadedScenario[];
  readonly policies: readonly PolicySource[];
  readonly seeds: readonly number[];
  /** Every run is the antithetic one on its seed; false by default. */
  readonly antithetic?: boolean;
  /** Whether outcomes have the profiles of their runs; false by default. */
  readonly profiles?: boolean;
}

/** An outcome, with the profile of its run where the matrix asks for it. */
export type CellOutcome = Outcome & { readonly profile?: RunProfile };

/** Which run: indices into the matrix. */
export interface Cell {
  readonly scenario: number;
  readonly policy: number;
  readonly seed: number;
}

export interface RunOptions {
  /** Worker threads; 1 runs in this thread. Results do not depend on it. */
  readonly threads?: number;
  readonly onCell?: (done: number, total: number) => void;
  /** Is given what a cell came to as soon as it has, by its place in the list; what it does is waited for. */
  readonly keep?: (index: number, outcome: CellOutcome) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** Benchmarks may use seeds from 0 up to the first one that is reserved for training and validation. */
export function benchmarkSeeds(first: number, count: number): number[] {
  if (!Number.isSafeInteger(first) || first < 0 || first + count > FIRST_RESERVED_SEED) {
    throw new InputError("BAD_SEED", {
      what: `seeds ${first} to ${first + count - 1} are not all from 0 to ${FIRST_RESERVED_SEED - 1}`,
      where: "seed",
      mend: "seeds above are kept for training, so that no policy is measured on what it learned from",
    });
  }
  return Array.from({ length: count }, (_, i) => first + i);
}

/**
 * Runs every cell; the outcome of cell (s, p, k) stands at (s * policies + p) * seeds + k. The same outcomes, whatever
 * the number of threads.
 */
export async function runMatrix(matrix: Matrix, options: RunOptions = {}): Promise<CellOutcome[]> {
  return runCells(matrix, cellsOf(matrix), options);
}

/** Runs some of the cells; the outcome of each stands at its place in the list. */
export async function runCells(
  matrix: Matrix,
  cells: readonly Cell[],
  options: RunOptions = {},
): Promise<CellOutcome[]> {
  const threads = Math.min(options.threads ?? 1, cells.length);
  return threads > 1 ? onThreads(matrix, cells, threads, options) : inThisThread(matrix, cells, options);
}

export function runCell(matrix: Matrix, { scenario, policy, seed }: Cell): CellOutcome {
  const { scenario: nouns, trace } = matrix.scenarios[scenario]!;
  const made = makePolicy(matrix.policies[policy]!);
  const recorder = matrix.profiles === true ? new ProfileTaker() : null;
  const outcome = play(nouns, made, matrix.seeds[seed]!, {
    antithetic: matrix.antithetic === true,
    ...(trace === undefined ? {} : { trace }),
    ...(recorder === null ? {} : { recorder }),
  });
  return recorder === null ? outcome : { ...outcome, profile: recorder.profile() };
}

function cellsOf({ scenarios, policies, seeds }: Matrix): Cell[] {
  const cells: Cell[] = [];
  for (let scenario = 0; scenario < scenarios.length; scenario++) {
    for (let policy = 0; policy < policies.length; policy++) {
      for (let seed = 0; seed < seeds.length; seed++) cells.push({ scenario, policy, seed });
    }
  }
  return cells;
}

async function inThisThread(
  matrix: Matrix,
  cells: readonly Cell[],
  options: RunOptions,
): Promise<CellOutcome[]> {
  const outcomes: CellOutcome[] = [];
  for (const [index, cell] of cells.entries()) {
    options.signal?.throwIfAborted();
    const outcome = runCell(matrix, cell);
    outcomes.push(outcome);
    await options.keep?.(index, outcome);
    options.onCell?.(outcomes.length, cells.length);
    // Let a signal or a progress bar have its turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return outcomes;
}

async function onThreads(
  matrix: Matrix,
  cells: readonly Cell[],
  threads: number,
  { onCell, keep, signal }: RunOptions,
): Promise<CellOutcome[]> {
  const pool = openThreads<Cell, CellOutcome>("matrix-worker.js", threads, matrix);
  let done = 0;
  try {
    return await Promise.all(
      cells.map(async (cell, index) => {
        const outcome = await pool.run(cell, signal);
        await keep?.(index, outcome);
        onCell?.(++done, cells.length);
        return outcome;
      }),
    );
  } finally {
    await pool.close();
  }
}
