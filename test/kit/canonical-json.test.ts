import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/kit/canonical-json.js";
import { sharedFile } from "../support/shared.js";

describe("canonical JSON (RFC 8785)", () => {
  test("sorts keys by their UTF-16 units and prints numbers as ECMAScript does (the RFC's own example)", () => {
    const value = {
      numbers: [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      literals: [null, true, false],
    };
    expect(canonicalJson({ ...value, string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/" })).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    expect(
      canonicalJson({ "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, ö: 7 }),
    ).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [undefined], ["\ud800"], [() => 1]])(
    "refuses %s",
    (value) => {
      expect(() => canonicalJson([value])).toThrow(TypeError);
    },
  );

  const vectors = sharedFile("reference/vectors/jcs/testdata");
  test.skipIf(vectors === null)("gives the published vectors", () => {
    for (const name of readdirSync(`${vectors}/input`)) {
      const value = JSON.parse(readFileSync(`${vectors}/input/${name}`, "utf8"));
      expect(canonicalJson(value)).toBe(readFileSync(`${vectors}/output/${name}`, "utf8"));
    }
  });
});
