import fc from "fast-check";
import { expect, test } from "vitest";
import { csvRecords } from "../../../src/workload/import/csv.js";
import type { Source } from "../../../src/workload/import/source.js";

/** A source that comes in pieces of a few bytes, cut anywhere. */
function pieces(bytes: Uint8Array, size: number): Source {
  return {
    name: "t.csv",
    size: bytes.length,
    read: async (from, to) => bytes.subarray(from, to),
    async *stored() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
    },
  };
}

async function read(text: string | Uint8Array, size = 7, delimiter = ",") {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  const found: (readonly [number, readonly string[]])[] = [];
  for await (const records of csvRecords(pieces(bytes, size), { delimiter }))
    for (const { line, cells } of records) found.push([line, cells]);
  return found;
}

const cell = fc.string({
  unit: fc.constantFrom("a", "é", "😀", ",", '"', "\n", "\r", " ", "7"),
  maxLength: 6,
});

test("what is written by RFC 4180 is read back, wherever the pieces are cut", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 }),
      fc.constantFrom("\n", "\r\n"),
      fc.integer({ min: 1, max: 20 }),
      async (rows, lineEnd, size) => {
        const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
        const text = rows.map((row) => row.map(quoted).join(",") + lineEnd).join("");
        expect((await read(text, size)).map(([, cells]) => cells)).toEqual(rows);
      },
    ),
    { numRuns: 300 },
  ));

test.each([
  [
    "a,b\nc,d",
    [
      [1, ["a", "b"]],
      [2, ["c", "d"]],
    ],
  ],
  [
    "a\r\n\r\n\nb\r\n",
    [
      [1, ["a"]],
      [4, ["b"]],
    ],
  ],
  ["\uFEFFa,b\n", [[1, ["a", "b"]]]],
  [
    '"x\ny",1\nz,2\n',
    [
      [1, ["x\ny", "1"]],
      [3, ["z", "2"]],
    ],
  ],
  ['5" disk,b"c"\n', [[1, ['5" disk', 'b"c"']]]],
  ['"say ""no""",""\n', [[1, ['say "no"', ""]]]],
  [
    "a,\n,b\n",
    [
      [1, ["a", ""]],
      [2, ["", "b"]],
    ],
  ],
  ["", []],
] as const)("%j is read with its lines", async (text, records) => {
  expect(await read(text)).toEqual(records);
});

test.each([
  ['a\nb,"c\nd', "t.csv:2: a quoted cell is not closed"],
  ['a,b\n"c"d,e\n', "t.csv:2: text follows the closing quote of cell 1"],
  ['"a\nb"c\n', "t.csv:2: text follows the closing quote of cell 1"],
  [Buffer.from("a\nb,\xff\n", "latin1"), "t.csv:2: byte 0xFF at offset 4 is not valid UTF-8"],
])("%j is refused", async (text, message) => {
  await expect(read(text)).rejects.toThrow(message);
});

test("the delimiter may be another", async () => {
  expect(await read("a;b,c\td", 3, "\t")).toEqual([[1, ["a;b,c", "d"]]]);
});
