import fc from "fast-check";
import { expect, test } from "vitest";
import { Calendar } from "../../src/sim/calendar.js";

/** Few distinct times, so that ties are common. */
const script = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ schedule: fc.nat(9) }) },
    { weight: 2, arbitrary: fc.constant("take" as const) },
  ),
  { maxLength: 400 },
);

test("the calendar gives what a stable sort would, whatever is scheduled between", () =>
  fc.assert(
    fc.property(script, (steps) => {
      const calendar = new Calendar(1);
      const plain: { at: number; id: number }[] = [];
      let id = 0;
      for (const step of steps) {
        if (step === "take") {
          if (plain.length === 0) continue;
          const earliest = plain.reduce((a, b) => (b.at < a.at || (b.at === a.at && b.id < a.id) ? b : a));
          plain.splice(plain.indexOf(earliest), 1);
          expect(calendar.nextAt()).toBe(earliest.at);
          calendar.take();
          expect([calendar.subject, calendar.kind, calendar.stamp]).toEqual([
            earliest.id,
            earliest.id % 7,
            earliest.id * 3,
          ]);
        } else {
          calendar.schedule(step.schedule, id % 7, id, id * 3);
          plain.push({ at: step.schedule, id: id++ });
        }
        expect(calendar.size).toBe(plain.length);
      }
    }),
  ));
