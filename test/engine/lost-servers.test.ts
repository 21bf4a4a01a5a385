import { describe, test } from "vitest";
import { deterministic, pool, retry, scenario, task, workflow } from "../support/scenarios.js";
import { check } from "../support/scripted-executor.js";

const broken = {
  every: deterministic(100),
  lasts: deterministic(1),
  mode: "always",
  interrupted: "resume",
} as const;

describe("a server that is lost", () => {
  test("is made up for by another that is free", () =>
    check(
      scenario([pool("p", { servers: 3, breakdown: broken })], [workflow("w", [task("a", [0])])], {
        decide: [],
      }),
      `
      at 0 submit w -> start 1.a on p
      submit w      -> start 2.a on p
      at 1 break p  -> hold 2.a, go on with 2.a
      `,
    ));

  test("is made up for by another pool of its queue", () =>
    check(
      scenario(
        [pool("p", { breakdown: broken }), pool("q", { breakdown: broken })],
        [workflow("w", [task("a", [0, 1])])],
        { decide: [], queues: [{ name: "main", pools: [0, 1], discipline: "fifo" }] },
      ),
      `
      at 0 submit w  -> start 1.a on p
      at 1 break p   -> hold 1.a, go on with 1.a
      at 2 submit w  -> nothing
      at 3 mend p    -> start 2.a on p
      at 4 end 1.a   -> 1 succeeded
      `,
    ));
});

describe("a preemptive pool", () => {
  test("that drains stops nobody for one that it does not take up; afterwards it does", () =>
    check(
      scenario(
        [pool("p", { discipline: "priority-preemptive", drain: [{ from: 1, until: 3 }] })],
        [workflow("low", [task("a", [0])]), workflow("high", [task("b", [0])], { priority: 1 })],
        { decide: [] },
      ),
      `
      at 0 submit low  -> start 1.a on p
      at 1 drain p     -> nothing
      at 2 submit high -> nothing
      at 3 undrain p   -> hold 1.a, start 2.b on p
      at 4 end 2.b     -> 2 succeeded, go on with 1.a
      `,
    ));
});

describe("a task that was withdrawn", () => {
  test("has no patience to lose while its workflow is being undone", () =>
    check(
      scenario(
        [pool("p"), pool("q")],
        [
          workflow("other", [task("o", [0])]),
          workflow("saga", [
            task("x", [1], { compensate: task("undo", [1]) }),
            task("z", [0], { scheduleToStart: deterministic(3) }),
            task("y", [1], { after: [0] }),
          ]),
        ],
        { decide: [] },
      ),
      `
      at 0 submit other -> start 1.o on p
      submit saga       -> start 2.x on q, watch 2.z
      at 1 end 2.x      -> start 2.y on q
      at 2 fail 2.y     -> start 2.undo on q
      at 3 lose 2.z     -> nothing
      at 4 end 2.undo   -> 2 failed
      `,
    ));
});

describe("a second copy", () => {
  test("that is cancelled holds its room on a machine until it has cleaned up", () =>
    check(
      scenario(
        [pool("m", { resources: { cpu: 4 } }), pool("q")],
        [
          workflow("w", [
            task("a", [0, 1], {
              needs: { cpu: 3 },
              hedge: { after: deterministic(2), cleanUp: deterministic(1) },
            }),
          ]),
          workflow("x", [task("b", [0], { needs: { cpu: 3 } })]),
        ],
        { decide: [] },
      ),
      `
      at 0 submit w    -> start 1.a on m
      at 2 late 1.a    -> start 1.a' on q
      at 3 end 1.a'    -> cancel 1.a, clean up 1.a, 1 succeeded
      submit x         -> nothing
      at 4 cleaned 1.a -> start 2.b on m
      `,
    ));

  test("is not followed by a third", () =>
    check(
      scenario([pool("p"), pool("q")], [workflow("w", [task("a", [0, 1], { retry: retry(2) })])], {
        decide: ["dispatch"],
        queues: [{ name: "main", pools: [0, 1], discipline: "fifo", duplicates: true }],
      }),
      `
      at 0 submit w   -> dispatch p: 1.a@p 1.a@q
      choose 1.a@p    -> start 1.a on p, dispatch q: 1.a@q wait
      choose 1.a@q    -> start 1.a' on q
      at 1 fail 1.a'  -> nothing
      at 2 end 1.a    -> 1 succeeded
      `,
    ));
});
