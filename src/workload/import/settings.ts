import { InputError } from "../../kit/errors.js";
import { decimal } from "./decimal.js";

/** What a format does not tell of itself, and whoever imports it may know. */
export interface ImportSettings {
  /** How long inference takes, where a log has the lengths of prompts and answers only. */
  readonly workModel?: WorkModel;
  /** Unit of run times, where a format does not say. */
  readonly runTimeUnit?: "s" | "ms";
  /** What the work of an event is of which only the end is known: `sojourn` takes the time since what it waited for. */
  readonly eventWork?: "unknown" | "sojourn";
}

/** Work in seconds: `fixed` + `prompt` a token that is read + `output` a token that is written. */
export interface WorkModel {
  readonly fixed: number;
  readonly prompt: number;
  readonly output: number;
}

/**
 * `fixed=0.05,prompt=0.0002,output=0.02`, in seconds; what is left out is 0.
 * @throws {InputError} BAD_WORK_MODEL
 */
export function parseWorkModel(text: string): WorkModel {
  const model = { fixed: 0, prompt: 0, output: 0 };
  for (const part of text.split(",")) {
    const [, name = "", value = ""] = /^\s*(\w+)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    const seconds = decimal(value);
    if (!Object.hasOwn(model, name) || seconds === null || seconds < 0) {
      throw new InputError("BAD_WORK_MODEL", {
        what: `"${part.trim()}" is no part of a work model`,
        where: "--work-model",
        mend: 'give seconds as in "fixed=0.05,prompt=0.0002,output=0.02"',
      });
    }
    model[name as keyof WorkModel] = seconds;
  }
  return model;
}

/** Seconds; NaN where there is no model, or a length is unknown that counts. */
export function workOf(model: WorkModel | undefined, promptTokens: number, outputTokens: number): number {
  if (model === undefined) return Number.NaN;
  const { fixed, prompt, output } = model;
  return fixed + (prompt > 0 ? prompt * promptTokens : 0) + (output > 0 ? output * outputTokens : 0);
}
