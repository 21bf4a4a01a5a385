import { InputError } from "../kit/errors.js";
import {
  type CrossEntropySettings,
  crossEntropy,
  crossEntropyDefaults,
  type Dimension,
} from "../learn/cross-entropy.js";
import { knobSpace } from "../learn/knob-space.js";
import { trainingSeed, validationSeeds } from "../learn/trainer.js";
import { heuristic } from "../policy/catalogue.js";
import { meanObjectives } from "./heuristic-runs.js";
import type { LoadedScenario, RunOptions } from "./matrix.js";

export interface LearnKnobsSettings extends CrossEntropySettings {
  /** Runs by which a round measures each point: the same seeds for all points, fresh ones each round. */
  readonly runs: number;
  /** Runs on seeds of their own by which the spec that is returned is chosen. */
  readonly validationRuns: number;
}

export const learnKnobsDefaults: Omit<LearnKnobsSettings, "seed"> = {
  ...crossEntropyDefaults,
  runs: 4,
  validationRuns: 16,
};

export interface LearnedKnobs {
  /** As a user would write it: `sed(price=0.3)`. */
  readonly spec: string;
  /** Mean objective over the validation seeds; of several candidates the least, so a little flattering. */
  readonly objective: number;
  /** The spec it began from, on the same seeds. Never better: where nothing was gained, it is what is returned. */
  readonly start: { readonly spec: string; readonly objective: number };
  /** The best of each round on its own seeds, and the runs made until then. */
  readonly rounds: readonly { readonly spec: string; readonly objective: number; readonly runs: number }[];
  /** Simulation runs in all. */
  readonly runs: number;
  /** Whether the search came to its end. */
  readonly finished: boolean;
}

/** Where a search stands: plain JSON, and enough to go on as if it had not been interrupted. */
export interface KnobSearchState {
  readonly format: "switchyard.knobs/1";
  readonly spec: string;
  readonly settings: LearnKnobsSettings;
  /** What each round's points cost, in their order; null where a cost is no number. The points follow from the seed. */
  readonly costs: readonly (readonly (number | null)[])[];
}

export interface KnobSearchHooks extends RunOptions {
  /** After each round. Answer false to stop there. */
  readonly onRound?: (round: KnobRound, save: () => KnobSearchState) => boolean;
  /** Where an earlier search was stopped. */
  readonly from?: KnobSearchState;
}

export interface KnobRound {
  /** From 1. */
  readonly round: number;
  readonly spec: string;
  /** Of the best point of the round, on the round's own seeds. */
  readonly objective: number;
  /** Mean objective over the round's points. */
  readonly mean: number;
  /** Simulation runs so far. */
  readonly runs: number;
  /** Greatest deviation that is left, as a share of the first. */
  readonly spread: number;
}

/** Training seeds have room for so many runs of a round. */
const MOST_RUNS = 256;

/**
 * Learns the open knobs of a heuristic by the cross-entropy method on simulated runs, with common random numbers over
 * each population. Of the start, the best of each round and the last mean, what validates best is returned: a plain
 * heuristic.
 * @param spec such as `sed`, `cmu+jsq`, or `sed(price=0)`, which leaves `failure` open
 * @throws {InputError} UNKNOWN_POLICY, NO_KNOBS, BAD_KNOB, BAD_SETTING
 */
export async function learnKnobs(
  loaded: LoadedScenario,
  spec: string,
  settings: LearnKnobsSettings,
  { onRound, from, ...options }: KnobSearchHooks = {},
): Promise<LearnedKnobs> {
  const { seed, runs: perPoint, validationRuns } = settings;
  for (const [name, value, most] of [
    ["runs", perPoint, MOST_RUNS],
    ["validationRuns", validationRuns, 2 ** 20],
  ] as const) {
    if (Number.isInteger(value) && value >= 1 && value <= most) continue;
    throw new InputError("BAD_SETTING", {
      what: `${name} is ${value}`,
      where: "learnKnobs",
      mend: `a whole number from 1 to ${most}`,
    });
  }
  heuristic(spec);
  const space = knobSpace(spec, loaded.scenario);
  let runs = 0;
  const measure = async (
    specs: readonly string[],
    seeds: readonly number[],
  ): Promise<Map<string, number>> => {
    // Points that round to one spec are one policy.
    const distinct = [...new Set(specs)];
    runs += distinct.length * seeds.length;
    const objectives = await meanObjectives(loaded, distinct, seeds, options);
    return new Map(distinct.map((each, i) => [each, objectives[i]!]));
  };

  const known: (readonly (number | null)[])[] = [...(from?.costs ?? [])];
  const save = (): KnobSearchState => ({ format: "switchyard.knobs/1", spec, settings, costs: [...known] });
  const runsUntil: number[] = [];
  let goOn = true;
  const { mean, rounds } = await crossEntropy(
    space.dimensions,
    async (points, round) => {
      if (!goOn) return null;
      const specs = points.map((point) => space.spec(point));
      const remembered = known[round];
      if (remembered !== undefined) {
        runs += new Set(specs).size * perPoint;
        runsUntil.push(runs);
        return remembered.map((cost) => cost ?? Number.NaN);
      }
      const seeds = Array.from({ length: perPoint }, (_, run) => trainingSeed(seed, run, round));
      const objectives = await measure(specs, seeds);
      const costs = specs.map((each) => objectives.get(each)!);
      runsUntil.push(runs);
      known.push(costs.map((cost) => (Number.isFinite(cost) ? cost : null)));
      const best = costs.reduce((least, cost, i) => (cost < costs[least]! ? i : least), 0);
      const told: KnobRound = {
        round: round + 1,
        spec: specs[best]!,
        objective: costs[best]!,
        mean: costs.reduce((sum, cost) => sum + cost, 0) / costs.length,
        runs,
        spread: spreadOf(points, space.dimensions),
      };
      goOn = onRound?.(told, save) ?? true;
      return costs;
    },
    settings,
  );

  const bests = rounds.map(({ best, cost }, round) => ({
    spec: space.spec(best),
    objective: cost,
    runs: runsUntil[round]!,
  }));
  const finalists = [spec, space.spec(mean), ...bests.map((best) => best.spec)];
  const validated = await measure(finalists, validationSeeds(validationRuns));
  const [winner, objective] = [...validated].reduce((a, b) => (b[1] < a[1] ? b : a));
  return {
    spec: winner,
    objective,
    start: { spec, objective: validated.get(spec)! },
    rounds: bests,
    runs,
    finished: goOn,
  };
}

/** Greatest deviation of a population, as a share of that of the first one. */
function spreadOf(points: readonly (readonly number[])[], dimensions: readonly Dimension[]): number {
  const shares = dimensions.map(({ deviation }, d) => {
    const values = points.map((point) => point[d]!);
    const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
    return Math.sqrt(squares / values.length) / deviation;
  });
  return Math.max(...shares);
}
