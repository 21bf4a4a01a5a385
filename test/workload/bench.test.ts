import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { fitBench } from "../../bench/workload/fit.bench.js";
import { importBench } from "../../bench/workload/import.bench.js";
import { replayBench } from "../../bench/workload/replay.bench.js";

test("the bench of replays runs, and computes the same twice", async () => {
  const [first, second] = [await replayBench("smoke"), await replayBench("smoke")];
  expect(first.every(({ value, checksum }) => Number.isFinite(value) && Number.isFinite(checksum))).toBe(
    true,
  );
  expect(second.map(({ checksum }) => checksum)).toEqual(first.map(({ checksum }) => checksum));
});

const built = existsSync("dist/workload/import/index.js");
if (!built) console.log("skipped: the bench of imports. It is not built: npm run build");

test.skipIf(!built)("the bench of imports runs, and reads all rows", async () => {
  const figures = await importBench("smoke");
  expect(figures.length).toBeGreaterThanOrEqual(2);
  for (const { name, value, checksum } of figures) {
    expect(value).toBeGreaterThan(0);
    if (name.includes("DuckDB")) expect(checksum).toBe(20_000);
  }
});

test("the bench of fits runs on the sample that ships", async () => {
  const [figure] = await fitBench("smoke");
  expect(figure!.value).toBeLessThan(30);
  expect(figure!.name).toMatch(/^the sample that ships: 96 workflows/);
});
