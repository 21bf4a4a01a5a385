import { z } from "zod";
import { type Complaint, InputErrors } from "../../../kit/errors.js";
import type { Parameters } from "../parameters.js";

/**
 * What the parameters of control problems may be. One that is not understood would be left out in silence, and another problem
 * be solved than the one that is meant: it is refused.
 */

export const positive = z.number().positive();
export const notNegative = z.number().nonnegative();
export const whole = z.int().positive();
export const positives = z.array(positive).min(1);
export const notNegatives = z.array(notNegative).min(1);

/** Parameters of a problem, and no others. @param alike lists that tell of the same servers, or classes, where they are there */
export const problem = <S extends z.ZodRawShape>(shape: S, alike: readonly (keyof S & string)[] = []) =>
  z.strictObject(shape).superRefine((value, context) => {
    const held = value as Parameters;
    const lengthOf = (name: string) => (held[name] as readonly unknown[]).length;
    const [first, ...rest] = alike.filter((name) => Array.isArray(held[name]));
    for (const name of rest) {
      if (lengthOf(name) === lengthOf(first!)) continue;
      const message = `there are ${lengthOf(name)} of it, and ${lengthOf(first!)} of ${first}`;
      context.addIssue({ code: "custom", path: [name], message });
    }
  });

export type ProblemParameters = ReturnType<typeof problem>;

/** @throws {InputErrors} BAD_CASES with all that is wrong */
export function checkParameters(id: string, p: Parameters, schema: ProblemParameters): void {
  const { error } = schema.safeParse(p);
  if (error === undefined) return;
  const known = Object.keys(schema.shape).join(", ");
  throw new InputErrors(
    "BAD_CASES",
    error.issues.map(
      ({ path, message }): Complaint => ({
        what: message,
        where: `case ${id} > ${["parameters", ...path].join(".")}`,
        mend: `this problem has ${known}, each as docs/verify.md says`,
      }),
    ),
  );
}
