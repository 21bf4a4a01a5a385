import { Field, Int64, List, vectorFromArray } from "apache-arrow";
import { expect, test } from "vitest";
import { readTrace } from "../../../src/workload/trace/index.js";
import { foreignTrace } from "./foreign-trace.js";

const WIDE = new List(new Field("item", new Int64(), true));

async function prefixes(blocks: readonly (readonly bigint[] | null)[]) {
  const rows = blocks.map((_, workflow) => ({ workflow, task: 0 }));
  const found = [];
  const bytes = foreignTrace(rows, { extra: { prefix: vectorFromArray(blocks, WIDE) } });
  for await (const { prefix } of readTrace(bytes)) found.push(prefix![0] === null ? null : [...prefix![0]!]);
  return found;
}

test("blocks of prompts may be 64-bit numbers in a file from elsewhere; unknown is not empty", async () =>
  expect(await prefixes([[1n, 2n ** 31n - 1n], null, []])).toEqual([[1, 2 ** 31 - 1], null, []]));

test.each([-1n, 2n ** 31n, 2n ** 62n])("a block %d is none", async (block) =>
  expect(prefixes([[0n], [block]])).rejects.toThrow(/row 1: prefix holds the block/),
);
