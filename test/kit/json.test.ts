import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../../src/kit/errors.js";
import { type JsonValue, readJson } from "../../src/kit/json.js";
import { firstInvalidUtf8 } from "../../src/kit/utf8.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readJson(bytes(text), "f.json");

function complaint(input: string | Uint8Array, limits = {}): { code: string; message: string } {
  try {
    readJson(typeof input === "string" ? bytes(input) : input, "f.json", limits);
  } catch (error) {
    if (error instanceof InputError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("nothing was complained about");
}

/** Our objects have no prototype; JSON.stringify does not mind. */
const plain = (value: JsonValue) => JSON.stringify(value);

describe("a JSON reader", () => {
  test("reads whatever JSON.stringify writes, as JSON.parse does", () =>
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), fc.constantFrom(0, 1, "\t"), (text, indent) => {
        const pretty = JSON.stringify(JSON.parse(text), null, indent);
        expect(plain(read(pretty).value)).toBe(JSON.stringify(JSON.parse(pretty)));
      }),
    ));

  test("refuses what JSON.parse refuses, whatever byte is put, dropped or cut", () =>
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom("", "}", "]", ",", ":", '"', "\\", "1", "-", "e", ".", "nul", " ", "\u0001"),
        fc.boolean(),
        (text, at, put, cut) => {
          const i = at % (text.length + 1);
          const broken = cut ? text.slice(0, i) + put : text.slice(0, i) + put + text.slice(i + 1);
          let expected: string | undefined;
          try {
            expected = JSON.stringify(JSON.parse(broken));
          } catch {
            expect(() => read(broken)).toThrow(InputError);
            return;
          }
          // Lone surrogates and infinities are ours alone to refuse; fast-check's json makes neither here.
          if (!/\\u[dD]|\d{300}|[eE]/.test(broken)) expect(plain(read(broken).value)).toBe(expected);
        },
      ),
      { numRuns: 500 },
    ));

  test.each([
    [
      "NaN",
      '{"a": [1, NaN]}',
      'f.json:1:11: unexpected "NaN", a value was to come (JSON has no NaN or infinity)',
    ],
    ["an infinity", '{"a":\n 1e400}', "f.json:2:2: the number 1e400 is beyond the range of a double"],
    ["an end in the middle of an object", '{"a": 1,\n"b": ', "f.json:2:6: unexpected end of input"],
    ["an end in the middle of a string", '["abc', "f.json:1:6: unexpected end of input"],
    ["a comma too many", "[1,]", 'f.json:1:4: unexpected "]", a value'],
    ["single quotes", "{'a': 1}", 'f.json:1:2: unexpected "\'", a key in quotes'],
    ["a second document", "{} {}", "f.json:1:4: unexpected"],
    ["a leading zero", "[01]", 'f.json:1:3: unexpected "1"'],
    ["half a surrogate pair", '["\\ud800"]', "half of a surrogate pair"],
    ["a raw line break in a string", '["a\nb"]', "without control characters"],
  ])("says what is wrong and where: %s", (_, text, message) => {
    expect(complaint(text)).toEqual({ code: "BAD_JSON", message: expect.stringContaining(message) });
  });

  test("says where an open bracket began when the end is missing", () => {
    expect(complaint('{"a":\n  [1, 2').message).toContain("what opens at f.json:2:3 is never closed");
  });

  test("counts columns in characters, not bytes", () => {
    expect(complaint('{"é€": x}').message).toContain("f.json:1:8");
  });

  test("takes UTF-8 only: skips one mark, names UTF-16, gives the offset of a bad byte", () => {
    expect(readJson(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31), "f.json").value).toBe(1);
    expect(complaint(Uint8Array.of(0xff, 0xfe, 0x31, 0)).message).toContain("UTF-16");
    expect(complaint(Uint8Array.of(0x22, 0xe9, 0x22))).toEqual({
      code: "BAD_ENCODING",
      message: expect.stringContaining("byte 0xE9 at offset 1 is not valid UTF-8"),
    });
  });

  test("finds the first byte that a fatal TextDecoder would stumble over", () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.constantFrom(0x41, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0x80, 0x9f, 0xa0, 0xbf), fc.nat(255)),
        ),
        (list) => {
          const text = Uint8Array.from(list);
          const valid = (part: Uint8Array) => {
            try {
              new TextDecoder("utf-8", { fatal: true }).decode(part);
              return true;
            } catch {
              return false;
            }
          };
          const bad = firstInvalidUtf8(text);
          expect(bad < 0).toBe(valid(text));
          if (bad >= 0) expect(valid(text.subarray(0, bad))).toBe(true);
        },
      ),
      { numRuns: 1000 },
    ));

  test("is bounded in size and depth, without a stack overflow", () => {
    expect(complaint("[1, 2, 3]", { bytes: 8 }).code).toBe("TOO_LARGE");
    expect(complaint("[".repeat(1_000_000)).code).toBe("TOO_DEEP");
    expect(complaint('{"a":'.repeat(1_000_000)).code).toBe("TOO_DEEP");
    expect(read(`${"[".repeat(64)}${"]".repeat(64)}`).value).toHaveLength(1);
  });

  test("is not confused by keys that mean something to JavaScript", () => {
    const { value } = read('{"__proto__": {"polluted": 1}, "constructor": 2}');
    expect(Object.keys(value as object)).toEqual(["__proto__", "constructor"]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect((read("{}").value as Record<string, unknown>)["constructor"]).toBeUndefined();
  });

  test("remarks upon duplicate keys and upon integers that a double cannot hold", () => {
    const document = read('{"a": [{"b": 1, "b": 2, "b": 3}],\n "id": 9007199254740993}');
    expect(document.remarks).toEqual([
      { code: "DUPLICATE_KEY", count: 2, first: "f.json:1:17 > a[0].b" },
      { code: "ROUNDED_INTEGER", count: 1, first: "f.json:2:8 > id" },
    ]);
    expect(plain(document.value)).toContain('"b":3');
  });

  test("hands out integers that a double cannot hold as their text where asked to", () => {
    const text = '{"id": 9007199254740993, "least": -9007199254740991, "rate": 1e300}';
    const { value, remarks } = readJson(new TextEncoder().encode(text), "f.json", { wideIntegers: "text" });
    expect({ ...(value as object) }).toEqual({
      id: "9007199254740993",
      least: -9007199254740991,
      rate: 1e300,
    });
    expect(remarks).toEqual([]);
  });

  test("finds the line of a value by its path, the last one where keys repeat", () => {
    const document = read('{\n "a": [0,\n  {"x y": 1, "x y":\n 2}]}');
    expect(document.where(["a", 1, "x y"])).toBe('f.json:4:2 > a[1]["x y"]');
    expect(document.where([])).toBe("f.json:1:1");
    expect(document.where(["nowhere", 3])).toBe("f.json > nowhere[3]");
  });

  test.each(["", "  \n"])("says that %j is empty", (text) => expect(complaint(text).code).toBe("EMPTY"));
});
