import { suggest } from "../../kit/errors.js";
import { distribution } from "../../model/parse/distribution.js";
import {
  type Bounds,
  type Dimension,
  NOT_NEGATIVE,
  POSITIVE,
  PROBABILITY,
  quantity,
} from "../../model/parse/quantity.js";
import { type Reader, readYaml } from "../../model/parse/reader.js";
import { amplify } from "./amplify.js";
import { anonymize } from "./anonymize.js";
import { type Criteria, filter } from "./filter.js";
import { sample } from "./sample.js";
import { scale } from "./scale.js";
import { shuffle } from "./shuffle.js";
import { slice } from "./slice.js";
import type { Transform } from "./transform.js";

interface StepKind {
  readonly name: string;
  /** As it is written, with everything that may be said. */
  readonly example: string;
  readonly meaning: string;
  readonly settings: readonly string[];
  make(given: Settings): Transform;
}

const SEED: Bounds = { least: 0, most: 2 ** 32 - 1 };
const COUNT: Bounds = { least: 1, most: 1_000_000 };

/** Every transform, by the name a user writes. */
export const STEPS: readonly StepKind[] = [
  {
    name: "slice",
    example: "slice(from=1 h, until=2 h)",
    meaning: "what was submitted between two times; the first becomes time 0",
    settings: ["from", "until"],
    make: (given) => {
      const from = given.number("from", "seconds", NOT_NEGATIVE, 0);
      const until = given.number("until", "seconds", POSITIVE, Number.POSITIVE_INFINITY);
      given.require(from < until, "from", "the slice ends before it begins", "give an `until` after `from`");
      return slice(from, until);
    },
  },
  {
    name: "filter",
    example: "filter(template=order-*, minTasks=3, known=true)",
    meaning:
      "workflows that are so: template, type (`*`: anything), outcome, minTasks, maxTasks, minWork, maxWork, known, not",
    settings: ["template", "type", "outcome", "minTasks", "maxTasks", "minWork", "maxWork", "known", "not"],
    make: (given) => {
      const criteria: { -readonly [K in keyof Criteria]: Criteria[K] } = {};
      for (const name of ["template", "type", "outcome"] as const)
        if (given.has(name)) criteria[name] = given.text(name);
      for (const name of ["minTasks", "maxTasks"] as const)
        if (given.has(name)) criteria[name] = given.number(name, "number", NOT_NEGATIVE, 0);
      for (const name of ["minWork", "maxWork"] as const)
        if (given.has(name)) criteria[name] = given.number(name, "seconds", NOT_NEGATIVE, 0);
      for (const name of ["known", "not"] as const) if (given.has(name)) criteria[name] = given.truth(name);
      return filter(criteria);
    },
  },
  {
    name: "sample",
    example: "sample(share=10%, seed=1)",
    meaning: "whole workflows, each with a probability",
    settings: ["share", "seed"],
    make: (given) => sample(given.number("share", "share", PROBABILITY, undefined), given.seed()),
  },
  {
    name: "scale",
    example: "scale(time=0.5, work=2)",
    meaning: "times so much time between submissions, and so much work",
    settings: ["time", "work"],
    make: (given) =>
      scale(given.number("time", "number", POSITIVE, 1), given.number("work", "number", POSITIVE, 1)),
  },
  {
    name: "amplify",
    example: "amplify(times=3, jitter=exponential(10 s), seed=1)",
    meaning: "so many workflows for each, every copy a jitter after the one before",
    settings: ["times", "jitter", "seed"],
    make: (given) => {
      const times = given.number("times", "number", COUNT, undefined);
      given.require(Number.isInteger(times), "times", "times is no whole number", "give 2, 3, …");
      return amplify(times, given.distribution("jitter"), given.seed());
    },
  },
  {
    name: "shuffle",
    example: "shuffle(window=1 min, seed=1)",
    meaning: "workflows change places within windows of time; the times stay",
    settings: ["window", "seed"],
    make: (given) => shuffle(given.number("window", "seconds", POSITIVE, undefined), given.seed()),
  },
  {
    name: "anonymize",
    example: "anonymize",
    meaning: "names become numbers, and where the trace came from is forgotten",
    settings: [],
    make: () => anonymize(),
  },
];

const CALL = /^\s*([a-z]+)\s*(?:\(([\s\S]*)\))?\s*$/;

/**
 * A transform from what a user writes: `slice(from=1 h, until=2 h)`, `sample(share=10%)`, `anonymize`.
 * @throws {InputErrors} BAD_STEP
 */
export function parseStep(text: string): Transform {
  const [, name = "", inside = ""] = CALL.exec(text) ?? [];
  const kind = STEPS.find((step) => step.name === name);
  const reader = readYaml(asYaml(inside), `step "${text.slice(0, 200)}"`);
  if (kind === undefined) {
    reader.complain(
      `no step is called "${name || text.slice(0, 80)}"`,
      suggest(
        "steps",
        name,
        STEPS.map((step) => step.name),
      ),
    );
    reader.complaints.settle("BAD_STEP");
  }
  const given = new Settings(reader, kind!);
  const made = given.complete ? kind!.make(given) : null;
  reader.complaints.settle("BAD_STEP");
  return made!;
}

/** `a=1, b=f(2, 3)` as lines of YAML. */
function asYaml(settings: string): string {
  const lines = settings
    .split(/,(?![^(]*\))/)
    .filter((setting) => setting.trim() !== "")
    .map((setting) => {
      const [, name = setting, value = ""] = /^([^=]*)=([\s\S]*)$/.exec(setting) ?? [];
      // A star would be an alias in YAML.
      const text = value.trim();
      return `${name.trim()}: ${/^[*&!|>@%`]/.test(text) ? JSON.stringify(text) : text}\n`;
    });
  return lines.length > 0 ? lines.join("") : "{}";
}

/** The settings of a step, read one by one; what is wrong is noted, and a stand-in given. */
class Settings {
  private readonly fields: ReadonlyMap<string, Reader>;

  constructor(
    private readonly reader: Reader,
    private readonly kind: StepKind,
  ) {
    this.fields = reader.isMap ? reader.fields("a step", kind.settings) : new Map();
  }

  /** Whether all that was written is known. */
  get complete(): boolean {
    return this.reader.complaints.none;
  }

  has(name: string): boolean {
    return this.fields.has(name);
  }

  require(holds: boolean, name: string, what: string, mend: string): void {
    if (!holds) (this.fields.get(name) ?? this.reader).complain(what, mend);
  }

  /** @param fallback undefined where the setting must be given */
  number(name: string, dimension: Dimension, bounds: Bounds, fallback: number | undefined): number {
    const field = this.fields.get(name);
    if (field !== undefined) return quantity(field, dimension, bounds, fallback ?? 1);
    if (fallback === undefined) this.missing(name);
    return fallback ?? 1;
  }

  seed(): number {
    const seed = this.number("seed", "number", SEED, 1);
    this.require(Number.isInteger(seed), "seed", "the seed is no whole number", "give 0, 1, 2, …");
    return seed;
  }

  text(name: string): string {
    return String(this.fields.get(name)?.scalar ?? "");
  }

  truth(name: string): boolean {
    const { scalar } = this.fields.get(name)!;
    this.require(
      typeof scalar === "boolean",
      name,
      `${name} is neither true nor false`,
      "write true or false",
    );
    return scalar === true;
  }

  distribution(name: string) {
    const field = this.fields.get(name);
    if (field !== undefined) return distribution(field);
    this.missing(name);
    return { kind: "deterministic", value: 0 } as const;
  }

  private missing(name: string): void {
    this.reader.complain(`"${name}" is missing`, `write it like ${this.kind.example}`);
  }
}
