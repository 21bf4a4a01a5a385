import { FailureError } from "../kit/errors.js";

const SIGNS = ["GRADIENT_NOT_FINITE", "SCORES_NOT_FINITE"];

/**
 * What a trainer throws where an iteration has failed: a gradient or a score that is no number is named as what it means;
 * anything else is passed on.
 */
export function diverged(error: unknown, where: string): unknown {
  if (!(error instanceof FailureError) || !SIGNS.includes(error.code)) return error;
  return new FailureError(
    "DIVERGED",
    {
      what: `training has diverged: ${error.what}`,
      where,
      mend: "lower the learning rate, or shorten the horizon",
    },
    { cause: error },
  );
}
