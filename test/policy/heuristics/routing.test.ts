import { describe, expect, test } from "vitest";
import { begun, check, decision } from "../../support/decides.js";
import type { FakePool, FakeTask, FakeView } from "../../support/fake-view.js";

const route = (
  pools: Readonly<Record<string, Partial<FakePool>>>,
  task: Partial<FakeTask> = {},
  rest: Partial<FakeView> = {},
): FakeView => ({
  kind: "route",
  tasks: [task],
  pools: Object.entries(pools).map(([name, pool]) => ({ name, ...pool })),
  ...rest,
});

/** How often each pool is chosen in so many decisions of one view. */
function counts(spec: string, view: FakeView, decisions: number): Record<string, number> {
  const policy = begun(spec);
  const found: Record<string, number> = {};
  for (let n = 0; n < decisions; n++) {
    const answer = decision(policy, view);
    found[answer] = (found[answer] ?? 0) + 1;
  }
  return found;
}

test("queues are counted by the server, work by the speed, delay by both and by the task's affinity", () => {
  const view = route(
    {
      long: { servers: 4, running: 4, waiting: 2, backlog: 12 },
      slow: { servers: 1, running: 1, speed: 0.25, backlog: 0.5 },
      fast: { servers: 1, running: 1, waiting: 1, speed: 4, backlog: 9 },
    },
    { size: 2 },
  );
  check(view, { jsq: "slow", "least-work-left": "slow", sed: "fast", "power-of-d(d=3)": "slow" });
  check({ ...view, tasks: [{ size: 2, affinity: [1, 1, 0.1] }] }, { sed: "long", "upward-rank": "long" });
});

test("a pool that is closed, or has no server and is to have none, comes last", () => {
  const view = route({
    closed: { open: false },
    gone: { servers: 0 },
    full: { servers: 1, running: 1, waiting: 40, backlog: 41 },
  });
  for (const spec of [
    "jsq",
    "sed",
    "least-work-left",
    "least-loaded",
    "upward-rank",
    "power-of-d(d=3)",
    "locality",
    "cache-aware",
    "circuit-breaker",
    "cheapest-feasible",
    "overflow",
  ]) {
    check(view, { [spec]: "full" });
  }
});

test("a central queue is judged by all pools that serve it and are open, whichever of them stands for it", () => {
  const line = { peers: [0, 1], waiting: 6, queuedWork: 6 };
  const beside = (waiting: number, second: Partial<FakePool> = {}): FakeView => ({
    ...route({
      line: { ...line, servers: 1, running: 1, backlog: 7 },
      second: { ...line, servers: 9, running: 9, backlog: 15, ...second },
      own: { servers: 2, running: 2, waiting, backlog: 2 + waiting },
    }),
    candidates: [
      [0, 0, 0],
      [0, 2, 0],
    ],
  });
  // 16 tasks, and as much work, for 10 servers, beside 2 or 4 for 2.
  const rules = ["jsq", "sed", "least-work-left", "power-of-d(d=2)", "upward-rank"];
  for (const rule of rules) {
    check(beside(0), { [rule]: "own" });
    check(beside(2), { [rule]: "line" });
    check(beside(2, { open: false }), { [rule]: "own" });
  }
  check(beside(2, { speed: 0.1 }), { jsq: "line", sed: "own", "least-work-left": "own" });
  check(beside(0, { running: 8, waiting: 0 }), { jsq: "own" });
});

test("servers that are being set up count for who will wait for them, not for who wants to start at once", () => {
  const view = route({
    starting: { servers: 1, starting: 3, running: 1, waiting: 2, backlog: 3 },
    steady: { servers: 1, running: 1, waiting: 1, backlog: 2 },
  });
  check(view, { jsq: "starting", sed: "starting", "least-work-left": "starting" });
});

describe("join the idle queue", () => {
  test("goes where a server is idle, however slow", () =>
    check(route({ busy: { running: 1, speed: 9 }, idle: { servers: 3, running: 2, speed: 0.1 } }), {
      "join-idle-queue": "idle",
    }));

  test("else goes anywhere, alike", () => {
    const view = route({ a: { running: 1, waiting: 7 }, b: { running: 1 }, c: { running: 1 } });
    // Binomial(3000, 1/3): 4 standard deviations are 103; false alarms in 3 counts below 2e-4.
    for (const count of Object.values(counts("join-idle-queue", view, 3000))) {
      expect(Math.abs(count - 1000)).toBeLessThan(103);
    }
  });
});

describe("least loaded", () => {
  test("by the resource that would be scarcest with the task in it", () =>
    check(
      route(
        {
          cpu: { resources: [8, 64], free: [0.5, 0.9] },
          memory: { resources: [8, 64], free: [0.9, 0.5] },
        },
        { needs: [4, 1] },
      ),
      { "least-loaded": "memory" }, // 0.5 + 4/8 = 1 against max(0.1 + 4/8, 0.5 + 1/64)
    ));

  test("by servers where there are no resources", () =>
    check(route({ a: { servers: 2, running: 1 }, b: { servers: 4, running: 1 } }), { "least-loaded": "b" }));
});

describe("cheapest feasible", () => {
  const pools = {
    cheap: { price: 1, running: 1, waiting: 5 },
    fair: { price: 2 },
    dear: { price: 9, speed: 4 },
  };

  test("the cheapest that is in time", () => {
    check(route(pools), { "cheapest-feasible(limit=8)": "cheap", "cheapest-feasible(limit=6)": "fair" });
    check(route(pools, { dueAt: 12, size: 1, upwardRank: 2 }), { "cheapest-feasible": "fair" });
  });

  test("the fastest where none is", () =>
    check(route(pools, { dueAt: 10 }), { "cheapest-feasible": "dear" }));

  test("a pool that fails half of the time costs twice", () =>
    check(route({ ...pools, cheap: { price: 1.5, failure: 0.5 } }), { "cheapest-feasible": "fair" }));
});

describe("locality", () => {
  const view = (waiting: number) =>
    route(
      { warm: { running: 1, waiting }, cold: { running: 1, waiting: 1 }, cool: {} },
      { cached: [0.9, 0, 0.2] },
    );

  test("goes where the cache is, up to the guard", () => {
    check(view(1), { "locality(guard=2)": "warm", "locality(guard=1)": "cool" });
    check(view(2), { "locality(guard=2)": "cool", "locality(guard=3)": "warm" });
  });

  test("of equal shares takes the shorter queue", () =>
    check(route({ a: { running: 1 }, b: {} }, { cached: 0.5 }), { locality: "b" }));

  test("is weighed against delay by what a hit saves", () => {
    // 3 rounds less 0.9 of the saving, 3 rounds, 1 round less 0.2 of it.
    const wide = route({ warm: { running: 1 }, cold: {} }, { cached: [1, 0] });
    check(wide, { "cache-aware(saving=0.9)": "cold" });
    check(route({ warm: {}, cold: { speed: 1.5 } }, { cached: [1, 0] }), {
      "cache-aware(saving=0.5)": "warm",
      "cache-aware(saving=0.2)": "cold",
    });
  });
});

describe("circuit breaker", () => {
  const pools = { good: { running: 1, waiting: 3, failure: 0.1 }, bad: { failure: 0.6 } };

  test("shuns a pool from its limit on, and is shortest expected delay below", () =>
    check(route(pools), {
      "circuit-breaker(limit=0.5)": "good",
      "circuit-breaker(limit=0.6)": "good",
      "circuit-breaker(limit=0.61)": "bad",
    }));

  test("takes the least likely to fail where all are shunned", () =>
    check(route({ ...pools, good: { failure: 0.9 } }), { "circuit-breaker(limit=0.2)": "bad" }));
});

describe("overflow", () => {
  const pools = { first: { running: 1 }, second: {}, third: {} };

  test("the first in order with an idle server", () =>
    check(route(pools), { overflow: "second", "overflow(third=0)": "third", "overflow(first=0)": "second" }));

  test("the shortest queue where all are busy", () =>
    check(route({ first: { running: 1, waiting: 2 }, second: { running: 1, waiting: 1 } }), {
      overflow: "second",
    }));
});

describe("fixed shares", () => {
  const view = route({ a: {}, b: {}, c: { running: 1, waiting: 99 } });

  test("are drawn for, whatever the state", () => {
    const { a, b, c } = counts("static-split(a=1,b=0,c=3)", view, 4000);
    expect(b).toBeUndefined();
    expect(a! + c!).toBe(4000);
    // Binomial(4000, 1/4): 4 standard deviations are 110; false alarm below 1e-4.
    expect(Math.abs(a! - 1000)).toBeLessThan(110);
  });

  test("give way where only pools without a share are allowed", () =>
    check({ ...view, forbidden: [0, 2] }, { "static-split(a=1,b=0,c=3)": "b" }));

  test("are met exactly, in turn and evenly spread, by the weighted round robin", () => {
    // The example of nginx's change that introduced it: weights 5, 1, 1.
    const policy = begun("weighted-round-robin(a=5)");
    const turns = Array.from({ length: 14 }, () => decision(policy, view)).join("");
    expect(turns).toBe("aabacaaaabacaa");
  });

  test("of a weighted round robin follow capacity by themselves", () => {
    const found = counts(
      "weighted-round-robin",
      route({ a: { servers: 2, speed: 2 }, b: { servers: 3 } }),
      700,
    );
    expect(found).toEqual({ a: 400, b: 300 });
  });
});

describe("among many pools", () => {
  // Pools 3, 6, 9, ... are full.
  const names = Array.from({ length: 30 }, (_, i) => `p${i + 1}`);
  const isFull = (name: string) => Number(name.slice(1)) % 3 === 0;
  const view = route(
    Object.fromEntries(names.map((name) => [name, isFull(name) ? { running: 1, capacity: 1 } : {}])),
    {},
    { forbidden: names.flatMap((name, i) => (isFull(name) ? [i] : [])) },
  );
  const nearlyNone = { ...view, forbidden: names.flatMap((name, i) => (name === "p17" ? [] : [i])) };

  test.each(["random", "power-of-d(d=2)"])("%s takes any that is allowed alike", (spec) => {
    const found = counts(spec, view, 20_000);
    expect(Object.keys(found).sort()).toEqual(names.filter((name) => !isFull(name)).sort());
    // Binomial(20000, 1/20) each: 4.5 standard deviations are 139; false alarm of all twenty below 2e-4.
    for (const count of Object.values(found)) expect(Math.abs(count - 1000)).toBeLessThan(139);
  });

  test("power of two takes the shorter of two distinct queues: the longest of all is never taken", () => {
    const lengths = route(Object.fromEntries(names.map((name, i) => [name, { running: 1, waiting: i }])));
    const found = counts("power-of-d(d=2)", lengths, 20_000);
    expect(found["p30"]).toBeUndefined();
    // The k-th shortest of n is the shorter of two with probability (n - k) / (n (n - 1) / 2): here 29 / 435 for the first.
    const expected = (20_000 * 29) / 435;
    expect(Math.abs(found["p1"]! - expected)).toBeLessThan(4 * Math.sqrt(expected));
  });

  test.each(["random", "power-of-d(d=2)", "round-robin"])("%s finds the only one allowed", (spec) =>
    check(nearlyNone, { [spec]: "p17" }),
  );

  test("round robin takes them in turn and passes over those that are full", () => {
    const policy = begun("round-robin");
    const turns = Array.from({ length: 40 }, () => decision(policy, view));
    // By the pools' handles, which a made-up view has in the reverse order.
    const round = names.filter((name) => !isFull(name)).reverse();
    expect(turns).toEqual([...round, ...round]);
  });
});
