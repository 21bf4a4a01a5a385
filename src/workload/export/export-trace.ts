import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError, suggest } from "../../kit/errors.js";
import { writePieces } from "../atomic-file.js";
import { readTrace, readTraceMetadata, type TraceMetadata } from "../trace/index.js";
import { csvOf } from "./csv.js";
import { parquetOf } from "./parquet.js";
import { wfformatOf } from "./wfformat.js";

/** What a trace can be written as. */
export const EXPORT_FORMATS = {
  csv: "comma-separated values, a row a task",
  parquet: "Apache Parquet, a row a task",
  wfformat: "WfCommons WfFormat 1.5, a folder with a file a workflow",
} as const;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

/**
 * Writes a trace in another format, in bounded memory; there is nothing under its name until all is written.
 * @returns how many workflows were written
 * @throws {InputError} what reading the trace throws; NOT_EMPTY where a folder is already there
 */
export async function exportTrace(path: string, format: ExportFormat, out: string): Promise<number> {
  const metadata = await readTraceMetadata(path);
  const count = { workflows: 0 };
  const flows = counted(readTrace(path), count);
  if (format === "csv") await writePieces(out, csvOf(flows));
  else if (format === "parquet") await writePieces(out, parquetOf(flows, metadata));
  else await writeInstances(flows, metadata, out);
  return count.workflows;
}

/**
 * The format that a name asks for by its ending.
 * @throws {InputError} UNKNOWN_FORMAT
 */
export function exportFormatOf(out: string, asked?: string): ExportFormat {
  const name = asked ?? /\.(csv|parquet)$/i.exec(out)?.[1]?.toLowerCase() ?? "wfformat";
  if (Object.hasOwn(EXPORT_FORMATS, name)) return name as ExportFormat;
  throw new InputError("UNKNOWN_FORMAT", {
    what: `a trace cannot be written as "${name}"`,
    where: "--to",
    mend: suggest("formats", name, Object.keys(EXPORT_FORMATS)),
  });
}

type Flows = ReturnType<typeof readTrace>;

async function* counted(flows: Flows, count: { workflows: number }) {
  for await (const flow of flows) {
    count.workflows++;
    yield flow;
  }
}

async function writeInstances(
  flows: AsyncIterable<Parameters<typeof wfformatOf>[0]>,
  metadata: TraceMetadata,
  out: string,
): Promise<void> {
  await mkdir(dirname(out), { recursive: true });
  const temporary = await mkdtemp(join(dirname(out), `.${basename(out)}.`));
  try {
    let n = 0;
    for await (const flow of flows) {
      const text = wfformatOf(flow, n, metadata);
      const name = `${String(n).padStart(6, "0")}-${flow.template.replace(/[^\w.-]+/g, "_").slice(0, 80)}.json`;
      await writePieces(join(temporary, name), [text]);
      n++;
    }
    await rename(temporary, out).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "ENOTEMPTY" && cause.code !== "EEXIST" && cause.code !== "ENOTDIR") throw cause;
      throw new InputError(
        "NOT_EMPTY",
        {
          what: "there is something of that name already",
          where: out,
          mend: "name a folder that is not there",
        },
        { cause },
      );
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
