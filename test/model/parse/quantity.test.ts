import { unit } from "mathjs";
import { expect, test } from "vitest";
import { type Dimension, parseQuantity } from "../../../src/model/parse/quantity.js";

test.each<[Dimension, string, readonly string[]]>([
  [
    "seconds",
    "s",
    ["250 ms", "2 s", "1.5 h", "10 min", "3 days", "2 weeks", "4 us", "1e3 ms", "2 month", "7 Ms"],
  ],
  ["per second", "s^-1", ["3 / s", "12/min", "0.4 / hour", "2 / ms", "2 Hz", "1 / month"]],
  ["bytes", "B", ["20 MB", "64 GiB", "1 kB", "3 TB", "2 TiB", "8 b", "1 Gb", "5 MiB"]],
  ["bytes per second", "B s^-1", ["1 GB / s", "10 Gb / s", "3 MB/min", "2 GiB / hour"]],
  ["per byte", "B^-1", ["0.02 / GB", "1/TiB", "3 / MB"]],
  ["watts", "W", ["300 W", "1.2 kW", "3 MW", "500 mW"]],
])("%s agree with mathjs, by the short way round it and by mathjs itself", (dimension, base, texts) => {
  for (const text of texts)
    expect(parseQuantity(text, dimension)! / unit(text).toNumber(base), text).toBeCloseTo(1, 12);
});

test.each<[Dimension, string]>([
  ["seconds", "3 kg"],
  ["seconds", "3 m s"],
  ["seconds", "constructor"],
  ["seconds", "3 constructor"],
  ["bytes", "3 s"],
  ["bytes", "20"],
  ["bytes per second", "3 GB"],
  ["per byte", "3 / s"],
  ["watts", "3 Wh"],
  ["number", "3 s"],
  ["share", "3 s"],
  ["seconds", `${"9".repeat(70)} s`],
])("%s are not written %s", (dimension, text) => {
  if (text === "20") expect(parseQuantity(text, dimension)).toBe(20);
  else expect(parseQuantity(text, dimension)).toBeUndefined();
});
