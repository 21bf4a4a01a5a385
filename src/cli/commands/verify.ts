import type { CommandModule } from "yargs";

interface Arguments {
  cases: string | undefined;
  qgym: string | undefined;
  replications: number;
  only: string[] | undefined;
  precision: number;
  mostJobs: number;
  threads: number | undefined;
  cache: string | undefined;
  json: boolean | undefined;
  quiet: boolean | undefined;
}

export const verifyCommand: CommandModule<object, Arguments> = {
  command: "verify",
  describe: "hold the simulator to queueing theory: cases with known figures",
  builder: (yargs) =>
    yargs
      .option("cases", {
        type: "string",
        describe: "file of cases (JSON); those that are shipped by default. See docs/verify.md",
      })
      .option("qgym", {
        type: "string",
        describe: "published scheduling networks instead: a file of them, or those that are shipped",
      })
      .option("replications", { type: "number", default: 100, describe: "runs of each network (--qgym)" })
      .option("only", { type: "string", array: true, describe: "cases or families to run; all by default" })
      .option("precision", {
        type: "number",
        default: 0.005,
        describe: "standard error, as a share of the truth",
      })
      .option("most-jobs", {
        type: "number",
        default: 4_000_000_000,
        describe: "jobs simulated for an experiment at the most",
      })
      .option("threads", {
        type: "number",
        alias: "t",
        describe: "worker threads; results do not depend on it",
      })
      .option("cache", {
        type: "string",
        describe:
          "keep each replication in this folder as it is done: killed and started again, none is run twice",
      })
      .example("$0 verify", "every case that is shipped; exit code 1 on a miss")
      .example("$0 verify --only mm1 --only mg1 --precision 0.02", "two families, quickly")
      .example("$0 verify --cache out/verify", "work of hours that survives being killed")
      .example("$0 verify --qgym", "the published networks that are shipped")
      .conflicts("qgym", ["cases", "cache"])
      .strict() as never,
  handler: async ({ json, quiet, qgym, replications, ...rest }) => {
    if (qgym !== undefined) {
      const { verifyPublished } = await import("../actions/verify-published.js");
      const { only, threads } = rest;
      await verifyPublished({ file: qgym, only, replications, threads, json: json === true });
      return;
    }
    const { verifyTheory } = await import("../actions/verify.js");
    await verifyTheory({ ...rest, json: json === true, quiet: quiet === true });
  },
};
