/** What the comments before the jobs say of the machine and the log, as far as it has one value. */
const KEYS: ReadonlySet<string> = new Set([
  "Version",
  "Computer",
  "MaxJobs",
  "MaxRecords",
  "Preemption",
  "UnixStartTime",
  "TimeZone",
  "TimeZoneString",
  "MaxNodes",
  "MaxProcs",
]);

/** Gathers `; Key: value` lines. */
export class SwfHeader {
  comments = 0;
  readonly values: Record<string, string> = {};

  readonly add = (comment: string): void => {
    this.comments++;
    const [, key, value] = /^\s*(\w+):\s*(.*?)\s*$/.exec(comment) ?? [];
    if (key !== undefined && KEYS.has(key) && !(key in this.values)) this.values[key] = value!;
  };

  /** Seconds since 1970 at which the log's clock is 0; null where it is not told. */
  get unixStart(): number | null {
    const start = this.values["UnixStartTime"] ?? "";
    return /^\d{1,12}$/.test(start) ? Number(start) : null;
  }
}
