import { basename } from "node:path";
import { InputError } from "../../kit/errors.js";
import type { JsonObject } from "../../kit/json.js";
import {
  fileSource,
  fileStatistics,
  type ImportReport,
  importToFile,
  parseWorkModel,
} from "../../workload/import/index.js";
import {
  fileDigest,
  readTrace,
  readTraceMetadata,
  renderTraceSummary,
  SummaryBuilder,
} from "../../workload/trace/index.js";
import { writeFileAtomic } from "../files.js";

export interface ImportOptions {
  readonly files: readonly string[];
  readonly out: string;
  readonly format: string;
  readonly submit: string;
  readonly strict: boolean;
  readonly workModel?: string | undefined;
  readonly runTimeUnit?: "s" | "ms" | undefined;
  readonly eventWork?: "unknown" | "sojourn" | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function importFiles(options: ImportOptions): Promise<ImportReport> {
  const { files: paths, out, format, submit, strict, json, quiet } = options;
  const sources = await Promise.all(paths.map(fileSource));
  const { workModel, runTimeUnit, eventWork } = options;
  const report = await importToFile(sources, out, {
    format,
    strict,
    submit: submission(submit),
    settings: {
      ...(workModel === undefined ? {} : { workModel: parseWorkModel(workModel) }),
      ...(runTimeUnit === undefined ? {} : { runTimeUnit }),
      ...(eventWork === undefined ? {} : { eventWork }),
    },
  });
  if (json) process.stdout.write(`${JSON.stringify({ out, ...report }, null, 2)}\n`);
  else if (!quiet) process.stdout.write(`${renderReport(report, out)}\n`);
  return report;
}

export interface ShowOptions {
  readonly file: string;
  readonly page: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Reads the trace workflow by workflow: what is kept are the figures from which quantiles are taken. */
export async function showTrace({ file, page, json, quiet }: ShowOptions): Promise<void> {
  const metadata = await readTraceMetadata(file);
  const builder = new SummaryBuilder();
  for await (const workflow of readTrace(file)) builder.add(workflow);
  const summary = builder.summary(fileDigest(file));
  if (page !== undefined) {
    const { traceReport } = await import("../../report/index.js");
    const { reportLibraries } = await import("../report-libraries.js");
    const libraries = await reportLibraries();
    await writeFileAtomic(page, traceReport(summary, metadata, { name: basename(file), libraries }));
  }
  if (json) process.stdout.write(`${JSON.stringify({ ...metadata, ...summary }, null, 2)}\n`);
  else if (page === undefined) process.stdout.write(`${renderTraceSummary(summary)}\n`);
  else if (!quiet) process.stdout.write(`page in ${page}\n`);
}

export async function printStatistics(path: string, format: string, json: boolean): Promise<void> {
  const figures = await fileStatistics(await fileSource(path), format);
  process.stdout.write(`${json ? JSON.stringify(figures, null, 2) : renderFigures(figures)}\n`);
}

/** A figure a line; those of a group are indented below it. */
function renderFigures(figures: JsonObject, indent = ""): string {
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  return Object.entries(figures)
    .map(([name, value]) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? `${indent}${name}\n${renderFigures(value as JsonObject, `${indent}  `)}`
        : `${indent}${name.padEnd(width)}  ${typeof value === "string" ? value : JSON.stringify(value)}`,
    )
    .join("\n");
}

function submission(text: string): "recorded" | "together" | { every: number } {
  if (text === "recorded" || text === "together") return text;
  const every = Number(text);
  if (every > 0 && every < Number.POSITIVE_INFINITY) return { every };
  throw new InputError("BAD_ARGUMENT", {
    what: `"${text}" says not when workflows come`,
    where: "--submit",
    mend: "give recorded, together, or a number of seconds between them",
  });
}

function renderReport(
  { files, workflows, tasks, edges, skipped, warnings }: ImportReport,
  out: string,
): string {
  const lines = [
    `${out}: ${workflows} workflows, ${tasks} tasks, ${edges} edges from ${files} ${files === 1 ? "file" : "files"}`,
  ];
  for (const { cause, count, first } of skipped)
    lines.push(`  skipped ${count}: ${cause}, first at ${first}`);
  for (const { code, count, first } of warnings)
    lines.push(`  warning ${code}, ${count} times, first at ${first}`);
  return lines.join("\n");
}
