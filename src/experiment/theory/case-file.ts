import { InputError } from "../../kit/errors.js";
import { readJson } from "../../kit/json.js";

/** A queueing model with the figures that theory, or an independent program, has for it. */
export interface TheoryCase {
  readonly id: string;
  readonly family: string;
  /** With its family's statement, all that defines the model. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Of a control problem: parameters of the rules that were tuned. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, number>>;
  /** Half-widths of the figures' own 95 % intervals, where they were simulated. */
  readonly ci95: Readonly<Record<string, number>>;
  /** Figures that there is no number for, with what stands in its place. */
  readonly without?: Readonly<Record<string, string>>;
}

/**
 * Reads a file of cases. It has a list `simulator` of `{ id, family, parameters, expected, ci95? }`, a list `control` of
 * `{ id, family, parameters, heuristics, tuned?, extra? }`, whose figures are the costs of the rules, or both; or it is as
 * those that are shipped: `families`, each with its `cases` by id, of `{ parameters, figures, halfWidths?, tuning? }`.
 * @throws {InputError} BAD_CASES
 */
export function readCases(bytes: Uint8Array, file: string): TheoryCase[] {
  const { value } = readJson(bytes, file);
  const root = fieldsOf(value);
  const cases =
    root.has("simulator") || root.has("control")
      ? [
          ...listed(root, "simulator", ["expected"], file),
          ...listed(root, "control", ["heuristics", "tuned"], file),
        ]
      : byFamily(root.get("families"));
  if (cases.length === 0) throw wrong("there is no list of cases", file, "simulator");
  const twice = cases.find(({ id }, i) => cases.findIndex((other) => other.id === id) < i);
  if (twice !== undefined) throw wrong(`two cases are called ${twice.id}`, file, "simulator");
  return cases;
}

/** @param figures the keys under which each case has them */
function listed(
  root: Map<string, unknown>,
  key: string,
  figures: readonly string[],
  file: string,
): TheoryCase[] {
  const list = root.get(key) ?? [];
  if (!Array.isArray(list)) throw wrong("this is no list of cases", file, key);
  return list.map((entry, i) => {
    const fields = fieldsOf(entry);
    const [id, family] = [fields.get("id"), fields.get("family")];
    if (typeof id !== "string" || typeof family !== "string")
      throw wrong("a case needs an id and a family", file, `${key}[${i}]`);
    const all = new Map(figures.flatMap((name) => [...fieldsOf(fields.get(name))]));
    return {
      id,
      family,
      parameters: plain(fields.get("parameters") ?? {}) as TheoryCase["parameters"],
      extra: plain(fields.get("extra") ?? {}) as TheoryCase["parameters"],
      expected: numbersOf(all),
      ci95: numbersOf(fields.get("ci95")),
      without: textsOf(all),
    };
  });
}

function byFamily(families: unknown): TheoryCase[] {
  const cases = [...fieldsOf(families)].flatMap(([family, about]) =>
    [...fieldsOf(fieldsOf(about).get("cases"))].map(([id, one]): TheoryCase => {
      const fields = fieldsOf(one);
      return {
        id,
        family,
        parameters: plain(fields.get("parameters") ?? {}) as TheoryCase["parameters"],
        extra: plain(fields.get("tuning") ?? {}) as TheoryCase["parameters"],
        expected: numbersOf(fields.get("figures")),
        ci95: numbersOf(fields.get("halfWidths")),
      };
    }),
  );
  return cases;
}

const wrong = (what: string, file: string, where: string) =>
  new InputError("BAD_CASES", {
    what,
    where: `${file} > ${where}`,
    mend: "see docs/verify.md for the format",
  });

function numbersOf(value: unknown): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, figure] of fieldsOf(value)) if (typeof figure === "number") found[name] = figure;
  return found;
}

function textsOf(entries: Map<string, unknown>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, text] of entries) if (typeof text === "string") found[name] = text;
  return found;
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
