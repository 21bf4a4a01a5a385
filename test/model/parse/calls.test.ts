import { expect, test } from "vitest";
import { complaints, expectComplaint, parse } from "../../support/scenario-text.js";

/** Workflows by name, each with one task a workflow that it calls, besides one of work; the first has arrivals. */
const calling = (calls: Readonly<Record<string, readonly string[]>>) =>
  [
    "scenario: x",
    "horizon: 1 h",
    "pools: { p: {} }",
    "workflows:",
    ...Object.entries(calls).flatMap(([name, called], w) => [
      `  ${name}:`,
      ...(w === 0 ? ["    arrivals: { poisson: 1 / h }"] : []),
      "    tasks:",
      "      own: { work: 1 ms }",
      ...called.map((inner, t) => `      t${t}: { workflow: ${inner} }`),
    ]),
  ].join("\n");
const chain = (length: number, width: number) =>
  Object.fromEntries(
    Array.from({ length }, (_, w) => [`w${w}`, w + 1 < length ? Array<string>(width).fill(`w${w + 1}`) : []]),
  );

test("workflows call workflows, 16 deep", () => {
  expect(parse(calling(chain(17, 1))).workflows).toHaveLength(17);
  expectComplaint(calling(chain(18, 1)), { what: /nest 17 deep/ });
});

test("a diamond of calls is no circle", () => {
  expect(parse(calling({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] })).workflows).toHaveLength(4);
});

test.each([
  ["itself", { a: ["a"] }, /a -> a$/],
  ["each other", { a: ["b"], b: ["a"] }, /(a -> b -> a|b -> a -> b)$/],
  [
    "each other, further down",
    { a: ["b"], b: ["c"], c: ["d"], d: ["b"] },
    /(b -> c -> d -> b|c -> d -> b -> c|d -> b -> c -> d)$/,
  ],
])("workflows that call %s are refused, with the circle", (_, calls, what) => {
  expectComplaint(calling(calls), { what, where: "x.yaml:5:3 > workflows", mend: /repeat/ });
});

test("calls that multiply are refused, at once", () => {
  // 10 calls in each of 15 levels: 10^14 tasks.
  expectComplaint(calling(chain(15, 10)), { what: /comes to \d+ tasks, calls included/ });
});

test("ten thousand workflows in a chain are refused, not followed", () => {
  expect(complaints(calling(chain(10_000, 1)))[0]!.what).toMatch(/nest \d+ deep/);
});
