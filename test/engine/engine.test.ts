import { describe, expect, test } from "vitest";
import { FAILED, SUCCEEDED } from "../../src/engine/ports.js";
import { AssertionError } from "../../src/kit/assert.js";
import type { Scenario } from "../../src/model/scenario.js";
import { auditEngine } from "../support/engine-audit.js";
import { exponential, pool, retry, scenario, task, workflow } from "../support/scenarios.js";
import { check, ScriptedEngine } from "../support/scripted-executor.js";

const one = [0];
const p = pool("p");

describe("a workflow", () => {
  test("runs each task when all its parents have succeeded, and succeeds with its last", () =>
    check(
      scenario(
        [pool("p", { servers: 9 })],
        [workflow("w", [task("a", one), task("b", one), task("c", one, { after: [0, 1] })])],
      ),
      `
      at 0 submit w -> start 1.a on p, start 1.b on p
      at 1 end 1.b  -> nothing
      at 2 end 1.a  -> start 1.c on p
      at 3 end 1.c  -> 1 succeeded
      `,
    ));

  test("starts a task once, with the first parent that completes its join: any, or k of n", () =>
    check(
      scenario(
        [pool("p", { servers: 9 })],
        [
          workflow("w", [
            task("a", one),
            task("b", one),
            task("c", one),
            task("any", one, { after: [0, 1, 2], join: 1 }),
            task("two", one, { after: [0, 1, 2], join: 2 }),
            task("all", one, { after: [0, 1, 2] }),
          ]),
        ],
      ),
      `
      at 0 submit w  -> start 1.a on p, start 1.b on p, start 1.c on p
      at 1 end 1.b   -> start 1.any on p
      at 2 end 1.a   -> start 1.two on p
      at 3 end 1.any -> nothing
      at 4 end 1.c   -> start 1.all on p
      at 5 end 1.all -> nothing
      at 6 end 1.two -> 1 succeeded
      `,
    ));

  test("fails when a task runs out of attempts: what waits is withdrawn, what runs is cancelled, servers go on", () =>
    check(
      scenario(
        [pool("p", { servers: 2 }), pool("q")],
        [
          workflow("w", [task("a", one), task("b", one), task("c", one), task("d", [1]), task("e", [1])]),
          workflow("x", [task("f", one)]),
        ],
        { decide: [] },
      ),
      `
      at 0 submit w -> start 1.a on p, start 1.b on p, start 1.d on q
      at 1 submit x -> nothing
      submit x      -> nothing
      submit w      -> nothing
      at 2 fail 1.a -> cancel 1.b, cancel 1.d, start 2.f on p, start 3.f on p, start 4.d on q, 1 failed
      at 3 end 2.f  -> 2 succeeded, start 4.a on p
      `,
    ));

  test("that fails while a task of it backs off leaves a timer that is passed over", () =>
    check(
      scenario(
        [pool("p", { servers: 2 })],
        [workflow("w", [task("a", one, { retry: retry(2, { first: 5 }) }), task("b", one)])],
      ),
      `
      at 0 submit w -> start 1.a on p, start 1.b on p
      at 1 fail 1.a -> back off 1.a for 5
      at 2 fail 1.b -> 1 failed
      at 3 submit w -> start 2.a on p, start 2.b on p
      at 6 wake 1.a -> nothing
      at 7 end 2.a  -> nothing
      at 7 end 2.b  -> 2 succeeded
      `,
    ));
});

describe("a retry", () => {
  const retrying = (attempts: number, backoff: Parameters<typeof retry>[1]) =>
    scenario([p], [workflow("w", [task("a", one, { retry: retry(attempts, backoff) })])]);

  test("comes after a doubling backoff, up to its cap, until the attempts run out", () =>
    check(
      retrying(5, { first: 1, cap: 3 }),
      `
      at 0  submit w   -> start 1.a on p
      at 2  fail 1.a   -> back off 1.a for 1
      at 3  wake 1.a   -> start 1.a on p
      at 4  expire 1.a -> back off 1.a for 2
      at 6  wake 1.a   -> start 1.a on p
      at 7  fail 1.a   -> back off 1.a for 3
      at 10 wake 1.a   -> start 1.a on p
      at 11 fail 1.a   -> back off 1.a for 3
      at 14 wake 1.a   -> start 1.a on p
      at 15 fail 1.a   -> 1 failed
      `,
    ));

  test("without a backoff queues again at once, behind who waits", () =>
    check(
      { ...retrying(2, {}), decide: [] },
      `
      at 0 submit w -> start 1.a on p
      at 1 submit w -> nothing
      at 2 fail 1.a -> start 2.a on p
      at 3 end 2.a  -> 2 succeeded, start 1.a on p
      at 4 end 1.a  -> 1 succeeded
      `,
    ));

  test("wakes once: a second call of the same timer does nothing", () =>
    check(
      { ...retrying(2, { first: 1 }), pools: [pool("p", { servers: 3 })] },
      `
      at 0 submit w -> start 1.a on p
      at 1 fail 1.a -> back off 1.a for 1
      at 2 wake 1.a -> start 1.a on p
      at 3 end 1.a  -> 1 succeeded
      `,
    ));
});

describe("a pool", () => {
  const queueing = (discipline: "fifo" | "lifo") =>
    scenario([pool("p", { discipline })], [workflow("w", [task("a", one)])], { decide: [] });

  test("serves first in, first out", () =>
    check(
      queueing("fifo"),
      `
      at 0 submit w -> start 1.a on p
      at 1 submit w -> nothing
      at 2 submit w -> nothing
      at 3 end 1.a  -> 1 succeeded, start 2.a on p
      at 4 end 2.a  -> 2 succeeded, start 3.a on p
      `,
    ));

  test("or last in, first out", () =>
    check(
      queueing("lifo"),
      `
      at 0 submit w -> start 1.a on p
      at 1 submit w -> nothing
      at 2 submit w -> nothing
      at 3 end 1.a  -> 1 succeeded, start 3.a on p
      at 4 end 3.a  -> 3 succeeded, start 2.a on p
      `,
    ));

  test("is chosen by the fewest tasks for each server where nobody is asked, the first of equals", () =>
    check(
      scenario([pool("p"), pool("q", { servers: 2 })], [workflow("w", [task("a", [0, 1])])], { decide: [] }),
      `
      at 0 submit w -> start 1.a on p
      submit w      -> start 2.a on q
      submit w      -> start 3.a on q
      submit w      -> nothing
      submit w      -> nothing
      at 1 end 1.a  -> 1 succeeded, start 4.a on p
      `,
    ));
});

describe("a preemptive pool", () => {
  const urgent = scenario(
    [pool("p", { servers: 2, discipline: "priority-preemptive" }), pool("q")],
    [
      workflow("low", [task("a", one)]),
      workflow("high", [task("b", one), task("c", one, { after: [0] })], { priority: 1 }),
      workflow("doomed", [task("d", one), task("e", [1])], { priority: -1 }),
    ],
    { decide: [] },
  );

  test("holds the least urgent task for a more urgent one, the latest of equals, and goes on with it later", () =>
    check(
      urgent,
      `
      at 0 submit low  -> start 1.a on p
      at 1 submit low  -> start 2.a on p
      at 2 submit low  -> nothing
      at 3 submit high -> hold 2.a, start 4.b on p
      at 4 end 1.a     -> 1 succeeded, go on with 2.a
      at 5 end 2.a     -> 2 succeeded, start 3.a on p
      `,
    ));

  test("holds nobody while a server is free", () =>
    check(
      urgent,
      `
      at 0 submit high -> start 1.b on p
      submit low       -> start 2.a on p
      submit low       -> nothing
      at 1 end 1.b     -> start 1.c on p
      at 2 end 1.c     -> 1 succeeded, start 3.a on p
      `,
    ));

  test("gives up a held attempt with its workflow", () => {
    const { engine } = check(
      urgent,
      `
      at 0 submit doomed -> start 1.d on p, start 1.e on q
      submit low         -> start 2.a on p
      at 1 submit low    -> hold 1.d, start 3.a on p
      at 2 fail 1.e      -> cancel 1.d, 1 failed
      at 3 end 2.a       -> 2 succeeded
      `,
    );
    auditEngine(engine);
  });
});

describe("a full pool", () => {
  const narrow = (attempts: number, first: number, decide: Scenario["decide"] = ["route"]) =>
    scenario(
      [pool("p", { capacity: 1 }), pool("q", { capacity: 1 }), pool("r")],
      [
        workflow("w", [task("a", one, { retry: retry(attempts, { first }) }), task("b", [2])]),
        workflow("x", [task("c", [0, 1])]),
      ],
      { decide },
    );

  test("rejects a task: its workflow fails where there is no back-off to try again after", () => {
    const { engine } = check(
      narrow(2, 0),
      `
      at 0 submit w -> start 1.a on p, start 1.b on r
      at 1 submit w -> 2 failed
      at 2 end 1.a  -> nothing
      at 3 submit w -> start 3.a on p
      `,
    );
    expect([engine.meter.rejections, engine.meter.failures, engine.meter.attempts]).toEqual([1, 1, 3]);
    auditEngine(engine);
  });

  test("is tried again after each back-off, which counts as an attempt", () =>
    check(
      narrow(3, 1),
      `
      at 0 submit w -> start 1.a on p, start 1.b on r
      at 1 submit w -> back off 2.a for 1
      at 2 wake 2.a -> back off 2.a for 2
      at 4 wake 2.a -> 2 failed
      `,
    ));

  test("is no candidate; where only one is left nobody is asked", () =>
    check(
      narrow(1, 0),
      `
      at 0 submit x -> route 1.c: p q
      choose q      -> start 1.c on q
      submit x      -> start 2.c on p
      submit x      -> 3 failed
      `,
    ));

  test("is passed over where nobody is asked", () =>
    check(
      narrow(1, 0, []),
      `
      at 0 submit w -> start 1.a on p, start 1.b on r
      submit x      -> start 2.c on q
      submit x      -> 3 failed
      `,
    ));
});

describe("patience", () => {
  const impatient = scenario(
    [pool("p"), pool("q")],
    [
      workflow("w", [
        task("a", one, { scheduleToStart: exponential(1), retry: retry(2, { first: 1 }) }),
        task("b", [1]),
      ]),
    ],
    { decide: [] },
  );

  test("that ends before the task has started fails its workflow, and frees what else it holds", () => {
    const { engine } = check(
      impatient,
      `
      at 0 submit w -> start 1.a on p, start 1.b on q
      at 1 submit w -> watch 2.a
      at 2 end 1.b  -> start 2.b on q
      at 3 lose 2.a -> cancel 2.b, 2 failed
      at 4 end 1.a  -> 1 succeeded
      `,
    );
    expect(engine.meter.abandonments).toBe(1);
    auditEngine(engine);
  });

  test("is watched anew for each attempt, and forgotten when the task starts", () =>
    check(
      impatient,
      `
      at 0 submit w -> start 1.a on p, start 1.b on q
      at 1 submit w -> watch 2.a
      at 2 end 1.a  -> start 2.a on p
      at 3 lose 2.a -> nothing
      at 3 submit w -> watch 3.a
      at 4 fail 2.a -> back off 2.a for 1, start 3.a on p
      at 5 lose 3.a -> nothing
      at 6 wake 2.a -> watch 2.a
      at 7 lose 2.a -> 2 failed
      `,
    ));
});

describe("a decision", () => {
  const two = scenario(
    [pool("p"), pool("q")],
    [workflow("w", [task("a", [0, 1])]), workflow("x", [task("b", one)])],
  );

  test("is asked for only where there is a choice", () =>
    check(
      two,
      `
      at 0 submit x -> start 1.b on p
      at 1 submit x -> nothing
      at 2 end 1.b  -> 1 succeeded, start 2.b on p
      at 3 submit w -> route 3.a: p q
      choose p      -> nothing
      at 4 submit x -> nothing
      at 5 end 2.b  -> 2 succeeded, dispatch p: 3.a 4.b
      choose 4.b    -> start 4.b on p
      at 6 end 4.b  -> 4 succeeded, start 3.a on p
      `,
    ));

  test("is asked for at each server that is free", () =>
    check(
      scenario(
        [pool("p", { servers: 2 })],
        [workflow("both", [task("a", one), task("b", one)]), workflow("x", [task("c", one)])],
      ),
      `
      at 0 submit both -> start 1.a on p, start 1.b on p
      at 1 submit x    -> nothing
      submit x         -> nothing
      submit x         -> nothing
      submit x         -> nothing
      at 2 fail 1.a    -> cancel 1.b, 1 failed, dispatch p: 2.c 3.c 4.c 5.c
      choose 4.c       -> start 4.c on p, dispatch p: 2.c 3.c 5.c
      choose 2.c       -> start 2.c on p
      `,
    ));

  test("comes in the order in which those of an instant arose", () =>
    check(
      scenario(
        [pool("p"), pool("q")],
        [
          workflow("w", [
            task("a", one),
            task("b", [0, 1], { after: [0] }),
            task("c", [0, 1], { after: [0] }),
          ]),
          workflow("x", [task("d", one)]),
        ],
      ),
      `
      at 0 submit w -> start 1.a on p
      submit x      -> nothing
      submit x      -> nothing
      at 1 end 1.a  -> route 1.b: p q
      choose q      -> start 1.b on q, route 1.c: p q
      choose p      -> dispatch p: 2.d 3.d 1.c
      choose 1.c    -> start 1.c on p
      `,
    ));

  test("about a task whose workflow has failed meanwhile is not asked any more", () => {
    const { engine, running, clock } = check(
      scenario(
        [pool("p"), pool("q")],
        [workflow("w", [task("a", one), task("b", [1]), task("c", [0, 1], { after: [0] })])],
      ),
      `
      at 0 submit w -> start 1.a on p, start 1.b on q
      `,
    );
    // Two inputs before anybody asks, as a live driver may have them.
    clock.at = 1;
    engine.attemptEnded(running.get("1.a")!, SUCCEEDED);
    engine.attemptEnded(running.get("1.b")!, FAILED);
    expect(engine.nextDecision()).toBeNull();
    auditEngine(engine);
  });

  test("about a pool whose queue was withdrawn meanwhile is not asked any more", () => {
    const { engine, running, clock } = check(
      scenario(
        [pool("p"), pool("q")],
        [workflow("w", [task("b", [1]), task("c", one), task("d", one)]), workflow("x", [task("a", one)])],
      ),
      `
      at 0 submit x -> start 1.a on p
      at 1 submit w -> start 2.b on q
      `,
    );
    clock.at = 2;
    engine.attemptEnded(running.get("1.a")!, SUCCEEDED);
    engine.attemptEnded(running.get("2.b")!, FAILED);
    expect(engine.nextDecision()).toBeNull();
    auditEngine(engine);
  });

  test("that is not allowed is refused, and can be made again", () =>
    check(
      two,
      `
      at 0 submit w -> route 1.a: p q
      choose #2     -> refused BAD_DECISION
      choose #-1    -> refused BAD_DECISION
      choose #0.5   -> refused BAD_DECISION
      choose #NaN   -> refused BAD_DECISION
      choose q      -> start 1.a on q
      `,
    ));

  test("where none is due is our own mistake", () => {
    expect(() => new ScriptedEngine(two).engine.act(0)).toThrow(AssertionError);
  });

  test("must be made before anything else happens", () => {
    const { engine, clock } = check(two, "at 0 submit w -> route 1.a: p q");
    const graph = engine.flows.graph[0]!;
    clock.at = 1;
    expect(() => engine.submit({ graph, dueAt: 2, source: 0, serial: 2 })).toThrow(AssertionError);
    expect(() => engine.backoffOver(0, 0)).toThrow(AssertionError);
  });
});

describe("time", () => {
  test.each([0.5, Number.NaN])("never goes back: %d after 1 is our own mistake", (at) => {
    const { engine, clock } = check(
      scenario([p], [workflow("w", [task("a", one)])]),
      "at 1 submit w -> start 1.a on p",
    );
    clock.at = at;
    expect(() => engine.attemptEnded(0, SUCCEEDED)).toThrow(AssertionError);
  });
});
