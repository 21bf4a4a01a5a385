import type { CommandModule } from "yargs";
import type { BenchOptions } from "../actions/bench.js";

type Arguments = Omit<BenchOptions, "paths" | "policies" | "json" | "quiet"> & {
  files: string[] | undefined;
  policy: string[] | undefined;
  json: boolean | undefined;
  quiet: boolean | undefined;
};

const GUIDE = `Three ways to ask:
  bench scenario.yaml ...     compares policies that options name, in scenarios
  bench experiment.yaml       runs all that the file says: scenarios x overrides x policies
                              x seeds, which metric, which comparisons, when to stop
  bench --gate gate.yaml      candidate against champion, for CI: exit code 0 where it passes,
                              1 with the reason where it does not

Runs of experiments and gates are kept in .switchyard/cache beside the file, by a digest of all
that determines them: killed and started again, what has run is not run again. Results are the
same bytes for any number of threads, cached or not. See docs/experiments.md.`;

export const benchCommand: CommandModule<object, Arguments> = {
  command: "bench [files..]",
  describe: "compare policies on the same seeds, with confidence intervals; experiments and CI gates",
  builder: (yargs) =>
    yargs
      .positional("files", {
        type: "string",
        array: true,
        describe: "scenario files, or one experiment file",
      })
      .option("gate", {
        type: "string",
        alias: "g",
        describe: "gate file: may the candidate replace the champion?",
      })
      .option("policy", {
        type: "string",
        array: true,
        alias: "p",
        describe:
          "heuristic, policy package or training run; may be given often. Every heuristic that applies by default",
      })
      .option("seeds", { type: "number", alias: "n", describe: "how many seeds; 30 by default" })
      .option("first-seed", { type: "number", describe: "the first of them; 1 by default" })
      .option("tune", {
        type: "boolean",
        describe: "tune the heuristics' knobs first, on seeds of their own",
      })
      .option("baseline", {
        type: "string",
        describe: "the policy that others are compared with; best-heuristic by default",
      })
      .option("level", { type: "number", describe: "of the confidence intervals; 0.95 by default" })
      .option("indifference", {
        type: "string",
        describe: "a difference from the least cost that is not worth telling apart, relative; 1% by default",
      })
      .option("axes", {
        type: "string",
        describe:
          "two figures to weigh against each other, e.g. cost,p99 (the default): objective, a metric, or p50 to p99 of flow time",
      })
      .option("threads", {
        type: "number",
        alias: "t",
        describe: "worker threads; results do not depend on it",
      })
      .option("cache", {
        type: "string",
        describe: "folder where runs are kept; --no-cache for none (the default for scenarios)",
      })
      .option("out", { type: "string", alias: "o", describe: "write the results here as JSON" })
      .option("report", { type: "string", alias: "r", describe: "write a self-contained HTML report here" })
      .option("junit", { type: "string", describe: "write a gate's verdict here as JUnit XML" })
      .option("markdown", { type: "string", describe: "write a gate's verdict here as Markdown" })
      .example("$0 bench scenarios/payment-routing.yaml", "every heuristic on 30 seeds")
      .example(
        "$0 bench scenarios/payment-routing.yaml -p jsq -p policies/payment-routing/1.0.0 -r out/report.html",
        "a learned policy against one heuristic, with a report",
      )
      .example(
        "$0 bench scenarios/payment-routing.yaml --tune -o out/bench.json",
        "tuned heuristics, kept as JSON",
      )
      .example("$0 bench scenarios/experiments/routing-rules.yaml -o out/rules.json", "an experiment file")
      .example(
        "$0 bench --gate scenarios/experiments/release-gate.yaml --junit out/gate.xml --markdown out/gate.md",
        "a release gate in CI",
      )
      .epilogue(GUIDE)
      .strict() as never,
  handler: async ({ files, policy, json, quiet, ...rest }) => {
    const { bench } = await import("../actions/bench.js");
    await bench({
      ...rest,
      paths: files ?? [],
      policies: policy,
      json: json === true,
      quiet: quiet === true,
    });
  },
};
