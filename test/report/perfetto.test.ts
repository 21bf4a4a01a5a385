import fc from "fast-check";
import { expect, test } from "vitest";
import { type PerfettoRun, perfettoTrace } from "../../src/report/perfetto.js";

interface Event {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly args: Record<string, unknown>;
}
const eventsOf = (run: Partial<PerfettoRun>): Event[] =>
  (
    JSON.parse(
      [
        ...perfettoTrace({ title: "run", slices: [], workflows: [], counters: [], instants: [], ...run }),
      ].join(""),
    ) as { traceEvents: Event[] }
  ).traceEvents;
const slice = (pool: string, start: number, end: number) => ({ pool, name: "t", start, end, args: {} });

test("attempts stand on the track of a server, each on the lowest that is free", () => {
  const events = eventsOf({
    slices: [slice("a", 0, 2), slice("a", 1, 3), slice("a", 2, 4), slice("b", 2.5, 3)],
  });
  const tracks = events.filter(({ ph }) => ph === "X").map(({ pid, tid, ts, dur }) => [pid, tid, ts, dur]);
  expect(tracks).toEqual([
    [2, 1, 0, 2e6],
    [2, 2, 1e6, 2e6],
    [2, 1, 2e6, 2e6],
    [3, 1, 2.5e6, 0.5e6],
  ]);
  const names = events.filter(({ name }) => name === "process_name").map(({ args }) => args["name"]);
  expect(names).toEqual(["run", "a", "b"]);
});

test("no two attempts of a track overlap, to the nanosecond in which they are written", () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true })),
      ),
      (spans) => {
        const slices = spans.map(([start, length]) => slice("p", start, start + length));
        slices.sort((a, b) => a.start - b.start);
        const ends = new Map<number, number>();
        for (const { ph, tid, ts, dur } of eventsOf({ slices })) {
          if (ph !== "X") continue;
          expect(ts).toBeGreaterThanOrEqual((ends.get(tid) ?? 0) - 0.0021);
          ends.set(tid, ts + dur);
        }
      },
    ),
  ));

test("workflows are spans, queues are counters, and the weather is instants", () => {
  const events = eventsOf({
    workflows: [{ id: 5, name: "w 5", start: 1, end: 2 }],
    counters: [{ pool: "a", time: 3, values: { running: 1, waiting: 4 } }],
    instants: [{ name: "outage begins", time: 4 }],
  });
  expect(events.filter(({ ph }) => ph !== "M").map(({ ph, name, ts }) => [ph, name, ts])).toEqual([
    ["C", "running", 3e6],
    ["C", "waiting", 3e6],
    ["b", "w 5", 1e6],
    ["e", "w 5", 2e6],
    ["i", "outage begins", 4e6],
  ]);
});
