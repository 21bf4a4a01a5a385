import type { RunRecord } from "./run-record.js";
export const inspectPage = (run: RunRecord): string => run.title;
