import type { Format } from "../format.js";
import { ReportBuilder } from "../report.js";
import { readHistory } from "./history.js";
import { temporalStatistics } from "./statistics.js";
import { toWorkflow } from "./to-workflow.js";

/** Histories of Temporal workflows: a JSON file a run, as `temporal workflow show --output json` writes it. */
export const temporal: Format = {
  name: "temporal-history",
  title: "Temporal workflow history",

  sniff(head) {
    const text = Buffer.from(head).toString("latin1");
    return /^[^{[]{0,3}\s*\{/.test(text) && text.includes('"eventType"') && text.includes('"eventId"');
  },

  async *read(sources, reading) {
    for (const source of sources) {
      const workflow = toWorkflow(await readHistory(source, reading.report), reading);
      if (workflow !== null) yield workflow;
    }
  },

  async statistics(source) {
    return temporalStatistics(await readHistory(source, new ReportBuilder()));
  },
};
