import { describe, expect, test } from "vitest";
import type { Distribution } from "../../src/kit/distribution.js";
import { moments } from "../../src/kit/moments.js";
import type { SingleArrivals } from "../../src/model/arrivals.js";
import type {
  Arrivals,
  Pool,
  Scenario,
  TaskSpec,
  TaskTemplate,
  Weather,
  WorkflowTemplate,
} from "../../src/model/scenario.js";
import { telemetryDigest } from "../../src/sim/telemetry.js";
import { deterministic, exponential, poisson, pool, scenario, task, workflow } from "../support/scenarios.js";
import { stretched } from "../support/stretched.js";
import { swarm, swarmPolicy } from "../support/swarm.js";
import { wild, wildPolicy } from "../support/wild.js";
import { type Run, witnessed } from "../support/witness.js";

/**
 * What must not matter does not, to the last bit: draws are keyed by whom they are for, and what is of no effect takes none
 * that another needs. Each relation holds for whatever a seed makes up, unless it says of what.
 */
const COUNT = Math.ceil(Number(process.env["SWARM_SEEDS"] ?? 120) / 5);
const seeds = Array.from({ length: COUNT }, (_, k) => k + 1);

/** All that came of a run: attempts and workflows as they ended, times multiplied. */
const story = ({ attempts, workflows }: Run, factor = 1) => ({
  attempts: attempts.map(({ ready, started, ended, ...rest }) => ({
    ...rest,
    ready: factor * ready,
    started: factor * started,
    ended: factor * ended,
  })),
  workflows: workflows.map(({ submitted, due, ended, ...rest }) => ({
    ...rest,
    submitted: factor * submitted,
    due: factor * due,
    ended: factor * ended,
  })),
});

const everySpec = (s: Scenario, change: (spec: TaskSpec) => Partial<TaskSpec>): Scenario => ({
  ...s,
  workflows: s.workflows.map((w) => ({
    ...w,
    tasks: w.tasks.map((t) => ({
      ...t,
      ...change(t),
      ...(t.oneOf === undefined ? {} : { oneOf: t.oneOf.map((one) => ({ ...one, ...change(one) })) }),
      ...(t.compensate === undefined ? {} : { compensate: { ...t.compensate, ...change(t.compensate) } }),
    })),
  })),
});
const everyPool = (s: Scenario, change: (pool: Pool, p: number) => Partial<Pool>): Scenario => ({
  ...s,
  pools: s.pools.map((p, i) => ({ ...p, ...change(p, i) })),
});
const storm = (name: string, s: Scenario, effect: Weather["effect"], when: Weather["when"]): Scenario => ({
  ...s,
  weather: [...(s.weather ?? []), { name, pools: s.pools.map((_, p) => p), when, effect }],
});
const often: Weather["when"] = { kind: "random", every: exponential(3), lasts: exponential(3) };
const never: Weather["when"] = { kind: "random", every: deterministic(1e9), lasts: deterministic(1) };
const bounded = ({ servers }: Pool) => servers < 1000;
const reallocated = (s: Scenario, p: number) =>
  (s.queues ?? []).some((queue) => queue.reallocate === true && queue.pools.includes(p));

const NO_EFFECT: Readonly<Record<string, (s: Scenario) => Scenario>> = {
  "a pool that nothing may use": (s) => ({
    ...s,
    pools: [...s.pools, pool("idle", { servers: 9, speed: 100 })],
  }),
  "a template that nothing submits": (s) => ({
    ...s,
    workflows: [...s.workflows, workflow("unused", [task("u", [0], { work: exponential(100) })])],
  }),
  "a breakdown that never comes": (s) =>
    everyPool(s, (p) =>
      bounded(p) && p.breakdown === undefined && p.resources === undefined
        ? {
            breakdown: {
              every: deterministic(1e9),
              lasts: deterministic(1),
              mode: "always",
              interrupted: "resume",
            },
          }
        : {},
    ),
  "a brownout to full speed": (s) => storm("clear", s, { kind: "brownout", speed: 1 }, often),
  "failures of no probability": (s) => storm("clear", s, { kind: "failures", attemptFailure: 0 }, often),
  "stragglers of which there are none": (s) =>
    storm("clear", s, { kind: "stragglers", share: 0, slowdown: exponential(9) }, often),
  "stragglers that are no slower": (s) =>
    storm("clear", s, { kind: "stragglers", share: 0.5, slowdown: deterministic(1) }, often),
  "an outage that never comes": (s) => storm("clear", s, { kind: "outage", interrupted: "resume" }, never),
  "a hedge that is never due": (s) =>
    everySpec(s, ({ hedge }) => (hedge === undefined ? { hedge: { after: deterministic(1e9) } } : {})),
  "a rate limit beyond reach": (s) =>
    everyPool(s, ({ rateLimit }, p) =>
      rateLimit === undefined && !reallocated(s, p)
        ? { rateLimit: { rate: 1e9, burst: 1e9, onLimit: "wait" } }
        : {},
    ),
  "bounds of scaling within which nobody decides": (s) =>
    everyPool({ ...s, decide: s.decide.filter((kind) => kind !== "scale") }, (p) =>
      bounded(p) && p.scaling === undefined && p.resources === undefined
        ? { scaling: { least: p.servers, most: p.servers + 1, every: 1e9 } }
        : {},
    ),
  "a pool's stragglers of which there are none": (s) =>
    everyPool(s, ({ stragglers }) =>
      stragglers === undefined ? { stragglers: { share: 0, slowdown: exponential(9) } } : {},
    ),
  "failures by load of no probability": (s) => everyPool(s, ({ loadFailure = 0 }) => ({ loadFailure })),
  "transfers that take no time": (s) =>
    s.transfers === undefined
      ? { ...s, transfers: { latency: 0, bandwidth: Number.POSITIVE_INFINITY, price: 0 } }
      : s,
  "a cache that nobody asks": (s) =>
    everyPool(s, ({ cacheBlocks }, p) =>
      cacheBlocks === undefined &&
      !s.workflows.some(({ tasks }) =>
        tasks.some((t) =>
          [t, t.compensate, ...(t.oneOf ?? [])].some(
            (one) => one?.cache !== undefined && one.pools.includes(p),
          ),
        ),
      )
        ? { cacheBlocks: 10 }
        : {},
    ),
  "a patience that is never over": (s) =>
    everySpec(s, ({ scheduleToStart }) =>
      scheduleToStart === undefined ? { scheduleToStart: deterministic(1e9) } : {},
    ),
  "a time limit that is never over": (s) => ({
    ...s,
    workflows: s.workflows.map((w) => (w.timeout === undefined ? { ...w, timeout: deterministic(1e9) } : w)),
  }),
};

describe("what is of no effect changes nothing", () => {
  test.each(Object.entries(NO_EFFECT))("%s", (name, change) => {
    for (const seed of seeds) {
      // What the other side does not decide is not decided here either.
      const drawn = wild(seed);
      const s = name.includes("scaling")
        ? { ...drawn, decide: drawn.decide.filter((k) => k !== "scale") }
        : drawn;
      const policy = wildPolicy(seed);
      expect(story(witnessed(change(s), policy, seed)), `seed ${seed}`).toEqual(
        story(witnessed(s, policy, seed)),
      );
    }
  });

  test("the names of pools, tasks and types, for whom does not draw or choose by them", () => {
    for (const seed of seeds) {
      const drawn = wild(seed);
      // What befalls a pool's servers is drawn by its name.
      const bare: Scenario = {
        ...drawn,
        pools: drawn.pools.map(({ breakdown: _none, scaling: _neither, servers, ...rest }) => ({
          ...rest,
          servers: Math.max(1, servers),
        })),
      };
      const renamed = everySpec(
        {
          ...everyPool(bare, ({ name }) => ({ name: `other-${name}` })),
          workflows: bare.workflows.map((w) => ({
            ...w,
            tasks: w.tasks.map((t) => ({ ...t, name: `other ${t.name}` })),
          })),
        },
        ({ type }) => ({ type: `other ${type}` }),
      );
      expect(story(witnessed(renamed, wildPolicy(seed), seed)), `seed ${seed}`).toEqual(
        story(witnessed(bare, wildPolicy(seed), seed)),
      );
    }
  });

  test("who runs it again: the digest is the same", () => {
    for (const seed of seeds) {
      const digests = [0, 1].map(() =>
        telemetryDigest(witnessed(wild(seed), wildPolicy(seed), seed).recorder),
      );
      expect(digests[1], `seed ${seed}`).toBe(digests[0]);
    }
  });
});

/** Wild, but of laws that scale by their parameters to the bit. */
const scalable = (seed: number): Scenario =>
  everySpec(wild(seed), ({ work, hedge }) => ({
    ...(work.kind === "lognormal" ? { work: exponential(moments(work).mean) } : {}),
    // Quantiles of latencies are sketched in buckets that do not scale.
    ...(hedge?.after !== undefined && "quantile" in hedge.after
      ? { hedge: { ...hedge, after: deterministic(1) } }
      : {}),
  }));

describe("units", () => {
  test("of time: all times doubled and all rates halved, every instant of the run is doubled", () => {
    for (const seed of seeds) {
      const s = scalable(seed);
      expect(story(witnessed(slower(s), "random", seed)), `seed ${seed}`).toEqual(
        story(witnessed(s, "random", seed), 2),
      );
    }
  });

  test("of work: twice the work at twice the speed is the same", () => {
    for (const seed of seeds) {
      const s = scalable(seed);
      const other = everyPool(
        everySpec(s, ({ work }) => ({ work: stretched(work, 2) })),
        ({ speed }) => ({ speed: 2 * speed }),
      );
      expect(story(witnessed(other, "random", seed)), `seed ${seed}`).toEqual(
        story(witnessed(s, "random", seed)),
      );
    }
  });
});

/** All times of a scenario doubled. */
function slower(s: Scenario): Scenario {
  const law = (d: Distribution): Distribution => stretched(d, 2);
  const some = <K extends string>(key: K, d: Distribution | undefined) =>
    (d === undefined ? {} : { [key]: law(d) }) as Partial<Record<K, Distribution>>;
  const spans = (list: readonly { from: number; until: number }[]) =>
    list.map(({ from, until }) => ({ from: 2 * from, until: 2 * until }));
  const spec = (t: TaskSpec): Partial<TaskSpec> => ({
    work: law(t.work),
    timeout: 2 * t.timeout,
    ...some("scheduleToStart", t.scheduleToStart),
    ...some("changeover", t.changeover),
    retry: {
      ...t.retry,
      backoff: {
        ...t.retry.backoff,
        first: 2 * t.retry.backoff.first,
        cap: 2 * t.retry.backoff.cap,
        ...some("draw", t.retry.backoff.draw),
      },
    },
    ...(t.hedge === undefined
      ? {}
      : {
          hedge: {
            ...(t.hedge.after !== undefined && "quantile" in t.hedge.after
              ? { after: t.hedge.after }
              : some("after", t.hedge.after)),
            ...some("cleanUp", t.hedge.cleanUp),
          },
        }),
  });
  const paced = everyPool(everySpec(s, spec), (p) => ({
    ...(p.rateLimit === undefined ? {} : { rateLimit: { ...p.rateLimit, rate: p.rateLimit.rate / 2 } }),
    ...(p.drain === undefined ? {} : { drain: spans(p.drain) }),
    ...(p.breakdown === undefined
      ? {}
      : { breakdown: { ...p.breakdown, every: law(p.breakdown.every), lasts: law(p.breakdown.lasts) } }),
    ...(p.stragglers !== undefined && "onset" in p.stragglers
      ? { stragglers: { ...p.stragglers, onset: law(p.stragglers.onset) } }
      : {}),
    ...(p.scaling === undefined
      ? {}
      : {
          scaling: {
            ...p.scaling,
            every: 2 * p.scaling.every,
            ...some("setup", p.scaling.setup),
            ...some("teardown", p.scaling.teardown),
            ...some("idleTimeout", p.scaling.idleTimeout),
          },
        }),
  }));
  return {
    ...paced,
    horizon: 2 * s.horizon,
    warmup: 2 * s.warmup,
    workflows: paced.workflows.map((w) => ({
      ...w,
      deadline: 2 * w.deadline,
      ...some("timeout", w.timeout),
      ...(w.arrivals === undefined ? {} : { arrivals: slowerArrivals(w.arrivals) }),
    })),
    ...(s.transfers === undefined
      ? {}
      : {
          transfers: {
            ...s.transfers,
            latency: 2 * s.transfers.latency,
            bandwidth: s.transfers.bandwidth / 2,
          },
        }),
    ...(s.weather === undefined
      ? {}
      : {
          weather: s.weather.map((one) => ({
            ...one,
            when:
              one.when.kind === "scheduled"
                ? { ...one.when, spans: spans(one.when.spans) }
                : { ...one.when, every: law(one.when.every), lasts: law(one.when.lasts) },
          })),
        }),
  };
}

function slowerArrivals(a: Arrivals): Arrivals {
  const halved = (rates: readonly number[]) => rates.map((rate) => rate / 2);
  const law = (d: Distribution) => stretched(d, 2);
  switch (a.kind) {
    case "poisson":
      return { ...a, rate: a.rate / 2 };
    case "renewal":
      return { ...a, gap: law(a.gap) };
    case "mmpp":
      return "leave" in a
        ? { ...a, rates: halved(a.rates), leave: halved(a.leave) }
        : { ...a, rates: halved(a.rates), switching: a.switching.map(halved) };
    case "diurnal":
      return { ...a, mean: a.mean / 2, period: 2 * a.period, shift: 2 * a.shift };
    case "piecewise":
      return { ...a, rates: halved(a.rates), lengths: a.lengths.map((length) => 2 * length) };
    case "flashCrowd":
      return { ...a, base: a.base / 2, at: 2 * a.at, rise: 2 * a.rise, decay: 2 * a.decay };
    case "onOff":
      return { ...a, rate: a.rate / 2, on: law(a.on), off: law(a.off) };
    case "hawkes":
      return { ...a, base: a.base / 2, decay: 2 * a.decay };
    case "batch":
      return "of" in a ? { ...a, of: slowerArrivals(a.of) as typeof a.of } : { ...a, rate: a.rate / 2 };
    case "closed":
      return { ...a, think: law(a.think), ramp: 2 * a.ramp };
  }
}

describe("other words for the same workflow", () => {
  /** Without draws, which hang on where a task stands; and for policies that look at no path ahead of a task. */
  const clockwork = (seed: number): Scenario => {
    const s = everySpec(swarm(seed), ({ work, retry, scheduleToStart }) => ({
      work: deterministic(Math.min(4, moments(work).mean)),
      attemptFailure: 0,
      retry: { ...retry, backoff: { ...retry.backoff, jitter: 0 } },
      ...(scheduleToStart === undefined ? {} : { scheduleToStart: deterministic(2.5) }),
    }));
    return everyPool(s, () => ({ attemptFailure: 0 }));
  };
  const fates = (s: Scenario, policy: string, seed: number) =>
    witnessed(s, policy, seed).workflows.map((row) => ({ ...row }));
  const everyTask = (s: Scenario, change: (t: TaskTemplate) => TaskTemplate): Scenario => ({
    ...s,
    workflows: s.workflows.map((w) => ({ ...w, tasks: w.tasks.map(change) })),
  });
  const SAME: Readonly<Record<string, (s: Scenario) => Scenario>> = {
    "one alternative": (s) => everyTask(s, (t) => ({ ...t, oneOf: [{ ...t, name: "only" }] })),
    "one instance": (s) => everyTask(s, (t) => ({ ...t, forEach: { count: deterministic(1), join: "all" } })),
    "one round": (s) => everyTask(s, (t) => ({ ...t, repeat: { most: 1 } })),
    "a call of a workflow of one task": (s) => {
      const inner: WorkflowTemplate[] = [];
      const outer = s.workflows.map((w) => ({
        ...w,
        tasks: w.tasks.map((t) => {
          const { arrivals: _none, ...quiet } = w;
          const call = s.workflows.length + inner.length;
          inner.push({
            ...quiet,
            name: `${w.name}.${t.name}`,
            deadline: Number.POSITIVE_INFINITY,
            tasks: [{ ...t, after: [], join: 0 }],
          });
          return { ...t, call };
        }),
      }));
      return { ...s, workflows: [...outer, ...inner] };
    },
  };

  test.each(Object.entries(SAME))("%s", (_, change) => {
    let compared = 0;
    for (const seed of seeds) {
      const policy = swarmPolicy(seed);
      if (policy.includes("upward-rank")) continue;
      const s = clockwork(seed);
      const plain = fates(s, policy, seed);
      expect(fates(change(s), policy, seed), `seed ${seed}`).toEqual(plain);
      compared += plain.length;
    }
    expect(compared).toBeGreaterThan(10 * COUNT);
  });

  test("a batch of one is a single arrival", () => {
    const single: readonly SingleArrivals[] = [
      { kind: "poisson", rate: 0.8 },
      { kind: "renewal", gap: exponential(1) },
    ];
    for (const of of single) {
      const batches: readonly Arrivals[] = [of, { kind: "batch", of, size: { kind: "fixed", size: 1 } }];
      const runs = batches.map((arrivals) =>
        story(witnessed(scenario([pool("p")], [workflow("w", [task("a", [0])], { arrivals })]), "fifo", 3)),
      );
      expect(runs[1]).toEqual(runs[0]);
    }
  });
});

describe("servers", () => {
  const station = (pools: readonly Pool[], rest: Partial<Scenario> = {}) =>
    scenario(
      pools,
      [
        workflow(
          "w",
          [
            task(
              "a",
              pools.map((_, p) => p),
              { work: { kind: "gamma", mean: 1, cv: 1.5 } },
            ),
          ],
          {
            arrivals: poisson(3.5),
          },
        ),
      ],
      { horizon: 500, decide: [], ...rest },
    );
  const times = (run: Run) =>
    run.attempts.map(({ workflow, ready, started, ended }) => ({ workflow, ready, started, ended }));

  test("of one pool are those of two that serve one queue", () => {
    for (const seed of [1, 2, 3]) {
      const one = times(witnessed(station([pool("p", { servers: 4 })]), "fifo", seed));
      const queue = { name: "q", pools: [0, 1], discipline: "fifo" as const };
      const two = station([pool("p", { servers: 3 }), pool("q1", { servers: 1 })], { queues: [queue] });
      expect(times(witnessed(two, "fifo", seed))).toEqual(one);
      expect(one.length).toBeGreaterThan(1000);
    }
  });

  test("more of them make nobody wait longer, first come first served (Kiefer and Wolfowitz 1955)", () => {
    for (const seed of [1, 2, 3]) {
      const starts = [4, 5, 6].map(
        (servers) =>
          new Map(
            witnessed(station([pool("p", { servers })]), "fifo", seed).attempts.map((row) => [
              row.workflow,
              row.started,
            ]),
          ),
      );
      let sooner = 0;
      for (const [fewer, more] of [starts.slice(0, 2), starts.slice(1)]) {
        for (const [workflow, at] of fewer!) {
          const other = more!.get(workflow)!;
          expect(other, `workflow ${workflow}`).toBeLessThanOrEqual(at);
          if (other < at) sooner++;
        }
      }
      expect(sooner).toBeGreaterThan(100);
    }
  });
});
