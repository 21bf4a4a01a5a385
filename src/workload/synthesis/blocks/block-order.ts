import type { UniformSource } from "../../../kit/random.js";

/** How a record is cut and put together again. */
export interface BlockPlan {
  /** Workflows of a block on average, at least 1. */
  readonly length: number;
  /** Workflows of the window within which blocks change places; Infinity: anywhere; 1: nowhere, the record's order is kept. */
  readonly within: number;
}

/**
 * The places 0 .. count - 1 of a record, each once, in a new order: the record is cut into blocks of geometric length, as in
 * the stationary bootstrap (Politis and Romano 1994), and blocks that lie in one window change places at random. Windows are
 * what keeps a drift (local block bootstrap, Paparoditis and Politis 2002). Blocks are drawn without replacement: so every
 * pass has the record's own load, and not one that is by chance some percent more, which queues would answer by far more.
 * Where the windows begin is drawn, too; the record is a ring where there is one window only.
 */
export function blockOrder(
  count: number,
  { length, within }: BlockPlan,
  uniform: UniformSource,
): Int32Array<ArrayBuffer> {
  const anywhere = within >= count;
  const start = anywhere ? Math.floor(uniform.next() * count) : 0;
  const from: number[] = [];
  const scale = length > 1 ? 1 / Math.log1p(-1 / length) : 0;
  for (let at = 0; at < count; ) {
    from.push(at);
    at += length > 1 ? 1 + Math.floor(Math.log(uniform.next()) * scale) : 1;
  }
  const blocks = from.length;
  const together = anywhere ? blocks : Math.max(within > 1 ? 2 : 1, Math.round(within / length));
  const order = Int32Array.from({ length: blocks }, (_, b) => b);
  const first = anywhere ? 0 : -Math.floor(uniform.next() * together);
  for (let low = first; low < blocks; low += together)
    shuffle(order, Math.max(0, low), Math.min(blocks, low + together), uniform);
  const places = new Int32Array(count);
  let k = 0;
  for (const b of order) {
    const end = from[b + 1] ?? count;
    for (let at = from[b]!; at < end; at++) places[k++] = (start + at) % count;
  }
  return places;
}

/** Fisher and Yates, on [low, high). */
function shuffle(order: Int32Array, low: number, high: number, uniform: UniformSource): void {
  for (let i = high - 1; i > low; i--) {
    const j = low + Math.floor(uniform.next() * (i - low + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
}
