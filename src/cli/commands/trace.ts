import type { CommandModule } from "yargs";
import { queryCommand } from "./query.js";

interface ImportArguments {
  files: string[];
  out: string;
  format: string;
  map: string | undefined;
  submit: string;
  strict: boolean;
  limit: number | undefined;
  workModel: string | undefined;
  runTimeUnit: "s" | "ms" | undefined;
  eventWork: "unknown" | "sojourn" | undefined;
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
        describe: "recorded workflows: files, folders, or patterns in quotes",
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
      .option("map", {
        type: "string",
        describe: "which columns of a CSV, NDJSON or Parquet file are what (docs/trace-mapping.md)",
      })
      .option("limit", {
        type: "number",
        describe: "stop after so many workflows",
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
      .option("work-model", {
        type: "string",
        describe: "seconds of work by tokens, for logs of inference: fixed=0.05,prompt=0.0002,output=0.02",
      })
      .option("run-time-unit", {
        choices: ["s", "ms"] as const,
        describe: "unit of run times in GWF files, which do not say (s)",
      })
      .option("event-work", {
        choices: ["unknown", "sojourn"] as const,
        describe:
          "work of events of which only the end is known: sojourn is the time since what they waited for",
      })
      .example("$0 trace import run1.json run2.json -o out/runs.arrow", "WfCommons WfFormat 1.4 or 1.5")
      .example("$0 trace import runs/*.json -o out/runs.arrow --submit 30", "one every 30 seconds")
      .example("$0 trace import jobs.csv --map columns.yaml -o out/jobs.arrow", "any table")
      .strict() as never,
  handler: async ({ json, quiet, ...rest }) => {
    const { importFiles } = await import("../actions/trace-import.js");
    await importFiles({ ...rest, json: json === true, quiet: quiet === true });
  },
};

interface ShowArguments {
  file: string;
  page: string | undefined;
  json: boolean | undefined;
  quiet: boolean | undefined;
}

const showCommand: CommandModule<object, ShowArguments> = {
  command: "show <file>",
  describe: "what is in a trace: arrivals, shapes, work by type, outcomes",
  builder: (yargs) =>
    yargs
      .positional("file", { type: "string", demandOption: true, describe: "an Arrow trace" })
      .option("page", { type: "string", describe: "write it as an HTML page with charts, too (.html)" })
      .example("$0 trace show scenarios/traces/small.arrow", "the sample that ships")
      .example("$0 trace show runs.arrow --page out/runs.html", "with charts, in one file")
      .strict() as never,
  handler: async ({ json, quiet, ...rest }) => {
    const { showTrace } = await import("../actions/trace.js");
    await showTrace({ ...rest, json: json === true, quiet: quiet === true });
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

interface FidelityArguments {
  file: string;
  policy: string;
  servers: string[] | undefined;
  backfill: boolean;
  seed: number;
  json: boolean | undefined;
}

const fidelityCommand: CommandModule<object, FidelityArguments> = {
  command: "fidelity <file>",
  describe: "replay a trace on its own pools, and set simulated waits against the recorded ones",
  builder: (yargs) =>
    yargs
      .positional("file", { type: "string", demandOption: true, describe: "a trace with recorded waits" })
      .option("policy", {
        type: "string",
        alias: "p",
        default: "as-recorded",
        describe: "who decides where tasks run; as-recorded: where they ran",
      })
      .option("servers", {
        type: "string",
        array: true,
        describe:
          "servers (cores) of every pool, or of one: pool=100; as many as were ever busy at once by default",
      })
      .option("backfill", {
        type: "boolean",
        default: false,
        describe: "tasks that fit go before those that do not, where tasks use several cores",
      })
      .option("seed", { type: "number", default: 0, describe: "for ties between pools" })
      .example("$0 trace fidelity jobs.arrow", "how near do simulated waits come to the recorded ones?")
      .example("$0 trace fidelity jobs.arrow --servers 100 --backfill", "on 100 cores, with backfilling")
      .strict() as never,
  handler: async ({ json, ...rest }) => {
    const { compareWaits } = await import("../actions/trace-fidelity.js");
    await compareWaits({ ...rest, json: json === true });
  },
};

interface TransformArguments {
  inputs: string[];
  step: string[] | undefined;
  align: "start" | "recorded";
  out: string;
  json: boolean | undefined;
  quiet: boolean | undefined;
}

const transformCommand: CommandModule<object, TransformArguments> = {
  command: "transform <inputs..>",
  describe: "make a trace of others: merge, slice, filter, sample, scale, amplify, shuffle, anonymize",
  builder: (yargs) =>
    yargs
      .positional("inputs", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "traces; several are merged before any step",
      })
      .option("step", {
        type: "string",
        array: true,
        alias: "s",
        describe: "what to do, in turn; give it once a step",
      })
      .option("align", {
        choices: ["start", "recorded"] as const,
        default: "start" as const,
        describe: "whether merged traces begin together, or at the instants at which they were recorded",
      })
      .option("out", {
        type: "string",
        alias: "o",
        demandOption: true,
        describe: "the trace to write (.arrow)",
      })
      .example('$0 trace transform runs.arrow -s "slice(from=1 h, until=2 h)" -o hour.arrow', "an hour of it")
      .example(
        '$0 trace transform a.arrow b.arrow -s "sample(share=10%)" -s anonymize -o small.arrow',
        "two traces, a tenth of their workflows, without names",
      )
      .epilogue("Steps: docs/trace-transformations.md, or `switchyard trace steps`.")
      .strict() as never,
  handler: async ({ json, quiet, step, ...rest }) => {
    const { transformTraces } = await import("../actions/trace-transform.js");
    await transformTraces({ ...rest, steps: step ?? [], json: json === true, quiet: quiet === true });
  },
};

const stepsCommand: CommandModule = {
  command: "steps",
  describe: "every step that `trace transform` knows, with an example",
  handler: async () => {
    const { printSteps } = await import("../actions/trace-transform.js");
    printSteps();
  },
};

interface ExportArguments {
  input: string;
  out: string;
  to: string | undefined;
  json: boolean | undefined;
  quiet: boolean | undefined;
}

const exportCommand: CommandModule<object, ExportArguments> = {
  command: "export <input>",
  describe: "write a trace as CSV, Parquet or WfFormat, or a simulated run for Perfetto",
  builder: (yargs) =>
    yargs
      .positional("input", {
        type: "string",
        demandOption: true,
        describe: "a trace, or the folder of a run's telemetry (simulate --out)",
      })
      .option("out", { type: "string", alias: "o", demandOption: true, describe: "what to write" })
      .option("to", {
        type: "string",
        describe: "csv, parquet, wfformat (a folder) or perfetto; by default as the name of --out ends",
      })
      .example("$0 trace export runs.arrow -o runs.parquet", "for DuckDB, Spark, pandas")
      .example("$0 trace export runs.arrow --to wfformat -o runs", "a JSON file a workflow")
      .example("$0 trace export out/run --to perfetto -o run.json", "open it in ui.perfetto.dev")
      .strict() as never,
  handler: async ({ json, quiet, ...rest }) => {
    const { exportTo } = await import("../actions/trace-export.js");
    await exportTo({ ...rest, json: json === true, quiet: quiet === true });
  },
};

interface SynthArguments {
  spec: string;
  out: string;
  seed: number;
  workflows: number | undefined;
  span: string | undefined;
  json: boolean | undefined;
  quiet: boolean | undefined;
}

const synthCommand: CommandModule<object, SynthArguments> = {
  command: "synth <spec>",
  describe: "make a trace up from a spec: arrivals, shapes, work",
  builder: (yargs) =>
    yargs
      .positional("spec", { type: "string", demandOption: true, describe: "a synthesis (.yaml)" })
      .option("out", {
        type: "string",
        alias: "o",
        demandOption: true,
        describe: "the trace to write (.arrow)",
      })
      .option("seed", { type: "number", default: 1, describe: "the same seed gives the same bytes" })
      .option("workflows", { type: "number", describe: "how many; by default as the spec says" })
      .option("span", { type: "string", describe: "for how long workflows arrive, e.g. 2 h" })
      .example("$0 trace synth scenarios/synthesis/agents.yaml -o out/agents.arrow", "as long as it says")
      .example("$0 trace synth fitted.yaml -o week.arrow --seed 7 --span '1 week'", "a week of it")
      .epilogue("The spec: docs/synthesis.md. From a real trace: `switchyard trace fit`.")
      .strict() as never,
  handler: async ({ json, quiet, ...rest }) => {
    const { synthesizeTrace } = await import("../actions/trace-synth.js");
    await synthesizeTrace({ ...rest, json: json === true, quiet: quiet === true });
  },
};

interface FitArguments {
  trace: string;
  out: string;
  criterion: "aic" | "bic";
  laws: "quantiles" | "families";
  patterns: number;
  sequence: "auto" | "independent";
  json: boolean | undefined;
  quiet: boolean | undefined;
}

const fitCommand: CommandModule<object, FitArguments> = {
  command: "fit <trace>",
  describe: "a spec that makes workloads like a trace",
  builder: (yargs) =>
    yargs
      .positional("trace", { type: "string", demandOption: true, describe: "an Arrow trace" })
      .option("out", {
        type: "string",
        alias: "o",
        demandOption: true,
        describe: "the spec to write (.yaml)",
      })
      .option("criterion", {
        choices: ["aic", "bic"] as const,
        default: "bic" as const,
        describe: "by which models are chosen",
      })
      .option("laws", {
        choices: ["quantiles", "families"] as const,
        default: "quantiles" as const,
        describe: "work by its own quantiles (likest), or by the best family (shortest)",
      })
      .option("patterns", {
        type: "number",
        default: 1000,
        describe: "DAGs kept as they are; rarer ones are pooled",
      })
      .option("sequence", {
        choices: ["auto", "independent"] as const,
        default: "auto" as const,
        describe: "workflows follow each other as flow times ask for, or independently in any case",
      })
      .example("$0 trace fit runs.arrow -o runs.yaml", "then: trace synth runs.yaml -o more.arrow")
      .epilogue("How it fits, and what it does not keep: docs/synthesis.md.")
      .strict() as never,
  handler: async ({ trace, out, criterion, laws, patterns, sequence, json, quiet }) => {
    const { fitToTrace } = await import("../actions/trace-fit.js");
    await fitToTrace({
      trace,
      out,
      criterion,
      laws,
      patterns,
      sequence,
      json: json === true,
      quiet: quiet === true,
    });
  },
};

interface CompareArguments {
  real: string;
  synthetic: string;
  policies: string;
  servers: string;
  utilisation: string;
  replications: number;
  seed: number;
  threads: number | undefined;
  json: boolean | undefined;
}

const compareCommand: CommandModule<object, CompareArguments> = {
  command: "compare <real> <synthetic>",
  describe: "how like a workload is to another: distributions, arrivals, DAGs, and flow times under policies",
  builder: (yargs) =>
    yargs
      .positional("real", { type: "string", demandOption: true, describe: "an Arrow trace" })
      .positional("synthetic", {
        type: "string",
        demandOption: true,
        describe: "a trace, or a spec (.yaml) of which several are made",
      })
      .option("policies", {
        type: "string",
        default: "weighted-random,jsq,sed",
        describe: "whose flow times are compared",
      })
      .option("servers", {
        type: "string",
        default: "auto",
        describe: "of each of three pools; auto: as the load wants",
      })
      .option("utilisation", {
        type: "string",
        default: "70%",
        describe: "to which the first trace loads them",
      })
      .option("replications", { type: "number", default: 20, describe: "traces that are made of a spec" })
      .option("seed", { type: "number", default: 1, describe: "of whatever is drawn" })
      .option("threads", { type: "number", describe: "worker threads; results do not depend on it" })
      .example("$0 trace compare runs.arrow runs.yaml", "does the fitted spec keep what matters?")
      .example(
        "$0 trace compare monday.arrow tuesday.arrow --policies jsq,sed,least-work-left",
        "two real ones",
      )
      .epilogue("What is compared, and how the verdict is found: docs/synthesis.md.")
      .strict() as never,
  handler: async ({ real, synthetic, policies, servers, utilisation, replications, seed, threads, json }) => {
    const { compareTraces } = await import("../actions/trace-compare.js");
    await compareTraces({
      real,
      synthetic,
      policies,
      servers,
      utilisation,
      replications,
      seed,
      threads,
      json: json === true,
    });
  },
};

export const traceCommand: CommandModule = {
  command: "trace <command>",
  describe: "recorded workloads: import, look at, transform, export; synthetic ones",
  builder: (yargs) =>
    yargs
      .command(importCommand)
      .command(showCommand)
      .command(queryCommand)
      .command(statsCommand)
      .command(fidelityCommand)
      .command(transformCommand)
      .command(stepsCommand)
      .command(exportCommand)
      .command(synthCommand)
      .command(fitCommand)
      .command(compareCommand)
      .demandCommand(
        1,
        "Say what to do: import, show, query, stats, fidelity, transform, export, synth, fit or compare.",
      )
      .strict(),
  handler: () => {},
};
