import type { CommandModule } from "yargs";

interface Arguments {
  scenario: string;
  policy: string;
  seed: number;
  out: string | undefined;
  every: number;
  json: boolean | undefined;
  quiet: boolean | undefined;
}

export const simulateCommand: CommandModule<object, Arguments> = {
  command: "simulate <scenario>",
  describe: "run a scenario once under a policy",
  builder: (yargs) =>
    yargs
      .positional("scenario", { type: "string", demandOption: true, describe: "scenario file (YAML)" })
      .option("policy", {
        type: "string",
        alias: "p",
        default: "sed",
        describe:
          "heuristic, e.g. jsq, sed(failure=4), sed+sjf; or the folder of a policy package or training run",
      })
      .option("seed", { type: "number", alias: "s", default: 1, describe: "determines every draw" })
      .option("out", {
        type: "string",
        alias: "o",
        describe: "write telemetry here: attempts.arrow, workflows.arrow, decisions.arrow, outcome.json",
      })
      .option("every", {
        type: "number",
        default: 1,
        describe: "with --out: record every n-th workflow",
      })
      .example("$0 simulate scenarios/mm1.yaml", "an M/M/1 queue")
      .example("$0 simulate scenarios/payment-routing.yaml -p 'sed(failure=2)' -s 7", "a tuned heuristic")
      .example(
        "$0 simulate scenarios/wfcommons-replay.yaml -p upward-rank -o out/run",
        "replay, keep telemetry",
      )
      .example(
        "$0 simulate scenarios/payment-routing.yaml -p policies/payment-routing/1.0.0",
        "a learned policy",
      )
      .strict() as never,
  handler: async ({ scenario: path, policy, seed, out, every, json, quiet }) => {
    const { simulate } = await import("../actions/simulate.js");
    await simulate({ path, policy, seed, out, every, json: json === true, quiet: quiet === true });
  },
};
