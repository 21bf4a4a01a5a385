import type { Importer, ImportOptions, SourceFile } from "../importer.js";
import type { ReportBuilder } from "../report.js";
import { submissions } from "../submission.js";
import { readWfInstance } from "./read-instance.js";
import { toWorkflow } from "./to-workflow.js";

/** WfCommons WfFormat: a JSON file a workflow, with its DAG, run times and files. */
export const wfformatImporter: Importer = {
  name: "wfformat",
  title: "WfCommons WfFormat",

  sniff(head) {
    // Without zeros, text in UTF-16 looks like text, so that it is refused for what it is.
    const text = Buffer.from(head).toString("latin1").replaceAll("\0", "");
    return /^[^{[]{0,3}\s*\{/.test(text) && text.includes('"schemaVersion"');
  },

  import(files: readonly SourceFile[], options: ImportOptions, report: ReportBuilder) {
    const instances = files.map((file) => readWfInstance(file, report));
    if (options.submit === "recorded") {
      for (const { executedAt, file } of instances) {
        if (executedAt !== null) continue;
        report.warn(
          "SUBMISSION_UNKNOWN",
          "a workflow has no date; it is placed after the one before it",
          () => file,
        );
      }
    }
    const { submitted, origin } = submissions(
      instances.map(({ executedAt }) => executedAt),
      options,
    );
    const workflows = instances.map((instance, i) => toWorkflow(instance, submitted[i]!, report));
    return {
      workflows: workflows.sort((a, b) => a.submitted - b.submitted),
      origin: origin === null ? null : new Date(origin * 1000).toISOString(),
    };
  },
};
