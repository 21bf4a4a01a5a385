import type { CommandModule } from "yargs";

interface Arguments {
  scenarios: string[];
  policy: string[] | undefined;
  seeds: number;
  firstSeed: number;
  tune: boolean;
  baseline: string;
  level: number;
  threads: number | undefined;
  out: string | undefined;
  report: string | undefined;
  json: boolean | undefined;
  quiet: boolean | undefined;
}

export const benchCommand: CommandModule<object, Arguments> = {
  command: "bench <scenarios..>",
  describe: "compare policies on the same seeds, with confidence intervals",
  builder: (yargs) =>
    yargs
      .positional("scenarios", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "scenario files",
      })
      .option("policy", {
        type: "string",
        array: true,
        alias: "p",
        describe:
          "heuristic, policy package or training run; may be given often. Every heuristic that applies by default",
      })
      .option("seeds", { type: "number", alias: "n", default: 30, describe: "how many seeds" })
      .option("first-seed", { type: "number", default: 1, describe: "the first of them" })
      .option("tune", {
        type: "boolean",
        default: false,
        describe: "tune the heuristics' knobs first, on seeds of their own",
      })
      .option("baseline", {
        type: "string",
        default: "best-heuristic",
        describe: "the policy that others are compared with",
      })
      .option("level", { type: "number", default: 0.95, describe: "of the confidence intervals" })
      .option("threads", {
        type: "number",
        alias: "t",
        describe: "worker threads; results do not depend on it",
      })
      .option("out", { type: "string", alias: "o", describe: "write the results here as JSON" })
      .option("report", { type: "string", alias: "r", describe: "write a self-contained HTML report here" })
      .example("$0 bench scenarios/payment-routing.yaml", "every heuristic on 30 seeds")
      .example(
        "$0 bench scenarios/payment-routing.yaml -p jsq -p policies/payment-routing/1.0.0 -r out/report.html",
        "a learned policy against one heuristic, with a report",
      )
      .example(
        "$0 bench scenarios/payment-routing.yaml --tune -o out/bench.json",
        "tuned heuristics, kept as JSON",
      )
      .strict() as never,
  handler: async ({ scenarios, policy, json, quiet, ...rest }) => {
    const { bench } = await import("../actions/bench.js");
    await bench({ ...rest, paths: scenarios, policies: policy, json: json === true, quiet: quiet === true });
  },
};
