import { join } from "node:path";
import { rankedTrials, type Trial } from "../experiment/sweep/sweep.js";
import { InputError } from "../kit/errors.js";
import type { SweptSettings } from "../report/index.js";
import { readBounded, writeFileAtomic } from "./files.js";

/** What a sweep came to, in its folder. */
export const SWEPT_FILE = "best.json";
const SWEPT_BYTES = 64 * 1024 * 1024;

/** As the file has it: the scenario by its name, trials best first, and null for costs that are no number. */
interface SweptFile extends Omit<SweptSettings, "name" | "trials"> {
  readonly scenario: string;
  readonly best: Trial | undefined;
  readonly trials: readonly (Omit<Trial, "cost"> & { readonly cost: number | null })[];
}

/** What is written and, with `--json`, printed. */
export function sweptFile({ name, trials, ...others }: SweptSettings): SweptFile {
  const ranked = rankedTrials(trials);
  return { scenario: name, best: ranked[0], ...others, trials: ranked };
}

export async function writeSwept(folder: string, swept: SweptSettings): Promise<void> {
  await writeFileAtomic(join(folder, SWEPT_FILE), `${JSON.stringify(sweptFile(swept), null, 1)}\n`);
}

/** @throws {InputError} BAD_SWEEP */
export async function readSwept(folder: string): Promise<SweptSettings> {
  const path = join(folder, SWEPT_FILE);
  const text = new TextDecoder().decode(await readBounded(path, SWEPT_BYTES));
  try {
    const { scenario, best: _, trials, ...others } = JSON.parse(text) as SweptFile;
    if (others.dimensions === undefined) throw new Error("it does not say what was swept");
    const tried = trials.map((trial): Trial => ({ ...trial, cost: trial.cost ?? Number.NaN }));
    return { ...others, name: scenario, trials: tried.sort((a, b) => a.trial - b.trial) };
  } catch (cause) {
    throw new InputError(
      "BAD_SWEEP",
      {
        what: `what the sweep came to cannot be read: ${(cause as Error).message}`,
        where: path,
        mend: "give the folder that `switchyard sweep` wrote",
      },
      { cause },
    );
  }
}
