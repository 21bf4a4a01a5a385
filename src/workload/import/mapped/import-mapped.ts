import { type TraceMetadata, UnsortedTraceWriter } from "../../trace/index.js";
import { type RowBatch, resubmit, sliceRows } from "../../trace/row-batch.js";
import { InstantReading } from "../reading.js";
import { type ImportReport, ReportBuilder } from "../report.js";
import { describeFiles, type Source } from "../source.js";
import type { Submission } from "../submission.js";
import type { Mapping } from "./mapping.js";
import { RowMapper, ScatteredRows } from "./row-mapper.js";
import { groupedBlocks, tableBlocks } from "./tables.js";

export interface MappedOptions {
  readonly strict: boolean;
  readonly submit: Submission;
  /** Workflows after which no more are read. */
  readonly limit: number;
  readonly signal: Pick<AbortSignal, "throwIfAborted"> | undefined;
  readonly watch: ((tasks: number) => void) | undefined;
}

/**
 * Makes a trace of tables whose columns a mapping names, in bounded memory. Rows go through as columns. Where those of a
 * workflow turn out not to stand together, the files are read again and rows are grouped, which takes several times as
 * long.
 * @throws {InputError} where a table is not what the mapping says
 */
export async function importMapped(
  sources: readonly Source[],
  path: string,
  mapping: Mapping,
  options: MappedOptions,
): Promise<ImportReport> {
  for (const blocks of [tableBlocks, groupedBlocks]) {
    const writer = await UnsortedTraceWriter.open(path);
    try {
      return await mapInto(writer, blocks(sources, mapping), sources, mapping, options);
    } catch (error) {
      if (!(error instanceof ScatteredRows)) throw error;
    } finally {
      await writer.abort();
    }
  }
  throw new ScatteredRows("rows that were grouped are not together");
}

async function mapInto(
  writer: UnsortedTraceWriter,
  blocks: ReturnType<typeof tableBlocks>,
  sources: readonly Source[],
  mapping: Mapping,
  { strict, submit, limit, signal, watch }: MappedOptions,
): Promise<ImportReport> {
  const report = new ReportBuilder();
  const reading = new InstantReading(report, {});
  const files = sources.map(({ name }) => name);
  const mapper = new RowMapper(mapping, reading, writer.names, files, submit === "recorded");
  const clock = new SubmissionClock(submit);
  const write = async (batches: Iterable<RowBatch>) => {
    for (const batch of batches) {
      signal?.throwIfAborted();
      const rows = untilWorkflow(batch, limit);
      clock.place(rows);
      await writer.writeRows(rows);
      watch?.(writer.tasks);
      if (writer.workflows >= limit) return;
    }
  };
  for await (const block of blocks) {
    signal?.throwIfAborted();
    await write(mapper.push(block));
    if (writer.workflows >= limit) break;
  }
  if (writer.workflows < limit) await write(mapper.finish());
  if (writer.workflows === 0) report.nothingRead(files[0]!);
  if (strict) report.requireClean();
  const { origin } = clock;
  const dated = submit === "recorded" && reading.epoch !== null;
  const metadata: TraceMetadata = {
    source: "a table, by a mapping",
    provenance: [
      {
        step: "import",
        mapping: mapping.text,
        options: {
          strict,
          submit: typeof submit === "string" ? submit : { every: submit.every },
          ...(limit < Number.POSITIVE_INFINITY ? { limit } : {}),
        },
        ...(await describeFiles(sources)),
      },
    ],
    origin: dated ? new Date((reading.epoch! + origin) * 1000).toISOString() : null,
  };
  await writer.close(metadata, origin, signal);
  return {
    format: "mapped",
    files: sources.length,
    workflows: writer.workflows,
    tasks: writer.tasks,
    edges: writer.edges,
    skipped: report.skipped,
    warnings: report.warnings,
  };
}

function untilWorkflow(batch: RowBatch, limit: number): RowBatch {
  if (batch.workflow[batch.rows - 1]! < limit) return batch;
  let to = batch.rows;
  while (to > 0 && batch.workflow[to - 1]! >= limit) to--;
  return sliceRows(batch, 0, to);
}

/** When workflows come: as `gather` has it for workflows one by one. */
class SubmissionClock {
  private earliest = Number.POSITIVE_INFINITY;
  private last = Number.NEGATIVE_INFINITY;

  constructor(private readonly submit: Submission) {}

  /** The time that becomes 0. */
  get origin(): number {
    return this.submit === "recorded" && this.earliest < Number.POSITIVE_INFINITY ? this.earliest : 0;
  }

  /** Replaces when workflows were submitted by when they come. */
  place(batch: RowBatch): void {
    if (this.submit === "recorded") this.placeRecorded(batch);
    else {
      const every = this.submit === "together" ? 0 : this.submit.every;
      resubmit(batch, (_, row) => batch.workflow[row]! * every);
    }
  }

  /** Who has no date comes together with the one before. */
  private placeRecorded({ rows, submitted }: RowBatch): void {
    for (let row = 0; row < rows; row++) {
      const at = submitted[row]!;
      if (Number.isNaN(at)) submitted[row] = this.last;
      else {
        this.last = at;
        if (at < this.earliest) this.earliest = at;
      }
    }
  }
}
