import type { JsonObject } from "../../../kit/json.js";
import { wholeOf } from "../content.js";
import type { Format, Reading } from "../format.js";
import { ReportBuilder } from "../report.js";
import type { Source } from "../source.js";
import { readWfInstance } from "./read-instance.js";
import { wfformatStatistics } from "./statistics.js";
import { toWorkflow } from "./to-workflow.js";

/** WfCommons WfFormat: a JSON file a workflow, with its DAG, run times and files. */
export const wfformat: Format = {
  name: "wfformat",
  title: "WfCommons WfFormat",

  sniff(head) {
    // Without zeros, text in UTF-16 looks like text, so that it is refused for what it is.
    const text = Buffer.from(head).toString("latin1").replaceAll("\0", "");
    return /^[^{[]{0,3}\s*\{/.test(text) && text.includes('"schemaVersion"');
  },

  async *read(sources, reading) {
    for (const source of sources) yield toWorkflow(await instanceOf(source, reading.report), reading);
  },

  async statistics(source) {
    const figures = wfformatStatistics(await instanceOf(source, new ReportBuilder()));
    return { format: `wfformat-${figures.schema_version}`, ...NEVER, ...figures } as unknown as JsonObject;
  },
};

/** What is refused, or cannot be recorded, can only be 0 in a file that was read. */
const NEVER = {
  duplicate_ids: 0,
  execution_records_without_spec: 0,
  runtime_negative: 0,
  failures_recorded: 0,
};

async function instanceOf(source: Source, report: Reading["report"]) {
  return readWfInstance({ name: source.name, bytes: await wholeOf(source) }, report);
}
