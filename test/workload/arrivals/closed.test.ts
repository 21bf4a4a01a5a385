import { describe, expect, test } from "vitest";
import { plainState, restorePlainState } from "../../../src/kit/plain-state.js";
import { KeyedStream } from "../../../src/kit/random.js";
import { play } from "../../../src/learn/play.js";
import type { ClosedArrivals } from "../../../src/model/arrivals.js";
import { heuristic } from "../../../src/policy/catalogue.js";
import { Users } from "../../../src/workload/arrivals/users.js";
import { expectNear, replicate } from "../../support/replications.js";
import { deterministic, exponential, pool, scenario, task, workflow } from "../../support/scenarios.js";

const closed = (users: number, think: ClosedArrivals["think"], ramp = 0): ClosedArrivals => ({
  kind: "closed",
  users,
  think,
  ramp,
});

const made = (arrivals: ClosedArrivals) => new Users(arrivals, KeyedStream.named(1, "arrivals/test"));

describe("a closed population", () => {
  test("joins evenly over the ramp, each user thinking first; of two at once the lower number goes first", () => {
    const users = made(closed(4, deterministic(10), 8));
    const joined: number[][] = [];
    while (users.nextAt < Number.POSITIVE_INFINITY) {
      joined.push([users.nextAt, users.serial]);
      users.submitted();
    }
    expect(joined).toEqual([
      [10, 0],
      [12, 1],
      [14, 2],
      [16, 3],
    ]);
    const together = made(closed(3, deterministic(1)));
    const order = [0, 1, 2].map(() => {
      const { serial } = together;
      together.submitted();
      return serial;
    });
    expect(order).toEqual([0, 1, 2]);
  });

  test("submits again only when a workflow has ended, after a thought; says when that comes first", () => {
    const users = made(closed(2, deterministic(10)));
    users.submitted();
    users.submitted();
    expect(users.nextAt).toBe(Number.POSITIVE_INFINITY);
    expect(users.ended(15, 1)).toBe(true);
    expect([users.nextAt, users.serial]).toEqual([25, 3]);
    expect(users.ended(20, 0)).toBe(false);
    expect(users.nextAt).toBe(25);
    users.submitted();
    expect([users.nextAt, users.serial]).toEqual([30, 2]);
  });

  test("thinks the same whoever is served first", () => {
    const thoughts = (order: readonly number[]) => {
      const users = made(closed(3, exponential(5)));
      const found: [number, number][] = [];
      for (let i = 0; i < 3; i++) users.submitted();
      for (const serial of order) users.ended(1000, serial);
      for (let i = 0; i < 3; i++) {
        found.push([users.serial, users.nextAt]);
        users.submitted();
      }
      return found;
    };
    expect(thoughts([2, 0, 1])).toEqual(thoughts([0, 1, 2]));
  });

  test("goes on bit for bit from what was saved of it midway", () => {
    const users = made(closed(20, exponential(5), 3));
    const live = (of: Users, steps: number) =>
      Array.from({ length: steps }, () => {
        const { serial, nextAt } = of;
        of.submitted();
        of.ended(nextAt + (serial % 7), serial);
        return [serial, nextAt];
      });
    live(users, 100);
    const saved = structuredClone(plainState(users));
    const rest = live(users, 200);
    const again = made(closed(20, exponential(5), 3));
    restorePlainState(again, saved);
    expect(live(again, 200)).toEqual(rest);
  });
});

/**
 * Exact mean value analysis (Reiser and Lavenberg 1980) of single-server stations in a row, with a thinking delay.
 * @returns submissions per second, and the mean number at all stations together
 */
function mva(users: number, think: number, work: readonly number[]) {
  let queue = work.map(() => 0);
  let throughput = 0;
  for (let n = 1; n <= users; n++) {
    const stay = work.map((seconds, k) => seconds * (1 + queue[k]!));
    throughput = n / (think + stay.reduce((sum, x) => sum + x, 0));
    queue = stay.map((x) => throughput * x);
  }
  return { throughput, number: queue.reduce((sum, x) => sum + x, 0) };
}

/** M/M/c//N, its chain solved: the mean number of machines that are down. */
function repairmen(machines: number, up: number, repair: number, men: number): number {
  const law = [1];
  for (let k = 1; k <= machines; k++)
    law.push((law[k - 1]! * (machines - k + 1) * repair) / (up * Math.min(k, men)));
  return law.reduce((sum, p, k) => sum + k * p, 0) / law.reduce((sum, p) => sum + p, 0);
}

describe("users who wait for what they asked, in the simulator (exact figures)", () => {
  test.each([
    { users: 1, think: 4, work: [1] },
    { users: 6, think: 5, work: [1] },
    { users: 12, think: 8, work: [1, 0.6] },
  ])("$users users, stations $work: mean value analysis", ({ users, think, work }) => {
    const model = scenario(
      work.map((_, k) => pool(`p${k}`)),
      [
        workflow(
          "w",
          work.map((seconds, k) =>
            task(`t${k}`, [k], { work: exponential(seconds), after: k === 0 ? [] : [k - 1] }),
          ),
          { arrivals: closed(users, exponential(think)) },
        ),
      ],
      { horizon: 22_000, warmup: 2000 },
    );
    const outcomes = replicate(model);
    const truth = mva(users, think, work);
    expectNear(
      "throughput",
      outcomes.map((o) => o.workflows.submitted / 20_000),
      truth.throughput,
    );
    expectNear(
      "number in system",
      outcomes.map((o) => o.meanInSystem),
      truth.number,
    );
  });

  test("two repairmen and ten machines, of which a broken one is a workflow", () => {
    const model = scenario(
      [pool("p", { servers: 2 })],
      [workflow("w", [task("a", [0])], { arrivals: closed(10, exponential(4)) })],
      { horizon: 22_000, warmup: 2000 },
    );
    expectNear(
      "machines down",
      replicate(model).map((o) => o.meanInSystem),
      repairmen(10, 4, 1, 2),
    );
  });

  test("a user whose workflow fails at once is back after a thought: nobody is lost, and time goes on", () => {
    // One may be there at a time, and five users with equal thoughts come at once: four are turned away each time.
    const model = scenario(
      [pool("p", { capacity: 1 })],
      [
        workflow("w", [task("a", [0], { work: deterministic(1) })], {
          arrivals: closed(5, deterministic(10)),
        }),
      ],
      { horizon: 1000 },
    );
    const outcome = play(model, heuristic("jsq+fifo"), 1);
    // Those who were turned away come back at 10, 20, ..., the one who was served a second later each time: so the five
    // drift apart until nobody meets. Little's law of the users: at most 5 * 1000 / 10 submissions, at least 5 * 1000 / 11 - 5.
    expect(outcome.workflows.submitted).toBeGreaterThanOrEqual((5 * 1000) / 11 - 5);
    expect(outcome.workflows.submitted).toBeLessThanOrEqual((5 * 1000) / 10);
    expect(outcome.workflows.failed).toBeGreaterThan(0);
  });
});
