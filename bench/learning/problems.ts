import { readCases, type TheoryCase } from "../../src/experiment/theory/case-file.js";
import { CONTROL } from "../../src/experiment/theory/control/index.js";
import { InputError, suggest } from "../../src/kit/errors.js";

/** A control problem whose least cost is known. */
export interface ControlProblem {
  readonly one: TheoryCase;
  /** As its file has it: where a family tells what is gained, the most of that. */
  readonly optimal: number;
  /** The rule, of those that nobody tuned, that its file says is the best, with its figure; null where it does not say. */
  readonly rule: { readonly name: string; readonly figure: number } | null;
}

/** Whether figures of a family are what is gained, which is a cost below 0. */
export const tellsGains = (family: string): boolean => family === "B8";

interface Entry {
  readonly id: string;
  readonly family: string;
  readonly where: string;
  readonly optimal: unknown;
  readonly heuristics: Readonly<Record<string, unknown>>;
}

/**
 * The control problems of a file, in both forms that `readCases` knows.
 * @param only ids of problems, or names of families; all of them where undefined
 * @throws {InputError} BAD_CASES where a problem is of no family that is known, or there is no optimum to measure it by; USAGE where
 *   there is none that `only` asks for
 */
export function controlProblems(
  bytes: Uint8Array,
  file: string,
  only?: readonly string[],
): readonly ControlProblem[] {
  const cases = new Map(readCases(bytes, file).map((one) => [one.id, one]));
  const entries = entriesOf(JSON.parse(new TextDecoder().decode(bytes)) as CasesFile);
  if (entries.length === 0)
    throw new InputError("BAD_CASES", {
      what: "there is no control problem",
      where: `${file} > control`,
      mend: "give a list of { id, family, parameters, optimal, heuristics }",
    });
  const names = [...new Set(entries.flatMap(({ id, family }) => [id, family]))];
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new InputError("USAGE", {
      what: `no control problem, and no family of them, is called ${unknown}`,
      where: `--only, of ${file}`,
      mend: suggest("problems", unknown, names),
    });
  return entries
    .filter(({ id, family }) => only === undefined || only.includes(id) || only.includes(family))
    .map(({ id, family, where, optimal, heuristics }) => {
      const refuse = (what: string, field: string, mend: string): never => {
        throw new InputError("BAD_CASES", { what, where: `${file} > ${where}.${field}`, mend });
      };
      if (!Object.hasOwn(CONTROL, family))
        refuse(`${id} is of a family ${family}`, "family", `known here: ${Object.keys(CONTROL).join(", ")}`);
      if (typeof optimal !== "number" || !Number.isFinite(optimal) || optimal === 0)
        return refuse(`${id} has no optimum`, "optimal", "give the least cost a second, or the most gain");
      return { one: cases.get(id)!, optimal, rule: bestOf(heuristics, tellsGains(family)) };
    });
}

interface CasesFile {
  readonly control?: readonly Omit<Entry, "where">[];
  readonly families?: Readonly<
    Record<string, { readonly cases?: Readonly<Record<string, { readonly optimal?: unknown }>> }>
  >;
}

function entriesOf({ control, families = {} }: CasesFile): readonly Entry[] {
  if (control !== undefined)
    return control.map((entry, i) => ({
      ...entry,
      heuristics: entry.heuristics ?? {},
      where: `control[${i}]`,
    }));
  // There the families of the simulator stand beside those of control, and figures of tuned rules beside the others.
  return Object.entries(families).flatMap(([family, { cases = {} }]) =>
    Object.entries(cases).flatMap(([id, { optimal }]) =>
      optimal === undefined
        ? []
        : [{ id, family, where: `families.${family}.cases.${id}`, optimal, heuristics: {} }],
    ),
  );
}

function bestOf(heuristics: Readonly<Record<string, unknown>>, gains: boolean): ControlProblem["rule"] {
  let best: ControlProblem["rule"] = null;
  for (const [name, figure] of Object.entries(heuristics)) {
    if (typeof figure !== "number") continue;
    if (best === null || (gains ? figure > best.figure : figure < best.figure)) best = { name, figure };
  }
  return best;
}
