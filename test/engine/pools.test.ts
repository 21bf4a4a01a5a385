import { describe, expect, test } from "vitest";
import { settleAll } from "../../src/engine/stations.js";
import type { Queue } from "../../src/model/scenario.js";
import { auditEngine } from "../support/engine-audit.js";
import { deterministic, pool, retry, scenario, task, workflow } from "../support/scenarios.js";
import { check } from "../support/scripted-executor.js";

const both = [0, 1];
const central = (rest: Partial<Queue> = {}): Queue => ({
  name: "main",
  pools: both,
  discipline: "fifo",
  ...rest,
});

describe("a central queue", () => {
  const shared = (rest: Partial<Queue> = {}, decide: readonly "dispatch"[] = []) =>
    scenario(
      [pool("fast", { speed: 2 }), pool("slow")],
      [
        workflow("a", [task("x", both)]),
        workflow("b", [task("y", both)], { priority: 1 }),
        workflow("c", [task("z", [1])]),
      ],
      { queues: [central(rest)], decide },
    );

  test("gives what has waited longest to the fastest server that is free, and may run it", () =>
    check(
      shared(),
      `
      at 0 submit a -> start 1.x on fast
      submit a      -> start 2.x on slow
      submit c      -> nothing
      submit a      -> nothing
      at 1 end 1.x  -> 1 succeeded, start 4.x on fast
      at 2 end 2.x  -> 2 succeeded, start 3.z on slow
      `,
    ));

  test("that is one of several ways is chosen by all servers that serve it, where nobody is asked", () =>
    check(
      scenario(
        [pool("fast"), pool("slow", { servers: 2 }), pool("own")],
        [workflow("a", [task("x", [0, 1, 2])])],
        { queues: [central()], decide: [] },
      ),
      `
      at 0 submit a -> start 1.x on fast
      submit a      -> start 2.x on own
      submit a      -> start 3.x on slow
      submit a      -> start 4.x on slow
      submit a      -> nothing
      at 1 end 2.x  -> 2 succeeded
      submit a      -> start 6.x on own
      `,
    ));

  test("that is offered as a way is open as long as any pool that serves it is", () =>
    check(
      scenario([pool("fast"), pool("slow"), pool("own")], [workflow("a", [task("x", [0, 1, 2])])], {
        queues: [central()],
        decide: ["route"],
      }),
      `
      at 0 drain fast -> nothing
      submit a        -> route 1.x: slow own
      choose slow     -> start 1.x on slow
      at 1 drain slow -> nothing
      submit a        -> route 2.x: slow own
      choose slow     -> refused BAD_DECISION
      choose own      -> start 2.x on own
      `,
    ));

  test("that reconsiders is asked anew once a server has changed over, and keeps what was begun", () =>
    check(
      scenario([pool("p")], [workflow("a", [task("x", [0])]), workflow("b", [task("y", [0])])], {
        queues: [{ name: "main", pools: [0], discipline: "fifo", reconsider: true }],
        decide: ["dispatch"],
      }),
      `
      at 0 submit a      -> start 1.x on p
      submit b           -> nothing
      at 1 changed 1.x   -> hold 1.x, dispatch p: 1.x 2.y
      choose 2.y         -> start 2.y on p
      at 2 changed 2.y   -> hold 2.y, dispatch p: 1.x 2.y
      choose 2.y         -> go on with 2.y
      at 3 end 2.y       -> 2 succeeded, go on with 1.x
      at 4 end 1.x       -> 1 succeeded
      `,
    ));

  test("may go by priority", () =>
    check(
      shared({ discipline: "priority" }),
      `
      at 0 submit a -> start 1.x on fast
      submit a      -> start 2.x on slow
      submit a      -> nothing
      submit b      -> nothing
      at 1 end 1.x  -> 1 succeeded, start 4.y on fast
      `,
    ));

  test("asks with the first of each type against each free server; one pair is no question", () =>
    check(
      shared({}, ["dispatch"]),
      `
      at 0 submit a     -> dispatch fast: 1.x@fast 1.x@slow
      choose 1.x@slow   -> nothing
      at 1 submit a     -> start 2.x on fast
      `.replace("-> nothing", "-> start 1.x on slow"),
    ));

  test("lets a server idle where that is allowed, until something changes", () =>
    check(
      shared({ idling: true }, ["dispatch"]),
      `
      at 0 submit a     -> dispatch fast: 1.x@fast 1.x@slow wait
      choose 1.x@fast   -> start 1.x on fast
      at 1 submit a     -> dispatch slow: 2.x@slow wait
      choose wait       -> nothing
      at 2 submit b     -> dispatch slow: 2.x@slow 3.y@slow wait
      choose 3.y@slow   -> start 3.y on slow
      at 3 end 1.x      -> 1 succeeded, dispatch fast: 2.x@fast wait
      choose 2.x@fast   -> start 2.x on fast
      `,
    ));

  test("that re-allocates gives out all servers anew at every event; what was stopped goes on where it was", () =>
    check(
      scenario([pool("s")], [workflow("a", [task("x", [0])]), workflow("b", [task("y", [0])])], {
        queues: [central({ pools: [0], reallocate: true })],
        decide: ["dispatch"],
      }),
      `
      at 0 submit a -> start 1.x on s
      at 1 submit b -> hold 1.x, dispatch s: 1.x 2.y
      choose 2.y    -> start 2.y on s
      at 3 end 2.y  -> 2 succeeded, go on with 1.x
      at 4 end 1.x  -> 1 succeeded
      `,
    ));

  test("offers second copies of what runs where that is allowed", () =>
    check(
      shared({ duplicates: true, idling: true }, ["dispatch"]),
      `
      at 0 submit a   -> dispatch fast: 1.x@fast 1.x@slow wait
      choose 1.x@fast -> start 1.x on fast, dispatch slow: 1.x@slow wait
      choose 1.x@slow -> start 1.x' on slow
      at 1 end 1.x'   -> cancel 1.x, 1 succeeded
      `,
    ));
});

describe("a pool that packs", () => {
  const packed = (rest: Parameters<typeof pool>[1] = {}) =>
    scenario(
      [pool("m", { servers: 2, resources: { cpu: 4, memory: 8 }, ...rest })],
      [
        workflow("big", [task("b", [0], { needs: { cpu: 3 } })]),
        workflow("small", [task("s", [0], { needs: { cpu: 1, memory: 2 } })]),
      ],
      { decide: [] },
    );

  test("runs what fits into one of its machines, and makes the rest wait in order", () => {
    const { engine } = check(
      packed(),
      `
      at 0 submit big -> start 1.b on m
      submit big      -> start 2.b on m
      submit big      -> nothing
      submit small    -> nothing
      at 1 end 1.b    -> 1 succeeded, start 3.b on m, start 4.s on m
      `,
    );
    // Best fit: the small one went to a machine with one cpu left; both have three taken by big ones.
    expect([...engine.pools.free[0]!].filter((_, i) => i % 3 === 0).sort()).toEqual([0, 1]);
  });

  test("lets what fits overtake where it back-fills", () =>
    check(
      packed({ backfill: true }),
      `
      at 0 submit big -> start 1.b on m
      submit big      -> start 2.b on m
      submit big      -> nothing
      submit small    -> start 4.s on m
      `,
    ));
});

describe("a rate limit", () => {
  const limited = (onLimit: "reject" | "wait") =>
    scenario(
      [pool("api", { servers: 9, rateLimit: { rate: 0.5, burst: 2, onLimit } })],
      [workflow("w", [task("a", [0], { retry: retry(2, { first: 3 }) })])],
      { decide: [] },
    );

  test("turns away who finds no token, as a full pool does", () =>
    check(
      limited("reject"),
      `
      at 0 submit w -> start 1.a on api
      submit w      -> start 2.a on api
      submit w      -> back off 3.a for 3
      at 3 wake 3.a -> start 3.a on api
      `,
    ));

  test("or makes it wait for one", () =>
    check(
      limited("wait"),
      `
      at 0 submit w  -> start 1.a on api
      submit w       -> start 2.a on api
      submit w       -> wake api in 2
      submit w       -> nothing
      at 2 token api -> start 3.a on api, wake api in 2
      at 4 token api -> start 4.a on api
      `,
    ));
});

describe("servers that come and go", () => {
  const scaled = scenario(
    [pool("p", { servers: 1, scaling: { least: 0, most: 3, every: 10 } })],
    [workflow("w", [task("a", [0])])],
    { decide: ["scale"] },
  );

  test("are set up before they serve, and let go once they are idle", () =>
    check(
      scaled,
      `
      at 0 submit w  -> start 1.a on p
      submit w       -> nothing
      at 1 scale p   -> scale p: 0 1 2 3
      choose 3       -> set up p#0, set up p#1
      at 2 up p#0    -> start 2.a on p
      at 3 scale p   -> scale p: 0 1 2 3
      choose 1       -> let go of a server of p
      at 4 submit w  -> nothing
      at 5 up p#1    -> nothing
      at 6 end 1.a   -> 1 succeeded
      at 7 end 2.a   -> 2 succeeded, start 3.a on p
      `,
    ));

  describe("that are let go while they work", () => {
    const busy = scenario(
      [pool("p", { servers: 1, price: 3, idlePrice: 2, scaling: { least: 0, most: 2, every: 0 } })],
      [workflow("w", [task("a", [0])])],
      { decide: ["scale"] },
    );
    const letGo = `
      at 0 submit w -> start 1.a on p, scale p: 0 1 2
      choose 0      -> let go of a server of p
      `;

    test("are paid until they go", () => {
      expect(check(busy, letGo).engine.meter.spending).toBe(3);
      const { engine } = check(
        busy,
        `${letGo}at 4 end 1.a  -> 1 succeeded, scale p: 0 1 2
        choose 0      -> nothing
        `,
      );
      expect(engine.meter.spending).toBe(0);
      settleAll(engine.state);
      expect(engine.meter.totals()).toMatchObject({ cost: 12, busyTime: 4, onTime: 4, idleTime: 0 });
    });

    test("stay, without being set up, where as many are wanted again", () =>
      check(
        busy,
        `${letGo}at 1 submit w -> scale p: 0 1 2
        choose 1      -> nothing
        at 2 end 1.a  -> 1 succeeded, start 2.a on p, scale p: 0 1 2
        choose 1      -> nothing
        `,
      ));
  });

  test("are asked for after every change where there is no tick: also when a queue grows", () =>
    check(
      scenario(
        [pool("p", { servers: 1, scaling: { least: 0, most: 2, every: 0 } })],
        [workflow("w", [task("a", [0])])],
        { decide: ["scale"] },
      ),
      `
      at 0 scale p  -> scale p: 0 1 2
      choose 0      -> let go of a server of p
      at 1 submit w -> scale p: 0 1 2
      choose 1      -> set up p#0
      at 2 up p#0   -> start 1.a on p, scale p: 0 1 2
      choose 1      -> nothing
      at 3 end 1.a  -> 1 succeeded, scale p: 0 1 2
      choose 0      -> let go of a server of p
      `,
    ));

  test("that break hold what they ran until there is one again", () => {
    const { engine } = check(
      scenario(
        [
          pool("p", {
            breakdown: {
              every: deterministic(1),
              lasts: deterministic(1),
              mode: "always",
              interrupted: "resume",
            },
          }),
        ],
        [workflow("w", [task("a", [0])])],
        { decide: [] },
      ),
      `
      at 0 submit w -> start 1.a on p
      submit w      -> nothing
      at 1 break p  -> hold 1.a
      at 2 mend p   -> go on with 1.a
      at 3 end 1.a  -> 1 succeeded, start 2.a on p
      `,
    );
    auditEngine(engine);
  });

  test("that drain are no way, though nothing is there, where nobody is asked", () =>
    check(
      scenario([pool("p"), pool("q")], [workflow("w", [task("a", [0, 1])])], { decide: [] }),
      `
      at 0 drain p    -> nothing
      submit w        -> start 1.a on q
      submit w        -> nothing
      at 1 end 1.a    -> 1 succeeded, start 2.a on q
      `,
    ));

  test("that drain finish what runs and take up nothing", () =>
    check(
      scenario([pool("p"), pool("q")], [workflow("w", [task("a", both)])], { decide: [] }),
      `
      at 0 submit w   -> start 1.a on p
      at 1 drain p    -> nothing
      submit w        -> start 2.a on q
      submit w        -> nothing
      at 2 end 1.a    -> 1 succeeded
      at 3 undrain p  -> nothing
      at 4 end 2.a    -> 2 succeeded, start 3.a on q
      `,
    ));

  test("all go in an outage: what ran has failed, where it says so", () =>
    check(
      scenario([pool("p", { servers: 2 })], [workflow("w", [task("a", [0], { retry: retry(2) })])], {
        decide: [],
        weather: [
          {
            name: "storm",
            pools: [0],
            when: { kind: "scheduled", spans: [] },
            effect: { kind: "outage", interrupted: "fail" },
          },
        ],
      }),
      `
      at 0 submit w   -> start 1.a on p
      submit w        -> start 2.a on p
      at 1 outage p   -> cancel 2.a, cancel 1.a
      at 5 restore p  -> start 2.a on p, start 1.a on p
      `,
    ));
});
