import fc from "fast-check";
import { expect, test } from "vitest";
import { KeyedHeap } from "../../src/kit/keyed-heap.js";

/** Few distinct keys, so that ties are common. */
const step = fc.oneof(fc.record({ add: fc.nat(5) }), fc.record({ remove: fc.nat(1000) }));

test("a keyed heap holds what a sorted list would, whatever is taken out", () =>
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const positions = new Int32Array(200);
      const heap = new KeyedHeap(() => positions);
      const plain: { item: number; key: number }[] = [];
      let next = 0;
      for (const s of steps) {
        if ("add" in s) {
          heap.add(next, s.add, next);
          plain.push({ item: next++, key: s.add });
        } else if (plain.length > 0) {
          const [taken] = plain.splice(s.remove % plain.length, 1);
          heap.remove(taken!.item);
        }
        expect(heap.size).toBe(plain.length);
        if (plain.length === 0) continue;
        const least = plain.reduce((a, b) => (b.key < a.key || (b.key === a.key && b.item < a.item) ? b : a));
        expect([heap.first, heap.firstKey]).toEqual([least.item, least.key]);
        const held = Array.from({ length: heap.size }, (_, i) => heap.at(i));
        expect(held.sort((a, b) => a - b)).toEqual(plain.map(({ item }) => item).sort((a, b) => a - b));
      }
    }),
  ));
