import { type LearnKnobsSettings, learnKnobsDefaults } from "../../experiment/learn-knobs.js";
import type { LoadedScenario } from "../../experiment/matrix.js";
import { type Complaint, InputErrors } from "../../kit/errors.js";
import { a2cDefaults } from "../../learn/a2c.js";
import { adviseEpisode, adviseHorizon } from "../../learn/advise-horizon.js";
import { dqnDefaults } from "../../learn/dqn.js";
import { type ImitationSettings, imitationDefaults } from "../../learn/imitation.js";
import { hasInnovations } from "../../learn/innovations.js";
import { knobSpace } from "../../learn/knob-space.js";
import type { Learning } from "../../learn/learner.js";
import { OrchestrationEnvironment } from "../../learn/orchestration-environment.js";
import { whyNotRegenerative } from "../../learn/regeneration.js";
import { reinforceDefaults } from "../../learn/reinforce.js";
import { tableDefaults } from "../../learn/tabular/index.js";
import { trainerDefaults, trainingSeed } from "../../learn/trainer.js";
import { adviseWorkflowCosts, whyNoWorkflowCosts } from "../../learn/workflow-costs.js";
import { type Scenario, specsOf } from "../../model/scenario.js";
import { networkLimits } from "../../policy/runtime/network/index.js";
import { optionName } from "../option-name.js";
import { requireTeacher } from "./teacher.js";

export type Algorithm = Learning["algorithm"] | "imitate" | "knobs" | "table";

/** What a user may set of how is learned; what is left out has a default of the algorithm's own. */
export interface LearningOptions {
  readonly algorithm: Algorithm;
  readonly seed: number;
  readonly decisions?: number | undefined;
  readonly horizon?: number | undefined;
  readonly episode?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly hidden?: string | undefined;
  readonly flat?: boolean | undefined;
  readonly entropy?: number | undefined;
  readonly environments?: number | undefined;
  readonly rollout?: number | undefined;
  readonly epochs?: number | undefined;
  readonly valueClip?: number | undefined;
  readonly minibatch?: number | undefined;
  readonly memory?: number | undefined;
  readonly steps?: number | undefined;
  readonly quantiles?: number | undefined;
  readonly sequences?: number | undefined;
  readonly rollouts?: number | undefined;
  readonly baseline?: "input-driven" | "mean" | "heuristic" | undefined;
  readonly controlVariates?: boolean | undefined;
  readonly regenerative?: boolean | undefined;
  readonly workflowCosts?: boolean | undefined;
  readonly teacher?: string | undefined;
  readonly lessons?: number | undefined;
  readonly heuristic?: string | undefined;
  readonly rounds?: number | undefined;
  readonly population?: number | undefined;
  readonly runs?: number | undefined;
}

/** What is to be done, with nothing left open but which heuristic is the best one. */
export type LearningPlan =
  | {
      readonly kind: "networks";
      readonly learning: Learning;
      /** Virtual seconds of an episode. */
      readonly episode: number;
      /** Imitation before it: of a given teacher, or (null) of the best heuristic. */
      readonly imitation: { readonly settings: ImitationSettings; readonly teacher: string | null } | null;
    }
  | {
      readonly kind: "knobs";
      /** Of a given heuristic, or (null) of the best one that has any. */
      readonly heuristic: string | null;
      readonly settings: LearnKnobsSettings;
    }
  | {
      readonly kind: "table";
      /** The heuristic to begin with, or (null) the best one. */
      readonly start: string | null;
      readonly seed: number;
      readonly decisions: number;
    };

/** Training seeds have room for so many environments, beside the one that imitation plays in. */
const MOST_ENVIRONMENTS = 250;
/** Iterations in which, after imitation, the value heads alone learn: they were taught nothing. */
const VALUE_ITERATIONS = 2;
/** REINFORCE has no value head, and must see how a decision ends: an episode is so many horizons long at least. */
const HORIZONS_OF_REINFORCE = 3;

const NETWORKS = ["ppo", "a2c", "dqn", "reinforce", "imitate"] as const;
const ON_POLICY = ["ppo", "a2c", "imitate"] as const;

/** Which algorithms look at an option; those that are not here are everyone's. */
const USED_BY: Readonly<Partial<Record<keyof LearningOptions, readonly Algorithm[]>>> = {
  decisions: [...NETWORKS, "table"],
  horizon: NETWORKS,
  episode: NETWORKS,
  learningRate: NETWORKS,
  hidden: NETWORKS,
  flat: ["ppo", "a2c"],
  entropy: ["ppo", "a2c", "reinforce", "imitate"],
  environments: ON_POLICY,
  rollout: ON_POLICY,
  epochs: ["ppo", "imitate"],
  valueClip: ["ppo", "imitate"],
  minibatch: ["ppo", "imitate", "dqn"],
  memory: ["dqn"],
  steps: ["dqn"],
  quantiles: ["dqn"],
  sequences: ["reinforce"],
  rollouts: ["reinforce"],
  baseline: ["reinforce"],
  controlVariates: ON_POLICY,
  regenerative: ON_POLICY,
  workflowCosts: ON_POLICY,
  teacher: ["imitate", "table", "reinforce"],
  lessons: ["imitate"],
  heuristic: ["knobs"],
  rounds: ["knobs"],
  population: ["knobs"],
  runs: ["knobs"],
};

/** Options that are whole numbers, from the least that they may be to the most. */
const WHOLE: readonly [keyof LearningOptions, number, number][] = [
  ["seed", 0, Number.MAX_SAFE_INTEGER],
  ["decisions", 1, 1e12],
  ["environments", 1, MOST_ENVIRONMENTS],
  ["rollout", 1, 1e6],
  ["epochs", 1, 1000],
  ["minibatch", 1, 1e6],
  ["memory", 1, 1e7],
  ["steps", 1, 1000],
  ["quantiles", 1, networkLimits.outputs],
  ["sequences", 1, MOST_ENVIRONMENTS],
  ["rollouts", 2, 1000],
  ["lessons", 1, 1e7],
  ["rounds", 1, 10_000],
  ["population", 2, 10_000],
  ["runs", 1, 256],
];

/**
 * Makes a whole plan of what a user set, and refuses before any work what cannot be done.
 * @throws {InputErrors} BAD_SETTING with all that is wrong and the mend of each; UNKNOWN_POLICY, NO_KNOBS
 * @throws {FailureError} NOTHING_TO_DECIDE
 */
export function learningPlan(options: LearningOptions, loaded: LoadedScenario): LearningPlan {
  refuse([...outOfRange(options), ...unused(options)]);
  switch (options.algorithm) {
    case "knobs":
      return knobsPlan(options, loaded);
    case "table":
      return tablePlan(options, loaded);
    default:
      return networksPlan(options, loaded);
  }
}

function networksPlan(wanted: LearningOptions, loaded: LoadedScenario): LearningPlan {
  const { scenario, trace } = loaded;
  const { seed } = wanted;
  const advised = USED_BY.workflowCosts!.includes(wanted.algorithm) && adviseWorkflowCosts(scenario);
  const options = advised && wanted.workflowCosts === undefined ? { ...wanted, workflowCosts: true } : wanted;
  const paid = advised && options.workflowCosts === true;
  const horizon = options.horizon ?? adviseHorizon(scenario, trace, paid);
  const episode = options.episode ?? adviseEpisode(scenario, horizon);
  const complaints: Complaint[] = [];
  if (!isPositive(horizon)) {
    complaints.push({
      what: `no horizon follows from the scenario: it comes to ${horizon} s`,
      where: "--horizon",
      mend: "say how many seconds a decision matters for, e.g. --horizon 60",
    });
  }
  if (!isPositive(episode)) {
    complaints.push({ what: `an episode of ${episode} s`, where: "--episode", mend: "give seconds above 0" });
  }
  const hidden = (options.hidden ?? "64,64").split(",").map(Number);
  const flat = options.flat === true ? mostCandidates(scenario) : undefined;
  if (options.flat === true && flat === undefined) {
    complaints.push({
      what: `a flat network is for one kind of decision, among pools: this scenario decides ${scenario.decide.join(", ")}`,
      where: "--flat",
      mend: "leave it out: a scorer takes any candidates",
    });
  }
  const base = { seed, horizon, hidden, ...(flat === undefined ? {} : { flat }) };
  const learning = learningOf(options, base);
  const imitation = imitationOf(options, base);
  if (learning.algorithm === "ppo") {
    const { environments, rollout, ppo } = learning.settings;
    if (ppo.minibatch > environments * rollout) {
      complaints.push({
        what: `a minibatch of ${ppo.minibatch} is more than a rollout has: ${environments} environments x ${rollout} decisions`,
        where: "--minibatch",
        mend: `at most ${environments * rollout}, or a longer --rollout`,
      });
    }
  }
  if (options.controlVariates === true && !hasInnovations(scenario)) {
    complaints.push({
      what: "nothing here has no memory: no arrivals are Poisson, and no pool has exponential work alone",
      where: "--control-variates",
      mend: "leave it out",
    });
  }
  const lasting = options.regenerative === true ? whyNotRegenerative(scenario) : null;
  if (lasting !== null) {
    complaints.push({
      what: `an empty system is no new beginning here: ${lasting}`,
      where: "--regenerative",
      mend: "leave it out",
    });
  }
  const unowned = options.workflowCosts === true ? whyNoWorkflowCosts(scenario) : null;
  if (unowned !== null) {
    complaints.push({
      what: `costs cannot be told by workflow: ${unowned}`,
      where: "--workflow-costs",
      mend: "leave it out",
    });
  }
  if (learning.algorithm === "reinforce" && options.teacher !== undefined) {
    if (learning.settings.baseline === "heuristic") requireTeacher(options.teacher, loaded);
    else {
      complaints.push({
        what: `the baseline is ${learning.settings.baseline}: no heuristic plays`,
        where: "--teacher",
        mend: "leave it out, or add --baseline heuristic",
      });
    }
  }
  if (learning.algorithm === "dqn") {
    const { memory, minibatch, lookAround, decisions } = learning.settings;
    if (memory < minibatch) {
      complaints.push({
        what: `a minibatch of ${minibatch} is more than is remembered: ${memory} decisions`,
        where: "--memory",
        mend: `at least ${minibatch}; 50000 is usual`,
      });
    }
    if (decisions < lookAround) {
      complaints.push({
        what: `${decisions} decisions are fewer than the ${lookAround} random ones that DQN begins with`,
        where: "--decisions",
        mend: `at least ${lookAround}; 100000 is usual`,
      });
    }
  }
  if (learning.algorithm === "reinforce" && episode < HORIZONS_OF_REINFORCE * horizon) {
    complaints.push({
      what: `an episode of ${round(episode)} s is short for a horizon of ${round(horizon)} s: REINFORCE does not know what is worth what an episode cuts off`,
      where: "--episode",
      mend: `--episode ${Math.ceil(HORIZONS_OF_REINFORCE * horizon)} or more, a shorter --horizon, or --algorithm ppo`,
    });
  }
  refuse(complaints);
  if (imitation?.teacher != null) requireTeacher(imitation.teacher, loaded);
  requireDecision(loaded, seed, episode);
  return { kind: "networks", learning, episode, imitation };
}

/** Pools that a task may be sent to, at the most, where that is all that is decided. */
function mostCandidates({ decide, workflows, pools }: Scenario): number | undefined {
  if (decide.length !== 1 || decide[0] !== "route") return undefined;
  const specs = workflows.flatMap(({ tasks }) => specsOf(tasks));
  // A trace's tasks may run anywhere.
  const most = specs.length === 0 ? pools.length : Math.max(...specs.map((spec) => spec.pools.length));
  return most > 1 ? most : undefined;
}

interface Base {
  readonly seed: number;
  readonly horizon: number;
  readonly hidden: readonly number[];
  /** Candidates of a flat network, where that is wanted. */
  readonly flat?: number;
}

/** What a learning rate that a user gave has fallen to at the end, as a share: one in so many. */
const FINAL_SHARE = 100;

/** The paper's: in units of the returns' deviation, errors below it are squared. */
const QUANTILE_KAPPA = 1;

function learningOf(options: LearningOptions, base: Base): Learning {
  const { algorithm, learningRate, entropy, decisions, quantiles } = options;
  const rates =
    learningRate === undefined ? {} : { learningRate, finalLearningRate: learningRate / FINAL_SHARE };
  const bonus = entropy === undefined ? {} : { entropyWeight: entropy };
  switch (algorithm) {
    case "dqn":
      return {
        algorithm,
        settings: {
          ...dqnDefaults,
          ...base,
          ...rates,
          decisions: decisions ?? 100_000,
          ...given(options, ["memory", "steps", "minibatch"]),
          ...(quantiles === undefined ? {} : { quantiles: { count: quantiles, kappa: QUANTILE_KAPPA } }),
        },
      };
    case "reinforce":
      return {
        algorithm,
        settings: {
          ...reinforceDefaults,
          ...base,
          ...rates,
          ...bonus,
          decisions: decisions ?? 1_000_000,
          ...given(options, ["sequences", "rollouts", "baseline"]),
          ...(options.teacher === undefined ? {} : { heuristic: options.teacher }),
        },
      };
    case "a2c":
      return {
        algorithm,
        settings: {
          ...a2cDefaults,
          ...base,
          ...rates,
          decisions: decisions ?? 1_000_000,
          ...given(options, ["environments", "rollout", "controlVariates", "regenerative", "workflowCosts"]),
          ppo: { ...a2cDefaults.ppo, ...bonus },
        },
      };
    default: {
      const sizes = { environments: 16, rollout: 256, ...given(options, ["environments", "rollout"]) };
      return {
        algorithm: "ppo",
        settings: {
          ...trainerDefaults,
          ...base,
          ...rates,
          ...sizes,
          ...given(options, ["controlVariates", "regenerative", "workflowCosts"]),
          decisions: decisions ?? 1_000_000,
          ...(algorithm === "imitate" ? { valueIterations: VALUE_ITERATIONS } : {}),
          ppo: {
            ...trainerDefaults.ppo,
            minibatch: Math.min(trainerDefaults.ppo.minibatch, sizes.environments * sizes.rollout),
            ...given(options, ["epochs", "minibatch", "valueClip"]),
            ...bonus,
          },
        },
      };
    }
  }
}

function imitationOf({ algorithm, teacher, lessons }: LearningOptions, { seed, hidden }: Base) {
  if (algorithm !== "imitate") return null;
  const decisions = lessons === undefined ? {} : { decisions: Math.ceil(lessons / imitationDefaults.rounds) };
  return { teacher: teacher ?? null, settings: { ...imitationDefaults, seed, hidden, ...decisions } };
}

function knobsPlan(options: LearningOptions, { scenario }: LoadedScenario): LearningPlan {
  if (options.heuristic !== undefined) knobSpace(options.heuristic, scenario);
  const population = options.population ?? learnKnobsDefaults.population;
  return {
    kind: "knobs",
    heuristic: options.heuristic ?? null,
    settings: {
      ...learnKnobsDefaults,
      seed: options.seed,
      population,
      elites: Math.max(1, Math.round(population / 4)),
      ...given(options, ["rounds", "runs"]),
    },
  };
}

function tablePlan({ teacher, seed, decisions }: LearningOptions, loaded: LoadedScenario): LearningPlan {
  if (loaded.trace !== undefined) {
    refuse([
      {
        what: "tables are learned from arrivals that are drawn, not from a trace",
        where: "--algorithm table",
        mend: "use --algorithm ppo, or fit arrivals to the trace (switchyard trace fit)",
      },
    ]);
  }
  if (teacher !== undefined) requireTeacher(teacher, loaded);
  requireDecision(loaded, seed, loaded.scenario.horizon);
  return { kind: "table", start: teacher ?? null, seed, decisions: decisions ?? tableDefaults.decisions };
}

/** Asks for a first decision. @throws {FailureError} NOTHING_TO_DECIDE */
function requireDecision({ scenario, trace }: LoadedScenario, seed: number, episode: number): void {
  const options = { episode, ...(trace === undefined ? {} : { trace }) };
  new OrchestrationEnvironment(scenario, options).reset(trainingSeed(seed, 0, 0));
}

function outOfRange(options: LearningOptions): Complaint[] {
  const complaints: Complaint[] = [];
  for (const [name, least, most] of WHOLE) {
    const value = options[name];
    if (
      value === undefined ||
      (Number.isInteger(value) && (value as number) >= least && (value as number) <= most)
    )
      continue;
    complaints.push({
      what: `${String(value)} is not a whole number from ${least} to ${most}`,
      where: optionName(name),
      mend: `give one, or leave ${optionName(name)} out`,
    });
  }
  for (const name of ["learningRate", "horizon", "episode", "valueClip"] as const) {
    const value = options[name] ?? 1;
    if (!isPositive(value)) {
      complaints.push({
        what: `${value} is not positive`,
        where: optionName(name),
        mend: "give a number above 0",
      });
    }
  }
  if (!((options.entropy ?? 0) >= 0)) {
    complaints.push({
      what: `${options.entropy} is negative`,
      where: "--entropy",
      mend: "0 or more; 0.003 is usual",
    });
  }
  const hidden = options.hidden ?? "1";
  if (!/^[1-9]\d{0,3}(,[1-9]\d{0,3})*$/.test(hidden)) {
    complaints.push({
      what: `"${hidden}" is no list of layer widths`,
      where: "--hidden",
      mend: "widths from 1 to 9999 with commas between, e.g. 64,64",
    });
  }
  return complaints;
}

/** What was set and would be passed over in silence. */
function unused(options: LearningOptions): Complaint[] {
  const { algorithm } = options;
  return (Object.keys(USED_BY) as (keyof LearningOptions)[])
    .filter((name) => options[name] !== undefined && !USED_BY[name]!.includes(algorithm))
    .map((name) => ({
      what: `${algorithm} does not use it`,
      where: optionName(name),
      mend: `leave it out; it is for --algorithm ${USED_BY[name]!.join(", ")}`,
    }));
}

function refuse(complaints: readonly Complaint[]): void {
  if (complaints.length > 0) throw new InputErrors("BAD_SETTING", complaints);
}

function given<Name extends keyof LearningOptions>(
  options: LearningOptions,
  names: readonly Name[],
): { [N in Name]?: NonNullable<LearningOptions[N]> } {
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  ) as { [N in Name]?: NonNullable<LearningOptions[N]> };
}

const isPositive = (value: number): boolean => value > 0 && value < Number.POSITIVE_INFINITY;

const round = (value: number): number => Number(value.toPrecision(3));
