import { InputError } from "../../kit/errors.js";
import { readJson } from "../../kit/json.js";

/** A queueing model with the figures that theory, or an independent program, has for it. */
export interface TheoryCase {
  readonly id: string;
  readonly family: string;
  /** With its family's statement, all that defines the model. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, number>>;
  /** Half-widths of the figures' own 95 % intervals, where they were simulated. */
  readonly ci95: Readonly<Record<string, number>>;
}

/**
 * Reads a file of cases: JSON with a list `simulator` of `{ id, family, parameters, expected, ci95? }`.
 * @throws {InputError} BAD_CASES
 */
export function readCases(bytes: Uint8Array, file: string): TheoryCase[] {
  const { value } = readJson(bytes, file);
  const wrong = (what: string, where: string) =>
    new InputError("BAD_CASES", {
      what,
      where: `${file} > ${where}`,
      mend: "see docs/verify.md for the format",
    });
  const list = fieldsOf(value).get("simulator");
  if (!Array.isArray(list)) throw wrong("there is no list of cases", "simulator");
  return list.map((entry, i) => {
    const where = `simulator[${i}]`;
    const fields = fieldsOf(entry);
    const [id, family] = [fields.get("id"), fields.get("family")];
    if (typeof id !== "string" || typeof family !== "string")
      throw wrong("a case needs an id and a family", where);
    const numbers = (key: string): Record<string, number> => {
      const found: Record<string, number> = {};
      for (const [name, figure] of fieldsOf(fields.get(key)))
        if (typeof figure === "number") found[name] = figure;
      return found;
    };
    return {
      id,
      family,
      parameters: plain(fields.get("parameters") ?? {}) as Record<string, unknown>,
      expected: numbers("expected"),
      ci95: numbers("ci95"),
    };
  });
}

/** The value with its objects as plain ones. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries([...fieldsOf(value)].map(([key, inner]) => [key, plain(inner)]));
}

/** The entries of an object, however the reader represents it; none where the value is no object. */
function fieldsOf(value: unknown): Map<string, unknown> {
  if (value instanceof Map) return value as Map<string, unknown>;
  if (value === null || typeof value !== "object" || Array.isArray(value)) return new Map();
  return new Map(Object.entries(value));
}
