import { inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { flowName, isLate, rowsOf, runOf, toneOf } from "../../../src/report/inspect/client/run.js";
import { NO_FILTER, sceneOf, visible } from "../../../src/report/inspect/client/scene.js";
import { pageData } from "../../../src/report/inspect/page-data.js";
import type { RunRecord } from "../../../src/report/inspect/run-record.js";
import { type MadeUpAttempt, madeUpRun } from "./made-up-run.js";

const attempt: fc.Arbitrary<MadeUpAttempt> = fc
  .record({
    workflow: fc.integer({ min: 0, max: 4 }),
    task: fc.integer({ min: 0, max: 400 }),
    pool: fc.integer({ min: 0, max: 2 }),
    attempt: fc.integer({ min: 1, max: 3 }),
    outcome: fc.constantFrom("succeeded", "failed", "timed out", "cancelled"),
    ready: fc.double({ min: 0, max: 90_000, noNaN: true }),
    wait: fc.double({ min: 0, max: 5, noNaN: true }),
    service: fc.double({ min: 0, max: 900, noNaN: true }),
    never: fc.boolean(),
  })
  .map(({ wait, service, never, ...rest }) => {
    const started = rest.ready + wait;
    const gone = never && rest.outcome === "cancelled";
    return { ...rest, started: gone ? Number.NaN : started, ended: gone ? started : started + service };
  });
const runs = fc.array(attempt, { minLength: 1, maxLength: 40 }).map((attempts) => ({
  attempts,
  run: madeUpRun(attempts, {
    flows: [0, 1, 2, 3, 4].map((w) => [10 * w, 95_000 + w, 94_000 + 500 * w] as const),
    pools: ["p", "q", "r"].map((name) => ({ name, servers: 2 })),
  }),
}));
const shown = (run: RunRecord) => {
  const { legend, packed } = pageData(run);
  return runOf(JSON.parse(JSON.stringify(legend)), inflateRawSync(packed));
};

test("the page holds every attempt as it was, to a unit of time", () =>
  fc.assert(
    fc.property(runs, ({ attempts, run }) => {
      const page = shown(run);
      const { tick } = page.legend;
      expect(page.attempts.count).toBe(attempts.length);
      const left = new Set(attempts);
      for (let i = 0; i < page.attempts.count; i++) {
        const match = [...left].find(
          (one) =>
            one.workflow === page.attempts.workflow[i] &&
            one.task === page.attempts.task[i] &&
            one.pool === page.attempts.pool[i] &&
            one.attempt === page.attempts.attempt[i] &&
            one.outcome === page.legend.outcomes[page.attempts.outcome[i]!] &&
            Math.abs(one.ended - page.attempts.end[i]!) <= tick &&
            Math.abs((Number.isNaN(one.started) ? one.ended : one.started) - page.attempts.start[i]!) <=
              tick &&
            Math.abs(one.ready - page.attempts.ready[i]!) <= tick,
        );
        expect(match, `attempt ${i}`).toBeDefined();
        left.delete(match!);
      }
      const late = [0, 1, 2, 3, 4].filter((w) => isLate(page, w)).map((w) => flowName(page, w));
      expect(late).toEqual(["order 0", "order 1", "order 2"]);
    }),
  ));

test("every begun attempt is in one lane of its pool, and seen where it was", () =>
  fc.assert(
    fc.property(runs, ({ run }) => {
      const page = shown(run);
      const { tracks } = sceneOf(page, NO_FILTER);
      const seen = new Set<number>();
      for (const track of tracks.filter(({ kind }) => kind === "pool")) {
        for (let lane = 0; lane < track.laneFirst.length - 1; lane++) {
          for (let place = track.laneFirst[lane]!; place < track.laneFirst[lane + 1]!; place++) {
            expect(page.attempts.pool[place]).toBe(track.pool);
            expect(seen.has(place)).toBe(false);
            seen.add(place);
            if (place > track.laneFirst[lane]!)
              expect(track.from[place]).toBeGreaterThanOrEqual(track.until[place - 1]!);
            if (track.until[place]! === track.from[place]!) continue;
            const middle = (track.from[place]! + track.until[place]!) / 2;
            const [first, last] = visible(track, lane, middle, middle);
            expect(first <= place && place < last).toBe(true);
          }
        }
      }
      expect(seen.size).toBe(page.attempts.placed);
    }),
  ));

test("a filter shows what it says", () => {
  const page = shown(
    madeUpRun([
      { workflow: 0, ready: 0, started: 0, ended: 4, outcome: "failed" },
      { workflow: 0, ready: 4, started: 4, ended: 8, attempt: 2 },
      { workflow: 1, ready: 0, started: 0, ended: 8, pool: 1 },
    ]),
  );
  const busy = (filter: Partial<typeof NO_FILTER>) =>
    sceneOf(page, { ...NO_FILTER, ...filter }).tracks.map(({ cover }) => cover.levels.at(-1)![0]! * 8);
  expect(busy({})).toEqual([16, 8, 8]);
  expect(busy({ pool: 1 })).toEqual([16, 8]);
  expect(busy({ outcome: "fault" })).toEqual([16, 4, 0]);
  expect(busy({ outcome: "retries" })).toEqual([16, 4, 0]);
  expect(busy({ outcome: "failed" })).toEqual([0, 0, 0]);
  expect([...rowsOf(page.attemptsOf, 0)].map((i) => toneOf(page, i))).toEqual([1, 0]);
});
