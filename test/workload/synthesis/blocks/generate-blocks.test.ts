import { describe, expect, test } from "vitest";
import { ksDistance } from "../../../../src/workload/fit/index.js";
import { autocorrelations } from "../../../../src/workload/fit/sequence/block-length.js";
import { generate, parseSynthesis, renderSynthesis } from "../../../../src/workload/synthesis/index.js";

/** Long and short workflows by turns of ten, those of one turn close together: 200 of them. */
const RECORD = Array.from({ length: 200 }, (_, w) => {
  const long = Math.floor(w / 10) % 2 === 1;
  return `${w % 10 === 0 ? 91 : 1} ${long ? 2 : 1} ${long ? 100 + w : 1 + w / 1000}${long ? " 5" : ""}`;
}).join("\n    ");
const text = (changes: { rate?: string; within?: string; law?: string } = {}) => `
synthesis: turns
arrivals: { blocks: { length: 20${changes.within ?? ""}${changes.rate ?? ""} } }
types:
  a: { work: ${changes.law ?? "exponential(3 s)"} }
  b: { work: lognormal(mean = 50 s, cv = 1) }
  c: { work: 5 s }
templates:
  short: { tasks: { a: } }
  long: { tasks: { b: , c: { after: [b] } } }
record: |
    ${RECORD}
`;
const spec = (changes = {}) => parseSynthesis(text(changes), "turns.yaml");
const drawn = (workflows: number, seed = 1, changes = {}) => [
  ...generate(spec(changes), { seed, workflows }),
];

test("every pass through the record takes as long as the record, and has its templates as often", () => {
  const flows = drawn(600);
  for (const pass of [1, 2, 3]) {
    expect(flows[pass * 200 - 1]!.submitted).toBeCloseTo(pass * (20 * 91 + 180), 6);
    const part = flows.slice((pass - 1) * 200, pass * 200);
    expect(part.filter(({ template }) => template === "long")).toHaveLength(100);
  }
});

test("works have their laws, however the record has them", () => {
  const works = Float64Array.from(
    drawn(20_000).filter(({ template }) => template === "short"),
    ({ work }) => work[0]!,
  ).sort();
  const law = works.map((_, k) => -3 * Math.log1p(-(k + 0.5) / works.length));
  // Shares fill the unit interval evenly in every pass: far closer than 10,000 independent draws (0.0136 at 5 %).
  expect(ksDistance(works, law)).toBeLessThan(0.0136);
});

test("what came together stays together: templates hang on those before, as in the record", () => {
  const order = (flows: readonly { readonly template: string }[]) =>
    autocorrelations(
      Float64Array.from(flows, ({ template }) => (template === "long" ? 1 : -1)),
      1,
    )[1]!;
  // In the record 0.9 of neighbours are alike, a correlation of 0.8. A block ends after one in twenty; half of those joins
  // are alike: 0.95 x 0.8. The standard error over 20,000 is below 0.02.
  expect(Math.abs(order(drawn(20_000)) - 0.76)).toBeLessThan(0.06);
});

describe("the same seed makes the same, and", () => {
  test("a longer trace begins with the shorter one", () =>
    expect(drawn(450).slice(0, 250)).toEqual(drawn(250)));

  test("another seed makes another, and so does every pass", () => {
    const works = (flows: ReturnType<typeof drawn>) => flows.map(({ work }) => work[0]);
    expect(works(drawn(200, 1))).not.toEqual(works(drawn(200, 2)));
    expect(works(drawn(400).slice(200))).not.toEqual(works(drawn(200)));
  });

  test("twice the rate is the same in half the time", () => {
    const [once, twice] = [
      drawn(300, 1, { rate: ", rate: 0.1 / s" }),
      drawn(300, 1, { rate: ", rate: 0.2 / s" }),
    ];
    twice.forEach((flow, w) => {
      expect(flow.submitted).toBeCloseTo(once[w]!.submitted / 2, 6);
      expect(flow.work).toEqual(once[w]!.work);
    });
  });

  test("twice the work of a type is twice the work of its tasks, in the same order", () => {
    const [once, twice] = [drawn(300), drawn(300, 1, { law: "exponential(6 s)" })];
    twice.forEach((flow, w) => {
      const factor = flow.template === "short" ? 2 : 1;
      expect(flow.work[0]).toBeCloseTo(once[w]!.work[0]! * factor, 9);
    });
  });
});

test("a spec rendered and read again makes the same", () => {
  const again = parseSynthesis(renderSynthesis(spec({ within: ", within: 50" })), "again.yaml");
  expect([...generate(again, { seed: 3, workflows: 300 })]).toEqual(
    drawn(300, 3, { within: ", within: 50" }),
  );
});

describe("a spec is refused where", () => {
  const complaint = (from: string, to: string) => () => parseSynthesis(text().replace(from, to), "s.yaml");
  test.each([
    ["blocks have no record", text().slice(text().indexOf("record: |")), "", /blocks need a record/],
    [
      "a record has no blocks",
      "{ blocks: { length: 20 } }",
      "{ poisson: 1 / s }",
      /nothing is drawn from the record/,
    ],
    ["blocks have no length", "{ length: 20 }", "{ within: 20 }", /blocks need a length/],
    ["blocks are shorter than a workflow", "length: 20", "length: 0.5", /1 or more|at least 1|0\.5/],
    ["a line has too few works", "91 1 1", "91 2 1", /template 2 has 2 tasks.*line 1 of the record/],
  ])("%s", (_, from, to, told) => expect(complaint(from, to)).toThrow(told));
});
