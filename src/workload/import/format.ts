import type { JsonObject } from "../../kit/json.js";
import type { TraceWorkflow } from "../trace/index.js";
import type { ReportBuilder } from "./report.js";
import type { ImportSettings } from "./settings.js";
import type { Source } from "./source.js";

/**
 * A workflow as a format has it. Its times (`submitted` and the recorded ones) are seconds on the clock of its files:
 * since the `epoch` of the reading, or since whatever their time 0 is. They are set against the trace's origin, the
 * earliest submission, when all is read. Where `submitted` is null, the recorded times are unknown too.
 */
export interface ReadWorkflow extends Omit<TraceWorkflow, "submitted"> {
  readonly submitted: number | null;
  /** Where it stands, for complaints: `log.csv:12`. */
  readonly where: string;
}

/** What a format may ask and tell while it reads. */
export interface Reading {
  readonly report: ReportBuilder;
  /**
   * Seconds from the epoch of the trace to an instant, whole seconds since 1970 and the rest of a second apart, so that
   * nanoseconds survive. The first instant asked for fixes the epoch.
   */
  readonly since: (seconds: number, fraction?: number) => number;
  /** What the files leave to whoever imports them. */
  readonly settings: ImportSettings;
  /** Keeps facts of a file that no column has (the size of the machine, say) in the trace's provenance. */
  readonly tell: (facts: JsonObject) => void;
}

/** One format of recorded workflows. */
export interface Format {
  /** As given to `--format`. */
  readonly name: string;
  /** In words: "WfCommons WfFormat 1.0 to 1.6". */
  readonly title: string;
  /** Whether a file looks like this format, by the first bytes of its content (64 KiB at most) and its name. */
  sniff(head: Uint8Array, fileName: string): boolean;
  /** Settings that mean something to it. */
  readonly settings?: readonly (keyof ImportSettings)[];
  /** Where the first bytes do not tell it from others: whether the file is of this format, after `sniff` said that it may be. */
  readonly confirms?: (source: Source) => Promise<boolean>;
  /**
   * Workflows of the files, in any order, in memory that does not grow with them (unless the format has to be read
   * whole). What is left out or doubted is told to the report. Absent where a format holds no workload, but figures.
   * @throws {InputError} where a file is not what it claims to be
   */
  read?(sources: readonly Source[], reading: Reading): AsyncGenerator<ReadWorkflow>;
  /** Figures of one file as it stands, under the names of docs/trace-statistics.md; times in seconds. */
  statistics(source: Source): Promise<JsonObject>;
}
