import { ANY_METRIC, type AnyMetric, SCOPES, STATION_METRICS } from "./objective.js";
import { ARRIVAL_KEYS, ARRIVAL_KINDS, MOST_USERS, SINGLE_KINDS } from "./parse/arrivals.js";
import { OBJECTIVE_CALLS } from "./parse/objective.js";
import { TRACE_KEYS } from "./parse/trace.js";
import { WORKFLOW_KEYS } from "./parse/workflow.js";
import { SCENARIO_KEYS, SIZES } from "./parse-scenario.js";
import { DECISION_KINDS } from "./scenario.js";
import { disturbance, pool, queue, transfers } from "./schema/pool.js";
import { retry, task } from "./schema/task.js";
import {
  described,
  distribution,
  distributionDefinition,
  map,
  names,
  number,
  object,
  quantityDefinitions,
  rate,
  type Schema,
  share,
  time,
} from "./schema/words.js";

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
      description: { type: "string", description: "what it is about, in words" },
      horizon: time("virtual time simulated"),
      warmup: time("simulated at the start but not measured; 0 by default"),
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
      objective: described(
        "what is to be small; flowTime by default",
        object(["minimize"], ["minimize"], {
          minimize: {
            type: ["string", "number"],
            description: `expression of numbers, + - * / ^, ${OBJECTIVE_CALLS.join(", ")}, and metrics per workflow submitted, those marked also of one workflow, pool or type, such as flowTime("gold"): ${Object.entries(
              ANY_METRIC,
            )
              .map(([metric, meaning]) => `${metric}${mark(metric)}: ${meaning}`)
              .join("; ")}`,
          },
        }),
      ),
      pools: map({ anyOf: [{ type: "null" }, pool()] }, "groups of servers, by name"),
      queues: map(
        queue(),
        "central queues, by name: whichever of their pools has a free server takes from them",
      ),
      workflows: map(workflow(), "workflow templates, by name"),
      trace: {
        description: "recorded workflows that are replayed",
        anyOf: [{ type: "string", description: "path of an Arrow trace in this folder or below" }, trace()],
      },
      transfers: { ...transfers(), description: "what moving a task's output to another pool takes" },
      weather: map(disturbance(), "disturbances of pools, by name"),
    }),
    $defs: { ...quantityDefinitions(), distribution: distributionDefinition() },
  };
}

function workflow(): Schema {
  return object(WORKFLOW_KEYS, ["tasks"], {
    arrivals: described("how it is submitted; none by default, for those that others call", arrivals()),
    deadline: time("from submission; none by default. Missing it costs, but does not stop the workflow"),
    timeout: distribution(
      "from submission, after which all of it is cancelled and has failed; none by default",
    ),
    priority: {
      type: "integer",
      minimum: -32768,
      maximum: 32767,
      description: "larger is more urgent; 0 by default",
    },
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
  const process = (
    description: string,
    required: readonly string[],
    properties: Record<string, Schema>,
  ): Schema => described(description, object(ARRIVAL_KEYS[kind], required, properties));
  switch (kind) {
    case "poisson":
      return rate("independent exponential gaps");
    case "renewal":
      return { ...gaps, description: "independent gaps of this distribution" };
    case "batch":
      return process("several at once", ["size"], {
        rate: rate("of batches that come in a Poisson stream"),
        of: { ...arrivals(SINGLE_KINDS), description: "how batches come otherwise" },
        size: described("workflows of a batch: a number, or drawn", batchSize()),
      });
    case "mmpp":
      return process("Poisson, with a rate that changes with a hidden phase", ["rates"], {
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
        observed: { type: "boolean", description: "whether policies see the phase; false by default" },
      });
    case "diurnal":
      return process("Poisson, with a rate that swings", ["mean", "amplitude"], {
        mean: rate("of arrivals, averaged over a period"),
        amplitude: share("by which the rate swings around its mean"),
        period: time("of the swing; a day by default"),
        shift: time("into the period at the start; 0 by default"),
      });
    case "piecewise":
      return process("Poisson, with a rate for each interval", ["rates", "lengths"], {
        rates: { ...list, minItems: 1, description: "arrivals per second in each interval" },
        lengths: { ...list, minItems: 1, description: "of the intervals, one after another" },
        repeat: {
          type: "boolean",
          description: "whether it begins again at the end; by default nothing more comes",
        },
      });
    case "flashCrowd":
      return process("Poisson, with a crowd that gathers and fades", ["base", "at", "peak", "decay"], {
        base: rate("of arrivals without the crowd"),
        at: time("when the crowd begins to gather"),
        rise: time("until the peak; 0 by default"),
        peak: number("rate at the peak over base"),
        decay: time("over which what the crowd adds fades by a factor e"),
      });
    case "onOff":
      return process("Poisson while on", ["rate", "on", "off"], {
        rate: rate("of arrivals while on"),
        on: { ...gaps, description: "how long it is on" },
        off: { ...gaps, description: "how long it is off" },
      });
    case "hawkes":
      return process("each arrival raises the rate for a while", ["base", "branching", "decay"], {
        base: rate("of arrivals that nothing brought about"),
        branching: share("mean number of arrivals that one brings about, below 1"),
        decay: time("over which an arrival's effect fades"),
      });
    case "closed":
      return described("users who each wait for what they submitted", closed());
  }
}

function closed(): Schema {
  return object(ARRIVAL_KEYS.closed, ["users", "think"], {
    users: {
      type: "integer",
      minimum: 1,
      maximum: MOST_USERS,
      description: "who each wait for what they submitted before they submit again",
    },
    think: { ...distribution("time before each submission, the first one too") },
    ramp: time("over which the users join, evenly; 0 by default"),
  });
}

function batchSize(): Schema {
  return {
    anyOf: [
      { type: "integer", minimum: 1 },
      object(["geometric"], ["geometric"], {
        geometric: share("probability that a batch ends with each member"),
      }),
      object(["shares"], ["shares"], {
        shares: described("how likely 1, 2, 3, ... are, in proportion", {
          type: "array",
          items: { type: "number", minimum: 0 },
        }),
      }),
    ],
  };
}

function trace(): Schema {
  return object(TRACE_KEYS, ["path"], {
    path: { type: "string", description: "of an Arrow trace, in this folder or below" },
    timeScale: number("recorded times are multiplied by this; 0.5 doubles the load"),
    workScale: number("recorded work is multiplied by this"),
    repeat: { type: "integer", minimum: 1, description: "how often it is played, one pass after another" },
    from: time("after the first submission, as recorded, from which on it is played; 0 by default"),
    until: time("after the first submission, as recorded, until which it is played; to the end by default"),
    amplify: { type: "integer", minimum: 1, description: "how often each workflow comes; 1 by default" },
    jitter: distribution("by which each copy comes after the one before; 0 by default"),
    pools: { ...names, description: "pools that may run its tasks; all by default" },
    attemptFailure: share("of its tasks"),
    retry: retry(),
    deadline: time("of workflows that record none"),
    work: {
      enum: ["recorded", "resampled"],
      description: "of each task: its own, or that of some task of its type, drawn anew; recorded by default",
    },
    recordedSpeeds: {
      type: "object",
      additionalProperties: number(
        "speed of that recorded pool: the time that a task took there times this is its work",
      ),
      description: "by recorded pool; 1 where it is not listed",
    },
    failures: {
      enum: ["drawn", "recorded"],
      description: "of attempts: by probability, or as often as recorded; drawn by default",
    },
    needs: {
      enum: ["nothing", "cpu"],
      description: "of a machine: nothing by default, or the cores that the task used",
    },
    closed: described(
      "in place of the recorded submissions: users who wait for what they submitted",
      closed(),
    ),
    prefixSaving: share(
      "of a task's work that is spared where its pool's cache holds all blocks on record (prefixes of prompts)",
    ),
  });
}

function mark(metric: string): string {
  const scope = SCOPES[metric as AnyMetric];
  return scope === undefined ? "" : ` (${metric in STATION_METRICS ? "only " : ""}${scope})`;
}
