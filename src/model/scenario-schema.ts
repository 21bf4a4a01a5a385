import { ARRIVAL_KEYS, ARRIVAL_KINDS, MOST_USERS, SINGLE_KINDS } from "./parse/arrivals.js";
import { DISTRIBUTION_KINDS, distributionParameters } from "./parse/distribution.js";
import { BACKOFF_KEYS, RETRY_KEYS, TASK_KEYS, WORKFLOW_KEYS } from "./parse/workflow.js";
import { POOL_KEYS, SCENARIO_KEYS, SIZES, TRACE_KEYS } from "./parse-scenario.js";
import { DECISION_KINDS, DISCIPLINE_NAMES, METRICS } from "./scenario.js";

type Schema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema (draft 2020-12) of scenario files, for editors. Its keys are those that the parser knows, by
 * construction; the parser says more, and is the judge.
 */
export function scenarioJsonSchema(): Schema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "https://switchyard.dev/schema/scenario-1.json",
    title: "Switchyard scenario",
    ...object(SCENARIO_KEYS, ["scenario", "horizon", "pools"], {
      scenario: { type: "string", pattern: "^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$", description: "name" },
      description: { type: "string" },
      horizon: { ...time("virtual time simulated") },
      warmup: { ...time("simulated at the start but not measured; 0 by default") },
      sizes: {
        enum: SIZES,
        description: "whether policies see the work of a task, or only its mean (default)",
      },
      decide: {
        description: "decisions that the policy makes; route by default",
        anyOf: [
          { enum: DECISION_KINDS },
          { type: "array", items: { enum: DECISION_KINDS }, uniqueItems: true },
        ],
      },
      objective: object(["minimize"], ["minimize"], {
        minimize: {
          type: ["string", "number"],
          description: `linear expression over ${Object.entries(METRICS)
            .map(([name, meaning]) => `${name} (${meaning})`)
            .join("; ")}. Reported per workflow`,
        },
      }),
      pools: map({ anyOf: [{ type: "null" }, pool()] }, "groups of servers, by name"),
      workflows: map(workflow(), "workflow templates, by name"),
      trace: {
        anyOf: [{ type: "string", description: "path of an Arrow trace in this folder or below" }, trace()],
      },
    }),
  };
}

function object(
  keys: readonly string[],
  required: readonly string[],
  properties: Record<string, Schema>,
): Schema {
  const missing = keys.filter((key) => !(key in properties));
  const extra = Object.keys(properties).filter((key) => !keys.includes(key));
  if (missing.length + extra.length > 0)
    throw new Error(`schema and parser differ: ${[...missing, ...extra].join(", ")}`);
  return { type: "object", additionalProperties: false, required, properties };
}

const map = (values: Schema, description: string): Schema => ({
  type: "object",
  description,
  minProperties: 1,
  additionalProperties: values,
});

const time = (description: string): Schema => ({
  type: ["number", "string"],
  description: `${description}; a time such as 250 ms, 2 s or 10 min, a plain number is seconds`,
});
const number = (description: string): Schema => ({ type: ["number", "string"], description });
const share = (description: string): Schema => ({
  type: ["number", "string"],
  description: `${description}; a share such as 0.02 or 2%`,
});
const rate = (description: string): Schema => ({
  type: ["number", "string"],
  description: `${description}; a rate such as 3 / s or 0.40 / hour, a plain number is per second`,
});

function pool(): Schema {
  return object(POOL_KEYS, [], {
    servers: {
      anyOf: [{ type: "integer", minimum: 1, maximum: 1_000_000 }, { const: "unlimited" }],
      description: "tasks that run at once; 1 by default",
    },
    capacity: {
      type: "integer",
      minimum: 1,
      description: "tasks that may be here, running or waiting; no bound by default",
    },
    speed: number("a task with work w takes w / speed here; 1 by default"),
    price: rate("money per busy server; 0 by default"),
    attemptFailure: share("probability that an attempt fails here; 0 by default"),
    discipline: {
      enum: DISCIPLINE_NAMES,
      description: "order of service where the policy is not asked; fifo by default",
    },
  });
}

function workflow(): Schema {
  return object(WORKFLOW_KEYS, ["tasks"], {
    arrivals: arrivals(),
    deadline: time("from submission; none by default"),
    priority: { type: "integer", minimum: -32768, maximum: 32767 },
    tasks: map(task(), "tasks, by name"),
  });
}

function arrivals(kinds: readonly (keyof typeof ARRIVAL_KEYS)[] = ARRIVAL_KINDS): Schema {
  const processes = Object.fromEntries(kinds.map((kind) => [kind, arrivalProcess(kind)]));
  return { ...object(kinds, [], processes), minProperties: 1, maxProperties: 1 };
}

function arrivalProcess(kind: keyof typeof ARRIVAL_KEYS): Schema {
  const gaps = distribution();
  const list: Schema = { type: "array", items: { type: ["number", "string"] } };
  const phases: Schema = { ...list, minItems: 2 };
  const process = (required: readonly string[], properties: Record<string, Schema>): Schema =>
    object(ARRIVAL_KEYS[kind], required, properties);
  switch (kind) {
    case "poisson":
      return rate("independent exponential gaps");
    case "renewal":
      return { ...gaps, description: "independent gaps of this distribution" };
    case "batch":
      return process(["size"], {
        rate: rate("of batches that come in a Poisson stream"),
        of: { ...arrivals(SINGLE_KINDS), description: "how batches come otherwise" },
        size: batchSize(),
      });
    case "mmpp":
      return process(["rates"], {
        rates: { ...phases, description: "arrivals per second in each phase" },
        leave: {
          ...phases,
          description: "rate at which each phase is left for the next, the last for the first",
        },
        switching: {
          type: "array",
          items: phases,
          minItems: 2,
          description: "in place of leave: rates from each phase (row) to each, 0 on the diagonal",
        },
      });
    case "diurnal":
      return process(["mean", "amplitude"], {
        mean: rate("of arrivals, averaged over a period"),
        amplitude: share("by which the rate swings around its mean"),
        period: time("of the swing; a day by default"),
        shift: time("into the period at the start; 0 by default"),
      });
    case "piecewise":
      return process(["rates", "lengths"], {
        rates: { ...list, minItems: 1, description: "arrivals per second in each interval" },
        lengths: { ...list, minItems: 1, description: "of the intervals, one after another" },
        repeat: {
          type: "boolean",
          description: "whether it begins again at the end; by default nothing more comes",
        },
      });
    case "flashCrowd":
      return process(["base", "at", "peak", "decay"], {
        base: rate("of arrivals without the crowd"),
        at: time("when the crowd begins to gather"),
        rise: time("until the peak; 0 by default"),
        peak: number("rate at the peak over base"),
        decay: time("over which what the crowd adds fades by a factor e"),
      });
    case "onOff":
      return process(["rate", "on", "off"], {
        rate: rate("of arrivals while on"),
        on: { ...gaps, description: "how long it is on" },
        off: { ...gaps, description: "how long it is off" },
      });
    case "hawkes":
      return process(["base", "branching", "decay"], {
        base: rate("of arrivals that nothing brought about"),
        branching: share("mean number of arrivals that one brings about, below 1"),
        decay: time("over which an arrival's effect fades"),
      });
    case "closed":
      return process(["users", "think"], {
        users: {
          type: "integer",
          minimum: 1,
          maximum: MOST_USERS,
          description: "who each wait for what they submitted before they submit again",
        },
        think: { ...gaps, description: "time before each submission, the first one too" },
        ramp: time("over which the users join, evenly; 0 by default"),
      });
  }
}

function batchSize(): Schema {
  return {
    anyOf: [
      { type: "integer", minimum: 1 },
      object(["geometric"], ["geometric"], {
        geometric: share("probability that a batch ends with each member"),
      }),
      object(["shares"], ["shares"], { shares: { type: "array", items: { type: "number", minimum: 0 } } }),
    ],
  };
}

const names: Schema = { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] };

function task(): Schema {
  return object(TASK_KEYS, ["work"], {
    type: { type: "string", description: "what the work is; the task's name by default" },
    after: { ...names, description: "parents" },
    join: {
      anyOf: [{ enum: ["all", "any"] }, { type: "integer", minimum: 1 }],
      description: "how many parents must have succeeded; all by default",
    },
    work: { ...distribution(), description: "service requirement at speed 1" },
    pools: { ...names, description: "pools that may run it; all by default" },
    attemptFailure: share("probability that an attempt fails wherever it runs; 0 by default"),
    retry: retry(),
    timeout: time("start to close, of each attempt; none by default"),
    scheduleToStart: {
      ...distribution(),
      description: "patience: time that an attempt waits for a server before the task gives up",
    },
  });
}

function retry(): Schema {
  return object(RETRY_KEYS, ["attempts"], {
    attempts: {
      anyOf: [{ type: "integer", minimum: 1, maximum: 1000 }, { const: "unlimited" }],
      description: "in all",
    },
    backoff: {
      anyOf: [
        { type: "string", pattern: "^\\s*(exponential|fixed)\\s*\\(.*\\)\\s*$" },
        object(["draw"], ["draw"], { draw: distribution() }),
        object(BACKOFF_KEYS, ["first"], {
          first: time("before the first retry"),
          factor: number("by which it grows; 2 by default"),
          cap: time("that it never exceeds"),
          jitter: share("by which it is spread; 0 by default"),
        }),
      ],
    },
    work: {
      enum: ["fresh", "same"],
      description: "whether a retry draws its work anew (default) or repeats it",
    },
  });
}

function distribution(): Schema {
  const families = DISTRIBUTION_KINDS.map((kind) => {
    const parameters = distributionParameters(kind);
    const one: Schema = { type: ["number", "string"] };
    return object([kind], [kind], {
      [kind]: {
        anyOf: [
          one,
          { type: "array", items: one },
          object(
            parameters.map(({ name }) => name),
            parameters.filter(({ optional }) => optional !== true).map(({ name }) => name),
            Object.fromEntries(
              parameters.map(({ name, list }) => [name, list === true ? { type: "array", items: one } : one]),
            ),
          ),
        ],
      },
    });
  });
  return { anyOf: [{ type: ["number", "string"] }, ...families] };
}

function trace(): Schema {
  return object(TRACE_KEYS, ["path"], {
    path: { type: "string", description: "of an Arrow trace, in this folder or below" },
    timeScale: number("recorded times are multiplied by this; 0.5 doubles the load"),
    workScale: number("recorded work is multiplied by this"),
    repeat: { type: "integer", minimum: 1, description: "how often it is played, one pass after another" },
    pools: { ...names, description: "pools that may run its tasks; all by default" },
    attemptFailure: share("of its tasks"),
    retry: retry(),
    deadline: time("of workflows that record none"),
  });
}
