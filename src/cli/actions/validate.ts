import pc from "picocolors";
import { describe, InputErrors, SwitchyardError } from "../../kit/errors.js";
import { scenarioDigest } from "../../model/index.js";
import { loadScenario } from "../load-scenario.js";

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
    const { scenario, warnings } = await loadScenario(file);
    return { file, valid: true, digest: scenarioDigest(scenario), complaints: [], warnings };
  } catch (error) {
    if (!(error instanceof SwitchyardError)) throw error;
    const complaints = error instanceof InputErrors ? error.complaints : [error.toJSON()];
    return { file, valid: false, digest: undefined, complaints, warnings: [] };
  }
}
