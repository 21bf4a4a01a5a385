import { describe, expect, test } from "vitest";
import { auditEngine } from "../support/engine-audit.js";
import { deterministic, pool, retry, scenario, task, workflow } from "../support/scenarios.js";
import { check } from "../support/scripted-executor.js";

const both = [0, 1];

describe("a retry decision", () => {
  const asked = scenario(
    [pool("p"), pool("q")],
    [workflow("w", [task("a", both, { retry: retry(3, { first: 2, factor: 1 }) })])],
    { decide: ["retry"] },
  );

  test("may choose the same pool, another, or to give up; the back-off is the task's own", () =>
    check(
      asked,
      `
      at 0 submit w   -> start 1.a on p
      at 1 fail 1.a   -> retry 1.a: same other give-up
      choose same     -> back off 1.a for 2
      at 3 wake 1.a   -> start 1.a on p
      at 4 fail 1.a   -> retry 1.a: same other give-up
      choose other    -> back off 1.a for 2
      at 6 wake 1.a   -> start 1.a on q
      at 7 fail 1.a   -> 1 failed
      at 8 submit w   -> start 2.a on p
      at 9 fail 2.a   -> retry 2.a: same other give-up
      choose give-up  -> 2 failed
      `,
    ));

  test("does not offer another pool where there is none", () =>
    check(
      scenario([pool("p")], [workflow("w", [task("a", [0], { retry: retry(2) })])], { decide: ["retry"] }),
      `
      at 0 submit w -> start 1.a on p
      at 1 fail 1.a -> retry 1.a: same other give-up
      choose other  -> refused BAD_DECISION
      choose same   -> start 1.a on p
      `,
    ));
});

describe("a hedged attempt", () => {
  const hedged = (rest: Parameters<typeof task>[2] = {}, decide: readonly ("hedge" | "route")[] = []) =>
    scenario(
      [pool("p"), pool("q")],
      [
        workflow("w", [task("a", both, { hedge: { after: deterministic(2) }, ...rest })]),
        workflow("x", [task("f", both)]),
      ],
      { decide },
    );

  test("has a second copy when it is late, elsewhere; the first to succeed wins and the other is cancelled", () =>
    check(
      hedged(),
      `
      at 0 submit w  -> start 1.a on p
      at 2 late 1.a  -> start 1.a' on q
      at 3 end 1.a'  -> cancel 1.a, 1 succeeded
      at 4 submit w  -> start 2.a on p
      at 6 late 2.a  -> start 2.a' on q
      at 7 end 2.a   -> cancel 2.a', 2 succeeded
      `,
    ));

  test("fails when both copies have; while one runs there is hope", () =>
    check(
      hedged({ retry: retry(2) }),
      `
      at 0 submit w -> start 1.a on p
      at 2 late 1.a -> start 1.a' on q
      at 3 fail 1.a -> nothing
      at 4 fail 1.a' -> start 1.a on p
      at 5 late 1.a -> start 1.a' on q
      at 6 fail 1.a' -> nothing
      at 7 end 1.a  -> 1 succeeded
      `,
    ));

  test("whose copy still waits takes it out of the queue when it succeeds", () =>
    check(
      hedged(),
      `
      at 0 submit w -> start 1.a on p
      at 1 submit x -> start 2.f on q
      at 2 late 1.a -> nothing
      at 3 end 1.a  -> 1 succeeded
      at 4 end 2.f  -> 2 succeeded
      `,
    ));

  test("that is not late any more has none", () =>
    check(
      hedged(),
      `
      at 0 submit w -> start 1.a on p
      at 1 end 1.a  -> 1 succeeded
      at 2 late 1.a -> nothing
      `,
    ));

  test("is hedged only where the policy says so, if it is asked", () =>
    check(
      hedged({}, ["hedge"]),
      `
      at 0 submit w -> start 1.a on p
      at 2 late 1.a -> hedge 1.a: no yes
      choose no     -> nothing
      at 3 end 1.a  -> 1 succeeded
      at 4 submit w -> start 2.a on p
      at 6 late 2.a -> hedge 2.a: no yes
      choose yes    -> start 2.a' on q
      at 7 end 2.a  -> cancel 2.a', 2 succeeded
      `,
    ));

  test("holds the loser's server while it is cleaned up", () =>
    check(
      hedged({ hedge: { after: deterministic(2), cleanUp: deterministic(1) } }),
      `
      at 0 submit w     -> start 1.a on p
      at 2 late 1.a     -> start 1.a' on q
      at 3 submit x     -> nothing
      at 3 submit x     -> nothing
      at 4 end 1.a'     -> cancel 1.a, clean up 1.a, 1 succeeded, start 3.f on q
      at 5 cleaned 1.a  -> start 2.f on p
      at 6 end 2.f      -> 2 succeeded
      at 7 end 3.f      -> 3 succeeded
      `,
    ));

  test("takes both copies with it when its workflow fails", () => {
    const { engine } = check(
      scenario(
        [pool("p", { servers: 2 }), pool("q")],
        [workflow("w", [task("a", both, { hedge: { after: deterministic(2) } }), task("b", [0])])],
        { decide: [] },
      ),
      `
      at 0 submit w -> start 1.a on p, start 1.b on p
      at 2 late 1.a -> start 1.a' on q
      at 3 fail 1.b -> cancel 1.a', cancel 1.a, 1 failed
      `,
    );
    auditEngine(engine);
    expect([...engine.pools.running]).toEqual([0, 0]);
    expect(engine.meter.duplicates).toBe(1);
  });
});
