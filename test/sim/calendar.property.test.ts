import fc from "fast-check";
import { expect, test } from "vitest";
import { plainState, restorePlainState } from "../../src/kit/plain-state.js";
import { Calendar } from "../../src/sim/calendar.js";

/** Few distinct times, so that ties are common. */
const schedule = { weight: 3, arbitrary: fc.record({ schedule: fc.nat(9) }) };
const take = { weight: 2, arbitrary: fc.constant("take" as const) };
const cancel = { weight: 2, arbitrary: fc.record({ cancel: fc.nat() }) };
const script = fc.array(fc.oneof(schedule, take), { maxLength: 400 });
/** Grows well past the few stale events that are let be. */
const withCancellations = fc
  .tuple(
    fc.array(schedule.arbitrary, { minLength: 60, maxLength: 100 }),
    fc.array(fc.oneof(schedule, take, cancel, cancel), { minLength: 200, maxLength: 400 }),
  )
  .map(([before, after]) => [...before, ...after]);

/** The plain twin: a list, searched. */
class PlainCalendar {
  readonly events: { at: number; id: number }[] = [];

  take(): { at: number; id: number } {
    const earliest = this.events.reduce((a, b) => (b.at < a.at || (b.at === a.at && b.id < a.id) ? b : a));
    this.events.splice(this.events.indexOf(earliest), 1);
    return earliest;
  }
}

test("the calendar gives what a stable sort would, whatever is scheduled between", () =>
  fc.assert(
    fc.property(script, (steps) => {
      const calendar = new Calendar(1);
      const plain = new PlainCalendar();
      let id = 0;
      for (const step of steps) {
        if (step === "take") {
          if (plain.events.length === 0) continue;
          const earliest = plain.take();
          expect(calendar.nextAt()).toBe(earliest.at);
          calendar.take();
          expect([calendar.subject, calendar.kind, calendar.stamp]).toEqual([
            earliest.id,
            earliest.id % 7,
            earliest.id * 3,
          ]);
        } else {
          calendar.schedule(step.schedule, id % 7, id, id * 3);
          plain.events.push({ at: step.schedule, id: id++ });
        }
        expect(calendar.size).toBe(plain.events.length);
      }
    }),
  ));

test("events at one instant, and at infinity, come in the order of scheduling", () => {
  const calendar = new Calendar(2);
  const at = (id: number) => (id < 50 ? 1 : Number.POSITIVE_INFINITY);
  for (let id = 0; id < 100; id++) calendar.schedule(at(id), 0, id);
  for (let id = 0; id < 100; id++) {
    expect(calendar.nextAt()).toBe(at(id));
    calendar.take();
    expect(calendar.subject).toBe(id);
  }
  expect(calendar.size).toBe(0);
  expect(calendar.nextAt()).toBe(Number.POSITIVE_INFINITY);
});

test("cancelled events never outnumber the others but by a few, and change nothing of what comes", () => {
  let purges = 0;
  fc.assert(
    fc.property(withCancellations, (steps) => {
      const calendar = new Calendar(1);
      const plain = new PlainCalendar();
      const stale = new Set<number>();
      const isStale = (_kind: number, id: number) => stale.has(id);
      let id = 0;
      const takeNext = () => {
        do calendar.take();
        while (stale.has(calendar.subject));
        return calendar.subject;
      };
      for (const step of steps) {
        if (step === "take") {
          if (plain.events.length > 0) expect(takeNext()).toBe(plain.take().id);
        } else if ("cancel" in step) {
          if (plain.events.length === 0) continue;
          const [gone] = plain.events.splice(step.cancel % plain.events.length, 1);
          stale.add(gone!.id);
          const before = calendar.size;
          calendar.cancelled(isStale);
          if (calendar.size < before) purges++;
          // Each cancellation leaves one stale event at most, and 32 are always let be.
          const left = calendar.size - plain.events.length;
          expect(left).toBeLessThanOrEqual(Math.max(32, calendar.size / 2));
        } else {
          calendar.schedule(step.schedule, 0, id);
          plain.events.push({ at: step.schedule, id: id++ });
        }
      }
      while (plain.events.length > 0) expect(takeNext()).toBe(plain.take().id);
    }),
  );
  expect(purges).toBeGreaterThan(20);
});

test("a calendar goes on from its state", () => {
  const calendar = new Calendar(1);
  for (let id = 0; id < 40; id++) calendar.schedule((id * 17) % 11, id % 5, id, id);
  for (let i = 0; i < 7; i++) calendar.take();
  const resumed = new Calendar(1);
  restorePlainState(resumed, plainState(calendar));
  for (const each of [calendar, resumed]) each.schedule(4, 1, 99);
  while (calendar.size > 0) {
    for (const each of [calendar, resumed]) each.take();
    expect(resumed.subject).toBe(calendar.subject);
  }
  expect(resumed.size).toBe(0);
});
