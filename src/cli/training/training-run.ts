import { join } from "node:path";
import type { FinalComparison } from "../../experiment/final-comparison.js";
import type { PolicySource } from "../../experiment/policy-source.js";
import { fromBase64, toBase64 } from "../../kit/base64-floats.js";
import { InputError } from "../../kit/errors.js";
import type { Yardstick } from "../../learn/divergence-watch.js";
import type { CurvePoint } from "../../learn/train.js";
import type { Head } from "../../policy/runtime/neural-policy.js";
import type { DecisionTable } from "../../policy/runtime/table/index.js";
import { readBounded } from "../files.js";
import type { Algorithm } from "./learning-plan.js";

/** The result of a training run in its folder: the best policy so far, and how it came about. */
export const RUN_FILE = "run.json";
const FORMAT = "switchyard.run/2";

type SavedHead = Omit<Head, "parameters"> & { readonly parameters: string };

/** What was learned, as plain JSON: networks, a heuristic with learned knobs, or a table with the heuristic beside it. */
export type LearnedPolicy =
  | { readonly kind: "network"; readonly heads: readonly SavedHead[] }
  | { readonly kind: "heuristic"; readonly spec: string }
  | { readonly kind: "table"; readonly table: DecisionTable; readonly otherwise: string };

export interface TrainingRun {
  readonly format: typeof FORMAT;
  readonly scenario: {
    readonly name: string;
    readonly digest: string;
    readonly path: string;
    readonly objective: string;
  };
  readonly trace?: { readonly digest: string };
  readonly algorithm: Algorithm;
  readonly seed: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly backend: string;
  readonly switchyard: string;
  readonly command: string;
  /** Decisions learned from; simulation runs where knobs are learned. */
  readonly decisions: number;
  readonly finished: boolean;
  /** The learned policy's best in validation. */
  readonly best: CurvePoint;
  readonly curve: readonly CurvePoint[];
  /** Best first, on the validation seeds. */
  readonly heuristics: readonly Yardstick[];
  readonly learned: LearnedPolicy;
  /** Learned against the best heuristic on fresh seeds; null where the run was stopped before. */
  readonly comparison: FinalComparison | null;
  /** Which of the two this run gives when it is asked for its policy. */
  readonly returns: "learned" | "heuristic";
  /** Why training was called off, where it was. */
  readonly diverged: { readonly code: string; readonly what: string } | null;
}

const RUN_BYTES = 256 * 1024 * 1024;

export async function readTrainingRun(folder: string): Promise<TrainingRun> {
  const path = join(folder, RUN_FILE);
  const text = new TextDecoder().decode(await readBounded(path, RUN_BYTES));
  try {
    const run = JSON.parse(text) as TrainingRun;
    if (run.format !== FORMAT) throw new Error(`its format is ${String(run.format)}`);
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

/** The policy that a run returns: the better of what was learned and the best heuristic. */
export function policyOf(run: TrainingRun): PolicySource {
  const [best] = run.heuristics;
  if (run.returns === "heuristic" && best !== undefined) return { kind: "heuristic", spec: best.policy };
  return learnedSource(run);
}

/** What a run learned, whether or not a heuristic is better. */
export function learnedSource({ learned, scenario, algorithm }: TrainingRun): PolicySource {
  return policyLearned(learned, `${scenario.name}-${algorithm}`);
}

/** @param name under which a policy that is no heuristic stands in results */
export function policyLearned(learned: LearnedPolicy, name: string): PolicySource {
  if (learned.kind === "heuristic") return learned;
  if (learned.kind === "table") return { ...learned, name };
  return { kind: "learned", name, heads: learned.heads.map(loadedHead) };
}

export const savedHead = (head: Head): SavedHead => ({ ...head, parameters: toBase64(head.parameters) });
const loadedHead = (head: SavedHead): Head => ({ ...head, parameters: fromBase64(head.parameters) });
