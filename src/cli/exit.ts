import pc from "picocolors";
import { InputError, SwitchyardError } from "../kit/errors.js";

/** How every command ends. Where 1 means more than that it failed, its own help says so. */
export const EXIT_CODES = [
  [0, "done"],
  [1, "failed"],
  [2, "wrong input or usage"],
  [130, "interrupted"],
  [143, "terminated"],
] as const;

/**
 * Tells the user of an error and sets the exit code: 2 for wrong input or usage, 1 for a failure. With `json` the
 * error goes to stdout as an object, so that a script finds it where it looks.
 */
export function fail(error: unknown, json: boolean): void {
  if (error instanceof SwitchyardError) {
    // A signal has said already how the process ends.
    process.exitCode ??= error.exitCode;
    if (json) process.stdout.write(`${JSON.stringify({ error: error.toJSON() }, null, 2)}\n`);
    else {
      process.stderr.write(
        `${pc.red("error")} ${error.where === undefined ? "" : `${pc.bold(error.where)}: `}${error.what}\n`,
      );
      if (error.mend !== undefined) process.stderr.write(`  ${pc.dim("mend:")} ${error.mend}\n`);
    }
    return;
  }
  process.exitCode = 1;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (json) process.stdout.write(`${JSON.stringify({ error: { code: "BUG", what: text } }, null, 2)}\n`);
  else
    process.stderr.write(
      `${pc.red("bug")} this should not happen; please report it with the command\n${text}\n`,
    );
}

/** What yargs complains about. */
export function usageError(message: string): InputError {
  return new InputError("USAGE", {
    what: message,
    mend: "see switchyard --help, or --help after the command",
  });
}
