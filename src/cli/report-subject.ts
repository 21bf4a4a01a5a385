import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { summarize } from "../experiment/results.js";
import { InputError } from "../kit/errors.js";
import {
  benchmarkCharts,
  benchmarkReport,
  type Chart,
  type ReportLibraries,
  sweepCharts,
  sweepReport,
  traceCharts,
  traceReport,
  trainingCharts,
  trainingReport,
} from "../report/index.js";
import { readResults } from "./read-results.js";
import { readSwept, SWEPT_FILE } from "./swept-settings.js";
import { RUN_FILE, readTrainingRun } from "./training/training-run.js";

/** What a page and its charts are made of. */
export interface ReportSubject {
  /** Where the page is written unless one says otherwise. */
  readonly page: string;
  readonly report: (libraries: ReportLibraries) => string;
  readonly charts: () => readonly Chart[];
}

/** What only the results of a benchmark have a use for. */
export interface BenchmarkChoices {
  readonly training: string | undefined;
  readonly title: string | undefined;
  readonly baseline: string | undefined;
  readonly level: number | undefined;
}

/** The results of a benchmark, the folder of a training run or of a sweep, or a trace. @throws {InputError} */
export async function reportSubject(path: string, choices: BenchmarkChoices): Promise<ReportSubject> {
  if (existsSync(join(path, RUN_FILE))) {
    requireNone(path, { ...choices, title: undefined });
    const run = await readTrainingRun(path);
    const curve = run.curve.map(({ decisions, cost }) => ({ step: decisions, cost }));
    const { title } = choices;
    const trained = { ...run, curve };
    return {
      page: join(path, "report.html"),
      report: (libraries) =>
        trainingReport(trained, { libraries, ...(title === undefined ? {} : { title }) }),
      charts: () => trainingCharts(trained),
    };
  }
  if (existsSync(join(path, SWEPT_FILE))) {
    requireNone(path, choices);
    const swept = await readSwept(path);
    return {
      page: join(path, "report.html"),
      report: (libraries) => sweepReport(swept, libraries),
      charts: () => sweepCharts(swept),
    };
  }
  if (path.endsWith(".arrow")) {
    requireNone(path, choices);
    return traceSubject(path);
  }
  return benchmarkSubject(path, choices);
}

async function traceSubject(path: string): Promise<ReportSubject> {
  // Apache Arrow takes as long to load as all else does, and only traces need it.
  const { fileDigest, readTrace, readTraceMetadata, SummaryBuilder } = await import(
    "../workload/trace/index.js"
  );
  const metadata = await readTraceMetadata(path);
  const builder = new SummaryBuilder();
  for await (const workflow of readTrace(path)) builder.add(workflow);
  const summary = builder.summary(fileDigest(path));
  return {
    page: pageBeside(path),
    report: (libraries) => traceReport(summary, metadata, { name: basename(path), libraries }),
    charts: () => traceCharts(summary, metadata),
  };
}

async function benchmarkSubject(
  path: string,
  { training, title, baseline, level }: BenchmarkChoices,
): Promise<ReportSubject> {
  const results = await readResults(path);
  const summary = summarize(results, {
    ...(baseline === undefined ? {} : { baseline }),
    ...(level === undefined ? {} : { level }),
  });
  const curve = training === undefined ? [] : (await readTrainingRun(training)).curve;
  const extras = {
    learningCurve: curve.map(({ decisions, cost }) => ({ step: decisions, cost })),
    ...(title === undefined ? {} : { title }),
  };
  return {
    page: pageBeside(path),
    report: (libraries) => benchmarkReport(results, summary, { libraries, ...extras }),
    charts: () => benchmarkCharts(results, summary, extras),
  };
}

const pageBeside = (path: string): string => `${path.replace(/\.(json|arrow)$/i, "")}.html`;

function requireNone(path: string, choices: BenchmarkChoices): void {
  const odd = Object.entries(choices).find(([, given]) => given !== undefined);
  if (odd === undefined) return;
  throw new InputError("USAGE", {
    what: `--${odd[0]} is for the results of a benchmark, and ${path} is none`,
    where: `--${odd[0]}`,
    mend: "leave it out",
  });
}
