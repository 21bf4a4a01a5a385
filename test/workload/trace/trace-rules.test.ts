import { Int64, makeVector } from "apache-arrow";
import { describe, expect, test } from "vitest";
import { InputError } from "../../../src/kit/errors.js";
import { loadTrace, readTrace } from "../../../src/workload/trace/index.js";
import { foreignTrace as file, type Row } from "./foreign-trace.js";

function complaint(bytes: Uint8Array): string {
  try {
    loadTrace(bytes, "x.arrow");
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("nothing was complained about");
}

const chain: Row[] = [{}, { after: [0] }, { after: [1] }];

describe("a trace", () => {
  test.each<[string, Uint8Array, string]>([
    ["a missing column", file(chain, { without: "after" }), 'x.arrow: the column "after" is missing'],
    [
      "a column of another type",
      file(chain, { extra: { work: makeVector(BigInt64Array.of(1n, 2n, 3n)) } }),
      `the column "work" has type ${new Int64()}, and float64 was to come`,
    ],
    ["no version", file(chain, { version: "" }), "this Arrow file is not a trace"],
    ["a version to come", file(chain, { version: "2" }), 'the trace has version "2", and only 1 is read'],
    ["a null where none may be", file([{ workflow: null }]), "row 0: workflow is null"],
    ["negative work", file([{}, { work: -3.5 }]), "x.arrow > row 1: work is -3.5"],
    ["work that is no number", file([{ work: Number.NaN }]), "row 0: work is NaN"],
    ["work without end", file([{ work: Number.POSITIVE_INFINITY }]), "row 0: work is Infinity"],
    [
      "an unsorted trace",
      file([{ submitted: 2 }, { workflow: 1, task: 0, submitted: 1 }]),
      "row 1: workflow 1 was submitted at 1, before",
    ],
    [
      "a workflow in two places",
      file([{}, { workflow: 1, task: 0 }, { task: 0 }]),
      "row 2: workflow 0 comes after workflow 1",
    ],
    [
      "a parent out of range",
      file([{}, { after: [5] }]),
      "row 1: the parent 5 of task 1 is not a task of its workflow",
    ],
    ["a negative parent", file([{}, { after: [-1] }]), "row 1: the parent -1 of task 1"],
    ["a task after itself", file([{}, { after: [1] }]), "row 1: task 1 is its own parent"],
    ["a parent named twice", file([{}, { after: [0, 0] }]), "row 1: the parent 0 of task 1 stands twice"],
    ["a task that stands twice", file([{}, { task: 0 }]), "row 1: task 0 stands twice"],
    ["a gap in the tasks", file([{}, { task: 2 }]), "row 1: task 2 is beyond the 2 tasks"],
    ["a cycle", file([{ after: [2] }, { after: [0] }, { after: [1] }]), "circle: 0 → 1 → 2 → 0"],
    ["two submissions of one workflow", file([{}, { submitted: 1 }]), "row 1: submitted differs"],
    ["two templates of one workflow", file([{}, { template: "u" }]), "row 1: template differs"],
    ["two deadlines of one workflow", file([{}, { deadline: 1 }]), "row 1: deadline differs"],
  ])("is refused with its place for %s", (_, bytes, message) => {
    expect(complaint(bytes)).toContain(message);
  });

  test("has its tasks put in topological order, and remembers the order of the file", async () => {
    const bytes = file([
      { after: [1, 2], work: 10 },
      { after: [2], work: 11 },
      { work: 12 },
      { after: [0], work: 13 },
    ]);
    const { work, parents, parentFirst } = loadTrace(bytes);
    expect([[...work], [...parents], [...parentFirst]]).toEqual([
      [12, 11, 10, 13],
      [0, 0, 1, 2],
      [0, 0, 1, 3, 4],
    ]);
    for await (const { task } of readTrace(bytes)) expect([...task]).toEqual([2, 1, 0, 3]);
  });

  test("may have rows in any order within a workflow", () => {
    const { work } = loadTrace(
      file([
        { task: 1, after: [0], work: 5 },
        { task: 0, work: 4 },
      ]),
    );
    expect([...work]).toEqual([4, 5]);
  });

  test("may have workflows that go on in the next record batch", () => {
    const rows: Row[] = [
      ...[0, 1, 2, 3, 4].map((task) => ({
        task,
        after: task > 0 ? [task - 1] : [],
        work: task,
        deadline: 9,
      })),
      ...[0, 1].map((task) => ({
        workflow: 4,
        task,
        after: task > 0 ? [0] : [],
        submitted: 3,
        work: 10 + task,
      })),
    ];
    const whole = loadTrace(file(rows));
    for (const batch of [1, 2, 3]) {
      const split = loadTrace(file(rows, { batch }));
      expect({ ...split, digest: "" }).toEqual({ ...whole, digest: "" });
    }
    expect([...whole.firstRow]).toEqual([0, 5, 7]);
  });
});
