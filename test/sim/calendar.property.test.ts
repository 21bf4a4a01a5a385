import fc from "fast-check";
import { expect, test } from "vitest";
import { plainState, restorePlainState } from "../../src/kit/plain-state.js";
import { KeyedStream } from "../../src/kit/random.js";
import { Calendar } from "../../src/sim/calendar.js";

const nextAt = (calendar: Calendar): number => {
  calendar.look();
  return calendar.nextAt;
};

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
          expect(nextAt(calendar)).toBe(earliest.at);
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
    expect(nextAt(calendar)).toBe(at(id));
    calendar.take();
    expect(calendar.subject).toBe(id);
  }
  expect(calendar.size).toBe(0);
  expect(nextAt(calendar)).toBe(Number.POSITIVE_INFINITY);
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

/** The plain twin of many: a list that is kept sorted. */
class SortedList {
  events: { at: number; id: number }[] = [];

  /** Behind all of its instant, as it is the last to come. */
  add(at: number, id: number): void {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.events[middle]!.at > at) high = middle;
      else low = middle + 1;
    }
    this.events.splice(low, 0, { at, id });
  }
}

/** How long it takes until an event comes, of a uniform draw. */
const FUTURES: Readonly<Record<string, (u: number) => number>> = {
  "evenly, as work does": (u) => 0.5 + u,
  "mostly soon, and some for ever": (u) => u ** -4 - 1,
  "over all orders of magnitude": (u) => 10 ** (20 * u - 10),
  "all at few instants": (u) => Math.floor(3 * u),
  "all at once": () => 0,
  "so soon that times are hardly told apart": (u) => 1e-15 * u,
  "often never": (u) => (u < 0.4 ? Number.POSITIVE_INFINITY : u),
  "nearly always never": (u) => (u < 0.9 ? Number.POSITIVE_INFINITY : u),
};

test.each(Object.entries(FUTURES))(
  "of many events, those that are far off come in their turn: %s",
  (name, future) => {
    const stream = KeyedStream.named(1, name);
    let calendar = new Calendar();
    const plain = new SortedList();
    const stale = new Set<number>();
    const isStale = (_kind: number, id: number) => stale.has(id);
    let id = 0;
    let now = 0;
    const schedule = () => {
      const at = now + future(stream.next());
      calendar.schedule(at, id % 7, id, id * 3);
      plain.add(at, id++);
    };
    const take = () => {
      const earliest = plain.events.shift()!;
      do {
        const next = nextAt(calendar);
        calendar.take();
        expect(calendar.at).toBe(next);
      } while (stale.delete(calendar.subject));
      const { at, kind, subject, stamp } = calendar;
      const expected = [earliest.at, earliest.id % 7, earliest.id, earliest.id * 3];
      expect([at, kind, subject, stamp].join()).toBe(expected.join());
      // Who waits for what never comes does not get there.
      if (earliest.at < Number.POSITIVE_INFINITY) now = earliest.at;
    };
    const cancel = () => {
      const [gone] = plain.events.splice(Math.floor(stream.next() * plain.events.length), 1);
      stale.add(gone!.id);
      calendar.cancelled(isStale);
    };
    for (const size of [9_000, 5_000, 100, 5_000, 0]) {
      while (plain.events.length < size) {
        schedule();
        if (stream.next() < 0.3) take();
      }
      for (let step = 0; step < 1_000 && size > 0; step++) {
        take();
        schedule();
      }
      const resumed = new Calendar();
      restorePlainState(resumed, plainState(calendar));
      calendar = resumed;
      while (plain.events.length > size) {
        if (stream.next() < 0.5) cancel();
        else take();
      }
      const left = calendar.size - size;
      expect(left).toBeGreaterThanOrEqual(0);
      expect(left).toBeLessThanOrEqual(Math.max(32, calendar.size / 2));
    }
    for (let i = 0; i < 10_000; i++) schedule();
    calendar.clear();
    expect([calendar.size, nextAt(calendar)]).toEqual([0, Number.POSITIVE_INFINITY]);
  },
);

test("who asks is told of events that were far off, once, before they come", () => {
  const told = new Set<number>();
  const calendar = new Calendar(64, (kind, id, stamp) => {
    expect([kind, stamp, told.has(id)].join()).toBe([id % 7, id * 3, false].join());
    told.add(id);
  });
  for (let id = 0; id < 10_000; id++) calendar.schedule((id * 7_919) % 10_007, id % 7, id, id * 3);
  let near = 0;
  while (calendar.size > 0) {
    calendar.take();
    if (!told.has(calendar.subject)) near++;
  }
  expect(told.size).toBe(10_000 - near);
  expect(near).toBeLessThan(1_000);
});

test("whoever comes at the instant at which a bucket begins comes after those that are in it", () => {
  const calendar = new Calendar();
  // The 4,096 that fill the heap have a median of 32 s, so buckets are of 64 / 64 s each: one begins at every second.
  const perSecond = 64;
  for (let id = 0; id < 5_000; id++) calendar.schedule(id / perSecond, 0, id);
  let came = -1;
  for (let id = 0; id < 5_000; id++) {
    calendar.take();
    expect(calendar.subject).toBe(id);
    // Somebody comes half a second before each second, and for it.
    if (id % perSecond === perSecond / 2) calendar.schedule((came = (id + 32) / perSecond), 0, -1);
    if (id / perSecond !== came) continue;
    calendar.take();
    expect([calendar.at, calendar.subject]).toEqual([came, -1]);
  }
});
