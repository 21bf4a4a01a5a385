import { join } from "node:path";
import { makePolicy } from "../../experiment/policy-source.js";
import { InputError } from "../../kit/errors.js";
import { play } from "../../learn/play.js";
import { Recorder } from "../../sim/recorder.js";
import { TELEMETRY_TABLES, telemetryDigest, telemetryFile } from "../../sim/telemetry.js";
import { writeFileAtomic } from "../files.js";
import { loadScenario, remark } from "../load-scenario.js";
import { policyArgument } from "../policy-argument.js";
import { renderOutcome } from "../render.js";

export interface SimulateOptions {
  readonly path: string;
  readonly policy: string;
  readonly seed: number;
  readonly out: string | undefined;
  readonly every: number;
  readonly antithetic: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function simulate({
  path,
  policy: text,
  seed,
  out,
  every,
  antithetic,
  json,
  quiet,
}: SimulateOptions): Promise<void> {
  requireInteger("seed", seed, 0);
  requireInteger("every", every, 1);
  const policy = makePolicy((await policyArgument(text)).source);
  const { scenario, trace, warnings } = await loadScenario(path);
  remark(warnings, quiet || json);
  const recorder = out === undefined ? undefined : new Recorder({ everyWorkflow: every });
  const outcome = play(scenario, policy, seed, {
    antithetic,
    ...(trace === undefined ? {} : { trace }),
    ...(recorder === undefined ? {} : { recorder }),
  });
  const digest = recorder === undefined ? undefined : telemetryDigest(recorder);
  if (out !== undefined && recorder !== undefined) {
    for (const table of TELEMETRY_TABLES) {
      await writeFileAtomic(join(out, `${table}.arrow`), telemetryFile(recorder, table));
    }
    await writeFileAtomic(
      join(out, "outcome.json"),
      `${JSON.stringify({ policy: policy.name, ...outcome }, null, 2)}\n`,
    );
  }
  if (json) {
    const telemetry = digest === undefined ? {} : { telemetryDigest: digest };
    process.stdout.write(`${JSON.stringify({ policy: policy.name, ...outcome, ...telemetry }, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${renderOutcome(outcome, policy.name, scenario.objective.expression)}\n`);
  if (out !== undefined) process.stdout.write(`telemetry in ${out}, digest ${digest!.slice(0, 16)}\n`);
}

/** @throws {InputError} BAD_ARGUMENT */
export function requireInteger(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InputError("BAD_ARGUMENT", {
    what: `${value} is not a whole number`,
    where: `--${name}`,
    mend: `give an integer, ${least} or more`,
  });
}
