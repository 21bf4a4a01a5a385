import { basename } from "node:path";
import type { JsonObject } from "../../kit/json.js";
import { fileSource, fileStatistics } from "../../workload/import/index.js";
import {
  fileDigest,
  readTrace,
  readTraceMetadata,
  renderTraceSummary,
  SummaryBuilder,
} from "../../workload/trace/index.js";
import { writeFileAtomic } from "../files.js";

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
