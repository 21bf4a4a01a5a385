import { InputError, InputErrors } from "../../../kit/errors.js";
import type { TheoryCase } from "../case-file.js";
import { CONTROL } from "../control/index.js";
import type { TheoryModel } from "../model.js";
import type { Parameters } from "../parameters.js";
import { ATTEMPTS } from "./attempts.js";
import { NETWORKS } from "./networks.js";
import { STATIONS } from "./stations.js";

/** Builds a case of the family from its parameters; throws `BAD_CASES` where they make none. */
export type Family = (id: string, parameters: Parameters, extra: Parameters) => TheoryModel;

export const FAMILIES: Readonly<Record<string, Family>> = {
  ...STATIONS,
  ...NETWORKS,
  ...ATTEMPTS,
  ...CONTROL,
};

/** The model of a case; undefined where its family is not known here. */
export function theoryModel({ id, family, parameters, extra = {} }: TheoryCase): TheoryModel | undefined {
  if (!Object.hasOwn(FAMILIES, family)) return undefined;
  try {
    return FAMILIES[family]!(id, parameters, extra);
  } catch (error) {
    if (!(error instanceof InputError) || error instanceof InputErrors || error.where !== undefined)
      throw error;
    const where = `case ${id} > parameters`;
    throw new InputError(error.code, { ...error.toJSON(), where }, { cause: error });
  }
}
