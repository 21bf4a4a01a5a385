import { dirname } from "node:path";
import type { LoadedScenario } from "../experiment/matrix.js";
import { type Complaint, describe } from "../kit/errors.js";
import { parseScenario, scenarioWarnings } from "../model/index.js";
import { loadTrace } from "../workload/trace/index.js";
import { readBounded } from "./files.js";

/** Scenario files are read up to this size: larger ones are not scenarios. */
const SCENARIO_BYTES = 4 * 1024 * 1024;
/** A replayed trace is held in memory whole. */
const TRACE_BYTES = 2 ** 31 - 1;

/** A scenario file with the trace that it replays, and what is doubtful about it. */
export async function loadScenario(
  path: string,
): Promise<LoadedScenario & { readonly warnings: readonly Complaint[] }> {
  const text = new TextDecoder("utf-8", { fatal: false }).decode(await readBounded(path, SCENARIO_BYTES));
  const scenario = parseScenario(text, { file: path, folder: dirname(path) });
  const warnings = scenarioWarnings(scenario);
  if (scenario.trace === undefined) return { scenario, warnings };
  const bytes = await readBounded(scenario.trace.path, TRACE_BYTES);
  return { scenario, trace: loadTrace(bytes, scenario.trace.path), warnings };
}

/** Says doubts on stderr, unless told to be quiet. */
export function remark(warnings: readonly Complaint[], quiet: boolean): void {
  if (quiet) return;
  for (const warning of warnings) process.stderr.write(`warning: ${describe(warning)}\n`);
}
