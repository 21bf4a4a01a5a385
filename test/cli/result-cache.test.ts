import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { CELLS, REPLICATIONS, ResultCache } from "../../src/cli/result-cache.js";
import type { BenchmarkCell } from "../../src/experiment/results.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const CELL: BenchmarkCell = {
  scenario: "tiny",
  policy: "jsq",
  seed: 7,
  objective: 0.1 + 0.2,
  metrics: { flowTime: 1 / 3, cost: -0 },
  flowTime: { mean: Number.NaN, p50: Number.NaN, p90: 1, p95: 1, p99: 1 },
  pools: [{ name: "fast", utilisation: 1e-300, meanWaiting: 5e-324 }],
  workflows: { submitted: 3, succeeded: 0, failed: 3 },
  events: 12,
  decisions: 3,
};
const KEY = "ab".repeat(32);

describe("a cache of results", () => {
  const path = temporaryFolder("result-cache");
  const remarks: string[] = [];
  let cache: ResultCache<BenchmarkCell>;
  let n = 0;
  let folder: string;
  beforeEach(() => {
    remarks.length = 0;
    folder = path(`cache-${n++}`);
    cache = new ResultCache(CELLS, folder, (what) => remarks.push(what));
  });
  const file = () => `${folder}/ab/${KEY}.json`;

  test("gives back what it was given, to the bit, NaN too", async () => {
    await cache.keep(KEY, CELL);
    // JSON has no minus zero, and neither has a results file.
    expect(await cache.find(KEY)).toEqual({ ...CELL, metrics: { ...CELL.metrics, cost: 0 } });
    expect(remarks).toEqual([]);
  });

  test("knows nothing of what it was not given, without a word", async () => {
    expect(await cache.find("cd".repeat(32))).toBeUndefined();
    expect(remarks).toEqual([]);
  });

  test("has what it was given for its own kind only", async () => {
    await cache.keep(KEY, CELL);
    const replications = new ResultCache(REPLICATIONS, folder, (what) => remarks.push(what));
    expect(await replications.find(KEY)).toBeUndefined();
    expect(remarks).toEqual([expect.stringContaining("the replication is run anew")]);
  });

  test("leaves no temporary file behind, and does not mind being given something twice", async () => {
    await Promise.all([cache.keep(KEY, CELL), cache.keep(KEY, CELL)]);
    expect(await readdir(`${folder}/ab`)).toEqual([`${KEY}.json`]);
  });

  test.each<[string, (text: string) => string]>([
    ["is empty", () => ""],
    ["was cut short", (text) => text.slice(0, text.length / 2)],
    ["has another figure", (text) => text.replace('"events":12', '"events":13')],
    ["belongs to another cell", (text) => text.replace(KEY, "cd".repeat(32))],
    ["is of a format to come", (text) => text.replace("switchyard.cell/1", "switchyard.cell/2")],
    ["holds something else", () => "[1, 2]"],
    ["holds nothing", () => "null"],
    ["holds other bytes", () => "\u0000\u0001"],
  ])("takes a file that %s for none, with a remark, and mends it", async (_, damage) => {
    await cache.keep(KEY, CELL);
    await writeFile(file(), damage(await readFile(file(), "utf8")));
    expect(await cache.find(KEY)).toBeUndefined();
    expect(remarks).toEqual([expect.stringContaining("the cell is run anew")]);
    await cache.keep(KEY, CELL);
    expect(await cache.find(KEY)).toBeDefined();
  });

  test("remarks on what cannot be read", async () => {
    await mkdir(file(), { recursive: true });
    expect(await cache.find(KEY)).toBeUndefined();
    expect(remarks).toHaveLength(1);
  });

  test("says that it cannot write, where it cannot", async () => {
    await mkdir(dirname(folder), { recursive: true });
    await writeFile(folder, "a file, where a folder should be");
    await expect(cache.keep(KEY, CELL)).rejects.toMatchObject({ code: "CANNOT_WRITE" });
  });
});
