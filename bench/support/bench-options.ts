import yargs, { type InferredOptionTypes, type Options } from "yargs";
import { hideBin } from "yargs/helpers";
import { fail } from "../../src/cli/exit.js";
import { InputError } from "../../src/kit/errors.js";
import { count } from "./count.js";

/** An option that counts: a whole number from 1. */
export const counts = <Usual extends number | undefined>(usual: Usual, describe: string) =>
  ({ describe, type: "number", default: usual }) as const;

/** An option of which one may be given, or several. */
export const several = (describe: string) => ({ describe, type: "string", array: true }) as const;

export const WRITE = {
  describe: "keep the figures, with machine, commit and command, in bench/results",
  type: "boolean",
  default: false,
} as const;

const wrong = (what: string): InputError => new InputError("USAGE", { what, mend: "see --help" });

/**
 * Runs a bench with the options that it was given. `--help` tells of them; what is wrong is refused (exit code 2) before
 * anything is measured.
 * @param about what it measures, and how
 * @param names of its parts, any of which may be asked for
 */
export async function withOptions<O extends Readonly<Record<string, Options>>>(
  script: string,
  about: string,
  options: O,
  run: (values: InferredOptionTypes<O>, names: readonly string[]) => Promise<void>,
  names: readonly string[] = [],
): Promise<void> {
  const args = hideBin(process.argv);
  try {
    const parser = yargs(args)
      .scriptName(`npm run ${script} --`)
      .usage(`$0 ${names.length > 0 ? "[names..] " : ""}[options]\n\n${about.replaceAll("\n", " ")}`)
      .options(options)
      .strictOptions()
      .version(false)
      .wrap(110)
      .fail((message, error) => {
        throw error ?? wrong(message);
      });
    if (names.length > 0) parser.epilogue(`names: ${names.join(", ")}; all of them where none is given`);
    const { _: given, ...values } = (await parser.parseAsync()) as Readonly<Record<string, unknown>>;
    for (const [name, { type }] of Object.entries(options))
      if (type === "number" && values[name] !== undefined) count(name, String(values[name]));
    const asked = (given as readonly (string | number)[]).map(String);
    const unknown = asked.find((name) => !names.includes(name));
    if (unknown !== undefined) throw wrong(`nothing here is called ${unknown}`);
    await run(values as InferredOptionTypes<O>, asked.length > 0 ? asked : names);
  } catch (error) {
    fail(error, args.includes("--json"));
    // Threads may still be at work.
    process.exit();
  }
}
