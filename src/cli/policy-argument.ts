import { existsSync } from "node:fs";
import { join } from "node:path";
import { makePolicy, type PolicySource } from "../experiment/policy-source.js";
import { InputError } from "../kit/errors.js";
import type { Scenario } from "../model/scenario.js";
import { heuristic } from "../policy/catalogue.js";
import { policyOf, RUN_FILE, readTrainingRun } from "./training/training-run.js";

/** A policy argument as given: the source to run, and where it came from. */
export interface NamedPolicy {
  readonly source: PolicySource;
  /** Digest of the package, for a learned policy. */
  readonly digest?: string;
}

/**
 * A policy from what a user writes: a heuristic (`jsq`, `sed(failure=4)`, `sed+sjf`) or the folder of a policy
 * package or of a training run.
 * @param scenarios that it is to decide in
 * @throws {InputError} where it is neither; NOTHING_TO_DECIDE where it is a folder's, and a scenario asks for none of its decisions
 */
export async function policyArgument(
  text: string,
  scenarios: readonly Scenario[] = [],
): Promise<NamedPolicy> {
  if (!looksLikePath(text)) {
    heuristic(text); // complains here, before anything runs
    return { source: { kind: "heuristic", spec: text } };
  }
  const named = await policyOfFolder(text);
  if (scenarios.length > 0) requireDecisions(text, named.source, scenarios);
  return named;
}

async function policyOfFolder(text: string): Promise<NamedPolicy> {
  if (existsSync(join(text, RUN_FILE))) {
    return { source: policyOf(await readTrainingRun(text)) };
  }
  const { readPackage } = await import("../registry/index.js");
  const { manifest, heads, table } = await readPackage(text);
  const name = `${manifest.name}@${manifest.version}`;
  const source: PolicySource =
    table === null
      ? { kind: "learned", name, heads }
      : { kind: "table", name, table, otherwise: manifest.table!.otherwise };
  return { source, digest: manifest.digest };
}

/** What was learned to decide one thing says nothing of a scenario that asks for others: all would be the engine's defaults, under its name. */
function requireDecisions(folder: string, source: PolicySource, scenarios: readonly Scenario[]): void {
  const { kinds } = makePolicy(source);
  const idle = scenarios.find(({ decide }) => !decide.some((kind) => kinds.includes(kind)));
  if (idle === undefined) return;
  const { name, decide } = idle;
  const asked = decide.length === 0 ? "no decisions" : `${decide.join(" and ")} decisions`;
  throw new InputError("NOTHING_TO_DECIDE", {
    what: `this policy makes ${kinds.join(" and ")} decisions, and scenario ${name} asks for ${asked}: it would decide nothing there`,
    where: folder,
    mend: "give a policy that was learned for such decisions, or a scenario that asks for its own (decide: [...])",
  });
}

function looksLikePath(text: string): boolean {
  return (
    /[\\/]/.test(text) ||
    text.startsWith(".") ||
    existsSync(join(text, "policy.json")) ||
    existsSync(join(text, RUN_FILE))
  );
}
