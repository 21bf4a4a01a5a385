import { BatchBuilder } from "./batch-builder.js";
import type { RowBatch } from "./row-batch.js";

/**
 * The rows of a batch with its workflows sorted by submission; those of one instant stay in their order. The rows of each
 * workflow stand together, and stay as they are.
 */
export function sortBatch(batch: RowBatch): RowBatch {
  if (isSorted(batch)) return batch;
  const { rows, workflow, submitted } = batch;
  const first: number[] = [];
  for (let row = 0; row < rows; row++) if (row === 0 || workflow[row] !== workflow[row - 1]) first.push(row);
  first.push(rows);
  const order = Array.from({ length: first.length - 1 }, (_, w) => w);
  // Not by difference: two that come before everything are at -Infinity.
  order.sort((a, b) => {
    const [x, y] = [submitted[first[a]!]!, submitted[first[b]!]!];
    return x < y ? -1 : x > y ? 1 : a - b;
  });
  const builder = new BatchBuilder(rows);
  for (const w of order) builder.append(batch, first[w]!, first[w + 1]!);
  return builder.take();
}

function isSorted({ rows, submitted }: RowBatch): boolean {
  for (let row = 1; row < rows; row++) if (submitted[row]! < submitted[row - 1]!) return false;
  return true;
}
