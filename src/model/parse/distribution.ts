import type { Distribution } from "../../kit/distribution.js";
import { suggest } from "../../kit/errors.js";
import { moments } from "../../kit/moments.js";
import {
  type Bounds,
  checked,
  type Dimension,
  NOT_NEGATIVE,
  POSITIVE,
  parseQuantity,
  quantity,
} from "./quantity.js";
import type { Reader } from "./reader.js";

interface Parameter {
  readonly name: string;
  readonly meaning: string;
  readonly dimension: Dimension;
  readonly bounds: Bounds;
  readonly list?: boolean;
  readonly optional?: boolean;
}

interface Family {
  readonly meaning: string;
  readonly parameters: readonly Parameter[];
}

const time = (name: string, meaning: string, bounds = POSITIVE): Parameter => ({
  name,
  meaning,
  dimension: "seconds",
  bounds,
});
const plain = (name: string, meaning: string, bounds = POSITIVE): Parameter => ({
  name,
  meaning,
  dimension: "number",
  bounds,
});
const weights: Parameter = {
  name: "weights",
  meaning: "how likely each is, in proportion",
  dimension: "number",
  bounds: NOT_NEGATIVE,
  list: true,
};
const cv = plain("cv", "deviation over mean", NOT_NEGATIVE);

/** Every family with its parameters, in the order in which they may be written without their names. */
const FAMILIES: Readonly<Record<Distribution["kind"], Family>> = {
  deterministic: { meaning: "always the same", parameters: [time("value", "that", NOT_NEGATIVE)] },
  exponential: { meaning: "exponential: without memory", parameters: [time("mean", "of it")] },
  uniform: {
    meaning: "uniform between two ends",
    parameters: [time("low", "least", NOT_NEGATIVE), time("high", "most")],
  },
  lognormal: { meaning: "lognormal", parameters: [time("mean", "of it"), cv] },
  gamma: { meaning: "gamma", parameters: [time("mean", "of it"), cv] },
  erlang: {
    meaning: "Erlang: a sum of equal exponential stages",
    parameters: [plain("stages", "how many, a whole number"), time("mean", "of the sum")],
  },
  weibull: {
    meaning: "Weibull: heavier than exponential where shape is below 1",
    parameters: [plain("shape", "1 is exponential"), time("scale", "which a share of 1 / e exceeds")],
  },
  pareto: {
    meaning: "Pareto: a power tail",
    parameters: [
      plain("alpha", "exponent of the tail"),
      time("low", "least"),
      { ...time("high", "most, where the tail is cut; no bound by default"), optional: true },
    ],
  },
  hyperexponential: {
    meaning: "one of several exponential distributions, drawn by weight",
    parameters: [weights, { ...time("means", "of each"), list: true }],
  },
  empirical: {
    meaning: "one of the values listed",
    parameters: [
      { ...time("values", "that are drawn from", NOT_NEGATIVE), list: true },
      { ...weights, meaning: `${weights.meaning}; equal by default`, optional: true },
    ],
  },
};
export const DISTRIBUTION_KINDS = Object.keys(FAMILIES) as readonly Distribution["kind"][];
/** Names of a family's parameters, for the schema. */
export const distributionParameters = (kind: Distribution["kind"]) => FAMILIES[kind].parameters;
export const distributionMeaning = (kind: Distribution["kind"]) => FAMILIES[kind].meaning;

const MEND = `write a time (250 ms), or ${DISTRIBUTION_KINDS.join(", ")} with parameters, e.g. lognormal(mean = 120 ms, cv = 0.8)`;
const STAND_IN: Distribution = { kind: "deterministic", value: 1 };
const LONGEST = 100_000;
const CALL = /^([a-zA-Z]+)\s*\(([\s\S]*)\)$/;

/** What is distributed: times, or plain numbers (counts, factors). */
export type Distributed = "seconds" | "number";

/** A distribution of times: `50 ms`, `exponential(250 ms)`, `lognormal(mean = 120 ms, cv = 0.8)`, or as a map. */
export function distribution(reader: Reader, of: Distributed = "seconds"): Distribution {
  if (reader.isMap) return fromMap(reader, of);
  const { scalar } = reader;
  if (typeof scalar === "number") return finished(reader, { kind: "deterministic", value: scalar });
  if (typeof scalar !== "string" || scalar.length > LONGEST) {
    reader.complain(`${reader.shown} is not a distribution`, MEND);
    return STAND_IN;
  }
  const call = CALL.exec(scalar.trim());
  if (call === null) {
    const value = parseQuantity(scalar, of);
    if (value !== undefined) return finished(reader, { kind: "deterministic", value });
    reader.complain(`${reader.shown} is not a distribution`, MEND);
    return STAND_IN;
  }
  const kind = familyOf(reader, call[1]!);
  return kind === undefined ? STAND_IN : fromCall(reader, kind, call[2]!, of);
}

function familyOf(reader: Reader, name: string): Distribution["kind"] | undefined {
  if (Object.hasOwn(FAMILIES, name)) return name as Distribution["kind"];
  reader.complain(`no distribution is called "${name}"`, suggest("distributions", name, DISTRIBUTION_KINDS));
  return undefined;
}

/** The parameters of a family where it is of `of`: what is a time there is then a number. */
function parametersOf(kind: Distribution["kind"], of: Distributed): readonly Parameter[] {
  const { parameters } = FAMILIES[kind];
  return of === "seconds" ? parameters : parameters.map((p) => ({ ...p, dimension: "number" }));
}

function fromCall(reader: Reader, kind: Distribution["kind"], text: string, of: Distributed): Distribution {
  const parameters = parametersOf(kind, of);
  const given = new Map<string, number | number[]>();
  splitArguments(text).forEach((argument, i) => {
    const named = /^([a-zA-Z]+)\s*=\s*([\s\S]*)$/.exec(argument);
    const name = named?.[1] ?? parameters[i]?.name;
    const parameter = parameters.find((p) => p.name === name);
    if (parameter === undefined) {
      const names = parameters.map((p) => p.name);
      reader.complain(
        `${kind} has no parameter "${name ?? argument}"`,
        suggest("parameters", name ?? "", names),
      );
    } else if (given.has(parameter.name)) reader.complain(`${kind} is given "${parameter.name}" twice`);
    else given.set(parameter.name, values(reader, parameter, named?.[2] ?? argument));
  });
  return assemble(reader, kind, given);
}

function values(reader: Reader, parameter: Parameter, text: string): number | number[] {
  const { name, dimension, bounds, list } = parameter;
  const one = (part: string): number => {
    const value = parseQuantity(part, dimension);
    if (value !== undefined) return checked(reader, value, bounds, 1);
    reader.complain(
      `${name} is "${part.trim().slice(0, 80)}"`,
      `write ${dimension === "number" ? "a number" : "a time, e.g. 250 ms"}`,
    );
    return 1;
  };
  if (list !== true) return one(text);
  const inner = /^\[([\s\S]*)\]$/.exec(text.trim());
  if (inner === null) {
    reader.complain(`${name} must be a list`, `write ${name} = [a, b, ...]`);
    return [1];
  }
  return splitArguments(inner[1]!).map(one);
}

/** Splits at the commas outside brackets. */
function splitArguments(text: string): string[] {
  if (text.trim() === "") return [];
  return text.split(/,(?![^[]*\])/).map((part) => part.trim());
}

function fromMap(reader: Reader, of: Distributed): Distribution {
  const [entry, ...more] = reader.entries("a distribution");
  if (entry === undefined || more.length > 0) {
    reader.complain("a distribution as a map has one key, its family", MEND);
    return STAND_IN;
  }
  const kind = familyOf(entry.place, entry.key);
  if (kind === undefined) return STAND_IN;
  const parameters = parametersOf(kind, of);
  if (!entry.value.isMap) {
    const single = parameters[0]!;
    return assemble(reader, kind, new Map([[single.name, read(entry.value, single)]]));
  }
  const fields = entry.value.fields(
    kind,
    parameters.map((p) => p.name),
  );
  const given = new Map<string, number | number[]>();
  for (const parameter of parameters) {
    const field = fields.get(parameter.name);
    if (field !== undefined) given.set(parameter.name, read(field, parameter));
  }
  return assemble(reader, kind, given);
}

function read(reader: Reader, { dimension, bounds, list }: Parameter): number | number[] {
  if (list === true) return reader.items().map((item) => quantity(item, dimension, bounds, 1));
  return quantity(reader, dimension, bounds, 1);
}

function assemble(
  reader: Reader,
  kind: Distribution["kind"],
  given: ReadonlyMap<string, number | number[]>,
): Distribution {
  const missing = FAMILIES[kind].parameters
    .filter((p) => p.optional !== true && !given.has(p.name))
    .map((p) => p.name);
  if (missing.length > 0) {
    reader.complain(
      `${kind} needs ${missing.join(" and ")}`,
      `e.g. ${kind}(${FAMILIES[kind].parameters.map((p) => `${p.name} = ...`).join(", ")})`,
    );
    return STAND_IN;
  }
  const fields = Object.fromEntries(given);
  if (kind === "pareto") fields["high"] ??= Number.POSITIVE_INFINITY;
  return finished(reader, { kind, ...fields } as Distribution);
}

/** What no single parameter shows: bounds in order, lists alike, a mean above zero. */
function finished(reader: Reader, d: Distribution): Distribution {
  const fault = faultOf(d);
  if (fault === undefined) return d;
  reader.complain(fault.what, fault.mend);
  return STAND_IN;
}

function faultOf(d: Distribution): { what: string; mend: string } | undefined {
  switch (d.kind) {
    case "uniform":
    case "pareto":
      if (d.low >= d.high)
        return { what: `low is ${d.low} and high is ${d.high}`, mend: "low must be less than high" };
      break;
    case "erlang":
      if (!Number.isInteger(d.stages) || d.stages > 1000) {
        return { what: `stages is ${d.stages}`, mend: "give a whole number from 1 to 1000" };
      }
      break;
    case "hyperexponential":
    case "empirical": {
      const values = d.kind === "empirical" ? d.values : d.means;
      if (values.length === 0) return { what: "the list is empty", mend: "give at least one value" };
      if (d.weights !== undefined) {
        if (d.weights.length !== values.length) {
          return {
            what: `${d.weights.length} weights for ${values.length} values`,
            mend: "give one weight a value",
          };
        }
        if (!(d.weights.reduce((sum, w) => sum + w, 0) > 0))
          return { what: "the weights sum to 0", mend: "give some weight" };
      }
      break;
    }
    case "deterministic":
      if (!Number.isFinite(d.value) || d.value < 0)
        return { what: `${d.value} is not a time`, mend: "give 0 or more" };
      return undefined;
  }
  const { mean } = moments(d);
  if (!(mean > 0 && mean < Number.POSITIVE_INFINITY)) {
    return { what: `its mean is ${mean}`, mend: "give it a mean that is positive and finite" };
  }
  return undefined;
}
