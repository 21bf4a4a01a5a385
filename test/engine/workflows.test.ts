import { describe, test } from "vitest";
import type { TaskTemplate } from "../../src/model/scenario.js";
import { deterministic, pool, retry, scenario, task, workflow } from "../support/scenarios.js";
import { check } from "../support/scripted-executor.js";

const one = [0];
const nine = pool("p", { servers: 9 });
const flow = (...tasks: readonly TaskTemplate[]) =>
  scenario([nine], [workflow("w", tasks)], { decide: ["branch"] });

describe("an edge", () => {
  test("on failure is met by a failure for good, which then fails nothing; what waits for success is skipped", () =>
    check(
      flow(
        task("a", one, { retry: retry(2) }),
        task("b", one, { after: [0] }),
        task("mend", one, { after: [0], conditions: ["failure"] }),
        task("always", one, { after: [0], conditions: ["done"] }),
        task("end", one, { after: [1, 2], join: 1 }),
      ),
      `
      at 0 submit w     -> start 1.a on p
      at 1 fail 1.a     -> start 1.a on p
      at 2 fail 1.a     -> start 1.mend on p, start 1.always on p
      at 3 end 1.mend   -> start 1.end on p
      at 4 end 1.always -> nothing
      at 5 end 1.end    -> 1 succeeded
      at 6 submit w     -> start 2.a on p
      at 7 end 2.a      -> start 2.b on p, start 2.always on p
      at 8 end 2.b      -> start 2.end on p
      at 9 end 2.end    -> nothing
      end 2.always      -> 2 succeeded
      `,
    ));

  test("on a value is met by the success that answers it; skipping spreads as far as joins can no longer be met", () =>
    check(
      flow(
        task("review", one, { values: { names: ["yes", "no"], weights: [0.5, 0.5] } }),
        task("pay", one, { after: [0], conditions: [{ value: "yes" }] }),
        task("book", one, { after: [1] }),
        task("reject", one, { after: [0], conditions: [{ value: "no" }] }),
      ),
      `
      at 0 answer no     -> nothing
      submit w           -> start 1.review on p
      at 1 end 1.review  -> start 1.reject on p
      at 2 end 1.reject  -> 1 succeeded
      at 3 answer yes    -> nothing
      submit w           -> start 2.review on p
      at 4 end 2.review  -> start 2.pay on p
      at 5 end 2.pay     -> start 2.book on p
      at 6 end 2.book    -> 2 succeeded
      `,
    ));

  test("of an optional task that fails is not met, and the workflow goes on without it", () =>
    check(
      flow(task("a", one, { optional: true }), task("b", one, { after: [0] }), task("c", one)),
      `
      at 0 submit w -> start 1.a on p, start 1.c on p
      at 1 fail 1.a -> nothing
      at 2 end 1.c  -> 1 succeeded
      `,
    ));
});

describe("alternatives", () => {
  const alternative = (name: string, rest: Partial<TaskTemplate> = {}) => task(name, one, rest);
  const notify = task("notify", one, { oneOf: [alternative("email"), alternative("push")] });

  test("are chosen by the policy, or the first is taken", () => {
    check(
      flow(notify, task("end", one, { after: [0] })),
      `
      at 0 submit w     -> branch 1.notify: 0 1
      choose 1          -> start 1.push on p
      at 1 end 1.push   -> start 1.end on p
      at 2 end 1.end    -> 1 succeeded
      `,
    );
    check(
      scenario([nine], [workflow("w", [notify])], { decide: [] }),
      `
      at 0 submit w    -> start 1.email on p
      at 1 end 1.email -> 1 succeeded
      `,
    );
  });

  test("may be workflows of their own", () =>
    check(
      scenario(
        [nine],
        [
          workflow("w", [
            task("go", one, { oneOf: [{ ...alternative("own"), call: 1 }] }),
            task("z", one, { after: [0] }),
          ]),
          workflow("inner", [task("x", one), task("y", one, { after: [0] })]),
        ],
        { decide: [] },
      ),
      `
      at 0 submit w -> start 1.x on p
      at 1 end 1.x  -> start 1.y on p
      at 2 end 1.y  -> start 1.z on p
      at 3 end 1.z  -> 1 succeeded
      `,
    ));
});

describe("a task that runs many times at once", () => {
  const each = (join: "all" | "any" | number, rest: Partial<TaskTemplate> = {}) =>
    scenario(
      [nine],
      [
        workflow("w", [
          task("map", one, { forEach: { count: deterministic(0), join }, call: 1, ...rest }),
          task("reduce", one, { after: [0] }),
        ]),
        workflow("inner", [task("x", one, { retry: retry(1) })]),
      ],
      { decide: [] },
    );

  test("is done when all its instances are", () =>
    check(
      each("all"),
      `
      at 0 instances 2   -> nothing
      submit w           -> start 1.x on p, start 1.x on p
      at 1 end 1.x       -> nothing
      at 2 end-first 1.x -> start 1.reduce on p
      at 3 end 1.reduce  -> 1 succeeded
      `,
    ));

  test("with nothing to do is done at once", () =>
    check(
      each("all"),
      `
      at 0 instances 0  -> nothing
      submit w          -> start 1.reduce on p
      at 3 end 1.reduce -> 1 succeeded
      `,
    ));

  test("fails with the first instance that fails where all must succeed; the others are cancelled", () =>
    check(
      each("all"),
      `
      at 0 instances 3 -> nothing
      submit w         -> start 1.x on p, start 1.x on p, start 1.x on p
      at 1 fail 1.x    -> cancel 1.x, cancel 1.x, 1 failed
      `,
    ));

  test("is done with the k-th success where k must succeed; the others are cancelled", () =>
    check(
      each("any"),
      `
      at 0 instances 3  -> nothing
      submit w          -> start 1.x on p, start 1.x on p, start 1.x on p
      at 1 fail 1.x     -> nothing
      at 2 end-first 1.x -> cancel 1.x, start 1.reduce on p
      at 3 end 1.reduce -> 1 succeeded
      `,
    ));

  test("may be its own work, without a workflow beside", () =>
    check(
      scenario(
        [nine],
        [workflow("w", [task("map", one, { forEach: { count: deterministic(0), join: "all" } })])],
        { decide: [] },
      ),
      `
      at 0 instances 2     -> nothing
      submit w             -> start 1.map on p, start 1.map on p
      at 1 end 1.map       -> nothing
      at 2 end-first 1.map -> 1 succeeded
      `,
    ));
});

describe("a loop", () => {
  test("repeats its body until it succeeds, and fails after so many rounds", () =>
    check(
      flow(task("try", one, { repeat: { most: 3 } }), task("end", one, { after: [0] })),
      `
      at 0 submit w   -> start 1.try on p
      at 1 fail 1.try -> start 1.try on p
      at 2 end 1.try  -> start 1.end on p
      at 3 end 1.end  -> 1 succeeded
      at 4 submit w   -> start 2.try on p
      at 5 fail 2.try -> start 2.try on p
      at 6 fail 2.try -> start 2.try on p
      at 7 fail 2.try -> 2 failed
      `,
    ));

  test("repeats until its body answers a value, which is its own answer", () =>
    check(
      flow(
        task("ask", one, {
          repeat: { most: 9, until: "done" },
          values: { names: ["done", "more"], weights: [0.5, 0.5] },
        }),
        task("end", one, { after: [0], conditions: [{ value: "done" }] }),
      ),
      `
      at 0 answer more -> nothing
      submit w         -> start 1.ask on p
      at 1 end 1.ask   -> start 1.ask on p
      answer done      -> nothing
      at 2 end 1.ask   -> start 1.end on p
      at 3 end 1.end   -> 1 succeeded
      `,
    ));
});

describe("a workflow within a workflow", () => {
  const nested = scenario(
    [nine],
    [
      workflow("w", [task("call", one, { call: 1 }), task("b", one)]),
      workflow("inner", [task("x", one), task("y", one)]),
    ],
    { decide: [] },
  );

  test("fails its task when it fails, and is cancelled with what it is part of", () =>
    check(
      nested,
      `
      at 0 submit w -> start 1.x on p, start 1.y on p, start 1.b on p
      at 1 fail 1.x -> cancel 1.y, cancel 1.b, 1 failed
      at 2 submit w -> start 2.x on p, start 2.y on p, start 2.b on p
      at 3 fail 2.b -> cancel 2.x, cancel 2.y, 2 failed
      `,
    ));
});

describe("compensation", () => {
  const undo = (name: string) => task(name, one);
  const saga = flow(
    task("hotel", one, { compensate: undo("cancel-hotel") }),
    task("flight", one, { after: [0], compensate: undo("cancel-flight") }),
    task("note", one, { after: [1] }),
    task("pay", one, { after: [2], compensate: undo("refund") }),
  );

  test("undoes what had succeeded, the latest first, before the workflow has failed", () =>
    check(
      saga,
      `
      at 0 submit w              -> start 1.hotel on p
      at 1 end 1.hotel           -> start 1.flight on p
      at 2 end 1.flight          -> start 1.note on p
      at 3 end 1.note            -> start 1.pay on p
      at 4 fail 1.pay            -> start 1.cancel-flight on p
      at 5 end 1.cancel-flight   -> start 1.cancel-hotel on p
      at 6 end 1.cancel-hotel    -> 1 failed
      `,
    ));

  test("goes on though an undoing fails, and is not undone itself", () =>
    check(
      saga,
      `
      at 0 submit w              -> start 1.hotel on p
      at 1 end 1.hotel           -> start 1.flight on p
      at 2 end 1.flight          -> start 1.note on p
      at 3 fail 1.note           -> start 1.cancel-flight on p
      at 4 fail 1.cancel-flight  -> start 1.cancel-hotel on p
      at 5 end 1.cancel-hotel    -> 1 failed
      `,
    ));

  test("of nothing is over at once", () =>
    check(
      saga,
      `
      at 0 submit w     -> start 1.hotel on p
      at 1 fail 1.hotel -> 1 failed
      `,
    ));
});

describe("a workflow's time", () => {
  test("being over cancels all of it", () =>
    check(
      scenario(
        [pool("p")],
        [
          workflow("w", [task("a", one), task("b", one)], { timeout: deterministic(5) }),
          workflow("x", [task("c", one)]),
        ],
        { decide: [] },
      ),
      `
      at 0 submit w -> start 1.a on p
      at 1 submit x -> nothing
      at 5 limit 1  -> cancel 1.a, start 2.c on p, 1 failed
      at 6 end 2.c  -> 2 succeeded
      at 7 limit 1  -> nothing
      `,
    ));
});

describe("admission", () => {
  test("is asked for each workflow: what is denied was never there", () =>
    check(
      scenario([pool("p")], [workflow("w", [task("a", one)])], { decide: ["admit"] }),
      `
      at 0 submit w -> admit 1.a: deny admit
      choose admit  -> start 1.a on p
      at 1 submit w -> admit 2.a: deny admit
      choose deny   -> 2 failed
      at 2 end 1.a  -> 1 succeeded
      `,
    ));
});
