import pc from "picocolors";
import { type Gate, parseGate } from "../../experiment/file/parse-gate.js";
import type { GateVerdict } from "../../experiment/gate/gate.js";
import { renderGate } from "../../experiment/gate/gate-table.js";
import { judge } from "../../experiment/gate/judge.js";
import { type BenchmarkResults, summarize } from "../../experiment/results.js";
import { gatePlan } from "../experiment-plan.js";
import { writeFileAtomic } from "../files.js";
import { remark, scenarioText } from "../load-scenario.js";
import { runPlan } from "../run-plan.js";
import { type BenchOutputs, threadsOf, writeReport, writeResults } from "./bench.js";
import { cacheOf } from "./bench-experiment.js";

export interface GateOptions extends BenchOutputs {
  readonly threads: number | undefined;
  readonly cache: string | false | undefined;
  readonly junit: string | undefined;
  readonly markdown: string | undefined;
}

/** Runs candidate and champion, and judges; exit code 1 where the candidate does not pass. */
export async function benchGate(file: string, options: GateOptions): Promise<void> {
  const { quiet, json, out, report } = options;
  const threads = threadsOf(options);
  const text = await scenarioText(file);
  const gate = parseGate(text, file);
  const { plan, warnings } = await gatePlan(gate, file, text);
  remark(warnings, quiet || json);
  const results = await runPlan(plan, {
    command: `switchyard bench --gate ${file}`,
    threads,
    silent: quiet || json,
    cache: cacheOf(options, file),
  });
  if (results === null) return;
  const verdict = judge(results, gate.requirements);
  if (!verdict.passed) process.exitCode = 1;
  await writeResults(results, out);
  await writeSummaries(verdict, results, gate, options);
  if (report !== undefined) await writeReport(report, results, summarize(results), { gate: verdict });
  if (json) process.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`);
  else process.stdout.write(renderGate(verdict, { bold: pc.bold, dim: pc.dim, good: pc.green, bad: pc.red }));
}

async function writeSummaries(
  verdict: GateVerdict,
  results: BenchmarkResults,
  { requirements }: Gate,
  { junit, markdown }: GateOptions,
): Promise<void> {
  if (junit === undefined && markdown === undefined) return;
  const { gateJUnit, gateMarkdown } = await import("../../report/index.js");
  if (junit !== undefined) await writeFileAtomic(junit, gateJUnit(verdict, requirements.undecided));
  if (markdown !== undefined) await writeFileAtomic(markdown, gateMarkdown(verdict, results));
}
