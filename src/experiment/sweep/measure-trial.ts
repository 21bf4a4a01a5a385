import { InputError, suggest } from "../../kit/errors.js";
import { a2cDefaults } from "../../learn/a2c.js";
import { adviseEpisode, adviseHorizon } from "../../learn/advise-horizon.js";
import { chooseBackend } from "../../learn/backend/index.js";
import { dqnDefaults } from "../../learn/dqn.js";
import type { Learning } from "../../learn/learner.js";
import { reinforceDefaults } from "../../learn/reinforce.js";
import { requireSettings } from "../../learn/require-settings.js";
import { trainPolicy, validated } from "../../learn/train.js";
import { trainerDefaults, validationSeeds } from "../../learn/trainer.js";
import { parseScenario } from "../../model/index.js";
import { putInYaml } from "../../model/parse/reader.js";
import { heuristic } from "../../policy/catalogue.js";
import type { ReplayableTrace } from "../../workload/trace/trace-cursor.js";
import { heuristicRuns } from "../heuristic-runs.js";
import type { LoadedScenario } from "../matrix.js";
import { type Dimension, type Settings, type Value, valueAt } from "./domain.js";
import type { Job } from "./sweep.js";

/** What is measured, as plain data that can cross to another thread. */
export interface SweepSubject {
  /** The scenario's file: its text, its name and its folder, since settings are put into the text. */
  readonly text: string;
  readonly file: string;
  readonly folder: string;
  readonly trace?: ReplayableTrace;
  /** Runs by which a policy is measured: validation seeds. */
  readonly seeds: number;
  readonly by:
    | { readonly kind: "policy"; readonly spec: string }
    | {
        readonly kind: "agent";
        readonly algorithm: Learning["algorithm"];
        /** Decisions to learn from, at the whole effort. */
        readonly decisions: number;
        readonly seed: number;
        readonly backend: string;
      };
}

const DEFAULTS = { ppo: trainerDefaults, a2c: a2cDefaults, dqn: dqnDefaults, reinforce: reinforceDefaults };

/**
 * What a setting costs: the mean objective of a policy over validation runs, or that of the best that an agent learned.
 * @throws {InputError} UNKNOWN_SETTING, and whatever the scenario or the policy complain of
 */
export async function measureTrial(
  subject: SweepSubject,
  { settings, share }: Omit<Job, "trial">,
): Promise<number> {
  const { seeds, by } = subject;
  const loaded = scenarioWith(subject, settings);
  if (by.kind === "policy") {
    const spec = specWith(by.spec, settings);
    const few = Math.max(1, Math.round(share * seeds));
    const [outcomes] = await heuristicRuns(loaded, [spec], validationSeeds(few));
    return validated(outcomes!).cost;
  }
  const { decisions } = by;
  const learning = learningWith(by, settings, loaded);
  const length = Math.max(1, Math.round(share * decisions));
  const result = await trainPolicy(
    {
      ...learning,
      ...loaded,
      episode: adviseEpisode(loaded.scenario, learning.settings.horizon),
      // The schedules are those of the whole effort: a short trial is its beginning.
      validation: { seeds, every: Math.max(1, Math.floor(length / 4)) },
    },
    await chooseBackend(by.backend as never),
    { onIteration: ({ decisions: done }) => done < length },
  );
  return result.best.cost;
}

/**
 * Refuses before anything runs what no trial could set: by every choice and both ends of every range.
 * @throws {InputError} UNKNOWN_SETTING, BAD_SETTING, and whatever the scenario or the policy complain of
 */
export function verifyDimensions(subject: SweepSubject, dimensions: readonly Dimension[]): void {
  const { by } = subject;
  const roots = by.kind === "policy" ? ["policy", "scenario"] : ["agent", "scenario"];
  for (const { path } of dimensions) {
    const [root] = path.split(".", 1);
    if ((path === "policy" && by.kind === "policy") || (roots.includes(root!) && path !== root)) continue;
    throw unknown(
      path,
      `a sweep of ${by.kind === "policy" ? "a policy" : "an agent"} has no ${path}`,
      root!,
      roots,
    );
  }
  const at = (place: number): Settings =>
    Object.fromEntries(dimensions.map(({ path, domain }) => [path, valueAt(domain, place)]));
  const least = at(0);
  const alone = dimensions.flatMap(({ path, domain }) =>
    (domain.kind === "choice" ? domain.values : [domain.low, domain.high]).map((value) => ({
      ...least,
      [path]: value,
    })),
  );
  for (const settings of [...alone, at(1)]) {
    const loaded = scenarioWith(subject, settings);
    if (by.kind === "policy") specWith(by.spec, settings);
    else requireSettings(learningWith(by, settings, loaded));
  }
}

/** The scenario with the settings under `scenario.` put into its text. */
function scenarioWith({ text, file, folder, trace }: SweepSubject, settings: Settings): LoadedScenario {
  const changed = putInYaml(text, under("scenario", settings), (path, reached, name, known) =>
    unknown(`scenario.${path}`, `${file} has no ${reached}`, name, known),
  );
  return { scenario: parseScenario(changed, { file, folder }), ...(trace === undefined ? {} : { trace }) };
}

/** The policy that `policy` chooses, with the knobs that `policy.` sets. */
function specWith(spec: string, settings: Settings): string {
  const chosen = String(settings["policy"] ?? spec);
  const knobs = [...under("policy", settings)].map(([name, value]) => `${name}=${value}`);
  const whole = knobs.length === 0 ? chosen : `${chosen}(${knobs.join(",")})`;
  heuristic(whole); // complains here
  return whole;
}

/** An algorithm's settings with those under `agent.`: `agent.learningRate`, `agent.ppo.epochs`. */
function learningWith(
  by: Extract<SweepSubject["by"], { kind: "agent" }>,
  settings: Settings,
  { scenario, trace }: LoadedScenario,
): Learning {
  const base: Record<string, unknown> = {
    ...structuredClone(DEFAULTS[by.algorithm]),
    seed: by.seed,
    decisions: by.decisions,
    horizon: adviseHorizon(scenario, trace),
  };
  for (const [path, value] of under("agent", settings)) put(base, path, value);
  return { algorithm: by.algorithm, settings: base } as unknown as Learning;
}

function put(into: Record<string, unknown>, path: string, value: Value): void {
  const steps = path.split(".");
  let at = into;
  for (const step of steps.slice(0, -1)) {
    if (typeof at[step] !== "object" || at[step] === null)
      throw unknown(`agent.${path}`, `an agent has no ${step}`, step, Object.keys(at));
    at = at[step] as Record<string, unknown>;
  }
  const last = steps.at(-1)!;
  if (!(last in at)) throw unknown(`agent.${path}`, `an agent has no ${path}`, last, Object.keys(at));
  // Widths of layers are written as "64,64", or as one number.
  at[last] = Array.isArray(at[last]) ? String(value).split(",").map(Number) : value;
}

function* under(prefix: string, settings: Settings): Generator<readonly [string, Value]> {
  for (const [path, value] of Object.entries(settings)) {
    if (path.startsWith(`${prefix}.`)) yield [path.slice(prefix.length + 1), value];
  }
}

function unknown(path: string, what: string, name: string, known: readonly string[]): InputError {
  return new InputError("UNKNOWN_SETTING", {
    what,
    where: `--set ${path}`,
    mend: suggest("known here", name, known),
  });
}
