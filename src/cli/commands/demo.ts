import type { CommandModule } from "yargs";

interface Arguments {
  seed: number;
  out: string;
  short: boolean;
  json: boolean | undefined;
  quiet: boolean | undefined;
}

export const demoCommand: CommandModule<object, Arguments> = {
  command: "demo",
  describe: "the main job, end to end: import, simulate, train, benchmark, export, run, report",
  builder: (yargs) =>
    yargs
      .option("seed", {
        type: "number",
        alias: "s",
        default: 1,
        describe: "of training and of the benchmark",
      })
      .option("out", {
        type: "string",
        alias: "o",
        default: "out/demo",
        describe: "everything is written here",
      })
      .option("short", { type: "boolean", default: false, describe: "a tenth of the training and 10 seeds" })
      .example("$0 demo", "at most four minutes on two cores")
      .example("$0 demo --seed 7", "again, with other seeds throughout")
      .strict() as never,
  handler: async ({ json, quiet, ...rest }) => {
    const { demo } = await import("../actions/demo.js");
    await demo({ ...rest, json: json === true, quiet: quiet === true });
  },
};
