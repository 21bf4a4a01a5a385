import { describe, test } from "vitest";
import type { Scenario } from "../../src/model/scenario.js";
import { exponential, pool, retry, scenario, task, workflow } from "../support/scenarios.js";
import { check } from "../support/scripted-executor.js";

/** Workflows of one task each on one pool: `size<n>` has mean work n, and the class after the bar the priority. */
function world(
  discipline: Scenario["pools"][number]["discipline"],
  kinds: readonly (readonly [number, number])[],
  rest = {},
) {
  return scenario(
    [pool("p", { discipline, ...rest })],
    kinds.map(([size, priority]) =>
      workflow(`s${size}p${priority}`, [task("a", [0], { work: exponential(size) })], { priority }),
    ),
    { decide: [] },
  );
}

describe("a pool serves next", () => {
  test("the smallest by sjf, and of equals who came first", () =>
    check(
      world("sjf", [
        [1, 0],
        [2, 0],
        [3, 0],
      ]),
      `
      at 0 submit s3p0 -> start 1.a on p
      submit s3p0      -> nothing
      submit s2p0      -> nothing
      submit s1p0      -> nothing
      submit s2p0      -> nothing
      at 3 end 1.a     -> 1 succeeded, start 4.a on p
      at 4 end 4.a     -> 4 succeeded, start 3.a on p
      at 6 end 3.a     -> 3 succeeded, start 5.a on p
      at 8 end 5.a     -> 5 succeeded, start 2.a on p
      `,
    ));

  test("the most urgent by priority, who waits all the same for who runs", () =>
    check(
      world("priority", [
        [1, 0],
        [1, 5],
      ]),
      `
      at 0 submit s1p0 -> start 1.a on p
      submit s1p0      -> nothing
      submit s1p5      -> nothing
      at 1 end 1.a     -> 1 succeeded, start 3.a on p
      `,
    ));
});

describe("a preemptive pool", () => {
  test("gives the server to the more urgent, and goes on with the other where it was, before its equals", () =>
    check(
      world("priority-preemptive", [
        [1, 0],
        [1, 5],
      ]),
      `
      at 0 submit s1p0 -> start 1.a on p
      submit s1p0      -> nothing
      at 1 submit s1p5 -> hold 1.a, start 3.a on p
      at 2 submit s1p5 -> nothing
      at 3 end 3.a     -> 3 succeeded, start 4.a on p
      at 4 end 4.a     -> 4 succeeded, go on with 1.a
      at 5 end 1.a     -> 1 succeeded, start 2.a on p
      `,
    ));

  test("by srpt looks at what is left, not at what there was", () =>
    check(
      world("srpt", [
        [2, 0],
        [3, 0],
        [4, 0],
      ]),
      `
      at 0 submit s4p0   -> start 1.a on p
      at 1 submit s3p0   -> nothing
      at 1.5 submit s2p0 -> hold 1.a, start 3.a on p
      at 3.5 end 3.a     -> 3 succeeded, go on with 1.a
      at 6 end 1.a       -> 1 succeeded, start 2.a on p
      `,
    ));

  test("by psjf looks at what there was", () =>
    check(
      world("psjf", [
        [3, 0],
        [4, 0],
      ]),
      `
      at 0 submit s4p0   -> start 1.a on p
      at 3.5 submit s3p0 -> hold 1.a, start 2.a on p
      `,
    ));

  test("of several servers takes the least urgent one's", () =>
    check(
      world(
        "priority-preemptive",
        [
          [1, 1],
          [1, 2],
          [1, 3],
        ],
        { servers: 2 },
      ),
      `
      at 0 submit s1p2 -> start 1.a on p
      submit s1p1      -> start 2.a on p
      submit s1p3      -> hold 2.a, start 3.a on p
      at 1 end 1.a     -> 1 succeeded, go on with 2.a
      `,
    ));

  test("forgets a held attempt with its workflow", () =>
    check(
      scenario(
        [pool("p", { discipline: "priority-preemptive" }), pool("q")],
        [
          workflow("low", [task("a", [0]), task("b", [1])]),
          workflow("high", [task("a", [0])], { priority: 1 }),
        ],
        { decide: [] },
      ),
      `
      at 0 submit low  -> start 1.a on p, start 1.b on q
      at 1 submit high -> hold 1.a, start 2.a on p
      at 2 fail 1.b    -> cancel 1.a, 1 failed
      at 3 end 2.a     -> 2 succeeded
      `,
    ));
});

describe("a full pool", () => {
  test("rejects: a workflow without further attempts is lost", () =>
    check(
      world("fifo", [[1, 0]], { capacity: 2 }),
      `
      at 0 submit s1p0 -> start 1.a on p
      submit s1p0      -> nothing
      submit s1p0      -> 3 failed
      at 1 end 1.a     -> 1 succeeded, start 2.a on p
      `,
    ));

  test("is tried again after a back-off, and every try counts", () =>
    check(
      scenario(
        [pool("p", { capacity: 1 })],
        [workflow("w", [task("a", [0], { retry: retry(2, { first: 3 }) })])],
        { decide: [] },
      ),
      `
      at 0 submit w -> start 1.a on p
      submit w      -> back off 2.a for 3
      at 3 wake 2.a -> 2 failed
      `,
    ));

  test("is no candidate: where one pool is left open, nobody is asked", () =>
    check(
      scenario(
        [pool("p", { capacity: 1 }), pool("q", { capacity: 1 }), pool("r", { capacity: 1 })],
        [workflow("w", [task("a", [0, 1, 2])])],
      ),
      `
      at 0 submit w -> route 1.a: p q r
      choose q      -> start 1.a on q
      submit w      -> route 2.a: p q r
      choose q      -> refused BAD_DECISION
      choose p      -> start 2.a on p
      submit w      -> start 3.a on r
      submit w      -> 4 failed
      `,
    ));
});

test("patience is watched while a task waits", () =>
  check(
    scenario([pool("p")], [workflow("w", [task("a", [0], { scheduleToStart: exponential(5) })])], {
      decide: [],
    }),
    `
    at 0 submit w -> start 1.a on p
    submit w      -> watch 2.a
    `,
  ));
