import type { CommandModule } from "yargs";

interface Arguments {
  results: string;
  out: string | undefined;
  charts: string | undefined;
  format: ("svg" | "png")[] | undefined;
  theme: "light" | "dark";
  width: number;
  scale: number;
  training: string | undefined;
  title: string | undefined;
  baseline: string | undefined;
  level: number | undefined;
  json: boolean | undefined;
}

export const reportCommand: CommandModule<object, Arguments> = {
  command: "report <results>",
  describe: "a page, or its charts as pictures, of a benchmark, a training, a sweep or a trace",
  builder: (yargs) =>
    yargs
      .positional("results", {
        type: "string",
        demandOption: true,
        describe: "what `bench --out` wrote, the folder of a training run or of a sweep, or a trace",
      })
      .option("out", {
        type: "string",
        alias: "o",
        describe:
          "write the page here; beside the results, or in the folder, by default, unless --charts is given",
      })
      .option("charts", { type: "string", alias: "c", describe: "write every chart into this folder" })
      .option("format", {
        choices: ["svg", "png"] as const,
        array: true,
        describe: "of the charts; both by default, where PNG can be drawn",
      })
      .option("theme", {
        choices: ["light", "dark"] as const,
        default: "light" as const,
        describe: "of the charts",
      })
      .option("width", { type: "number", default: 720, describe: "of the charts, pixels" })
      .option("scale", { type: "number", default: 2, describe: "pixels of a PNG for each of the chart's" })
      .option("training", {
        type: "string",
        describe: "a training run, whose learning curve is shown too",
      })
      .option("title", { type: "string", describe: "of the page" })
      .option("baseline", { type: "string", describe: "the policy that others are compared with" })
      .option("level", { type: "number", describe: "of the confidence intervals" })
      .example("$0 report out/bench.json", "writes out/bench.html")
      .example("$0 report out/bench.json --charts out/charts", "every chart as SVG and PNG")
      .example("$0 report out/train --charts out/charts", "the learning curve of a training run")
      .strict() as never,
  handler: async ({ json, ...options }) => {
    const { report } = await import("../actions/report.js");
    await report({ ...options, json: json === true });
  },
};
