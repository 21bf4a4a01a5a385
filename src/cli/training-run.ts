import { join } from "node:path";
import { fromBase64 } from "../kit/base64-floats.js";
import { InputError } from "../kit/errors.js";
import type { CurvePoint } from "../learn/train.js";
import type { TrainerSettings } from "../learn/trainer.js";
import type { Head } from "../policy/runtime/neural-policy.js";
import { readBounded } from "./files.js";

/** The result of a training run in its folder: the best policy so far, and how it came about. */
export const RUN_FILE = "run.json";

export interface TrainingRun {
  readonly format: "switchyard.run/1";
  readonly scenario: {
    readonly name: string;
    readonly digest: string;
    readonly path: string;
    readonly objective: string;
  };
  readonly trace?: { readonly digest: string };
  readonly settings: TrainerSettings;
  readonly backend: string;
  readonly switchyard: string;
  readonly command: string;
  readonly decisions: number;
  readonly finished: boolean;
  readonly best: CurvePoint;
  readonly curve: readonly CurvePoint[];
  /** Best first, on the validation seeds. */
  readonly heuristics: readonly { readonly policy: string; readonly cost: number }[];
  readonly heads: readonly (Omit<Head, "parameters"> & { readonly parameters: string })[];
}

const RUN_BYTES = 256 * 1024 * 1024;

export async function readTrainingRun(folder: string): Promise<TrainingRun> {
  const path = join(folder, RUN_FILE);
  const text = new TextDecoder().decode(await readBounded(path, RUN_BYTES));
  try {
    const run = JSON.parse(text) as TrainingRun;
    if (run.format !== "switchyard.run/1") throw new Error(`its format is ${String(run.format)}`);
    return run;
  } catch (cause) {
    throw new InputError(
      "BAD_RUN",
      {
        what: `the training run cannot be read: ${(cause as Error).message}`,
        where: path,
        mend: "give the folder that `switchyard train` wrote",
      },
      { cause },
    );
  }
}

export function headsOf(run: TrainingRun): Head[] {
  return run.heads.map((head) => ({ ...head, parameters: fromBase64(head.parameters) }));
}
