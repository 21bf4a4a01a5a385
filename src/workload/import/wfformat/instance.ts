/**
 * One workflow of a WfFormat file, whatever its version: names and units are those of 1.5. Its values are checked one
 * by one; whether they fit together is for `edges.ts` and `to-workflow.ts` to say.
 */
export interface WfInstance {
  readonly file: string;
  readonly name: string;
  readonly schemaVersion: string;
  /** As written, and in seconds since 1970; null where absent or not understood. */
  readonly executedAtRaw: string | null;
  readonly executedAt: number | null;
  /** Seconds, with all overheads; null where unknown. */
  readonly makespan: number | null;
  readonly runtimeSystem: string | null;
  /** Names of the machines that the file describes. */
  readonly machines: ReadonlySet<string>;
  /** Bytes of every file named, by its key; null where the size is unknown. */
  readonly files: ReadonlyMap<string, number | null>;
  readonly tasks: readonly WfTask[];
}

export interface WfTask {
  /** Unique in the file: the id, or the name in files older than ids. */
  readonly id: string;
  readonly name: string;
  /** Ids (1.5) or names (1.4 and older) of other tasks, as written. */
  readonly parents: readonly string[];
  readonly children: readonly string[];
  /** Keys into `WfInstance.files`; null where the file does not say. */
  readonly inputs: readonly string[] | null;
  readonly outputs: readonly string[] | null;
  /** Whether there is a record of its execution. */
  readonly executed: boolean;
  /** Seconds on the machine that ran it; null where unknown. 0 is legal. */
  readonly runtime: number | null;
  /** May be fractional; null where unknown. */
  readonly coreCount: number | null;
  /**
   * As written. Beware: most Pegasus and Makeflow files hold kilobytes times 1000 here, and some plain kilobytes; the
   * file does not tell which.
   */
  readonly memoryInBytes: number | null;
  readonly priority: number | null;
  readonly machines: readonly string[];
  /** Seconds since 1970; null where unknown. */
  readonly startedAt: number | null;
  /** Where it stands in the file, for complaints. */
  readonly where: () => string;
}
