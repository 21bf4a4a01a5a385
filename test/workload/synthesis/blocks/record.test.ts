import fc from "fast-check";
import { expect, test } from "vitest";
import {
  parseRecord,
  renderRecord,
  type WorkflowRecord,
} from "../../../../src/workload/synthesis/blocks/record.js";

const seconds = fc.integer({ min: 0, max: 999_999 }).map((n) => n / 1000);
const work = fc.oneof({ weight: 5, arbitrary: seconds }, { weight: 1, arbitrary: fc.constant(Number.NaN) });

test("a record read from its text is itself: gaps, templates, works, those that are unknown", () =>
  fc.assert(
    fc.property(
      fc.array(fc.record({ gap: seconds, template: fc.nat(4), work: fc.array(work, { maxLength: 5 }) }), {
        minLength: 1,
        maxLength: 30,
      }),
      (flows) => {
        const all = [{ gap: 1.5, template: 0, work: [2] }, ...flows];
        const first = [0];
        for (const one of all) first.push(first.at(-1)! + one.work.length);
        const record: WorkflowRecord = {
          gap: Float64Array.from(all, ({ gap }) => gap),
          template: Int32Array.from(all, ({ template }) => template),
          first: Int32Array.from(first),
          work: Float64Array.from(all.flatMap((one) => one.work)),
        };
        expect(parseRecord(renderRecord(record), [null, null, null, null, null])).toEqual(record);
      },
    ),
  ));

test.each([
  [
    "1 1 2\n1 3 2\n",
    { line: 2, what: '"3" is no number of a template', mend: "templates are counted from 1 to 2" },
  ],
  ["1 1 2\n\n-1 1 2\n", { line: 3, what: '"-1" is no amount of seconds' }],
  ["1 1 x\n", { line: 1, what: '"x" is no amount of seconds' }],
  ["- 1 2\n", { line: 1, what: '"-" is no amount of seconds' }],
  ["1\n", { line: 1, what: '"" is no number of a template' }],
  ["1 1 2 3\n", { line: 1, what: "there are 2 works, and the template 1 has 1 tasks" }],
  ["0 1 2\n0 1 2\n", { line: 1, what: "no time passes in the record" }],
  ["1 1 2\n", { line: 1, what: "no time passes in the record" }],
])("the first fault of %j is told with its line", (text, fault) =>
  expect(parseRecord(text, [1, null])).toMatchObject(fault),
);
