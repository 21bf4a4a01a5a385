import { InputError } from "../../kit/errors.js";
import { type ImportReport, importTrace } from "../../workload/import/index.js";
import { encodeTrace, loadTrace, renderTraceSummary, traceSummary } from "../../workload/trace/index.js";
import { readBounded, writeFileAtomic } from "../files.js";

export interface ImportOptions {
  readonly files: readonly string[];
  readonly out: string;
  readonly format: string;
  readonly submit: string;
  readonly strict: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** One recorded file is read whole; larger ones are refused before they are opened. */
const RECORD_BYTES = 1024 * 1024 * 1024;
const TRACE_BYTES = 2 ** 31 - 1;

export async function importFiles(options: ImportOptions): Promise<ImportReport> {
  const { files: paths, out, format, submit, strict, json, quiet } = options;
  const files = [];
  for (const path of paths) files.push({ name: path, bytes: await readBounded(path, RECORD_BYTES) });
  const { workflows, report, metadata } = importTrace(files, {
    format: format as "auto",
    strict,
    submit: submission(submit),
  });
  await writeFileAtomic(out, encodeTrace(workflows, metadata));
  if (json) process.stdout.write(`${JSON.stringify({ out, ...report }, null, 2)}\n`);
  else if (!quiet) process.stdout.write(`${renderReport(report, out)}\n`);
  return report;
}

export async function showTrace(path: string, json: boolean): Promise<void> {
  const summary = traceSummary(loadTrace(await readBounded(path, TRACE_BYTES), path));
  process.stdout.write(json ? `${JSON.stringify(summary, null, 2)}\n` : `${renderTraceSummary(summary)}\n`);
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
