import { expect, test } from "vitest";
import { crc32c } from "../../src/kit/crc32c.js";

const ascending = Uint8Array.from({ length: 32 }, (_, i) => i);

test.each([
  ["32 bytes of zeros", new Uint8Array(32), 0x8a9136aa],
  ["32 bytes of ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ["32 incrementing bytes", ascending, 0x46dd794e],
  ["32 decrementing bytes", ascending.slice().reverse(), 0x113fdb5c],
])("%s: the value of RFC 3720, appendix B.4", (_, bytes, crc) => expect(crc32c(bytes)).toBe(crc));

test("the check value of the catalogue of CRCs", () =>
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283));
