/** How well a model fits, by maximum likelihood. */
export interface Score {
  readonly name: string;
  /** Parameters that were fitted. */
  readonly parameters: number;
  readonly logLikelihood: number;
  /** Akaike 1974: 2 k - 2 log L. */
  readonly aic: number;
  /** Schwarz 1978: k log n - 2 log L. */
  readonly bic: number;
}

export type Criterion = "aic" | "bic";

export function score(name: string, parameters: number, logLikelihood: number, n: number): Score {
  return {
    name,
    parameters,
    logLikelihood,
    aic: 2 * parameters - 2 * logLikelihood,
    bic: parameters * Math.log(n) - 2 * logLikelihood,
  };
}

/** The one with the least criterion; the first of several. Those without a likelihood never win. */
export function bestOf<T extends { readonly score: Score }>(
  candidates: readonly T[],
  by: Criterion,
): T | undefined {
  return candidates
    .filter(({ score: { logLikelihood } }) => Number.isFinite(logLikelihood))
    .reduce<T | undefined>(
      (best, one) => (best === undefined || one.score[by] < best.score[by] ? one : best),
      undefined,
    );
}
