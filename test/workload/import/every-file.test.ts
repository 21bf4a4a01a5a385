import { describe, expect, test } from "vitest";
import { InputError } from "../../../src/kit/errors.js";
import { fileSource, fileStatistics, importTrace } from "../../../src/workload/import/index.js";
import { hasSharedData, sharedJson, sharedPath } from "../shared-data.js";
import { near, truthsOf } from "./truth.js";

/** Read exactly, which its verdict allows as well as a refusal: the warning is for readers that would round. */
const EXACT = "broken/otlp-number-times.json";

interface Broken {
  readonly file: string;
  readonly verdict: "refuse" | "warn" | "accept";
}
const broken = hasSharedData
  ? (sharedJson("broken/BROKEN.json") as { files: Broken[] }).files.filter(
      ({ file }) => !/\.arrows?$/.test(file),
    )
  : [];

describe.skipIf(!hasSharedData)("every recorded file whose figures are known", () => {
  test("is told by its content, and has them", async () => {
    const truths = truthsOf("");
    expect(truths.length).toBeGreaterThanOrEqual(88);
    for (const [file, truth] of truths) {
      const figures = await fileStatistics(await fileSource(sharedPath(file)));
      expect([file, figures]).toEqual([file, expect.objectContaining(near(truth) as object)]);
    }
  });
});

describe.skipIf(!hasSharedData)("a file that is broken on purpose", () => {
  test.each(broken.map(({ file, verdict }) => [file, verdict] as const))("%s: %s", async (file, verdict) => {
    const read = async (strict: boolean) => {
      try {
        const { report } = await importTrace([await fileSource(sharedPath(file))], { strict });
        return report.skipped.length > 0 ? "in part" : "whole";
      } catch (error) {
        if (error instanceof InputError) return "refused";
        throw error;
      }
    };
    const [lenient, strict] = [await read(false), await read(true)];
    if (file === EXACT || verdict === "accept") expect([lenient, strict]).toEqual(["whole", "whole"]);
    else {
      expect(strict).toBe("refused");
      // Of a log of many workflows, a broken one may be refused alone, and counted.
      expect(lenient).toBeOneOf(verdict === "warn" ? ["whole", "in part"] : ["refused", "in part"]);
    }
  });
});
