import { DISTRIBUTION_KINDS, distributionParameters } from "../parse/distribution.js";

/** Words of JSON Schema (draft 2020-12) in which the parts of the scenario schema are written. */
export type Schema = Readonly<Record<string, unknown>>;

/** A map with exactly these keys, the parser's own: a key that one of the two has not is a mistake of ours. */
export function object(
  keys: readonly string[],
  required: readonly string[],
  properties: Record<string, Schema>,
): Schema {
  const missing = keys.filter((key) => !(key in properties));
  const extra = Object.keys(properties).filter((key) => !keys.includes(key));
  if (missing.length + extra.length > 0)
    throw new Error(`schema and parser differ: ${[...missing, ...extra].join(", ")}`);
  return { type: "object", additionalProperties: false, required, properties };
}

export const map = (values: Schema, description: string): Schema => ({
  type: "object",
  description,
  minProperties: 1,
  additionalProperties: values,
});

const worded = (description: string): Schema => ({ type: ["number", "string"], description });
export const number = worded;
export const time = (description: string): Schema =>
  worded(`${description}; a time such as 250 ms, 2 s or 10 min, a plain number is seconds`);
export const share = (description: string): Schema => worded(`${description}; a share such as 0.02 or 2%`);
export const rate = (description: string): Schema =>
  worded(`${description}; a rate such as 3 / s or 0.40 / hour, a plain number is per second`);
export const bytes = (description: string): Schema =>
  worded(`${description}; an amount such as 20 MB or 64 GiB, a plain number is bytes`);
export const watts = (description: string): Schema =>
  worded(`${description}; a power such as 300 W, a plain number is watts`);
export const flag = (description: string): Schema => ({ type: "boolean", description });
export const count = (minimum: number, maximum: number, description: string): Schema => ({
  type: "integer",
  minimum,
  maximum,
  description,
});
export const choice = (options: readonly string[], description: string): Schema => ({
  enum: options,
  description,
});

/** A name, or a list of names. */
export const names: Schema = { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] };

/** A distribution of times, or of numbers; defined once in the document, under `$defs`. */
export const distribution = (description?: string): Schema => ({
  $ref: "#/$defs/distribution",
  ...(description === undefined ? {} : { description }),
});

/** What `distribution` refers to. */
export function distributionDefinition(): Schema {
  const families = DISTRIBUTION_KINDS.map((kind) => {
    const parameters = distributionParameters(kind);
    const one: Schema = { type: ["number", "string"] };
    return object([kind], [kind], {
      [kind]: {
        anyOf: [
          one,
          { type: "array", items: one },
          object(
            parameters.map(({ name }) => name),
            parameters.filter(({ optional }) => optional !== true).map(({ name }) => name),
            Object.fromEntries(
              parameters.map(({ name, list }) => [name, list === true ? { type: "array", items: one } : one]),
            ),
          ),
        ],
      },
    });
  });
  return { anyOf: [{ type: ["number", "string"] }, ...families] };
}
