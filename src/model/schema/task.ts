import { BACKOFF_KEYS, RETRY_KEYS } from "../parse/retry.js";
import { CACHE_USE_KEYS, COMPENSATION_KEYS, HEDGE_KEYS, OUTCOMES, SPEC_KEYS } from "../parse/task-spec.js";
import { ALTERNATIVE_KEYS, FOR_EACH_KEYS, REPEAT_KEYS, TASK_KEYS } from "../parse/workflow.js";
import { resources } from "./pool.js";
import {
  bytes,
  count,
  described,
  distribution,
  flag,
  map,
  names,
  number,
  object,
  type Schema,
  share,
  time,
} from "./words.js";

export function task(): Schema {
  const { work, ...rest } = spec(SPEC_KEYS);
  return {
    ...object(TASK_KEYS, [], {
      work: work!,
      ...rest,
      after: {
        anyOf: [...(names["anyOf"] as Schema[]), map(condition(), "what must have come of each parent")],
        description: "parents",
      },
      join: {
        anyOf: [{ enum: ["all", "any"] }, { type: "integer", minimum: 1 }],
        description: "how many of its edges must be met; all by default",
      },
      optional: flag("whether its failure is nobody's concern; false by default"),
      oneOf: {
        ...map(
          object(ALTERNATIVE_KEYS, [], { ...spec(SPEC_KEYS), workflow: call() }),
          "alternatives, by name",
        ),
        minProperties: 2,
      },
      workflow: call(),
      forEach: {
        description: "its body runs many times at once: how many, a number or drawn",
        anyOf: [
          distribution(),
          object(FOR_EACH_KEYS, ["count"], {
            count: distribution("how many instances run at once: a number, or drawn"),
            join: {
              anyOf: [{ enum: ["all", "any"] }, { type: "integer", minimum: 1 }],
              description: "how many of them must succeed; all by default",
            },
          }),
        ],
      },
      repeat: {
        description: "its body runs again and again: times at the most",
        anyOf: [
          { type: "integer", minimum: 1 },
          object(REPEAT_KEYS, ["most"], {
            most: count(1, 10_000, "times at the most"),
            until: {
              type: ["string", "number", "boolean"],
              description: "value that ends it; any success by default",
            },
          }),
        ],
      },
      compensate: {
        ...object(COMPENSATION_KEYS, ["work"], spec(COMPENSATION_KEYS)),
        description: "undoes the task where the workflow fails later",
      },
    }),
    anyOf: [{ required: ["work"] }, { required: ["oneOf"] }, { required: ["workflow"] }],
  };
}

const call = (): Schema => ({ type: "string", description: "a workflow that runs here, in place of work" });

const condition = (): Schema => ({
  anyOf: [
    {
      type: ["string", "number", "boolean"],
      description: `${OUTCOMES.join(", ")}, or a value of the parent's`,
    },
    object(["value"], ["value"], {
      value: described("of the parent's, where it is called like an outcome", {
        type: ["string", "number", "boolean"],
      }),
    }),
  ],
});

function spec(keys: readonly string[]): Record<string, Schema> {
  const all: Record<string, Schema> = {
    type: { type: "string", description: "what the work is; the task's name by default" },
    work: distribution("service requirement at speed 1"),
    pools: {
      anyOf: [
        ...(names["anyOf"] as Schema[]),
        map(number("how much faster than its speed says"), "pools, each with how well it does this work"),
      ],
      description: "pools that may run it; all by default",
    },
    attemptFailure: share("probability that an attempt fails wherever it runs; 0 by default"),
    retry: retry(),
    timeout: time("start to close, of each attempt; none by default"),
    scheduleToStart: distribution(
      "patience: time that an attempt waits for a server before the task gives up",
    ),
    hedge: described(
      "an attempt that is late gets a second copy; the first to succeed wins",
      object(HEDGE_KEYS, [], {
        after: {
          anyOf: [
            distribution(),
            object(["quantile"], ["quantile"], {
              quantile: share("of the type's own latencies seen so far"),
            }),
          ],
          description: "when an attempt is late: a second copy of it is started then",
        },
        cleanUp: distribution("for which a cancelled copy still holds its server; none by default"),
      }),
    ),
    needs: resources("what an attempt takes of a machine"),
    output: bytes("what a child in another pool has to fetch; none by default"),
    cache: described(
      "what it may find in the cache of its pool",
      object(CACHE_USE_KEYS, ["keys"], {
        keys: count(1, 10_000_000, "among which each task draws one, by Zipf's law"),
        skew: number("Zipf's exponent; 1 by default"),
        blocks: count(1, 1_000_000, "of a cache that a key stands for; 1 by default"),
        saving: share("of its work that is spared where all its blocks are held; 1 by default"),
      }),
    ),
    changeover: distribution("to prepare a server whose last task was of another type"),
    values: map(share("probability"), "what a success may answer"),
  };
  return Object.fromEntries(keys.map((key) => [key, all[key]!]));
}

export function retry(): Schema {
  return described(
    "of failed attempts; one attempt by default",
    object(RETRY_KEYS, ["attempts"], {
      attempts: {
        anyOf: [{ type: "integer", minimum: 1, maximum: 1000 }, { const: "unlimited" }],
        description: "in all",
      },
      backoff: {
        description:
          "delay before each retry: exponential(1 s), which doubles, or fixed(2 s); none by default",
        anyOf: [
          { type: "string", pattern: "^\\s*(exponential|fixed)\\s*\\(.*\\)\\s*$" },
          object(["draw"], ["draw"], { draw: distribution("delay before each retry, drawn anew") }),
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
    }),
  );
}
