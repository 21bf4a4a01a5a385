import {
  choice,
  count,
  map,
  number,
  object,
  quantityDefinitions,
  type Schema,
  share,
} from "../../model/schema/words.js";
import { CELL_FIGURE_MEANINGS, CELL_FIGURES } from "../cell-figure.js";
import { COMPARISON_KEYS, EXPERIMENT_KEYS } from "./parse-experiment.js";
import { GATE_KEYS, LIMIT_KEYS, REQUIRE_KEYS, SUPERIOR, UNDECIDED } from "./parse-gate.js";
import {
  BEST_STOP_KEYS,
  MOST_OVERRIDES,
  MOST_POLICIES,
  MOST_SCENARIOS,
  MOST_SEEDS,
  PRECISE,
  SEED_KEYS,
  STOP_KEYS,
} from "./parts.js";

const text = (description: string): Schema => ({ type: "string", minLength: 1, description });
const fileName = (description: string): Schema => ({
  type: "string",
  pattern: "^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$",
  description,
});

const listOf = (items: Schema, most: number, description: string): Schema => ({
  anyOf: [items, { type: "array", items, minItems: 1, maxItems: most, uniqueItems: true }],
  description,
});

const AT_MOST = count(2, MOST_SEEDS, "seeds after which it is given up; 1000 by default");

/** What files of experiments and of gates have in common, as schemas: see `parts.ts`. */
const commonSchemas = {
  description: { type: "string" },
  scenarios: listOf(text("a scenario file"), MOST_SCENARIOS, "scenario files, relative to this one"),
  overrides: {
    ...map(
      {
        type: ["object", "null"],
        description: "values by path into the scenario, e.g. pools.fast.servers: 3",
      },
      "each scenario runs under each of these, by name; without them, as it is",
    ),
    maxProperties: MOST_OVERRIDES,
  },
  seeds: {
    anyOf: [
      count(1, MOST_SEEDS, "how many seeds, from 1 on"),
      object(SEED_KEYS, [], {
        first: count(0, Number.MAX_SAFE_INTEGER, "seed; 1 by default"),
        count: count(1, MOST_SEEDS, "how many"),
      }),
    ],
    description: "every policy runs every scenario once under each; with `stop`, those to begin with",
  },
  metric: choice(
    CELL_FIGURES,
    `what policies are compared by, lower being better; objective by default. ${CELL_FIGURES.map((figure) => `${figure}: ${CELL_FIGURE_MEANINGS[figure]}`).join("; ")}`,
  ),
  stop: object(STOP_KEYS, ["halfWidth"], {
    halfWidth: number(
      "to reach, of each interval: with %, of the mean (of differences: of the mean compared with); else in the metric's unit",
    ),
    of: choice(PRECISE, "each policy's mean, or (by default) each difference that is asked for"),
    atMost: AT_MOST,
  }),
} as const;

const policySchema = (description: string): Schema =>
  text(
    `${description}: a heuristic such as sed(failure=4), or the path of a policy package or training run, relative to this file`,
  );

/** The JSON Schema (draft 2020-12) of experiment files. Its keys are the parser's, by construction; the parser is the judge. */
export function experimentJsonSchema(): Schema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "https://switchyard.dev/schema/experiment-1.json",
    title: "Switchyard experiment",
    ...object(EXPERIMENT_KEYS, ["experiment", "scenarios"], {
      experiment: fileName("name"),
      ...commonSchemas,
      policies: listOf(
        policySchema("a policy"),
        MOST_POLICIES,
        "policies; by default every heuristic that applies",
      ),
      baseline: policySchema("whom others are compared with, or best-heuristic (by default)"),
      comparisons: {
        type: "array",
        items: object(COMPARISON_KEYS, COMPARISON_KEYS, {
          policy: policySchema("one of the policies"),
          against: policySchema("another"),
        }),
        description:
          "those that matter, tested together; by default each policy is compared with the baseline",
      },
      level: share("of confidence of all intervals; 95% by default"),
      stop: {
        anyOf: [
          commonSchemas.stop,
          object(BEST_STOP_KEYS, ["best"], {
            best: number(
              "until it is sure which policy is the best, or within this much of it: with %, of the least mean, else in the metric's unit",
            ),
            atMost: AT_MOST,
          }),
        ],
      },
    }),
    $defs: quantityDefinitions(),
  };
}

/** The JSON Schema (draft 2020-12) of gate files, likewise. */
export function gateJsonSchema(): Schema {
  const limit = { ...object(LIMIT_KEYS, [], bounds()), minProperties: 1, maxProperties: 1 };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "https://switchyard.dev/schema/gate-1.json",
    title: "Switchyard gate",
    ...object(GATE_KEYS, ["gate", "scenarios", "candidate", "champion"], {
      gate: fileName("name"),
      ...commonSchemas,
      candidate: policySchema("the one that is to pass"),
      champion: policySchema("the one that it is compared with"),
      require: object(REQUIRE_KEYS, [], {
        nonInferior: number(
          "how much worse than the champion the candidate may be in any scenario: with %, of the champion's mean; else in the metric's unit",
        ),
        superior: choice(SUPERIOR, "where it must be better: in every scenario, or in some one"),
      }),
      limits: {
        ...object(CELL_FIGURES, [], Object.fromEntries(CELL_FIGURES.map((figure) => [figure, limit]))),
        description: "what the candidate's own figures keep to in every scenario: means over the runs",
        minProperties: 1,
      },
      alpha: share("probability with which a bad candidate may pass; 5% by default"),
      undecided: choice(
        UNDECIDED,
        "what comes of a requirement that is neither shown nor refuted; fail by default",
      ),
    }),
    $defs: quantityDefinitions(),
  };
}

function bounds(): Record<string, Schema> {
  return {
    atMost: number("a number, a share such as 1% or a time such as 20 s"),
    atLeast: number("likewise"),
  };
}
