import pc from "picocolors";
import { parseExperiment } from "../../experiment/file/parse-experiment.js";
import { parseGate } from "../../experiment/file/parse-gate.js";
import { type Complaint, describe, InputErrors, SwitchyardError } from "../../kit/errors.js";
import { scenarioDigest } from "../../model/index.js";
import { kindOfFile, loadScenario, scenarioText } from "../load-scenario.js";

/** Checks files one by one; exit code 2 where any is wrong. */
export async function validate(files: readonly string[], json: boolean): Promise<void> {
  const verdicts = [];
  for (const file of files) verdicts.push(await verdict(file));
  if (json) process.stdout.write(`${JSON.stringify(verdicts, null, 2)}\n`);
  else {
    for (const { file, valid, digest, complaints, warnings } of verdicts) {
      const mark = valid ? pc.green("valid") : pc.red("wrong");
      process.stdout.write(
        `${mark}  ${file}${digest === undefined ? "" : pc.dim(`  ${digest.slice(0, 16)}`)}\n`,
      );
      for (const complaint of complaints) process.stdout.write(`       ${describe(complaint)}\n`);
      for (const warning of warnings)
        process.stdout.write(`       ${pc.yellow("warning:")} ${describe(warning)}\n`);
    }
  }
  if (verdicts.some(({ valid }) => !valid)) process.exitCode = 2;
}

async function verdict(file: string) {
  try {
    return { file, valid: true, complaints: [], ...(await checked(file)) };
  } catch (error) {
    if (!(error instanceof SwitchyardError)) throw error;
    const complaints = error instanceof InputErrors ? error.complaints : [error.toJSON()];
    return { file, valid: false, digest: undefined, complaints, warnings: [] };
  }
}

/** What is known of a file that is right. @throws {InputError} where it is wrong, or names what is */
async function checked(file: string): Promise<{ digest: string; warnings: readonly Complaint[] }> {
  const text = await scenarioText(file);
  const kind = kindOfFile(text);
  if (kind === "scenario") {
    const { scenario, warnings } = await loadScenario(file, text);
    return { digest: scenarioDigest(scenario), warnings };
  }
  const { experimentPlan, gatePlan } = await import("../experiment-plan.js");
  const { plan, warnings } =
    kind === "experiment"
      ? await experimentPlan(parseExperiment(text, file), file, text)
      : await gatePlan(parseGate(text, file), file, text);
  return { digest: plan.experiment.digest, warnings };
}
