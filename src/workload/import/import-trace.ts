import { InputError } from "../../kit/errors.js";
import type { JsonObject } from "../../kit/json.js";
import { type TraceMetadata, type TraceWorkflow, UnsortedTraceWriter } from "../trace/index.js";
import { commonFormat, formatNamed, noFiles } from "./detect-format.js";
import type { Format, ReadWorkflow } from "./format.js";
import { importMapped } from "./mapped/import-mapped.js";
import type { Mapping } from "./mapped/mapping.js";
import { InstantReading } from "./reading.js";
import { type ImportReport, ReportBuilder } from "./report.js";
import type { ImportSettings } from "./settings.js";
import { describeFiles, type Source } from "./source.js";
import { placed, type Submission } from "./submission.js";
import { WorkflowSorter } from "./workflow-sorter.js";

export interface ImportOptions {
  /** A name from `FORMATS`, or `auto` to tell it by the files. */
  readonly format: string;
  /** Every warning and skip is an error. */
  readonly strict: boolean;
  readonly submit: Submission;
  readonly settings: ImportSettings;
  /** Workflows after which no more are read. */
  readonly limit: number;
  /** Asked now and then; what it throws ends the import, which then leaves nothing behind. */
  readonly signal: Pick<AbortSignal, "throwIfAborted">;
  /** Told now and then how many tasks were read so far. */
  readonly watch: (tasks: number) => void;
}

/** Into a file, a table may be read whose columns a mapping names; then the format is the mapping's. */
export interface FileImportOptions extends ImportOptions {
  readonly mapping: Mapping;
}

type Gathering = Omit<ImportOptions, "signal" | "watch">;

export interface Imported {
  /** Sorted by submission: ready for `encodeTrace`. */
  readonly workflows: readonly TraceWorkflow[];
  readonly metadata: TraceMetadata;
  readonly report: ImportReport;
}

/**
 * Workflows, metadata and a report from recorded files, all of one format, in memory. Nothing is kept of an input that
 * is refused.
 * @throws {InputError} UNKNOWN_FORMAT, NO_FILES, MIXED_FORMATS, STRICT_IMPORT, and what the format throws
 */
export async function importTrace(
  sources: readonly Source[],
  options: Partial<ImportOptions> = {},
): Promise<Imported> {
  const sorter = new WorkflowSorter();
  const { metadata, report, origin } = await gather(sources, options, (flow, at) => sorter.add(flow, at));
  return { workflows: sorter.sorted(origin), metadata, report };
}

/**
 * As `importTrace`, into a trace file, in bounded memory whatever the order of the workflows: there is nothing under its
 * name until all is read and sound.
 */
export async function importToFile(
  sources: readonly Source[],
  path: string,
  options: Partial<FileImportOptions> = {},
): Promise<ImportReport> {
  const { mapping, signal, watch } = options;
  if (mapping !== undefined) {
    if (sources.length === 0) throw noFiles();
    const { strict = false, submit = "recorded", limit = Number.POSITIVE_INFINITY } = options;
    return importMapped(sources, path, mapping, { strict, submit, limit, signal, watch });
  }
  const writer = await UnsortedTraceWriter.open(path);
  try {
    const { metadata, report, origin } = await gather(sources, options, (flow, at) =>
      // On the clock of the trace's other workflows, its recorded times included.
      writer.write(flow.submitted === null || flow.submitted === at ? flow : placed(flow, at), at),
    );
    await writer.close(metadata, origin, signal);
    return report;
  } finally {
    await writer.abort();
  }
}

/** @param add takes a workflow and when it comes, on the clock of the files; -Infinity: with the first */
async function gather(
  sources: readonly Source[],
  options: Partial<ImportOptions>,
  add: (flow: ReadWorkflow, at: number) => void | Promise<void>,
) {
  const { format: asked = "auto", strict = false, submit = "recorded", settings = {} } = options;
  const { limit = Number.POSITIVE_INFINITY, signal, watch } = options;
  const format = asked === "auto" ? await commonFormat(sources) : formatNamed(asked);
  if (format.read === undefined) throw holdsNoWorkload(format, sources);
  refuseIdleSettings(format, settings);
  const report = new ReportBuilder();
  const reading = new InstantReading(report, settings);
  const count = { workflows: 0, tasks: 0, edges: 0 };
  let earliest = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for await (const flow of format.read(sources, reading)) {
    signal?.throwIfAborted();
    if (submit === "recorded") {
      last = flow.submitted ?? last;
      earliest = Math.min(earliest, flow.submitted ?? earliest);
      if (flow.submitted === null) {
        report.warn(
          "SUBMISSION_UNKNOWN",
          "a workflow has no date; it comes together with the one before it",
          () => flow.where,
        );
      }
      await add(flow, last);
    } else {
      await add(flow, submit === "together" ? 0 : count.workflows * submit.every);
    }
    count.workflows++;
    count.tasks += flow.count;
    count.edges += flow.parent.length;
    watch?.(count.tasks);
    if (count.workflows >= limit) break;
  }
  if (count.workflows === 0) report.nothingRead(sources[0]!.name);
  if (strict) report.requireClean();
  const recorded = submit === "recorded" && earliest < Number.POSITIVE_INFINITY;
  const origin = recorded ? earliest : 0;
  const instant =
    recorded && reading.epoch !== null ? new Date((reading.epoch + earliest) * 1000).toISOString() : null;
  return {
    origin,
    metadata: {
      source: format.title,
      provenance: [await step(format, sources, { strict, submit, limit, settings }, reading.facts)],
      origin: instant,
    },
    report: {
      format: format.name,
      files: sources.length,
      ...count,
      skipped: report.skipped,
      warnings: report.warnings,
    },
  };
}

/** A setting that does nothing is a mistake about the format. */
function refuseIdleSettings(format: Format, settings: ImportSettings): void {
  for (const name of Object.keys(settings) as (keyof ImportSettings)[]) {
    if (settings[name] === undefined || format.settings?.includes(name)) continue;
    throw new InputError("UNUSED_SETTING", {
      what: `${format.title} has no use for the setting ${name}`,
      mend: "leave it out, or say with --format which format was meant",
    });
  }
}

function holdsNoWorkload(format: Format, sources: readonly Source[]): InputError {
  return new InputError("NO_WORKLOAD", {
    what: `${format.title} holds figures, but no workload that could be replayed`,
    where: sources[0]?.name ?? "",
    mend: "look at it with `switchyard trace stats`",
  });
}

async function step(
  format: Format,
  sources: readonly Source[],
  options: Omit<Gathering, "format">,
  facts: readonly JsonObject[],
): Promise<JsonObject> {
  const { strict, submit, limit, settings } = options;
  return {
    step: "import",
    format: format.name,
    options: {
      strict,
      submit: typeof submit === "string" ? submit : { every: submit.every },
      ...(limit < Number.POSITIVE_INFINITY ? { limit } : {}),
      ...(settings.workModel === undefined ? {} : { workModel: { ...settings.workModel } }),
      ...(settings.runTimeUnit === undefined ? {} : { runTimeUnit: settings.runTimeUnit }),
      ...(settings.eventWork === undefined ? {} : { eventWork: settings.eventWork }),
    },
    ...(await describeFiles(sources)),
    ...(facts.length > 0 ? { facts } : {}),
  };
}
