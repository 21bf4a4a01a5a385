import { InputError, SwitchyardError } from "../../../kit/errors.js";
import { readJson } from "../../../kit/json.js";
import { StateIndex } from "./state-index.js";
import type { DecisionTable } from "./tabular-policy.js";

const TABLE_BYTES = 512 * 1024 * 1024;
const MOST_FIGURE = 0xffff;
/** What could steer a terminal that a name is shown on. */
const CONTROL = /\p{Cc}/u;

/**
 * A table as a file of JSON: `types` and `candidates` by number (types from 0, candidates from 1), and a row a state, first the number
 * of the candidate to take, then the state's figures. A row is a line.
 */
export function writeTable({ known, entries }: DecisionTable): Uint8Array {
  const rows = entries.map(({ figures, code }) => `[${[code, ...figures].join(",")}]`).join(",\n");
  const { types, candidates } = known;
  const text = `{"types":${JSON.stringify(types)},\n"candidates":${JSON.stringify(candidates)},\n"states":[\n${rows}\n]}\n`;
  return new TextEncoder().encode(text);
}

/**
 * @param kinds of decision, and how many states there are: as the manifest has them
 * @throws {InputError} BAD_TABLE
 */
export function readTable(
  bytes: Uint8Array,
  file: string,
  { kinds, states }: { readonly kinds: DecisionTable["kinds"]; readonly states: number },
): DecisionTable {
  const refuse = (what: string, where = file, cause?: unknown): never => {
    throw new InputError("BAD_TABLE", { what, where, mend: "get the package anew" }, { cause });
  };
  let value: unknown;
  try {
    ({ value } = readJson(bytes, file, { bytes: TABLE_BYTES, depth: 4 }));
  } catch (error) {
    if (!(error instanceof SwitchyardError)) throw error;
    return refuse(error.what, error.where ?? file, error);
  }
  const { types, candidates, states: rows } = (value ?? {}) as Record<string, unknown>;
  const names = (list: unknown, name: string): readonly string[] => {
    const good = (each: unknown) => typeof each === "string" && each.length <= 1000 && !CONTROL.test(each);
    if (Array.isArray(list) && list.every(good) && new Set(list).size === list.length) return list;
    return refuse(`${name} are no list of different names`, `${file} > ${name}`);
  };
  const known = { types: names(types, "types"), candidates: names(candidates, "candidates") };
  if (!Array.isArray(rows) || rows.length !== states)
    return refuse(`there are not ${states} states, as the manifest says`, `${file} > states`);
  const met = new StateIndex();
  const entries = rows.map((row: unknown, i) => {
    const at = `${file} > states[${i}]`;
    const whole = (n: unknown): n is number =>
      Number.isInteger(n) && (n as number) >= 0 && (n as number) <= MOST_FIGURE;
    if (!Array.isArray(row) || row.length < 2 || !row.every(whole))
      return refuse(`this is no row of whole numbers from 0 to ${MOST_FIGURE}`, at);
    const [code, ...figures] = row as [number, ...number[]];
    if (code < 1 || code > known.candidates.length) refuse(`there is no candidate ${code}`, at);
    if (met.numberOf(figures) !== i) refuse("this state stands there twice", at);
    return { figures, code };
  });
  return { kinds, known, entries };
}
