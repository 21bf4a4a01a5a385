import type { Argv, CommandModule } from "yargs";
import type { TrainOptions } from "../actions/train.js";

type Arguments = Omit<TrainOptions, "path" | "json" | "quiet"> & {
  scenario: string;
  json: boolean | undefined;
  quiet: boolean | undefined;
};

/** When each fits, for `--help`: the first that does the job is the one to take. */
const GUIDE = `Ways to learn (--algorithm):
  ppo        a network by proximal policy optimization: the default; stable, fast on few cores
  imitate    a network that first learns to decide as a heuristic does, then goes on with ppo: where a
             random policy drowns, or what is learned must never be much worse than what is there
  knobs      the numbers of a heuristic by the cross-entropy method: a rule that people can read; try it first
  table      what to do in every state that is met, by solving the process that runs show: where states are few,
             and times exponential, it tends to the optimum
  a2c        a network by advantage actor-critic: less memory and less to tune than ppo, more decisions
  reinforce  a network by episodes that share their arrivals: for short episodes, ruled by their luck
  dqn        a network by Q-learning from a memory: environments that are slow to step; on queues prefer ppo

Every way measures the heuristics first, and compares what was learned with the best of them on fresh seeds:
the better of the two is what the run folder stands for in \`bench -p\`, \`simulate -p\` and \`policy export\`.`;

export const trainCommand: CommandModule<object, Arguments> = {
  command: "train <scenario>",
  describe: "learn a policy for a scenario: networks, a table, or the knobs of a heuristic",
  builder: (yargs) =>
    networks(general(yargs))
      .options({
        environments: { type: "number", describe: "simulations in step [ppo, a2c: 16]" },
        rollout: { type: "number", describe: "decisions of each between updates [ppo: 256, a2c: 16]" },
        epochs: { type: "number", describe: "passes over each rollout [ppo: 4]" },
        minibatch: { type: "number", describe: "decisions in a gradient step [ppo: 512, dqn: 64]" },
        "value-clip": {
          type: "number",
          describe: "ppo: how far an update may move values, in scaled returns [no bound]",
        },
        teacher: {
          type: "string",
          describe: "imitate, table: the heuristic to begin from; reinforce: the baseline's [the best one]",
        },
        "control-variates": {
          type: "boolean",
          describe:
            "take off what is known to be luck, where times are exponential: the same mean, less noise",
        },
        regenerative: {
          type: "boolean",
          describe: "answer for a decision until the system is next empty: for systems that often are",
        },
        "workflow-costs": {
          type: "boolean",
          describe:
            "a decision pays for the workflow that it is about, not for all that costs meanwhile [in busy systems that route each workflow once]",
        },
        lessons: { type: "number", describe: "imitate: decisions of the teacher to learn from [10000]" },
        heuristic: {
          type: "string",
          describe: "knobs: of which heuristic, e.g. sed or sed(price=0) [the best that has any]",
        },
        population: { type: "number", describe: "knobs: settings in a round [24]" },
        rounds: { type: "number", describe: "knobs: rounds at most [12]" },
        runs: { type: "number", describe: "knobs: runs by which a setting is measured in a round [4]" },
        memory: { type: "number", describe: "dqn: decisions that are remembered [50000]" },
        steps: { type: "number", describe: "dqn: steps whose rewards are taken as they came [3]" },
        quantiles: {
          type: "number",
          describe: "dqn: learn the distribution of what comes, by so many [none: its mean]",
        },
        sequences: { type: "number", describe: "reinforce: arrival sequences in an update [4]" },
        baseline: {
          choices: ["input-driven", "mean", "heuristic"] as const,
          describe:
            "reinforce: what a return is held against: others on its arrivals, all, a heuristic on its arrivals [input-driven]",
        },
        rollouts: { type: "number", describe: "reinforce: episodes on each of them [8]" },
      })
      .group(
        [
          "environments",
          "rollout",
          "epochs",
          "minibatch",
          "value-clip",
          "control-variates",
          "regenerative",
          "workflow-costs",
        ],
        "ppo, a2c:",
      )
      .group(["teacher", "lessons"], "imitate, table:")
      .group(["heuristic", "population", "rounds", "runs"], "knobs:")
      .group(["memory", "steps", "quantiles"], "dqn:")
      .group(["sequences", "rollouts", "baseline"], "reinforce:")
      .example("$0 train scenarios/payment-routing.yaml", "a million decisions by ppo, about a minute")
      .example("$0 train scenarios/payment-routing.yaml --algorithm knobs", "a readable rule, half a minute")
      .example("$0 train scenarios/payment-routing.yaml -n 4000000 --max-minutes 10", "longer, bounded")
      .example("$0 train scenarios/payment-routing.yaml --resume", "go on where it was stopped")
      .example("tensorboard --logdir out/train", "its curves, live")
      .epilogue(`${GUIDE}\n\nMore: docs/learning.md`)
      .strict() as never,
  handler: async ({ scenario, json, quiet, ...rest }) => {
    const { train } = await import("../actions/train.js");
    await train({ ...rest, path: scenario, json: json === true, quiet: quiet === true });
  },
};

function general(yargs: Argv<object>) {
  return yargs
    .positional("scenario", { type: "string", demandOption: true, describe: "scenario file (YAML)" })
    .option("algorithm", {
      choices: ["ppo", "imitate", "knobs", "table", "a2c", "reinforce", "dqn"] as const,
      alias: "a",
      default: "ppo",
      describe: "how to learn; see below",
    })
    .option("out", { type: "string", alias: "o", describe: "run folder; out/train/<scenario> by default" })
    .option("seed", { type: "number", alias: "s", default: 1, describe: "determines the whole run" })
    .option("max-minutes", { type: "number", describe: "stop, with a checkpoint, after this wall time" })
    .option("resume", { type: "boolean", default: false, describe: "go on from the run folder's checkpoint" })
    .option("tune", {
      type: "boolean",
      default: false,
      describe: "compare with the heuristics at their best settings, not at their usual ones",
    })
    .option("threads", {
      type: "number",
      alias: "t",
      describe: "worker threads, for ppo and a2c in training too; results do not depend on it",
    })
    .option("validation-seeds", { type: "number", default: 8, describe: "runs in each validation" })
    .option("validate-every", {
      type: "number",
      describe: "decisions between validations, each with a checkpoint; by default a twentieth of all",
    })
    .option("final-seeds", {
      type: "number",
      default: 30,
      describe: "fresh seeds of the last comparison with the best heuristic",
    })
    .group(["algorithm", "out", "seed", "max-minutes", "resume", "threads"], "Run:")
    .group(["tune", "validation-seeds", "validate-every", "final-seeds"], "Comparing:");
}

function networks(yargs: Argv<object>) {
  return yargs
    .option("decisions", {
      type: "number",
      alias: "n",
      describe: "decisions to learn from [a million; dqn: 100000, table: 4 million]",
    })
    .option("horizon", {
      type: "number",
      describe: "seconds after which a cost weighs 1/e [from the scenario's work and deadlines]",
    })
    .option("episode", {
      type: "number",
      describe: "virtual seconds of an episode [ten of --horizon, at least 10 minutes]",
    })
    .option("learning-rate", {
      type: "number",
      describe: "at the start; falls on the way [0.001; a2c: 0.002, reinforce: 0.003]",
    })
    .option("hidden", { type: "string", describe: "widths of the hidden layers [64,64]" })
    .option("flat", {
      type: "boolean",
      describe:
        "one network that sees all pools at once, for ppo and a2c: faster, but for these pools alone [a scorer of each]",
    })
    .option("entropy", { type: "number", describe: "weight of the entropy bonus [0.003]; not for dqn" })
    .option("backend", {
      choices: ["auto", "simd", "plain", "tensorflow"] as const,
      default: "auto",
      describe: "who computes gradients; auto: simd where WebAssembly SIMD is present",
    })
    .group(
      ["decisions", "horizon", "episode", "learning-rate", "hidden", "flat", "entropy", "backend"],
      "All networks:",
    );
}
