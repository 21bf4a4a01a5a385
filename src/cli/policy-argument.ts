import { existsSync } from "node:fs";
import { join } from "node:path";
import type { PolicySource } from "../experiment/policy-source.js";
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
 * @throws {InputError} where it is neither
 */
export async function policyArgument(text: string): Promise<NamedPolicy> {
  if (!looksLikePath(text)) {
    heuristic(text); // complains here, before anything runs
    return { source: { kind: "heuristic", spec: text } };
  }
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

function looksLikePath(text: string): boolean {
  return (
    /[\\/]/.test(text) ||
    text.startsWith(".") ||
    existsSync(join(text, "policy.json")) ||
    existsSync(join(text, RUN_FILE))
  );
}
