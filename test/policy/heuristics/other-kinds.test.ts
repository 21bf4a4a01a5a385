import { describe, expect, test } from "vitest";
import { GIVE_UP, NO, OTHER_POOL, SAME_POOL, YES } from "../../../src/model/decision-view.js";
import { begun, check, decision } from "../../support/decides.js";
import type { FakePool, FakeTask, FakeView } from "../../support/fake-view.js";

describe("admission", () => {
  const admit = (pools: Partial<FakePool>[], task: Partial<FakeTask> = {}, inSystem = 0): FakeView => ({
    kind: "admit",
    tasks: [task],
    pools,
    workflowsInSystem: inSystem,
  });

  test("of all", () => check(admit([{ running: 1, waiting: 99 }], {}, 100), { "admit-all": YES }));

  test("below a number in the system, by type", () => {
    check(admit([{}], {}, 7), { "admit-below(n=8)": YES, "admit-below(n=7)": NO, "admit-below": YES });
    check(admit([{}], { type: "basic" }, 7), {
      "admit-below(n=8,basic=7)": NO,
      "admit-below(n=7,basic=8)": YES,
    });
  });

  // Reference cases naor-a, naor-b and two-a: R * mu / C.
  test.each([
    { reward: 5, cost: 1, limit: 5 },
    { reward: 10, cost: 1, limit: 10 },
    { reward: 10, cost: 0.5, limit: 20 },
    { reward: 2, cost: 0.5, limit: 4 },
  ])("where it is worth $reward at $cost a second: below $limit in an M/M/1", ({ reward, cost, limit }) => {
    for (let n = 0; n < 30; n++) {
      const view = admit([{ running: Math.min(n, 1), waiting: Math.max(0, n - 1) }], { type: "gold" });
      const right = n < limit ? YES : NO;
      check(view, {
        [`naor(reward=${reward},cost=${cost})`]: right,
        [`naor(cost=${cost},gold=${reward})`]: right,
      });
    }
  });

  test("by the best pool that may run it", () => {
    const pools = [{ running: 1, waiting: 9 }, { speed: 0.5 }, { speed: 9 }];
    check(admit(pools, { affinity: [1, 1, 0] }), { "naor(reward=2)": YES, "naor(reward=1.9)": NO });
    check(admit([{ open: false }, { servers: 0 }]), { naor: NO });
  });

  test("at random", () => {
    check(admit([{}]), { "admit-random(p=0)": NO, "admit-random(p=1)": YES });
    const policy = begun("admit-random(p=0.3)");
    const taken = Array.from({ length: 2000 }, () => decision(policy, admit([{}]))).filter(
      (a) => a === String(YES),
    );
    // Binomial(2000, 0.3): 4 standard deviations are 82; false alarm below 1e-4.
    expect(Math.abs(taken.length - 600)).toBeLessThan(82);
  });

  test("only to a server that is idle and may run it", () => {
    check(admit([{ running: 1 }, { servers: 2, running: 1 }]), { "admit-if-idle": YES });
    check(admit([{ running: 1 }, {}], { affinity: [1, 0] }), { "admit-if-idle": NO });
    check(admit([{ running: 1 }, { open: false }]), { "admit-if-idle": NO });
  });

  test("where the deadline is expected to be met", () => {
    const task = { size: 2, upwardRank: 5 };
    const busy = [{ running: 1, waiting: 1 }]; // 6 s to the end of the first task, 3 after it
    check(admit(busy, { ...task, dueAt: 19 }), { "admit-feasible": YES, "admit-feasible(margin=1.1)": NO });
    check(admit(busy, { ...task, dueAt: 18.9 }), { "admit-feasible": NO, "admit-feasible(margin=0.5)": YES });
    check(admit([{ open: false }], task), { "admit-feasible": YES });
  });
});

describe("branching", () => {
  const variants = [
    { size: 3, affinity: [1, 0] },
    { size: 2, affinity: [0, 1], failure: 0.5 },
    { size: Number.NaN, affinity: 0 },
    { size: 1, affinity: [0, 0.5] },
  ];
  const branch = (...pools: Partial<FakePool>[]): FakeView => ({
    kind: "branch",
    tasks: [{ variants }],
    pools,
  });

  test("the first", () => check(branch({}, {}), { "first-alternative": 0 }));

  test("the one that succeeds first: 3, 2 / 0.5 and 1 / 0.5 seconds, with queues before them", () => {
    check(branch({}, {}), { "fastest-alternative": 3 });
    check(branch({}, { running: 1 }), { "fastest-alternative": 0 });
  });

  test("the one that charges least, of equals the fastest", () => {
    check(branch({ price: 1 }, { price: 1 }), { "cheapest-alternative": 3 });
    check(branch({ price: 1 }, { price: 2 }), { "cheapest-alternative": 0 });
    check(branch({}, { running: 1 }), { "cheapest-alternative": 0 });
    check({ ...branch({}, {}), forbidden: [3, 0] }, { "cheapest-alternative": 1 });
  });

  test("the one that may run where the fewest tasks are", () => {
    check(branch({ running: 1 }, { servers: 4, running: 2 }), { "least-loaded-alternative": 1 });
    check(branch({}, { servers: 4, running: 2 }), { "least-loaded-alternative": 0 });
  });

  test("a workflow of its own, of which nothing is known, comes last but is taken where there is no other", () => {
    const only = { ...branch({}, {}), forbidden: [0, 1, 3] };
    check(only, { "cheapest-alternative": 2, "fastest-alternative": 2, "least-loaded-alternative": 2 });
  });
});

describe("retrying", () => {
  const retry = (attempts: number, rest: Partial<FakeView> = {}): FakeView => ({
    kind: "retry",
    tasks: [{ attempts, attemptsAllowed: 9 }],
    pools: [{ running: 1, waiting: 2 }, {}],
    ...rest,
  });

  test("where it failed, elsewhere after so many, or not at all", () => {
    check(retry(1), { "retry-same": SAME_POOL, failover: OTHER_POOL, "failover(after=2)": SAME_POOL });
    check(retry(2), {
      "failover(after=2)": OTHER_POOL,
      "give-up(after=2)": GIVE_UP,
      "give-up(after=3)": SAME_POOL,
    });
  });

  test("what may not be is replaced by the other way on, not by giving up", () => {
    check(retry(3, { forbidden: [OTHER_POOL] }), { failover: SAME_POOL });
    check(retry(1, { forbidden: [SAME_POOL] }), { "retry-same": OTHER_POOL, "give-up(after=2)": OTHER_POOL });
    check(retry(1, { options: [SAME_POOL, GIVE_UP] }), { failover: SAME_POOL, "retry-soonest": SAME_POOL });
  });

  test("where it is expected to succeed sooner", () => {
    check(retry(1), { "retry-soonest": OTHER_POOL });
    check(retry(1, { pools: [{ running: 1 }, { failure: 0.6 }] }), { "retry-soonest": SAME_POOL });
    check(retry(1, { tasks: [{ attempts: 1, affinity: [1, 0] }] }), { "retry-soonest": SAME_POOL });
  });
});

test("hedging: always, never, or when a server that may run it is idle", () => {
  const hedge = (affinity: number[], ...pools: Partial<FakePool>[]): FakeView => ({
    kind: "hedge",
    tasks: [{ startedAt: 1, affinity }],
    pools,
  });
  const idle = hedge([1, 1], { running: 1 }, {});
  check(idle, { "hedge-always": YES, "hedge-never": NO, "hedge-when-idle": YES });
  check(hedge([1, 0], { running: 1 }, {}), { "hedge-when-idle": NO, "hedge-always": YES });
  check(hedge([1, 1], { running: 1 }, { running: 1 }), { "hedge-when-idle": NO });
});

describe("scaling", () => {
  const scale = (pool: Partial<FakePool>, options = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]): FakeView => ({
    kind: "scale",
    tasks: [],
    pools: [pool],
    options,
  });

  test("to a fixed size, or the nearest to it, the larger of two", () => {
    check(scale({}), { "fixed-size(n=3)": 3, "fixed-size(n=99)": 10 });
    check(scale({}, [2, 4, 8]), { "fixed-size(n=3)": 4, "fixed-size(n=5)": 4, "fixed-size(n=7)": 8 });
    check({ ...scale({}), forbidden: [3] }, { "fixed-size(n=3)": 4 });
  });

  test("by utilisation: 7 busy at 70% are 10 servers, not 11", () => {
    check(scale({ servers: 8, running: 7 }), { "target-utilisation(share=0.7)": 10 });
    check(scale({ servers: 8, running: 2 }), { "target-utilisation(share=0.5)": 4 });
    check(scale({ servers: 0, waiting: 3 }), { "target-utilisation": 1 });
    check(scale({ servers: 3 }), { "target-utilisation": 0 });
  });

  test("by the queue", () =>
    check(scale({ servers: 3, running: 3, waiting: 4 }), {
      "tasks-per-server": 4,
      "tasks-per-server(tasks=7)": 3,
    }));

  test("on and off with the tasks", () => {
    const busy = { servers: 3, running: 3, waiting: 4, starting: 1 };
    check(scale(busy), {
      "on-off": 7,
      "on-off(staggered=1)": 4,
      "on-off(least=9)": 9,
      "on-off(release=0)": 7,
    });
    const quiet = { servers: 3, running: 1 };
    check(scale(quiet), { "on-off": 1, "on-off(least=2)": 2, "on-off(release=0)": 3 });
  });

  test("all on when N are there, until it is empty", () => {
    const off = { servers: 0, waiting: 2 };
    check(scale(off, [0, 1]), { "n-policy(n=2)": 1, "n-policy(n=3)": 0 });
    check(scale({ servers: 1, running: 1 }, [0, 1]), { "n-policy(n=3)": 1 });
    check(scale({ servers: 0, starting: 1, waiting: 1 }, [0, 1]), { "n-policy(n=3)": 1 });
    check(scale({ servers: 1 }, [0, 1]), { "n-policy(n=3)": 0 });
  });

  describe("by the square root of the offered load", () => {
    const at = (time: number, arrivedWork: number, pool: Partial<FakePool> = {}): FakeView => ({
      ...scale(
        { arrivedWork, ...pool },
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
      ),
      time,
    });

    test("at first by the mean so far", () => {
      check(at(10, 40), {
        "square-root-staffing": 6,
        "square-root-staffing(beta=0)": 4,
        "square-root-staffing(beta=2)": 8,
      });
      check(at(10, 40, { speed: 4 }), { "square-root-staffing": 2 });
      check(at(0, 0, { waiting: 1 }), { "square-root-staffing": 1 });
    });

    test("then by what came lately, old work fading by 1/e in its memory", () => {
      const policy = begun("square-root-staffing(beta=0,memory=20)");
      expect(decision(policy, at(10, 100))).toBe("10");
      // Nothing for 20 s: 10 / e = 3.68.
      expect(decision(policy, at(30, 100))).toBe("4");
      // Asked again at once, it knows no more.
      expect(decision(policy, at(30, 100))).toBe("4");
      // 8 a second for very long.
      expect(decision(policy, at(3030, 100 + 8 * 3000))).toBe("8");
    });
  });
});
