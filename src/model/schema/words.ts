import { DISTRIBUTION_KINDS, distributionMeaning, distributionParameters } from "../parse/distribution.js";

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

/** The same schema, with what it is about. */
export const described = (description: string, schema: Schema): Schema => ({ ...schema, description });

export const map = (values: Schema, description: string): Schema => ({
  type: "object",
  description,
  minProperties: 1,
  additionalProperties: values,
});

/** What quantities are, and how they are written; defined once in the document, under `$defs`. */
const QUANTITIES = {
  time: "a time such as 250 ms, 2 s or 10 min, a plain number is seconds",
  share: "a share such as 0.02 or 2%",
  rate: "a rate such as 3 / s or 0.40 / hour, a plain number is per second",
  amount: "an amount such as 20 MB or 64 GiB, a plain number is bytes",
  power: "a power such as 300 W, a plain number is watts",
} as const;

const quantity =
  (name: keyof typeof QUANTITIES) =>
  (description: string): Schema => ({
    $ref: `#/$defs/${name}`,
    description: `${description}; ${QUANTITIES[name]}`,
  });
export const time = quantity("time");
export const share = quantity("share");
export const rate = quantity("rate");
export const bytes = quantity("amount");
export const watts = quantity("power");
export const number = (description: string): Schema => ({ type: ["number", "string"], description });

/** What the quantities refer to. */
export const quantityDefinitions = (): Record<string, Schema> =>
  Object.fromEntries(Object.entries(QUANTITIES).map(([name, written]) => [name, number(written)]));

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
        description: distributionMeaning(kind),
        anyOf: [
          one,
          { type: "array", items: one },
          object(
            parameters.map(({ name }) => name),
            parameters.filter(({ optional }) => optional !== true).map(({ name }) => name),
            Object.fromEntries(
              parameters.map(({ name, meaning, list }) => [
                name,
                described(meaning, list === true ? { type: "array", items: one } : one),
              ]),
            ),
          ),
        ],
      },
    });
  });
  return { anyOf: [{ type: ["number", "string"] }, ...families] };
}
