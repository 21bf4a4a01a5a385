import { describe, expect, test } from "vitest";
import { DUPLICATE, NONE, START, WAIT } from "../../../src/model/decision-view.js";
import { HEURISTICS } from "../../../src/policy/catalogue.js";
import { begun, check, decision, waiting } from "../../support/decides.js";
import type { FakeCandidate, FakePool, FakeTask, FakeView } from "../../support/fake-view.js";

const ONE: Readonly<Record<string, Partial<FakePool>>> = { only: {} };

const dispatch = (
  tasks: Readonly<Record<string, Partial<FakeTask>>>,
  pools = ONE,
  rest: Partial<FakeView> = {},
): FakeView => ({
  kind: "dispatch",
  tasks: waiting(tasks),
  pools: Object.entries(pools).map(([name, pool]) => ({ name, ...pool })),
  ...rest,
});

/** Every task in every pool with a free server, then WAIT. */
function orWait(view: FakeView): FakeView {
  const candidates: FakeCandidate[] = view.tasks.flatMap((_, t) =>
    view.pools.flatMap((pool, p) =>
      (pool.running ?? 0) < (pool.servers ?? 1) ? [[t, p, START] as const] : [],
    ),
  );
  return { ...view, candidates: [...candidates, [NONE, NONE, WAIT]] };
}

test("an order of service takes its task", () =>
  check(
    dispatch({
      old: { size: 5, remaining: 4, dueAt: 90, upwardRank: 5 },
      small: { size: 1, remaining: 1, dueAt: 80, upwardRank: 9 },
      stopped: { size: 7, remaining: 0.5, dueAt: 70, upwardRank: 7, priority: -1 },
      due: { size: 6, dueAt: 20, upwardRank: 6 },
      tight: { size: 6, dueAt: 25, upwardRank: 20 },
      royal: { size: 9, priority: 3 },
      young: { size: 8 },
    }),
    {
      fifo: "old > only",
      lifo: "young > only",
      sjf: "small > only",
      srpt: "stopped > only",
      edf: "due > only",
      "least-slack": "tight > only",
      priority: "royal > only",
      "upward-rank": "tight > only",
    },
  ));

test("an order of service settles the task first, and then the pool where it is served fastest", () => {
  const view = dispatch(
    { gpu: { size: 2, affinity: [1, 8, 0.1] }, cpu: { size: 1, affinity: [1, 0.1, 2] } },
    { plain: {}, accelerated: {}, wide: {} },
  );
  check(view, { fifo: "gpu > accelerated", lifo: "cpu > wide", sjf: "cpu > wide", edf: "gpu > accelerated" });
});

test("of equals the one that has waited longest goes first, wherever it stands", () => {
  const view = dispatch({ late: { readyAt: 5 }, early: { readyAt: 2 } });
  for (const spec of ["fifo", "sjf", "srpt", "edf", "priority", "longest-queue", "cmu", "max-weight"]) {
    check(view, { [spec]: "early > only" });
  }
});

test("nobody waits or makes copies whose rule is not about that", () => {
  const view = orWait(
    dispatch({ a: {}, b: { startedAt: 1, runsAt: 0 } }, { p: { servers: 2, running: 1, waiting: 1 } }),
  );
  const candidates: FakeCandidate[] = [
    [NONE, NONE, WAIT],
    [1, 0, DUPLICATE],
    [0, 0, START],
  ];
  for (const { name, kinds } of HEURISTICS) {
    if (kinds.includes("dispatch") && name !== "random") {
      check({ ...view, candidates }, { [name]: "a > p" });
      if (name !== "duplicate-idle") check({ ...view, candidates, forbidden: [2] }, { [name]: "wait" });
    }
  }
});

describe("index rules", () => {
  const view = dispatch({
    gold: { size: 4, queueLength: 2 },
    basic: { size: 2, queueLength: 3 },
    many: { size: 5, queueLength: 7 },
  });

  test("cmu: cost times rate", () =>
    check(view, { cmu: "basic > only", "cmu(gold=3)": "gold > only", "cmu(gold=1.9)": "basic > only" }));

  test("longest queue: the number alone, times its weight", () =>
    check(view, { "longest-queue": "many > only", "longest-queue(gold=4)": "gold > only" }));

  test("MaxWeight: cost times rate times number", () =>
    check(view, {
      "max-weight": "basic > only", // 0.5, 1.5, 1.4
      "max-weight(many=1.1)": "many > only",
      "max-weight(gold=3.1)": "gold > only",
    }));

  test("generalized cmu: the marginal cost times the rate", () =>
    check(view, {
      "generalized-cmu": "basic > only", // as MaxWeight, doubled
      "generalized-cmu(many=1.1)": "many > only",
      "generalized-cmu(power=1)": "basic > only",
      "generalized-cmu(power=1,gold=3)": "gold > only",
      "generalized-cmu(power=3)": "many > only", // 3, 13.5, 29.4
      "generalized-cmu(difference=1)": "many > only", // 3/4, 5/2, 13/5
    }));

  test("cmu over theta: cost and penalties times rate over impatience", () =>
    check(view, {
      "cmu-theta": "basic > only",
      "cmu-theta(theta.gold=0.1)": "gold > only",
      "cmu-theta(cost.gold=3)": "gold > only",
      "cmu-theta(theta.basic=10,theta.many=10,penalty.basic=1)": "basic > only", // 0.25, 0.55, 0.02
      "cmu-theta(theta.basic=10,theta.many=10)": "gold > only", // 0.25, 0.05, 0.02
    }));

  describe("with several free servers", () => {
    // Handles run to the other side in these views: the pool that stands last is the first in the engine's order.
    const skills = dispatch(
      { one: { size: 1, affinity: [2, 1] }, two: { size: 1, affinity: [2, 0] } },
      { both: {}, plain: {} },
      {
        candidates: [
          [0, 0, START],
          [0, 1, START],
          [1, 0, START],
        ],
      },
    );

    test("each in turn takes its best, by the rate that it has for it", () => {
      check(skills, { cmu: "one > plain", "cmu(one=3)": "one > plain", "max-weight(two=9)": "one > plain" });
      check({ ...skills, forbidden: [1] }, { "cmu(two=3)": "two > both", "cmu(one=3)": "one > both" });
    });

    test("jointly, none takes the only task that another can serve, unless that is worth more", () => {
      // one > plain and two > both are worth 1.5 + 2, one > both 3; or 3 + 2 and 6; or 1 + 6 and 2.
      check(skills, { "cmu(joint=1,one=1.5)": "two > both", "cmu(joint=1,one=3)": "one > both" });
      check(skills, { "cmu(joint=1,two=3)": "two > both", "longest-queue(joint=1)": "two > both" });
      // Where enough of a type wait, each server's best is all that counts.
      const plenty = {
        ...skills,
        tasks: waiting({ one: { affinity: [2, 1], standsFor: 2 }, two: { affinity: [2, 0], standsFor: 2 } }),
      };
      check(plenty, { "cmu(joint=1,one=1.5)": "one > both" });
    });
  });
});

describe("MaxPressure", () => {
  // From the first, pressure is 4 - 6 = -2; the second leaves; the third feeds two.
  const view = dispatch({
    first: { queueLength: 4, next: [{ type: "second", length: 6 }] },
    second: { queueLength: 6, size: 9 },
    fork: {
      queueLength: 5,
      next: [
        { type: "x", length: 2 },
        { type: "second", length: 6 },
      ],
    },
  });

  test("pushes from long queues to short ones", () => {
    check(view, { "max-pressure": "second > only", "max-pressure(second=0.1)": "first > only" }); // 3.4, 0.07, 2.4
    check(
      { ...view, forbidden: [1] },
      { "max-pressure": "first > only", "max-pressure(first=0.1)": "fork > only" },
    );
  });

  test("works on against negative pressure, unless it is told to idle", () => {
    const against = { ...orWait(view), forbidden: [1] };
    check(against, { "max-pressure": "first > only", "max-pressure(idle=1)": "wait" });
    check({ ...view, forbidden: [1] }, { "max-pressure(idle=1)": "first > only" });
    check(orWait(view), { "max-pressure(idle=1)": "second > only" });
  });
});

describe("weighted pressure", () => {
  const view = dispatch({
    first: { queueLength: 4, next: [{ type: "second", length: 6 }] },
    second: { queueLength: 6, size: 9 },
    third: { queueLength: 5, size: 2 },
  });

  test("counts the type, its queue, and those that it feeds", () =>
    check(view, {
      "weighted-pressure": "third > only", // -1, 7/9, 3
      "weighted-pressure(first=5.1)": "first > only", // 3.1
      "weighted-pressure(slope.first=2.1)": "first > only", // 3.4
      "weighted-pressure(onward.first=0.3)": "first > only", // 3.2
      "weighted-pressure(first=4.9)": "third > only",
    }));

  test("is cmu, MaxWeight or MaxPressure where its weights are theirs", () => {
    const all = (name: string, value: (type: string) => number) =>
      ["first", "second", "third"].map((type) => `${name}${type}=${value(type)}`).join(",");
    for (const second of [0.1, 2, 8, 40]) {
      const cost = (type: string) => (type === "second" ? second : 1);
      const none = () => 0;
      const slope = all("slope.", cost);
      for (const [rule, same] of [
        ["cmu", `${all("", cost)},${all("slope.", none)},${all("onward.", none)}`],
        ["max-weight", `${all("", none)},${slope},${all("onward.", none)}`],
        ["max-pressure", `${all("", none)},${slope},${all("onward.", () => second)}`],
      ]) {
        const chosen = decision(begun(`${rule}(second=${second})`), view);
        check(view, { [`weighted-pressure(${same})`]: chosen });
      }
    }
  });
});

describe("fair shares", () => {
  /** The types that are served, one after another, while `types` are all backlogged. */
  const served = (policy: ReturnType<typeof begun>, sizes: Record<string, number>, turns: number) =>
    Array.from({ length: turns }, () => {
      const view = dispatch(
        Object.fromEntries(Object.entries(sizes).map(([type, size]) => [type, { size }])),
      );
      return decision(policy, view).split(" ")[0]!;
    });
  const work = (order: string[], type: string, size: number) => size * order.filter((t) => t === type).length;

  test("are of work, in proportion to the weights", () => {
    const order = served(begun("weighted-fair(gold=3)"), { gold: 2, basic: 1 }, 250);
    // Start-time fair queueing is never further off than a task of each: Goyal et al. 1996, theorem 1.
    expect(Math.abs(work(order, "gold", 2) / 3 - work(order, "basic", 1))).toBeLessThanOrEqual(2 / 3 + 1);
  });

  test("are not saved up by who was away", () => {
    const policy = begun("weighted-fair");
    served(policy, { early: 1, other: 1 }, 100);
    const order = served(policy, { early: 1, late: 1 }, 10);
    expect(Math.abs(work(order, "late", 1) - 5)).toBeLessThanOrEqual(1);
  });
});

test("packing takes what lies best along what is free, then what is nearly done", () => {
  const pools = { machine: { resources: [8, 64], free: [0.25, 1] } };
  const view = dispatch(
    {
      cpu: { needs: [4, 4], remaining: 9 },
      memory: { needs: [1, 24], remaining: 9 },
      twin: { needs: [1, 24], remaining: 3 },
    },
    pools,
  );
  check(view, { tetris: "twin > machine" }); // 0.125 + 0.0625 against 0.03 + 0.375
});

describe("unequal servers", () => {
  const pools = (waiting: number) => ({
    slow: { speed: 0.1, waiting },
    fast: { speed: 1, running: 1, waiting },
    middle: { speed: 0.5, waiting },
  });
  const view = (waiting: number) => orWait(dispatch({ task: {} }, pools(waiting)));

  test("the fastest idle one first, for the first in line that it may run", () => {
    check(view(1), { "fastest-idle-first": "task > middle" });
    const mixed = dispatch({ slowOnly: {}, any: {} }, { slow: { speed: 0.1 }, fast: {} });
    const only: FakeCandidate[] = [
      [0, 0, START],
      [1, 0, START],
      [1, 1, START],
    ];
    check({ ...mixed, candidates: only }, { "fastest-idle-first": "any > fast", fifo: "slowOnly > slow" });
  });

  test("thresholds hold slow ones back until enough tasks wait", () => {
    check(view(1), { threshold: "task > middle", "threshold(middle=2)": "task > slow" });
    check(view(1), { "threshold(middle=2,slow=5)": "wait" });
    check(view(2), { "threshold(middle=2,slow=5)": "task > middle" });
    check({ ...view(1), forbidden: [2] }, { "threshold(middle=2,slow=5)": "task > middle" });
  });

  // Thresholds of the reference's slow-server cases: the slow server starts from so many waiting tasks on.
  test.each([
    { fast: 1, slow: 0.1, arrivals: 0.8, sed: 10, fluid: 3 },
    { fast: 1, slow: 0.2, arrivals: 0.7, sed: 5, fluid: 2 },
  ])("a server of rate $slow beside one of rate $fast is used from $sed on, or from $fluid", (c) => {
    for (let q = 1; q < 15; q++) {
      const server = (speed: number, running: number) => ({
        speed,
        running,
        waiting: q,
        arrivedWork: 10 * c.arrivals,
      });
      const slow = orWait(dispatch({ task: {} }, { fast: server(c.fast, 1), slow: server(c.slow, 0) }));
      check(slow, {
        "sed-threshold": q >= c.sed ? "task > slow" : "wait",
        [`fluid-threshold(arrivals=${c.arrivals})`]: q >= c.fluid ? "task > slow" : "wait",
        "fluid-threshold": q >= c.fluid ? "task > slow" : "wait",
      });
    }
  });

  test("a random idle one, for the first in line", () => {
    const policy = begun("random-idle");
    const two = dispatch({ first: {}, second: {} }, { slow: { speed: 0.1 }, fast: {} });
    const found = Array.from({ length: 1000 }, () => decision(policy, two));
    expect(new Set(found)).toEqual(new Set(["first > slow", "first > fast"]));
    // Binomial(1000, 1/2): 4 standard deviations are 64; false alarm below 1e-4.
    expect(Math.abs(found.filter((f) => f === "first > fast").length - 500)).toBeLessThan(64);
  });
});

describe("copies on idle servers", () => {
  const pools = (waiting: number) => ({ fast: { waiting }, slow: { speed: 0.2, running: 1, waiting } });
  const tasks = { runs: { startedAt: 2, runsAt: 1 }, head: { readyAt: 3 } };
  const both = (waiting: number): FakeView =>
    dispatch(tasks, pools(waiting), {
      candidates: [
        [1, 0, START],
        [0, 0, DUPLICATE],
        [NONE, NONE, WAIT],
      ],
    });
  const alone = (task: Partial<FakeTask>, to: number): FakeView =>
    dispatch({ runs: { ...tasks.runs, ...task } }, pools(0), {
      candidates: [
        [0, to, DUPLICATE],
        [NONE, NONE, WAIT],
      ],
    });

  test("only where nothing waits", () => {
    check(both(1), { "duplicate-idle": "head > fast" });
    check(alone({}, 0), { "duplicate-idle": "runs >> fast" });
  });

  test("before what waits, as long as few do", () => {
    check(both(3), {
      "duplicate-idle(first=1)": "runs >> fast",
      "duplicate-idle(first=1,most=3)": "runs >> fast",
      "duplicate-idle(first=1,most=2)": "head > fast",
    });
  });

  test("of stragglers only", () => {
    check(alone({}, 0), { "duplicate-idle(straggling=1)": "wait" });
    check(alone({ straggles: true }, 0), { "duplicate-idle(straggling=1)": "runs >> fast" });
  });

  test("to a faster server only", () => {
    check(alone({}, 0), { "duplicate-idle(faster=1)": "runs >> fast" });
    check(alone({ runsAt: 0 }, 1), { "duplicate-idle(faster=1)": "wait", "duplicate-idle": "runs >> slow" });
  });

  test("where it is served fastest, and of what began first", () => {
    const view = dispatch(
      { old: { startedAt: 1 }, young: { startedAt: 4 } },
      { slow: { speed: 0.2 }, fast: {} },
      {
        candidates: [
          [1, 1, DUPLICATE],
          [0, 0, DUPLICATE],
          [0, 1, DUPLICATE],
          [NONE, NONE, WAIT],
        ],
      },
    );
    check(view, { "duplicate-idle": "old >> fast" });
  });
});
