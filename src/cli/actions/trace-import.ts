import pc from "picocolors";
import { FailureError, InputError } from "../../kit/errors.js";
import { counted, formatCount } from "../../kit/format-number.js";
import {
  fileSource,
  type ImportReport,
  importToFile,
  type Mapping,
  parseMapping,
  parseWorkModel,
  type Source,
} from "../../workload/import/index.js";
import { readBounded } from "../files.js";
import { inputFiles } from "../input-files.js";
import { progress } from "../progress.js";
import { stopSignals } from "../stop-signals.js";

export interface ImportOptions {
  readonly files: readonly string[];
  readonly out: string;
  readonly format: string;
  readonly map?: string | undefined;
  readonly submit: string;
  readonly strict: boolean;
  readonly limit?: number | undefined;
  readonly workModel?: string | undefined;
  readonly runTimeUnit?: "s" | "ms" | undefined;
  readonly eventWork?: "unknown" | "sojourn" | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Smaller files are read before a bar would be seen. */
const LONG_BYTES = 32 * 1024 * 1024;
const MAPPING_BYTES = 4 * 1024 * 1024;

/** Where a signal ends it, the exit code says so, and there is nothing under the trace's name. */
export async function importFiles(options: ImportOptions): Promise<void> {
  const { out, format, strict, json, quiet } = options;
  const { workModel, runTimeUnit, eventWork } = options;
  const limit = limitOf(options.limit);
  const mapping = options.map === undefined ? undefined : await mappingOf(options.map, options);
  const files = await Promise.all((await inputFiles(options.files)).map(fileSource));
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const stop = stopSignals("the import is given up, and leaves nothing behind");
  const bar = progress({
    label: "import",
    total: megabytes(total),
    unit: "MB",
    silent: quiet || total < LONG_BYTES,
  });
  let tasks = 0;
  const began = performance.now();
  const read = new ReadBytes((bytes) =>
    bar.update(megabytes(bytes), { "tasks/s": Math.round((tasks * 1000) / (performance.now() - began)) }),
  );
  try {
    const report = await importToFile(
      files.map((file) => read.watched(file)),
      out,
      {
        format,
        strict,
        limit,
        submit: submission(options.submit),
        settings: {
          ...(workModel === undefined ? {} : { workModel: parseWorkModel(workModel) }),
          ...(runTimeUnit === undefined ? {} : { runTimeUnit }),
          ...(eventWork === undefined ? {} : { eventWork }),
        },
        ...(mapping === undefined ? {} : { mapping }),
        signal: { throwIfAborted: () => throwIfStopped(stop.signal) },
        watch: (count) => {
          tasks = count;
        },
      },
    );
    bar.stop();
    if (json) process.stdout.write(`${JSON.stringify({ out, ...report }, null, 2)}\n`);
    else if (!quiet) process.stdout.write(`${renderReport(report, out)}\n`);
  } catch (error) {
    if (stop.signal === null) throw error;
    stop.setExitCode();
  } finally {
    bar.stop();
    stop.release();
  }
}

/** Counts the bytes of files that were read, however often they are. */
class ReadBytes {
  private bytes = 0;

  constructor(private readonly told: (bytes: number) => void) {}

  watched(file: Source): Source {
    let furthest = 0;
    const reached = (at: number) => {
      if (at <= furthest) return;
      this.bytes += at - furthest;
      furthest = at;
      this.told(this.bytes);
    };
    return {
      ...file,
      read: async (from, to) => {
        const bytes = await file.read(from, to);
        reached(Math.min(furthest + bytes.length, file.size));
        return bytes;
      },
      async *stored() {
        let at = 0;
        for await (const piece of file.stored()) {
          at += piece.length;
          reached(at);
          yield piece;
        }
      },
    };
  }
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;

function throwIfStopped(signal: "SIGINT" | "SIGTERM" | null): void {
  if (signal === null) return;
  throw new FailureError("INTERRUPTED", { what: `${signal} ended the import; nothing was written` });
}

async function mappingOf(path: string, options: ImportOptions): Promise<Mapping> {
  const { format, workModel, runTimeUnit, eventWork } = options;
  const idle =
    format !== "auto"
      ? "--format"
      : Object.entries({
          "--work-model": workModel,
          "--run-time-unit": runTimeUnit,
          "--event-work": eventWork,
        }).find(([, value]) => value !== undefined)?.[0];
  if (idle !== undefined) {
    throw new InputError("BAD_ARGUMENT", {
      what: "a mapping says itself how files are read",
      where: idle,
      mend: `leave out ${idle}, or --map; see docs/trace-mapping.md`,
    });
  }
  return parseMapping(new TextDecoder().decode(await readBounded(path, MAPPING_BYTES)), path);
}

function limitOf(limit: number | undefined): number {
  if (limit === undefined) return Number.POSITIVE_INFINITY;
  if (Number.isSafeInteger(limit) && limit >= 1) return limit;
  throw new InputError("BAD_ARGUMENT", {
    what: `${limit} is no number of workflows`,
    where: "--limit",
    mend: "give a whole number, at least 1",
  });
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

function renderReport(report: ImportReport, out: string): string {
  const { files, workflows, tasks, edges, skipped, warnings } = report;
  const table = (rows: readonly { count: number; what: string; first: string }[]) => {
    const width = Math.max(...rows.map((row) => formatCount(row.count).length));
    return rows.flatMap((row) => [
      `  ${formatCount(row.count).padStart(width)}  ${row.what}`,
      `  ${"".padStart(width)}  ${pc.dim(`first at ${row.first}`)}`,
    ]);
  };
  const lines = [
    `${pc.bold(out)}: ${formatCount(workflows)} workflows, ${formatCount(tasks)} tasks, ${formatCount(edges)} edges from ${counted(files, "file")} (${report.format})`,
  ];
  if (skipped.length > 0) {
    lines.push("skipped", ...table(skipped.map(({ cause, ...rest }) => ({ what: cause, ...rest }))));
  }
  if (warnings.length > 0) {
    lines.push(
      "warnings",
      ...table(warnings.map(({ code, what, ...rest }) => ({ what: `${code}: ${what}`, ...rest }))),
    );
  }
  if (skipped.length + warnings.length === 0) lines.push("nothing was skipped or doubted");
  return lines.join("\n");
}
