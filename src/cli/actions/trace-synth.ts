import { InputError } from "../../kit/errors.js";
import { sha256 } from "../../kit/sha256.js";
import { parseQuantity } from "../../model/parse/quantity.js";
import { parseSynthesis, synthesize } from "../../workload/synthesis/index.js";
import { readBounded } from "../files.js";
import { requireInteger } from "./simulate.js";

/** Specs are read up to this size: as much as a scenario. */
export const SPEC_BYTES = 4 * 1024 * 1024;

export interface SynthOptions {
  readonly spec: string;
  readonly out: string;
  readonly seed: number;
  readonly workflows: number | undefined;
  readonly span: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function synthesizeTrace(options: SynthOptions): Promise<void> {
  const { spec: path, out, seed, workflows, span, json, quiet } = options;
  requireInteger("seed", seed, 0);
  if (workflows !== undefined) requireInteger("workflows", workflows, 1);
  const seconds = span === undefined ? undefined : spanOf(span);
  const { spec, digest } = await readSpec(path);
  const made = await synthesize(
    spec,
    out,
    {
      seed,
      ...(workflows === undefined ? {} : { workflows }),
      ...(seconds === undefined ? {} : { span: seconds }),
    },
    digest,
  );
  if (json) process.stdout.write(`${JSON.stringify({ out, seed, ...made }, null, 2)}\n`);
  else if (!quiet) {
    process.stdout.write(
      `${out}: ${made.workflows.toLocaleString("en")} workflows, ${made.tasks.toLocaleString("en")} tasks\n`,
    );
  }
}

/** A synthesis from its file, with the digest of its text. */
export async function readSpec(path: string) {
  const bytes = await readBounded(path, SPEC_BYTES);
  return { spec: parseSynthesis(new TextDecoder().decode(bytes), path), digest: sha256(bytes) };
}

function spanOf(text: string): number {
  const seconds = parseQuantity(text, "seconds");
  if (seconds !== undefined && seconds > 0 && seconds < Number.POSITIVE_INFINITY) return seconds;
  throw new InputError("BAD_ARGUMENT", {
    what: `"${text}" is not a time`,
    where: "--span",
    mend: "write e.g. 90 min or 2 h",
  });
}
