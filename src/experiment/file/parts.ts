import { InputError } from "../../kit/errors.js";
import { POSITIVE, quantity } from "../../model/parse/quantity.js";
import type { Reader } from "../../model/parse/reader.js";
import { heuristic } from "../../policy/catalogue.js";
import { CELL_FIGURES, type CellFigure } from "../cell-figure.js";
import { benchmarkSeeds } from "../matrix.js";
import type { StoppingRule } from "../stopping.js";
import type { Override, SeedRange, Sited } from "./experiment.js";

/** The parts that experiment files and gate files have in common. */

/** Files are bounded, so that a slip of the pen does not ask for a year of computing. */
export const MOST_SCENARIOS = 200;
export const MOST_OVERRIDES = 100;
export const MOST_POLICIES = 200;
export const MOST_SEEDS = 100_000;
export const MOST_RUNS = 200_000;
const MOST_SETTINGS = 100;

export const SEED_KEYS = ["first", "count"] as const;
export const STOP_KEYS = ["halfWidth", "of", "atMost"] as const;
/** Of experiments only. A gate must not stop because of who is ahead: it asks about a difference, and would find it too easily. */
export const BEST_STOP_KEYS = ["best", "atMost"] as const;
const EITHER_STOP_KEYS = [...STOP_KEYS, "best"] as const;
export const PRECISE = ["means", "differences"] as const;

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$/;

export function nameOf(reader: Reader): string {
  const text = reader.text("unnamed");
  if (!NAME.test(text))
    reader.complain(`${reader.shown} is no name`, "use letters, digits, dots, dashes and underscores");
  return text;
}

export const sited = (reader: Reader): Sited => ({
  text: reader.text(""),
  where: reader.complaints.where(reader),
});

/** A list of texts, each once. */
export function texts(reader: Reader, most: number): Sited[] {
  const items = reader.items();
  if (items.length === 0 || items.length > most)
    reader.complain(`there are ${items.length} entries`, `give from 1 to ${most}`);
  const seen = new Set<string>();
  return items.slice(0, most).flatMap((item) => {
    const entry = sited(item);
    if (entry.text === "") return [];
    if (seen.has(entry.text)) item.complain(`${item.shown} is listed twice`, "list it once");
    seen.add(entry.text);
    return [entry];
  });
}

/** What is a path, to a policy package or a training run, and no heuristic's spec. */
export const isPolicyPath = (text: string): boolean => /[\\/]/.test(text) || text.startsWith(".");

/** A policy; complains about a heuristic that there is not. */
export function policyText(reader: Reader): Sited {
  const entry = sited(reader);
  if (entry.text === "" || isPolicyPath(entry.text)) return entry;
  try {
    heuristic(entry.text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    reader.complain(
      error.what,
      `${error.mend ?? "see switchyard policy list"}; in a list in brackets, quote what has commas; a path has a slash`,
    );
  }
  return entry;
}

/** `overrides`: settings by path, by name. */
export function overridesOf(reader: Reader | undefined): Override[] {
  if (reader === undefined) return [];
  const entries = reader.entries("overrides");
  if (reader.isMap && (entries.length === 0 || entries.length > MOST_OVERRIDES))
    reader.complain(
      `there are ${entries.length} overrides`,
      `give from 1 to ${MOST_OVERRIDES}, or none at all`,
    );
  return entries.map(({ key, value, place }) => {
    if (!NAME.test(key))
      place.complain(`"${key}" is no name`, "use letters, digits, dots, dashes and underscores");
    const settings = value.scalar === null ? [] : value.entries("an override");
    if (settings.length > MOST_SETTINGS)
      value.complain(`there are ${settings.length} settings`, `give at most ${MOST_SETTINGS}`);
    return {
      name: key,
      where: value.complaints.where(value),
      settings: settings.map(({ key: path, value: set, place: at }) => {
        if (!/^[^.\s]+(\.[^.\s]+)*$/.test(path))
          at.complain(`"${path}" is no path into a scenario`, "e.g. pools.fast.servers: 3");
        if (path === "scenario" || path === "trace")
          at.complain(`${path} cannot be overridden as a whole`, "e.g. trace.timeScale: 0.5");
        return [path, set.plain()] as const;
      }),
    };
  });
}

const USUAL_SEEDS: SeedRange = { first: 1, count: 30 };

/** `seeds`: how many, or from which one on. */
export function seedsOf(reader: Reader | undefined): SeedRange {
  if (reader === undefined) return USUAL_SEEDS;
  if (!reader.isMap) return { ...USUAL_SEEDS, count: reader.integer(1, MOST_SEEDS, USUAL_SEEDS.count) };
  const fields = reader.fields("seeds", SEED_KEYS);
  const range = {
    first: fields.get("first")?.integer(0, Number.MAX_SAFE_INTEGER, USUAL_SEEDS.first) ?? USUAL_SEEDS.first,
    count: fields.get("count")?.integer(1, MOST_SEEDS, USUAL_SEEDS.count) ?? USUAL_SEEDS.count,
  };
  try {
    benchmarkSeeds(range.first, range.count);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    reader.complain(error.what, error.mend);
    return USUAL_SEEDS;
  }
  return range;
}

export const metricOf = (reader: Reader | undefined): CellFigure =>
  reader?.choice(CELL_FIGURES, "objective") ?? "objective";

/** An amount that is relative where it is written with %, and in the metric's own unit otherwise. */
export interface Amount {
  readonly value: number;
  readonly relative: boolean;
}

export function amountOf(reader: Reader, fallback: Amount): Amount {
  const { scalar } = reader;
  const relative = typeof scalar === "string" && scalar.trim().endsWith("%");
  const value = quantity(reader, relative ? "share" : "number", POSITIVE, fallback.value);
  return { value, relative };
}

/** `stop`: when there have been seeds enough. */
export function stopOf(reader: Reader, seeds: SeedRange, { best: mayBeBest = false } = {}): StoppingRule {
  const fields = reader.fields("stop", mayBeBest ? EITHER_STOP_KEYS : STOP_KEYS);
  const width = fields.get("halfWidth");
  const best = fields.get("best");
  const of = fields.get("of");
  if (width === undefined && best === undefined && reader.isMap)
    reader.complain("a stopping rule needs `halfWidth`", "e.g. halfWidth: 1%, of the cost compared with");
  if (best !== undefined && (width ?? of) !== undefined)
    reader.complain(
      "a rule that stops where it is sure who is best has no half-width",
      "leave out `halfWidth` and `of`, or `best`",
    );
  const most = fields.get("atMost");
  const atMost = most?.integer(2, MOST_SEEDS, 1000) ?? Math.max(1000, seeds.count);
  if (atMost < seeds.count)
    most?.complain(
      `at most ${atMost} seeds are less than the ${seeds.count} to begin with`,
      "raise atMost, or lower seeds",
    );
  if (seeds.count < LEAST_FIRST_LOOK)
    reader.complain(
      `${seeds.count} seeds are too few to guess a spread from`,
      `begin with at least ${LEAST_FIRST_LOOK}: seeds: 20`,
    );
  if (best !== undefined) {
    const { value, relative } = stopAmount(best, "an indifference", "best");
    return { of: "best", indifference: value, relative, atMost };
  }
  const { value, relative } = stopAmount(width, "a half-width", "halfWidth");
  return { halfWidth: value, relative, of: of?.choice(PRECISE, "differences") ?? "differences", atMost };
}

function stopAmount(reader: Reader | undefined, what: string, key: string): Amount {
  const fallback = { value: 0.01, relative: true };
  const amount = reader === undefined ? fallback : amountOf(reader, fallback);
  if (amount.relative && amount.value >= 1)
    reader?.complain(`${what} in percent lies between 0 and 100 %`, `e.g. ${key}: 1%`);
  return amount;
}

/** A rule that looks early is fooled by a spread that came out small. */
const LEAST_FIRST_LOOK = 10;
