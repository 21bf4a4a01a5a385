import type { Format } from "../format.js";
import { groupByWorkflow } from "../group-by-workflow.js";
import { ReportBuilder } from "../report.js";
import type { Source } from "../source.js";
import { readActions } from "./records.js";
import { actionsStatistics } from "./statistics.js";
import { toWorkflow } from "./to-workflow.js";

/** Runs and jobs of GitHub Actions, as GitHub's API and its webhooks tell of them. */
export const githubActions: Format = {
  name: "github-actions",
  title: "GitHub Actions runs and jobs",

  sniff(head) {
    const text = Buffer.from(head).toString("latin1");
    if (!/^[^{[]{0,3}\s*[{[]/.test(text)) return false;
    return (
      /"workflow_runs"|"workflow_job"/.test(text) ||
      (/"run_id"/.test(text) && /"(?:run_attempt|runner_name|started_at)"/.test(text))
    );
  },

  async *read(sources, reading) {
    // What is silently lost in JSON is told once, though the files are read more than once.
    let { report } = reading;
    const pass = () => {
      const remarks = report;
      report = new ReportBuilder();
      return records(sources, remarks);
    };
    const attemptOf = ({ run, attempt }: { readonly run: string; readonly attempt: number }) =>
      `${run}/${attempt}`;
    for await (const { rows } of groupByWorkflow(pass, attemptOf, { where: sources[0]!.name }))
      yield toWorkflow(rows, reading);
  },

  async statistics(source) {
    return actionsStatistics(await readActions(source, new ReportBuilder()));
  },
};

async function* records(sources: readonly Source[], report: ReportBuilder) {
  for (const source of sources) {
    const { jobs, runs } = await readActions(source, report);
    yield [...jobs, ...runs];
  }
}
