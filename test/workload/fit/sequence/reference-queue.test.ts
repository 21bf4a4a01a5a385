import { describe, expect, test } from "vitest";
import { KeyedStream } from "../../../../src/kit/random.js";
import {
  meanFlowTime,
  queueFor,
  type ReferenceJob,
} from "../../../../src/workload/fit/sequence/reference-queue.js";
import { flow } from "../../made-up-workflows.js";

const job = (
  submitted: number,
  parents: readonly (readonly number[])[],
  work: readonly number[],
): ReferenceJob => flow(parents, { submitted, work: Float64Array.from(work) });

function poissonJobs(n: number, rate: number, seed: number): ReferenceJob[] {
  const draws = KeyedStream.named(seed, "test/reference");
  let at = 0;
  return Array.from({ length: n }, () => {
    at -= Math.log(draws.next()) / rate;
    return job(at, [[]], [-Math.log(draws.next())]);
  });
}

describe("the mean flow time is", () => {
  test("the longest path of a job that is alone", () =>
    expect(meanFlowTime([job(5, [[], [0], [0], [1, 2]], [1, 2, 4, 8])], { servers: 4, timeScale: 1 })).toBe(
      13,
    ));

  test("the sum of works where one server has all at once", () =>
    expect(meanFlowTime([job(0, [[], [], []], [1, 2, 3])], { servers: 1, timeScale: 1 })).toBe(6));

  test("that of first come, first served: who is ready earlier goes first, of whichever job", () =>
    // Server: A1 0-4, B 4-6 (ready at 1), A2 6-7 (ready at 4). A ends at 7, B at 6.
    expect(meanFlowTime([job(0, [[], [0]], [4, 1]), job(1, [[]], [2])], { servers: 1, timeScale: 1 })).toBe(
      (7 + 5) / 2,
    ));

  test.each([
    [1, 0.7, 1 / 0.3],
    // Erlang C with two servers at 0.7: wait probability 2 rho^2 / (1 + rho), mean wait that / (2 - lambda).
    [2, 1.4, 1 + (2 * 0.49) / 1.7 / 0.6],
  ])("that of an M/M/%i queue", (servers, rate, expected) => {
    const means = Array.from({ length: 20 }, (_, seed) =>
      meanFlowTime(poissonJobs(20_000, rate, seed), { servers, timeScale: 1 }),
    );
    const mean = means.reduce((a, b) => a + b, 0) / 20;
    const error = Math.sqrt(means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 19 / 20);
    // Four standard errors: 1 in 1300 at 19 degrees; beginning empty takes off 0.1 % at most.
    expect(Math.abs(mean - expected)).toBeLessThan(4 * error);
  });
});

test("a queue is sized so that the jobs keep it busy to the share asked for", () => {
  const jobs = poissonJobs(5000, 20, 1);
  const { servers, timeScale } = queueFor(jobs, 0.8);
  const work = jobs.reduce((sum, one) => sum + one.work[0]!, 0);
  const span = (jobs.at(-1)!.submitted - jobs[0]!.submitted) * timeScale;
  expect(work / span / servers).toBeCloseTo(0.8, 9);
  expect(servers).toBeGreaterThan(20);
});
