/** What a trace may hold, so that a hostile file cannot take all memory. */
export const TRACE_LIMITS = {
  /** Tasks of one workflow: it is held in memory whole. */
  tasksPerWorkflow: 1_000_000,
  /** Distinct templates, types, pools or outcomes. */
  names: 1_000_000,
  /** Bytes of a file that is held in memory whole. */
  bytesInMemory: 2 ** 31 - 1,
} as const;
