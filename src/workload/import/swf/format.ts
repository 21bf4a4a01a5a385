import { decimal } from "../decimal.js";
import type { Format } from "../format.js";
import { SWF_FIELDS } from "./job.js";
import { readSwf } from "./read.js";
import { swfStatistics } from "./statistics.js";

/** Logs of parallel machines, as the Parallel Workloads Archive keeps them. */
export const swf: Format = {
  name: "swf",
  title: "Standard Workload Format (SWF)",

  sniff(head, fileName) {
    const text = Buffer.from(head).toString("latin1");
    const line = text.split(/\r?\n/).find((each) => each.trim() !== "" && !each.trimStart().startsWith(";"));
    const fields = line?.trim().split(/\s+/) ?? [];
    if (fields.length === SWF_FIELDS.length && fields.every((field) => decimal(field) !== null)) return true;
    return /\.swf(?:\.gz|\.zst)?$/i.test(fileName) && !text.startsWith("{");
  },

  async *read(sources, reading) {
    for (const source of sources) yield* readSwf(source, reading);
  },

  statistics: swfStatistics,
};
