import type { TraceMetadata, TraceWorkflow } from "../trace/index.js";
import type { ImportReport, ReportBuilder } from "./report.js";

/** A recorded file, read whole. */
export interface SourceFile {
  /** Its path or name, for complaints. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ImportOptions {
  /** Every warning and skip is an error. */
  readonly strict: boolean;
  /**
   * When workflows come: as recorded, relative to the earliest; all at time 0; or one every so many seconds, in the
   * order of the files.
   */
  readonly submit: "recorded" | "together" | { readonly every: number };
  /** Seconds after the one before it at which a workflow comes whose recorded submission is unknown. */
  readonly spacing: number;
}

export interface Imported {
  /** Sorted by submission: ready for `encodeTrace` or a `TraceWriter`. */
  readonly workflows: readonly TraceWorkflow[];
  readonly metadata: TraceMetadata;
  readonly report: ImportReport;
}

/** One format of recorded workflows. */
export interface Importer {
  /** As given to `--format`. */
  readonly name: string;
  /** In words: "WfCommons WfFormat 1.0 to 1.6". */
  readonly title: string;
  /** Whether a file looks like this format, by its first bytes (64 KiB at most) and its name. */
  sniff(head: Uint8Array, fileName: string): boolean;
  /**
   * @returns workflows sorted by submission, and the instant of time 0 where it is known (RFC 3339)
   * @throws {InputError} where a file is not what it claims to be
   */
  import(
    files: readonly SourceFile[],
    options: ImportOptions,
    report: ReportBuilder,
  ): { readonly workflows: readonly TraceWorkflow[]; readonly origin: string | null };
}
