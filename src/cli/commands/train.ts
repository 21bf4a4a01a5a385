import type { CommandModule } from "yargs";

interface Arguments {
  scenario: string;
  out: string | undefined;
  seed: number;
  decisions: number;
  backend: string;
  horizon: number | undefined;
  episode: number | undefined;
  environments: number;
  rollout: number;
  epochs: number;
  minibatch: number;
  learningRate: number;
  entropy: number;
  hidden: string;
  validationSeeds: number;
  validateEvery: number;
  maxMinutes: number | undefined;
  resume: boolean;
  tune: boolean;
  json: boolean | undefined;
  quiet: boolean | undefined;
}

export const trainCommand: CommandModule<object, Arguments> = {
  command: "train <scenario>",
  describe: "learn a policy for a scenario by reinforcement learning (PPO)",
  builder: (yargs) =>
    yargs
      .positional("scenario", { type: "string", demandOption: true, describe: "scenario file (YAML)" })
      .option("out", { type: "string", alias: "o", describe: "run folder; out/train/<scenario> by default" })
      .option("seed", { type: "number", alias: "s", default: 1, describe: "determines the whole run" })
      .option("decisions", {
        type: "number",
        alias: "n",
        default: 1_000_000,
        describe: "decisions to learn from",
      })
      .option("backend", {
        choices: ["auto", "simd", "plain", "tensorflow"] as const,
        default: "auto",
        describe: "who computes gradients; auto: simd where WebAssembly SIMD is present",
      })
      .option("resume", {
        type: "boolean",
        default: false,
        describe: "go on from the run folder's checkpoint",
      })
      .option("max-minutes", { type: "number", describe: "stop, with a checkpoint, after this wall time" })
      .option("tune", {
        type: "boolean",
        default: false,
        describe: "measure the heuristics with tuned knobs for comparison",
      })
      .option("horizon", {
        type: "number",
        describe: "seconds after which a cost weighs 1/e; by default from the scenario's work and deadlines",
      })
      .option("episode", {
        type: "number",
        describe: "virtual seconds of an episode; 10 minutes or the horizon",
      })
      .option("environments", { type: "number", default: 16, describe: "simulations in step" })
      .option("rollout", { type: "number", default: 256, describe: "decisions of each between updates" })
      .option("epochs", { type: "number", default: 4, describe: "passes over each rollout" })
      .option("minibatch", { type: "number", default: 512, describe: "decisions in a gradient step" })
      .option("learning-rate", {
        type: "number",
        default: 1e-3,
        describe: "at the start; falls to 1 % of it",
      })
      .option("entropy", { type: "number", default: 0.003, describe: "weight of the entropy bonus" })
      .option("hidden", { type: "string", default: "64,64", describe: "widths of the hidden layers" })
      .option("validation-seeds", { type: "number", default: 8, describe: "runs in each validation" })
      .option("validate-every", { type: "number", default: 20, describe: "iterations between validations" })
      .group(
        [
          "horizon",
          "episode",
          "environments",
          "rollout",
          "epochs",
          "minibatch",
          "learning-rate",
          "entropy",
          "hidden",
        ],
        "Learning:",
      )
      .group(["validation-seeds", "validate-every"], "Validation:")
      .example("$0 train scenarios/payment-routing.yaml", "a million decisions, about a minute")
      .example("$0 train scenarios/payment-routing.yaml -n 4000000 --max-minutes 10", "longer, bounded")
      .example("$0 train scenarios/payment-routing.yaml --resume", "go on where it was stopped")
      .example("$0 policy export out/train/payment-routing --version 1.0.0", "then make a package of it")
      .strict() as never,
  handler: async ({ scenario, json, quiet, ...rest }) => {
    const { train } = await import("../actions/train.js");
    await train({ ...rest, path: scenario, json: json === true, quiet: quiet === true });
  },
};
