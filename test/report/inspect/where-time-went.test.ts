import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PARTS, whereTimeWent } from "../../../src/report/inspect/where-time-went.js";
import { type MadeUpAttempt, madeUpRun } from "./made-up-run.js";

const spent = (attempts: readonly MadeUpAttempt[], flow?: readonly [number, number]) => {
  const found = whereTimeWent(madeUpRun(attempts, flow === undefined ? {} : { flows: [flow] }));
  return PARTS.map((part) => found[part][0]);
};

describe("where a workflow's time went", () => {
  test.each<[string, readonly MadeUpAttempt[], readonly [number, number], readonly number[]]>([
    ["waits, then is served", [{ workflow: 0, ready: 0, started: 3, ended: 5 }], [0, 5], [2, 0, 3, 0]],
    [
      "fails, backs off, and is served",
      [
        { workflow: 0, ready: 0, started: 0, ended: 2, outcome: "failed" },
        { workflow: 0, ready: 4, started: 5, ended: 9, attempt: 2 },
      ],
      [0, 9],
      [4, 2, 1, 2],
    ],
    [
      "waits with one task while another is served: that is service",
      [
        { workflow: 0, ready: 0, started: 0, ended: 4 },
        { workflow: 0, task: 1, ready: 0, started: 6, ended: 7 },
      ],
      [0, 7],
      [5, 0, 2, 0],
    ],
    [
      "runs in vain beside what will succeed: that is service, too",
      [
        { workflow: 0, ready: 0, started: 0, ended: 4, outcome: "cancelled" },
        { workflow: 0, ready: 0, started: 1, ended: 4 },
      ],
      [0, 4],
      [3, 1, 0, 0],
    ],
    [
      "waits until it is cancelled",
      [{ workflow: 0, ready: 1, started: Number.NaN, ended: 4, outcome: "cancelled" }],
      [0, 4],
      [0, 0, 3, 1],
    ],
    [
      "is not over: as far as its attempts tell",
      [{ workflow: 0, ready: 1, started: 2, ended: 4 }],
      [0, Number.NaN],
      [2, 0, 1, 1],
    ],
  ])("%s", (_, attempts, flow, parts) => expect(spent(attempts, flow)).toEqual(parts));

  const attempt = fc
    .tuple(
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 0, max: 9 }),
      fc.constantFrom("succeeded", "failed", "cancelled"),
    )
    .map(
      ([ready, wait, service, outcome]): MadeUpAttempt => ({
        workflow: 0,
        ready,
        started: ready + wait,
        ended: ready + wait + service,
        outcome,
      }),
    );

  test("parts add up to the time in the system, and are what each instant says", () =>
    fc.assert(
      fc.property(fc.array(attempt, { minLength: 1, maxLength: 12 }), (attempts) => {
        const last = Math.max(...attempts.map(({ ended }) => ended));
        const parts = spent(attempts, [0, last]);
        // All times are whole: each half second is one thing.
        const at = (t: number) => {
          const runs = attempts.filter(({ started, ended }) => started < t && t < ended);
          if (runs.some(({ outcome }) => outcome === "succeeded")) return 0;
          if (runs.length > 0) return 1;
          return attempts.some(({ ready, started }) => ready < t && t < started) ? 2 : 3;
        };
        const counted = [0, 0, 0, 0];
        for (let t = 0.5; t < last; t++) counted[at(t)]!++;
        expect(parts).toEqual(counted);
      }),
    ));
});
