import type { CommandModule } from "yargs";
import { usageError } from "../exit.js";
import { optionName } from "../option-name.js";

interface Arguments {
  scenario: string;
  policy: string;
  seed: number;
  out: string | undefined;
  every: number;
  poolsEvery: number;
  features: boolean;
  checkpoint: string | undefined;
  checkpointEvery: number;
  resume: boolean;
  antithetic: boolean;
  precision: string | undefined;
  method: "replications" | "batch-means" | undefined;
  figure: string | undefined;
  versus: string | undefined;
  level: number | undefined;
  mostRuns: number | undefined;
  threads: number | undefined;
  json: boolean | undefined;
  quiet: boolean | undefined;
}

export const simulateCommand: CommandModule<object, Arguments> = {
  command: "simulate <scenario>",
  describe: "run a scenario under a policy: once, or as often as a precision asks for",
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
        describe:
          "write telemetry here: attempts, workflows, decisions, weather and series (.arrow), outcome.json",
      })
      .option("every", {
        type: "number",
        default: 1,
        describe: "with --out: record every n-th workflow",
      })
      .option("pools-every", {
        type: "number",
        default: 0,
        describe: "with --out: also series.arrow, the state of the pools every so many virtual seconds",
      })
      .option("features", {
        type: "boolean",
        default: false,
        describe: "with --out: also candidates.<kind>.arrow, all that the policy saw at each decision",
      })
      .option("checkpoint", {
        type: "string",
        describe: "keep the whole run in this file while it lasts; Ctrl-C and kill lose nothing",
      })
      .option("checkpoint-every", {
        type: "number",
        default: 30,
        describe: "with --checkpoint: seconds between two writes",
      })
      .option("resume", {
        type: "boolean",
        default: false,
        describe: "with --checkpoint: go on from the file if it is there; the result is the same to the bit",
      })
      .option("antithetic", {
        type: "boolean",
        default: false,
        describe: "draw 1 - u for every u of the seed; with --precision: runs in antithetic pairs",
      })
      .option("precision", {
        type: "string",
        describe: "estimate the steady state to this relative half-width, e.g. 1%",
      })
      .option("method", {
        choices: ["replications", "batch-means"] as const,
        describe: "with --precision: many runs (the default), or a long one",
      })
      .option("figure", {
        type: "string",
        describe:
          "with --precision: what to estimate, e.g. objective (the default), flowTime, numberInSystem",
      })
      .option("versus", {
        type: "string",
        describe: "with --precision: estimate the difference from this policy, on the same draws",
      })
      .option("level", { type: "number", describe: "with --precision: of confidence, 0.95 by default" })
      .option("most-runs", {
        type: "number",
        describe: "with --precision: give up after so many, 1000 by default",
      })
      .option("threads", {
        type: "number",
        alias: "t",
        describe: "with --precision: worker threads; results do not depend on it",
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
      .example(
        "$0 simulate scenarios/mm1.yaml --precision 1% --figure flowTime",
        "the mean flow time in steady state, within 1 %",
      )
      .example(
        "$0 simulate big.yaml --checkpoint out/big.ckpt --resume",
        "a run of hours that survives being killed",
      )
      .strict() as never,
  handler: async ({ scenario: path, policy, seed, out, antithetic, json, quiet, ...rest }) => {
    const { every, poolsEvery, features, checkpoint, checkpointEvery, resume, ...steady } = rest;
    if (resume && checkpoint === undefined) throw usageError("--resume needs --checkpoint");
    const { precision } = steady;
    const { simulate } = await import("../actions/simulate.js");
    const common = { path, policy, seed, antithetic, json: json === true, quiet: quiet === true };
    if (precision === undefined) {
      refuseWithout("precision", steady);
      await simulate({ ...common, out, every, poolsEvery, features, checkpoint, checkpointEvery, resume });
      return;
    }
    if (checkpoint !== undefined) throw usageError("--checkpoint is of single runs, not of --precision");
    const { simulateSteadyState } = await import("../actions/simulate-steady-state.js");
    await simulateSteadyState({ ...common, ...steady, precision, out });
  },
};

/** Options that would be passed over in silence. */
function refuseWithout(needed: string, { precision: _, ...given }: Partial<Arguments>): void {
  const one = Object.entries(given).find(
    ([name, value]) => OF_PRECISION.includes(name) && value !== undefined,
  );
  if (one === undefined) return;
  throw usageError(`${optionName(one[0])} needs --${needed}`);
}

const OF_PRECISION = ["method", "figure", "versus", "level", "mostRuns", "threads"];
