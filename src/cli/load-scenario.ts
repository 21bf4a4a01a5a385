import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { LoadedScenario } from "../experiment/matrix.js";
import { type Complaint, describe } from "../kit/errors.js";
import { parseScenario, scenarioWarnings } from "../model/index.js";
import { loadTrace, scanTrace } from "../workload/trace/index.js";
import { readBounded } from "./files.js";

/** Scenario files are read up to this size: larger ones are not scenarios. */
const SCENARIO_BYTES = 4 * 1024 * 1024;
/** Traces up to this size are held in memory and shared by all runs; larger ones are read from disk as they are replayed. */
const TRACE_BYTES = 64 * 1024 * 1024;

export const scenarioText = async (path: string): Promise<string> =>
  new TextDecoder("utf-8", { fatal: false }).decode(await readBounded(path, SCENARIO_BYTES));

/** Files that are no scenario, by the key that names them. */
const OTHER_KINDS = ["experiment", "gate"] as const;
export type FileKind = "scenario" | (typeof OTHER_KINDS)[number];

/** What a YAML file is, by its keys; what is neither an experiment nor a gate is read, and complained about, as a scenario. */
export function kindOfFile(text: string): FileKind {
  return (
    OTHER_KINDS.find((kind) => new RegExp(`^(?:\\{\\s*)?["']?${kind}["']?\\s*:`, "m").test(text)) ??
    "scenario"
  );
}

/** A scenario file with the trace that it replays, and what is doubtful about it. */
export async function loadScenario(
  path: string,
  read?: string,
): Promise<LoadedScenario & { readonly warnings: readonly Complaint[] }> {
  const text = read ?? (await scenarioText(path));
  const scenario = parseScenario(text, { file: path, folder: dirname(path) });
  const warnings = scenarioWarnings(scenario);
  if (scenario.trace === undefined) return { scenario, warnings };
  const { path: file } = scenario.trace;
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > TRACE_BYTES) return { scenario, trace: scanTrace(file), warnings };
  return { scenario, trace: loadTrace(await readBounded(file, TRACE_BYTES), file), warnings };
}

/** Says doubts on stderr, unless told to be quiet. */
export function remark(warnings: readonly Complaint[], quiet: boolean): void {
  if (quiet) return;
  for (const warning of warnings) process.stderr.write(`warning: ${describe(warning)}\n`);
}
