import type { CommandModule } from "yargs";
import type { SweepOptions } from "../actions/sweep.js";

type Arguments = Omit<SweepOptions, "path" | "json" | "quiet" | "set"> & {
  scenario: string;
  set: string[] | undefined;
  json: boolean | undefined;
  quiet: boolean | undefined;
};

const GUIDE = `What may be set:
  policy=choice(sed, jsq)                  which heuristic
  policy.failure=uniform(0, 20)            a knob of the heuristic that --policy names
  scenario.pools.fast.servers=choice(2,3)  anything in the scenario file, by its path
  agent.learningRate=loguniform(1e-4,1e-2) a setting of the agent that --algorithm names

How (--method):
  random   independent draws: the default
  grid     every combination; five values of a range
  tpe      draws where earlier ones were good, eight at a time
  halving  many with little effort, the best third with three times of it, and so on: for agents
  asha     the same without waiting for a rung to be done: for many threads

Results do not depend on the number of threads. Each is on disk at once:
--resume goes on, also after kill -9.`;

export const sweepCommand: CommandModule<object, Arguments> = {
  command: "sweep <scenario>",
  describe: "try out settings of a scenario, a policy or an agent, and say which matter",
  builder: (yargs) =>
    yargs
      .positional("scenario", { type: "string", demandOption: true, describe: "scenario file (YAML)" })
      .option("set", { type: "string", array: true, describe: "path=domain; may be given often; see below" })
      .option("spec", { type: "string", describe: "file (YAML) with `set`, a map of paths to domains" })
      .option("policy", { type: "string", alias: "p", describe: "the heuristic that is measured" })
      .option("algorithm", {
        choices: ["ppo", "a2c", "dqn", "reinforce"] as const,
        alias: "a",
        describe: "measure an agent that learns this way, in place of a heuristic",
      })
      .option("method", {
        choices: ["random", "grid", "tpe", "halving", "asha"] as const,
        alias: "m",
        default: "random",
        describe: "how settings are chosen; see below",
      })
      .option("trials", { type: "number", alias: "n", default: 32, describe: "settings to try" })
      .option("runs", { type: "number", default: 8, describe: "validation runs that measure a trial" })
      .option("decisions", {
        type: "number",
        default: 60_000,
        describe: "that an agent learns from in a trial",
      })
      .option("seed", { type: "number", alias: "s", default: 1, describe: "determines the whole sweep" })
      .option("threads", {
        type: "number",
        alias: "t",
        describe: "worker threads; results do not depend on it",
      })
      .option("backend", {
        choices: ["auto", "simd", "plain", "tensorflow"] as const,
        default: "auto",
        describe: "who computes an agent's gradients",
      })
      .option("out", { type: "string", alias: "o", describe: "folder; out/sweep/<scenario> by default" })
      .option("resume", { type: "boolean", default: false, describe: "go on from the folder's trials" })
      .example(
        '$0 sweep scenarios/payment-routing.yaml -p sed --set "policy.failure=uniform(0,20)" --set "policy.price=uniform(0,2)" -m tpe',
        "two knobs of a heuristic",
      )
      .example(
        '$0 sweep scenarios/payment-routing.yaml -a ppo --set "agent.learningRate=loguniform(1e-4,1e-2)" -m halving',
        "a setting of PPO",
      )
      .epilogue(GUIDE)
      .strict() as never,
  handler: async ({ scenario, set, json, quiet, ...rest }) => {
    const { runSweep } = await import("../actions/sweep.js");
    await runSweep({ ...rest, set: set ?? [], path: scenario, json: json === true, quiet: quiet === true });
  },
};
