import type { CommandModule } from "yargs";

interface ImportArguments {
  files: string[];
  out: string;
  format: string;
  submit: string;
  strict: boolean;
  json: boolean | undefined;
  quiet: boolean | undefined;
}

const importCommand: CommandModule<object, ImportArguments> = {
  command: "import <files..>",
  describe: "make an Arrow trace of recorded workflows",
  builder: (yargs) =>
    yargs
      .positional("files", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "recorded workflows",
      })
      .option("out", {
        type: "string",
        alias: "o",
        demandOption: true,
        describe: "the trace to write (.arrow)",
      })
      .option("format", {
        type: "string",
        default: "auto",
        describe: "format of the files; auto looks at their contents",
      })
      .option("submit", {
        type: "string",
        default: "recorded",
        describe: "when workflows come: recorded, together, or seconds between them",
      })
      .option("strict", {
        type: "boolean",
        default: false,
        describe: "take every warning and skip for an error",
      })
      .example("$0 trace import run1.json run2.json -o out/runs.arrow", "WfCommons WfFormat 1.4 or 1.5")
      .example("$0 trace import runs/*.json -o out/runs.arrow --submit 30", "one every 30 seconds")
      .strict() as never,
  handler: async ({ json, quiet, ...rest }) => {
    const { importFiles } = await import("../actions/trace.js");
    await importFiles({ ...rest, json: json === true, quiet: quiet === true });
  },
};

const showCommand: CommandModule<object, { file: string; json: boolean | undefined }> = {
  command: "show <file>",
  describe: "what is in a trace: workflows, shapes, work by type",
  builder: (yargs) =>
    yargs
      .positional("file", { type: "string", demandOption: true, describe: "an Arrow trace" })
      .example("$0 trace show scenarios/traces/small.arrow", "the sample that ships")
      .strict() as never,
  handler: async ({ file, json }) => {
    const { showTrace } = await import("../actions/trace.js");
    await showTrace(file, json === true);
  },
};

interface StatsArguments {
  file: string;
  format: string;
  json: boolean | undefined;
}

const statsCommand: CommandModule<object, StatsArguments> = {
  command: "stats <file>",
  describe: "figures of a recorded file as it stands, before it is imported",
  builder: (yargs) =>
    yargs
      .positional("file", {
        type: "string",
        demandOption: true,
        describe: "a file of any format that is read",
      })
      .option("format", {
        type: "string",
        default: "auto",
        describe: "format of the file; auto looks at its contents",
      })
      .example("$0 trace stats jobs.swf --json", "counts, work, arrivals: docs/trace-statistics.md")
      .strict() as never,
  handler: async ({ file, format, json }) => {
    const { printStatistics } = await import("../actions/trace.js");
    await printStatistics(file, format, json === true);
  },
};

export const traceCommand: CommandModule = {
  command: "trace <command>",
  describe: "recorded workloads: import, show, stats",
  builder: (yargs) =>
    yargs
      .command(importCommand)
      .command(showCommand)
      .command(statsCommand)
      .demandCommand(1, "Say what to do with the trace: import, show or stats.")
      .strict(),
  handler: () => {},
};
