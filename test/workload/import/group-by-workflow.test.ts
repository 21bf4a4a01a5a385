import fc from "fast-check";
import { expect, test } from "vitest";
import { groupByWorkflow } from "../../../src/workload/import/group-by-workflow.js";

interface Row {
  readonly key: string;
  readonly index: number;
}

async function grouped(keys: readonly string[], most: number, portion = 3) {
  const rows = keys.map((key, index): Row => ({ key, index }));
  const read = { passes: 0 };
  async function* pass() {
    read.passes++;
    for (let at = 0; at < rows.length; at += portion) yield rows.slice(at, at + portion);
  }
  const groups: { key: string; rows: readonly Row[] }[] = [];
  for await (const group of groupByWorkflow(pass, ({ key }) => key, { where: "log.csv", most }))
    groups.push(group);
  return { groups, passes: read.passes };
}

test("rows that stand together come in their order, read twice", async () => {
  const { groups, passes } = await grouped(["a", "a", "b", "c", "c", "c"], 3);
  expect(groups.map(({ key, rows }) => [key, rows.map(({ index }) => index)])).toEqual([
    ["a", [0, 1]],
    ["b", [2]],
    ["c", [3, 4, 5]],
  ]);
  expect(passes).toBe(2);
});

test("whatever the bound, every group comes once, whole and in order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(..."abcdefghijklmnop"), { maxLength: 60 }),
      fc.integer({ min: 1, max: 70 }),
      async (keys, most) => {
        const wanted = new Map<string, number[]>();
        keys.forEach((key, index) => {
          wanted.set(key, [...(wanted.get(key) ?? []), index]);
        });
        const largest = Math.max(0, ...[...wanted.values()].map(({ length }) => length));
        const { groups } = await grouped(keys, Math.max(most, largest));
        expect(groups).toHaveLength(wanted.size);
        expect(new Map(groups.map(({ key, rows }) => [key, rows.map(({ index }) => index)]))).toEqual(wanted);
      },
    ),
  );
});

test("no more rows are held than the bound says", async () => {
  // A thousand workflows whose tasks come in turn: all of them are open until the end.
  const keys = Array.from({ length: 4000 }, (_, i) => `w${i % 1000}`);
  const { groups, passes } = await grouped(keys, 500);
  expect(groups).toHaveLength(1000);
  // 4000 rows in parts of at most 500 take 8 readings at least, and the one that counts.
  expect(passes).toBeGreaterThan(8);
  expect(passes).toBeLessThan(40);
});

test("one group that is larger than the bound is refused", async () => {
  await expect(grouped(["a", "b", "a", "a", "a"], 3)).rejects.toMatchObject({
    code: "GROUP_TOO_LARGE",
    where: "log.csv",
  });
});
