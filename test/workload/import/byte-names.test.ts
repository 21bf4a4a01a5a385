import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteNames } from "../../../src/workload/import/byte-names.js";

test("names are numbered as a map of strings would number them, also after they are forgotten", () =>
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.string({ maxLength: 3 }), { maxLength: 300 }), { maxLength: 4 }),
      (rounds) => {
        const names = new ByteNames();
        for (const round of rounds) {
          names.clear();
          const plain = new Map<string, number>();
          for (const name of round) {
            if (!plain.has(name)) plain.set(name, plain.size);
            const bytes = Buffer.from(`[${name}]`);
            expect(names.number(bytes, 1, bytes.length - 1)).toBe(plain.get(name));
          }
          expect(Array.from({ length: names.size }, (_, n) => names.text(n))).toEqual([...plain.keys()]);
        }
      },
    ),
  ));
