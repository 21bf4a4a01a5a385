import { stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../kit/errors.js";
import { explainDecision } from "../../report/inspect/decision.js";
import { type RunRecord, workflowName } from "../../report/inspect/run-record.js";
import { attemptsTold, decisionsAbout, type WorkflowStory } from "../../report/inspect/story.js";
import { summarizeRun, workflowLine } from "../../report/inspect/summary.js";
import { attemptsByWorkflow, whereTimeWent } from "../../report/inspect/where-time-went.js";
import { writePieces } from "../../workload/atomic-file.js";
import { writeFileAtomic } from "../files.js";
import { readRun } from "../inspect/read-run.js";
import { renderDecision, renderRun, renderStory } from "../inspect/render.js";

export interface InspectOptions {
  readonly run: string;
  /** Where the page is written; undefined for beside the run, false for nowhere. */
  readonly page: string | false | undefined;
  readonly perfetto: string | undefined;
  /** "17", or "order 17" or "order:17" where there are several sources. */
  readonly workflow: string | undefined;
  readonly decision: number | undefined;
  readonly slowest: number;
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function inspect(options: InspectOptions): Promise<void> {
  const { run: path, perfetto, workflow, decision, json, quiet } = options;
  const run = await readRun(path);
  const print = (value: unknown, text: () => string) =>
    process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${text()}\n`);
  if (decision !== undefined) {
    const explained = explainDecision(run, rowOfDecision(run, decision));
    print(explained, () => renderDecision(explained));
  } else if (workflow !== undefined) {
    const story = storyOf(run, rowOfWorkflow(run, workflow));
    print(story, () => renderStory(story));
  } else {
    const summary = summarizeRun(run, options.slowest);
    print(summary, () => renderRun(summary));
  }
  const said = (text: string) => {
    if (!json && !quiet) process.stdout.write(`${text}\n`);
  };
  if (perfetto !== undefined) {
    const { perfettoTrace } = await import("../../report/perfetto.js");
    await writePieces(perfetto, perfettoTrace(run));
    said(`${perfetto}: open it in https://ui.perfetto.dev`);
  }
  // Who asks for one thing, or for JSON, asks for no page beside it.
  const unasked = json || workflow !== undefined || decision !== undefined || perfetto !== undefined;
  const page = options.page ?? (unasked ? false : await besideRun(path));
  if (page !== false) {
    const { inspectPage } = await import("../../report/inspect/inspect-page.js");
    await writeFileAtomic(page, inspectPage(run));
    said(`\npage in ${page}`);
  }
}

async function besideRun(path: string): Promise<string> {
  if ((await stat(path)).isDirectory()) return join(path, "inspect.html");
  return `${path.replace(/\.arrow$/, "")}.html`;
}

function storyOf(run: RunRecord, w: number): WorkflowStory {
  const byWorkflow = attemptsByWorkflow(run);
  const rows = byWorkflow.rows.slice(byWorkflow.first[w]!, byWorkflow.first[w + 1]!);
  const due = run.workflows.due[w]!;
  return {
    ...workflowLine(run, w, rows.length, whereTimeWent(run, byWorkflow)),
    due: Number.isFinite(due) ? due : null,
    attempted: attemptsTold(run, w, rows),
    decided: decisionsAbout(run, w),
  };
}

/** @throws {InputError} NO_SUCH_DECISION */
function rowOfDecision({ decisions }: RunRecord, serial: number): number {
  const row = decisions.serial.indexOf(serial);
  if (row >= 0) return row;
  throw new InputError("NO_SUCH_DECISION", {
    what: `there is no decision ${serial}`,
    where: "--decision",
    mend:
      decisions.count === 0
        ? "no decision was recorded: recorded traces have none"
        : `decisions here are ${decisions.serial[0]} to ${decisions.serial.at(-1)}; of each workflow: --workflow N`,
  });
}

/** @throws {InputError} NO_SUCH_WORKFLOW; AMBIGUOUS_WORKFLOW */
function rowOfWorkflow(run: RunRecord, asked: string): number {
  const [, source, serial] = /^(?:(.*)[ :])?(\d+)$/.exec(asked.trim()) ?? [];
  const { workflows, sources } = run;
  const rows: number[] = [];
  for (let w = 0; w < workflows.count; w++) {
    if (workflows.serial[w] !== Number(serial)) continue;
    if (source === undefined || sources[workflows.source[w]!] === source) rows.push(w);
  }
  if (rows.length === 1) return rows[0]!;
  if (rows.length > 1) {
    throw new InputError("AMBIGUOUS_WORKFLOW", {
      what: `${rows.length} workflows have the number ${serial}`,
      where: "--workflow",
      mend: `say which: ${rows
        .slice(0, 5)
        .map((w) => `"${workflowName(run, w)}"`)
        .join(", ")}`,
    });
  }
  throw new InputError("NO_SUCH_WORKFLOW", {
    what: `there is no workflow "${asked}"`,
    where: "--workflow",
    mend: `write its number, or its source and number, e.g. "${workflowName(run, 0)}"`,
  });
}
