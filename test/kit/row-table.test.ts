import { expect, test } from "vitest";
import { RowTable } from "../../src/kit/row-table.js";

const made = () =>
  new RowTable((rows) => ({
    number: new Int32Array(rows),
    half: new Float64Array(rows),
    same: new Int32Array(rows),
  }));

function grow(table: ReturnType<typeof made>, from: number, until: number) {
  for (let r = from; r < until; r++) {
    const row = table.add();
    table.block.number[row] = r * 1000;
    table.block.half[row] = r / 2;
    table.block.same[row] = -1;
  }
}

function expectRows(table: ReturnType<typeof made>, rows: number) {
  expect(table.length).toBe(rows);
  expect(table.column("number")).toEqual(Int32Array.from({ length: rows }, (_, r) => r * 1000));
  expect(table.column("half")).toEqual(Float64Array.from({ length: rows }, (_, r) => r / 2));
  expect(table.column("same")).toEqual(new Int32Array(rows).fill(-1));
}

/** About where blocks are full: 256 rows, 512 more, and so on up to 4096. */
const SIZES = [0, 1, 255, 256, 257, 768, 7936, 7937, 12_032, 12_033, 30_000];

test.each(SIZES)("a table of %i rows has all of them, in order", (rows) => {
  const table = made();
  grow(table, 0, rows);
  expectRows(table, rows);
});

test.each(SIZES)("a table that was saved at %i rows goes on where it was", (rows) => {
  const table = made();
  grow(table, 0, rows);
  const twin = made();
  twin.restore(structuredClone(table.save()));
  expectRows(twin, rows);
  grow(twin, rows, rows + 5000);
  expectRows(twin, rows + 5000);
  expectRows(table, rows);
});
