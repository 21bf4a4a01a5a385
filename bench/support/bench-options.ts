import yargs, { type InferredOptionTypes, type Options } from "yargs";
import { hideBin } from "yargs/helpers";
import { fail } from "../../src/cli/exit.js";
import { InputError } from "../../src/kit/errors.js";

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

/** What a bench is called, and may be asked for. */
export interface BenchUsage<O> {
  /** That `npm run` knows it by. */
  readonly script: string;
  /** What it measures, and how. */
  readonly about: string;
  readonly options: O;
  /** Its parts, any of which may be asked for. */
  readonly parts?: readonly string[];
}

export interface Asked<O extends Readonly<Record<string, Options>>> {
  readonly values: InferredOptionTypes<O>;
  /** Those that are named, or all. */
  readonly parts: readonly string[];
}

const MOST = 999_999_999;
const wrong = (what: string): InputError => new InputError("USAGE", { what, mend: "see --help" });

/**
 * What the arguments ask a bench for. `--help` is printed, and ends the process.
 * @throws {InputError} USAGE
 */
export async function readOptions<O extends Readonly<Record<string, Options>>>(
  args: readonly string[],
  { script, about, options, parts = [] }: BenchUsage<O>,
): Promise<Asked<O>> {
  const parser = yargs([...args])
    .scriptName(`npm run ${script} --`)
    .usage(`$0 ${parts.length > 0 ? "[parts..] " : ""}[options]\n\n${about.replaceAll("\n", " ")}`)
    .options(options)
    .strictOptions()
    .version(false)
    .wrap(110)
    .fail((message, error) => {
      throw error ?? wrong(message);
    });
  if (parts.length > 0) parser.epilogue(`parts: ${parts.join(", ")}; all of them where none is given`);
  const { _: given, ...values } = (await parser.parseAsync()) as Readonly<Record<string, unknown>>;
  for (const [name, { type }] of Object.entries(options)) {
    const value = values[name];
    if (type !== "number" || value === undefined) continue;
    if (!Number.isInteger(value) || !((value as number) >= 1 && (value as number) <= MOST))
      throw new InputError("USAGE", {
        what: `${String(value)} is no whole number from 1 to ${MOST}`,
        where: `--${name}`,
        mend: `e.g. --${name} 20`,
      });
  }
  const asked = (given as readonly (string | number)[]).map(String);
  const unknown = asked.find((name) => !parts.includes(name));
  if (unknown !== undefined) throw wrong(`nothing here is called ${unknown}`);
  return { values: values as InferredOptionTypes<O>, parts: asked.length > 0 ? asked : parts };
}

/** Runs a bench with what it was asked for on the command line; what is wrong is told before anything is measured (exit code 2). */
export async function runBench<O extends Readonly<Record<string, Options>>>(
  usage: BenchUsage<O>,
  run: (asked: Asked<O>) => Promise<void>,
): Promise<void> {
  const args = hideBin(process.argv);
  try {
    await run(await readOptions(args, usage));
  } catch (error) {
    fail(error, args.includes("--json"));
    // Threads may still be at work.
    process.exit();
  }
}
