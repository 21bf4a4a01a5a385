import { play } from "../../learn/play.js";
import type { Scenario } from "../../model/scenario.js";
import { heuristic } from "../../policy/catalogue.js";
import type { Policy } from "../../policy/policy.js";
import type { TheoryCase } from "./case-file.js";
import { theoryModel } from "./families/index.js";
import type { Experiment, Figure, Reading } from "./model.js";
import { Probe } from "./probe.js";
import { Windows } from "./windows.js";

/** One replication of one experiment of a case: plain data that can cross to another thread. */
export interface Replication {
  readonly theory: TheoryCase;
  /** Index among the model's experiments. */
  readonly experiment: number;
  readonly figures: readonly string[];
  /** Seconds that are measured, after the warm-up. */
  readonly measured: number;
  readonly seed: number;
}

/** What it found, in the order of `figures`, and of the experiment's controls. */
export interface Finding {
  readonly figures: readonly number[];
  readonly controls: readonly number[];
}

/** Restarts are seeded from their replication's seed; there are fewer of them than this. */
const MOST_RESTARTS = 10_000_000;

export function replicate({ theory, experiment: index, figures, measured, seed }: Replication): Finding {
  const experiment = theoryModel(theory)!.experiments[index]!;
  const reading =
    experiment.restart === undefined
      ? longRun(experiment, experiment.scenario, measured, seed)
      : restarts(experiment, measured, seed);
  const half = experiment.half && longRun(experiment, experiment.half, measured, seed);
  const figureOf = (read: Figure) => (half === undefined ? read(reading) : 2 * read(reading) - read(half));
  return {
    figures: figures.map((name) => figureOf(experiment.figures(name)!)),
    controls: (experiment.controls ?? []).map(({ read }) => figureOf(read)),
  };
}

const chosen = (policy: Experiment["policy"]): Policy =>
  typeof policy === "string" ? heuristic(policy) : policy();

/** Nothing of the beginning is to be seen any more: ten times what the system remembers. */
const WARM = 10;

function longRun(
  { policy, watch, memory }: Experiment,
  scenario: Scenario,
  measured: number,
  seed: number,
): Reading {
  const warmup = Math.max(WARM * memory, memory === 0 ? 0 : 0.02 * measured);
  const windows = watch.windows === undefined ? null : new Windows(watch.windows);
  const probe = new Probe(warmup, watch, windows);
  const horizon = warmup + measured;
  const outcome = play({ ...scenario, warmup, horizon }, chosen(policy), seed, { recorder: probe });
  probe.settle(horizon);
  return { outcome, probe };
}

function restarts({ scenario, policy, watch, restart }: Experiment, measured: number, seed: number): Reading {
  const windows = new Windows(watch.windows!);
  const one = chosen(policy);
  const runs = Math.min(MOST_RESTARTS, Math.ceil(measured / restart!));
  let reading: Reading | undefined;
  for (let run = 0; run < runs; run++) {
    windows.restart();
    const probe = new Probe(0, watch, windows);
    // So many runs are so short that a watch over each would take longer.
    const outcome = play(scenario, one, seed * MOST_RESTARTS + run, {
      recorder: probe,
      patience: Number.POSITIVE_INFINITY,
    });
    reading = { outcome, probe };
  }
  return reading!;
}
