import { expect, test } from "vitest";
import { aligned } from "../../src/kit/aligned.js";

test("columns are as wide as their widest cell, flush left or right", () => {
  const lines = [
    ["name", "n"],
    ["a", "1000"],
    ["longer", "1"],
  ];
  expect(aligned(lines, (c) => c > 0)).toEqual([
    "name       n", //
    "a       1000",
    "longer     1",
  ]);
  expect(aligned(lines, () => false)[1]).toBe("a       1000");
});

test("a table may have more lines than a call has arguments, and lines that end early", () => {
  const lines = [["head", "x"], ...Array.from({ length: 300_000 }, () => ["1"])];
  expect(aligned(lines, () => true).at(-1)).toBe("   1");
});
