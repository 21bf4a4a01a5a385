import { InputError } from "../kit/errors.js";
import { type Scenario, specsOf } from "../model/scenario.js";
import { type Knob, specParts, type WeightsKnob } from "../policy/catalogue.js";
import type { Dimension } from "./cross-entropy.js";

/** The free knobs of a heuristic as a box to search, and back to what a user would write. */
export interface KnobSpace {
  /** What each dimension is: `sed.failure`, `cmu.cost.gold`. */
  readonly names: readonly string[];
  readonly dimensions: readonly Dimension[];
  /** The spec at a point: values to three digits, those at their defaults left out. */
  spec(point: readonly number[]): string;
}

/** Digits of a knob's value: more than a rule's cost can tell apart, few enough to read. */
const DIGITS = 3;
/** From this width on a range is searched by orders of magnitude. */
const WIDE = 1e4;
/** Deviation of a weight's first population, by orders of e: most lie within a fifth and five times the default. */
const WEIGHT_DEVIATION = 1.2;

interface Free extends Dimension {
  readonly part: number;
  readonly name: string;
  readonly default: number;
  valueAt(coordinate: number): number;
}

/**
 * The knobs of a spec such as `sed` or `cmu+jsq` that it does not set, and its weights by the scenario's task types and
 * pools. What is written stays: `sed(price=0)` leaves `failure` to be learned. A knob with one value on its grid is not
 * for tuning.
 * @throws {InputError} UNKNOWN_POLICY; NO_KNOBS where nothing is free
 */
export function knobSpace(spec: string, scenario: Scenario): KnobSpace {
  const parts = specParts(spec);
  const names = {
    "task type": [
      ...new Set(scenario.workflows.flatMap(({ tasks }) => specsOf(tasks).map(({ type }) => type))),
    ],
    pool: scenario.pools.map(({ name }) => name),
  };
  const free = parts.flatMap(({ heuristic, settings }, part): Free[] => {
    const given = new Set(settings.map(({ name }) => name));
    const knobs = heuristic.knobs.filter((knob) => knob.grid.length > 1 && !given.has(knob.name));
    return [
      ...knobs.map((knob) => ofKnob(knob, part)),
      ...heuristic.weights.flatMap((weights, place) => {
        // Where a knob gives the default, it is the knob that is learned; and one name alone has nothing to outweigh.
        if (Number.isNaN(weights.default) || names[weights.of].length < 2) return [];
        const written = names[weights.of].map((name) => (place === 0 ? name : `${weights.name}.${name}`));
        return written.filter((name) => !given.has(name)).map((name) => ofWeight(weights, name, part));
      }),
    ];
  });
  if (free.length === 0) {
    throw new InputError("NO_KNOBS", {
      what: `${spec} has no knob left to learn in scenario ${scenario.name}`,
      where: `policy ${spec}`,
      mend: "name a heuristic with knobs (switchyard policy list shows them), and leave some of them open",
    });
  }
  return {
    names: free.map(({ part, name }) => `${parts[part]!.heuristic.name}.${name}`),
    dimensions: free.map(({ low, high, mean, deviation }) => ({ low, high, mean, deviation })),
    spec: (point) =>
      parts
        .map(({ heuristic, settings }, part) => {
          const written = settings.map(({ name, text }) => `${name}=${text}`);
          free.forEach((dimension, d) => {
            if (dimension.part !== part) return;
            const value = dimension.valueAt(point[d]!);
            if (value !== dimension.default) written.push(`${dimension.name}=${value}`);
          });
          return written.length === 0 ? heuristic.name : `${heuristic.name}(${written.join(",")})`;
        })
        .join("+"),
  };
}

/** A knob: from the ends of its grid, over all its range. */
function ofKnob(
  { name, range: [low, high], grid, integer = false, default: preset }: Knob,
  part: number,
): Free {
  const least = Math.min(...grid);
  const most = Math.max(...grid);
  const unit = high - low >= WIDE ? Math.min(...grid.filter((value) => value > low)) - low : null;
  const axis = axisOf(low, high, unit, integer);
  const [from, to] = [axis.coordinateOf(least), axis.coordinateOf(most)];
  return { ...axis, part, name, default: preset, mean: (from + to) / 2, deviation: (to - from) / 2 };
}

function ofWeight({ range: [low, high], default: preset }: WeightsKnob, name: string, part: number): Free {
  const axis = axisOf(low, high, Math.max(preset - low, 1) / 4, false);
  return {
    ...axis,
    part,
    name,
    default: preset,
    mean: axis.coordinateOf(preset),
    deviation: WEIGHT_DEVIATION,
  };
}

/** Coordinates of a range: the values, or log(1 + (value - low) / unit), which reaches `low` and any size alike. */
function axisOf(low: number, high: number, unit: number | null, integer: boolean) {
  const coordinateOf = (value: number) => (unit === null ? value : Math.log1p((value - low) / unit));
  return {
    low: coordinateOf(low),
    high: coordinateOf(high),
    coordinateOf,
    valueAt(coordinate: number): number {
      const exact = unit === null ? coordinate : low + unit * Math.expm1(coordinate);
      const rounded = integer ? Math.round(exact) : Number(exact.toPrecision(DIGITS));
      return Math.min(high, Math.max(low, rounded));
    },
  };
}
