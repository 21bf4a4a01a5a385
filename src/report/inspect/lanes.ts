import { KeyedHeap } from "../../kit/keyed-heap.js";

/**
 * Gives each span the lowest lane that is free, so that none overlaps another: the server that it might have run on. Spans of no
 * length take a lane, too.
 * @param order rows by when they begin
 * @param lanes receives the lane of each row, from 0
 * @returns how many lanes there are
 */
export function assignLanes(
  order: Int32Array,
  from: Float64Array,
  until: Float64Array,
  lanes: Int32Array,
): number {
  let positions = new Int32Array(16);
  // A lane is in one of them: by when it becomes free, or free, by number.
  const busy = new KeyedHeap(() => positions);
  const free = new KeyedHeap(() => positions);
  let count = 0;
  for (const row of order) {
    while (busy.size > 0 && busy.firstKey <= from[row]!) {
      const lane = busy.first;
      busy.remove(lane);
      free.add(lane, lane, 0);
    }
    let lane = count;
    if (free.size > 0) {
      lane = free.first;
      free.remove(lane);
    } else if (++count > positions.length) {
      const longer = new Int32Array(2 * positions.length);
      longer.set(positions);
      positions = longer;
    }
    lanes[row] = lane;
    busy.add(lane, until[row]!, lane);
  }
  return count;
}

/** Rows in the order of a column; those where it is no number are left out. */
export function orderBy(column: Float64Array, rows?: Int32Array): Int32Array {
  const known = (rows ?? Int32Array.from(column, (_, row) => row)).filter(
    (row) => !Number.isNaN(column[row]!),
  );
  return known.sort((a, b) => column[a]! - column[b]! || a - b);
}
