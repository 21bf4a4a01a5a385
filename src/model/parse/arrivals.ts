import type { Distribution } from "../../kit/distribution.js";
import { moments } from "../../kit/moments.js";
import type {
  Arrivals,
  BatchSize,
  ClosedArrivals,
  OpenArrivals,
  SingleArrivals,
  SwitchingRates,
} from "../arrivals.js";
import { unreachable } from "../switching.js";
import { distribution } from "./distribution.js";
import { type Bounds, type Dimension, NOT_NEGATIVE, POSITIVE, PROBABILITY, quantity } from "./quantity.js";
import type { Reader } from "./reader.js";

/** Processes of single arrivals with their keys; those of `poisson` and `renewal` are their values themselves. */
export const SINGLE_KEYS = {
  poisson: [],
  renewal: [],
  mmpp: ["rates", "leave", "switching", "observed"],
  diurnal: ["mean", "amplitude", "period", "shift"],
  piecewise: ["rates", "lengths", "repeat"],
  flashCrowd: ["base", "at", "rise", "peak", "decay"],
  onOff: ["rate", "on", "off"],
  hawkes: ["base", "branching", "decay"],
} as const satisfies Record<SingleArrivals["kind"], readonly string[]>;
export const ARRIVAL_KEYS = {
  ...SINGLE_KEYS,
  batch: ["rate", "of", "size"],
  closed: ["users", "think", "ramp"],
} as const satisfies Record<Arrivals["kind"], readonly string[]>;
export const SINGLE_KINDS = Object.keys(SINGLE_KEYS) as readonly SingleArrivals["kind"][];
export const ARRIVAL_KINDS = Object.keys(ARRIVAL_KEYS) as readonly Arrivals["kind"][];
export const BATCH_KEYS = ["geometric", "shares"] as const;
export const MOST_USERS = 1_000_000;

const STAND_IN: SingleArrivals = { kind: "poisson", rate: 1 };
const BELOW_ONE: Bounds = { least: 0, most: 1 - 1e-6 };
const AT_LEAST_ONE: Bounds = { least: 1, most: 1_000_000 };
/** More phases than this are a mistake: their matrix would be millions of rates. */
const MOST_PHASES = 1000;

/** Arrivals: a map with one key, their kind. */
export function arrivalsOf(reader: Reader): Arrivals {
  const [kind, value] = processIn(reader, ARRIVAL_KINDS) ?? ["poisson", undefined];
  if (value === undefined) return STAND_IN;
  switch (kind) {
    case "batch":
      return batchOf(value);
    case "closed":
      return closedOf(value);
    default:
      return singleOf(kind, value);
  }
}

/** The one process in a map, with what stands behind it; null where that is not there, which is then said. */
function processIn<K extends string>(reader: Reader, kinds: readonly K[]): readonly [K, Reader] | null {
  const fields = reader.fields("arrivals", kinds);
  if (!reader.isMap) return null;
  const [entry] = fields;
  if (entry !== undefined && fields.size === 1) return entry as [K, Reader];
  reader.complain("arrivals have one process", `give one of ${kinds.join(", ")}`);
  return null;
}

function batchOf(value: Reader): OpenArrivals {
  const parts = new Parts(value, "batch", ARRIVAL_KEYS.batch);
  const rate = parts.get("rate");
  const of = parts.get("of");
  const size = parts.need("size");
  const together: BatchSize = size === undefined ? { kind: "fixed", size: 1 } : sizeOf(size);
  if (value.isMap && (rate === undefined) === (of === undefined))
    value.complain("a batch has one stream beneath it", "give rate (Poisson), or of: { <process> }");
  if (of === undefined) {
    return {
      kind: "batch",
      rate: rate === undefined ? 1 : quantity(rate, "per second", POSITIVE, 1),
      size: together,
    };
  }
  const process = processIn(of, SINGLE_KINDS);
  const single = process === null ? STAND_IN : singleOf(...process);
  if ("observed" in single) {
    of.complain(
      "the phase of arrivals is observed where they come one by one",
      "leave observed out, or the batch",
    );
  }
  return { kind: "batch", of: single, size: together };
}

/** Users, their thoughts, and how they join. */
export function closedOf(value: Reader): ClosedArrivals {
  const parts = new Parts(value, "closed", ARRIVAL_KEYS.closed);
  const users = parts.need("users");
  const think = parts.law("think", lasting);
  return {
    kind: "closed",
    users: users === undefined ? 1 : users.integer(1, MOST_USERS, 1),
    think,
    ramp: parts.number("ramp", "seconds", NOT_NEGATIVE, 0),
  };
}

function singleOf(kind: SingleArrivals["kind"], value: Reader): SingleArrivals {
  if (kind === "poisson") return { kind, rate: quantity(value, "per second", POSITIVE, 1) };
  if (kind === "renewal") return { kind, gap: lasting(value, distribution(value)) };
  const parts = new Parts(value, kind, SINGLE_KEYS[kind]);
  switch (kind) {
    case "mmpp":
      return modulatedOf(value, parts);
    case "piecewise":
      return piecewiseOf(value, parts);
    case "diurnal":
      return {
        kind,
        mean: parts.number("mean", "per second", POSITIVE),
        amplitude: parts.number("amplitude", "share", PROBABILITY),
        period: parts.number("period", "seconds", POSITIVE, 86_400),
        shift: parts.number("shift", "seconds", NOT_NEGATIVE, 0),
      };
    case "flashCrowd":
      return {
        kind,
        base: parts.number("base", "per second", POSITIVE),
        at: parts.number("at", "seconds", NOT_NEGATIVE),
        rise: parts.number("rise", "seconds", NOT_NEGATIVE, 0),
        peak: parts.number("peak", "number", AT_LEAST_ONE),
        decay: parts.number("decay", "seconds", POSITIVE),
      };
    case "onOff":
      return {
        kind,
        rate: parts.number("rate", "per second", POSITIVE),
        on: parts.law("on", lasting),
        off: parts.law("off"),
      };
    case "hawkes":
      return {
        kind,
        base: parts.number("base", "per second", POSITIVE),
        branching: parts.number("branching", "share", BELOW_ONE),
        decay: parts.number("decay", "seconds", POSITIVE),
      };
  }
}

function modulatedOf(value: Reader, parts: Parts): SingleArrivals {
  const kind = "mmpp";
  const rates = parts.list("rates", "per second", NOT_NEGATIVE);
  const leave = parts.get("leave");
  const switching = parts.get("switching");
  const seen = observedIn(parts.get("observed"));
  if (!value.isMap) return STAND_IN;
  if (rates.every((rate) => rate === 0))
    value.complain("nothing arrives in any phase", "give some phase a rate");
  if ((leave === undefined) === (switching === undefined)) {
    value.complain(
      "an mmpp says once how its phases change",
      "give leave (a ring: each phase is left for the next), or switching (a matrix: rates from each phase to each)",
    );
    return STAND_IN;
  }
  if (switching !== undefined) {
    const matrix = switchingOf(switching, rates.length);
    return matrix === null ? STAND_IN : { kind, rates, switching: matrix, ...seen };
  }
  const leaving = leave!.items().map((item) => quantity(item, "per second", POSITIVE, 1));
  if (rates.length !== leaving.length || rates.length < 2) {
    value.complain(
      `there are ${rates.length} rates and ${leaving.length} of leaving`,
      "give one of each a phase, two phases or more",
    );
    return STAND_IN;
  }
  return { kind, rates, leave: leaving, ...seen };
}

function observedIn(reader: Reader | undefined): { readonly observed?: true } {
  const observed = reader?.scalar;
  if (reader !== undefined && typeof observed !== "boolean")
    reader.complain(`${reader.shown} is neither true nor false`, "say whether policies see the phase");
  return observed === true ? { observed } : {};
}

function switchingOf(reader: Reader, phases: number): SwitchingRates | null {
  const rows = reader.items();
  const cells = rows.map((row) => row.items());
  if (phases < 2 || phases > MOST_PHASES || [cells, ...cells].some((line) => line.length !== phases)) {
    reader.complain(
      `switching has ${rows.length} rows, of ${cells.map((row) => row.length).join(", ")}, for ${phases} rates`,
      `give a row a phase, with a rate to every phase; 2 to ${MOST_PHASES} phases`,
    );
    return null;
  }
  const matrix = cells.map((row) => row.map((cell) => quantity(cell, "per second", NOT_NEGATIVE, 1)));
  matrix.forEach((row, k) => {
    if (row[k] !== 0)
      cells[k]![k]!.complain(
        `phase ${k} is left for itself at rate ${row[k]}`,
        "put 0 on the diagonal: staying is no change",
      );
  });
  const apart = unreachable(matrix);
  if (apart === null) return matrix;
  reader.complain(
    `phase ${apart[1]} is never reached from phase ${apart[0]}`,
    "let every phase lead to every other, if through others",
  );
  return null;
}

function piecewiseOf(value: Reader, parts: Parts): SingleArrivals {
  const rates = parts.list("rates", "per second", NOT_NEGATIVE);
  const lengths = parts.list("lengths", "seconds", POSITIVE);
  const repeat = parts.get("repeat");
  if (rates.length !== lengths.length || rates.length === 0) {
    value.complain(
      `there are ${rates.length} rates and ${lengths.length} lengths`,
      "give one of each an interval, at least one",
    );
  } else if (rates.every((rate) => rate === 0))
    value.complain("nothing arrives in any interval", "give some interval a rate");
  const again = repeat?.scalar;
  if (repeat !== undefined && typeof again !== "boolean")
    repeat.complain(`${repeat.shown} is neither true nor false`, "say whether it begins again at the end");
  return { kind: "piecewise", rates, lengths, repeat: again === true };
}

function sizeOf(reader: Reader): BatchSize {
  if (!reader.isMap) return { kind: "fixed", size: reader.integer(1, 1_000_000, 1) };
  const fields = reader.fields("a batch size", BATCH_KEYS);
  const geometric = fields.get("geometric");
  const shares = fields.get("shares");
  if (fields.size !== 1)
    reader.complain("a batch size is a number, geometric or shares", "e.g. { geometric: 0.3 }");
  if (geometric !== undefined) {
    return { kind: "geometric", p: quantity(geometric, "share", { least: 0, most: 1, open: true }, 1) };
  }
  const list = shares?.items().map((item) => quantity(item, "number", NOT_NEGATIVE, 1)) ?? [1];
  if (!(list.reduce((sum, share) => sum + share, 0) > 0))
    reader.complain("the shares sum to 0", "give some size a share");
  return { kind: "shares", shares: list };
}

/** Where nothing lasts, time would never pass. */
function lasting(reader: Reader, law: Distribution): Distribution {
  if (moments(law).mean === 0) reader.complain(`${reader.shown} lasts no time`, "give a mean above 0");
  return law;
}

/** The keys of a process, read one by one; what is missing is said. */
class Parts {
  private readonly fields: Map<string, Reader>;

  constructor(
    private readonly value: Reader,
    private readonly kind: Arrivals["kind"],
    private readonly keys: readonly string[],
  ) {
    this.fields = value.fields(kind, keys);
  }

  get(key: string): Reader | undefined {
    return this.fields.get(key);
  }

  need(key: string): Reader | undefined {
    const found = this.get(key);
    if (found === undefined && this.value.isMap)
      this.value.complain(`${this.kind} needs ${key}`, `its keys: ${this.keys.join(", ")}`);
    return found;
  }

  number(key: string, dimension: Dimension, bounds: Bounds, fallback?: number): number {
    const found = fallback === undefined ? this.need(key) : this.get(key);
    return found === undefined ? (fallback ?? 1) : quantity(found, dimension, bounds, fallback ?? 1);
  }

  list(key: string, dimension: Dimension, bounds: Bounds): number[] {
    return (
      this.need(key)
        ?.items()
        .map((item) => quantity(item, dimension, bounds, 1)) ?? [1]
    );
  }

  law(key: string, held = (_: Reader, law: Distribution) => law): Distribution {
    const found = this.need(key);
    return found === undefined ? { kind: "deterministic", value: 1 } : held(found, distribution(found));
  }
}
