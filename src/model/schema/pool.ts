import {
  BREAKDOWN_KEYS,
  BREAKDOWN_MODES,
  CACHE_KEYS,
  INTERRUPTED,
  ON_LIMIT,
  PACKINGS,
  POWER_KEYS,
  RATE_LIMIT_KEYS,
  SCALING_KEYS,
  SPAN_KEYS,
} from "../parse/pool-parts.js";
import { POOL_KEYS, SERVER_TYPE_KEYS } from "../parse/pools.js";
import { QUEUE_DISCIPLINES, QUEUE_KEYS } from "../parse/queues.js";
import {
  JUDGED,
  OUTAGE_KEYS,
  TRANSFER_KEYS,
  WEATHER_FAILURES_KEYS,
  WEATHER_KEYS,
  WEATHER_STRAGGLERS_KEYS,
} from "../parse/weather.js";
import { DISCIPLINE_NAMES, RESOURCE_NAMES } from "../scenario.js";
import {
  bytes,
  choice,
  count,
  described,
  distribution,
  flag,
  names,
  number,
  object,
  rate,
  type Schema,
  share,
  time,
  watts,
} from "./words.js";

/** `resources` of a machine, or `needs` of a task. */
export const resources = (description: string): Schema => ({
  ...object(RESOURCE_NAMES, [], {
    cpu: number("cores"),
    memory: bytes("memory"),
    gpu: number("GPUs; parts of one are allowed"),
  }),
  minProperties: 1,
  description,
});

export function pool(): Schema {
  return object(POOL_KEYS, [], {
    servers: {
      anyOf: [
        { type: "integer", minimum: 0, maximum: 1_000_000 },
        { const: "unlimited" },
        { type: "array", minItems: 2, items: object(SERVER_TYPE_KEYS, ["count"], serverType()) },
      ],
      description:
        "tasks that run at once; 1 by default. A list of server types makes a pool of each, behind one central queue",
    },
    replicas: count(1, 20_000, "makes name-1, name-2, ...: as many pools, each with its own queue"),
    capacity: {
      type: "integer",
      minimum: 1,
      description: "tasks that may be here, running or waiting; no bound by default",
    },
    discipline: choice(DISCIPLINE_NAMES, "order of service where the policy is not asked; fifo by default"),
    ...parts(),
  });
}

function serverType(): Record<string, Schema> {
  return { count: count(0, 1_000_000, "servers of this type"), ...parts() };
}

function parts(): Record<string, Schema> {
  return {
    speed: number("a task with work w takes w / speed here; 1 by default"),
    price: rate("money per busy server; 0 by default"),
    idlePrice: rate("money per server that is on but idle; 0 by default"),
    setupPrice: rate("money per server that is being set up; 0 by default"),
    startPrice: number("money per start of a server; 0 by default"),
    power: described(
      "electric power of a server: what the metric energy adds up",
      object(POWER_KEYS, ["busy"], {
        busy: watts("of a busy server"),
        idle: watts("of one that is on but idle; 0 by default"),
      }),
    ),
    attemptFailure: share("probability that an attempt fails here; 0 by default"),
    loadFailure: share(
      "probability that an attempt fails here when all servers are busy, less when fewer are",
    ),
    resources: resources(
      "what one machine has; servers are then machines, and each runs as many tasks as fit",
    ),
    packing: choice(
      PACKINGS,
      "which machine that a task fits into takes it; best-fit (the fullest) by default",
    ),
    backfill: flag("whether a task behind one that does not fit yet may overtake it; false by default"),
    rateLimit: described(
      "a token bucket, full at the start, of which every start of an attempt takes one",
      object(RATE_LIMIT_KEYS, ["rate"], {
        rate: rate("of starts, in the long run"),
        burst: count(1, 1_000_000_000, "starts at once after a pause; 1 by default"),
        onLimit: choice(ON_LIMIT, "whether a task beyond the limit waits (default) or is rejected"),
      }),
    ),
    scaling: described(
      "the number of servers is decided while it runs",
      object(SCALING_KEYS, ["max", "every"], {
        min: count(0, 1_000_000, "servers at least; 1 by default"),
        max: count(1, 1_000_000, "servers at the most"),
        every: time("between decisions, or `event` for one after every change"),
        setup: distribution("from the decision until a server works; none by default"),
        teardown: distribution("for which a server that is let go is still paid; none by default"),
        idleTimeout: distribution("after which an idle server goes off by itself; never by default"),
      }),
    ),
    breakdown: described(
      "servers break and come back",
      object(BREAKDOWN_KEYS, ["every", "lasts"], {
        every: distribution("time to failure of one server"),
        lasts: distribution("for how long it is down"),
        mode: choice(BREAKDOWN_MODES, "whether a server breaks at any time (default) or only while busy"),
        interrupted: interrupted(),
      }),
    ),
    stragglers: {
      description: "attempts that take far longer than they should",
      anyOf: [
        object(["share", "slowdown"], ["share", "slowdown"], {
          share: share("of the attempts"),
          slowdown: distribution("how many times as long they take"),
        }),
        object(["onset", "slowdown"], ["onset", "slowdown"], {
          onset: distribution("an attempt that runs so long turns into a straggler"),
          slowdown: distribution("how many times as long the rest of it takes"),
        }),
      ],
    },
    drain: { ...spans(), description: "when the pool takes up nothing new" },
    cache: described(
      "what tasks with `cache` may hit; least recently used goes first",
      object(CACHE_KEYS, ["blocks"], { blocks: count(1, 100_000_000, "that it holds") }),
    ),
  };
}

const interrupted = (): Schema =>
  choice(
    INTERRUPTED,
    "whether an attempt whose server is lost begins anew (default), goes on later, or fails",
  );

function spans(): Schema {
  const span = object(SPAN_KEYS, SPAN_KEYS, { from: time("begin"), until: time("end") });
  return { anyOf: [span, { type: "array", items: span, minItems: 1 }] };
}

export function queue(): Schema {
  return object(QUEUE_KEYS, ["pools"], {
    pools: { ...names, description: "pools whose free servers take from it" },
    discipline: choice(QUEUE_DISCIPLINES, "order in which tasks are taken; fifo by default"),
    capacity: { type: "integer", minimum: 1, description: "tasks waiting or running; no bound by default" },
    idling: flag("whether a policy may leave a server idle though a task waits"),
    reallocate: flag("whether all servers are given out anew at every event"),
    duplicates: flag("whether a policy may give an idle server a second copy of a running task"),
    reconsider: flag("whether the policy is asked anew what a server takes up once it has changed over"),
  });
}

export function disturbance(): Schema {
  return object(WEATHER_KEYS, [], {
    pools: { ...names, description: "struck together; all by default" },
    at: { ...spans(), description: "when, on schedule" },
    every: distribution("calm before each, at random"),
    lasts: distribution("for how long, at random"),
    observed: flag("whether policies see it; true by default"),
    outage: {
      anyOf: [{ type: "null" }, interrupted(), object(OUTAGE_KEYS, [], { interrupted: interrupted() })],
      description: "nothing runs",
    },
    brownout: share("by which speeds are multiplied"),
    failures: {
      description: "attempts fail, besides all else",
      anyOf: [
        share("probability that attempts that start fail, besides all else"),
        object(WEATHER_FAILURES_KEYS, ["share"], {
          share: share("of the attempts"),
          judged: choice(JUDGED, "whether it is those that start meanwhile (default) or those that end"),
        }),
      ],
    },
    stragglers: described(
      "attempts that take far longer than they should",
      object(WEATHER_STRAGGLERS_KEYS, WEATHER_STRAGGLERS_KEYS, {
        share: share("of the attempts that start"),
        slowdown: distribution("how many times as long they take"),
      }),
    ),
  });
}

export function transfers(): Schema {
  return object(TRANSFER_KEYS, [], {
    latency: time("of each transfer; 0 by default"),
    bandwidth: number("such as 1 GB / s or 10 Gb / s; without end by default"),
    price: number("such as 0.02 / GB; 0 by default"),
  });
}
