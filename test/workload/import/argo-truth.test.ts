import { describe, expect, test } from "vitest";
import { bytesSource, fileStatistics, importTrace } from "../../../src/workload/import/index.js";
import { hasSharedData, sharedBytes } from "../shared-data.js";
import { near, truthsOf } from "./truth.js";

const truths = truthsOf("argo");

describe.skipIf(!hasSharedData)("a recorded Argo workflow", () => {
  test("is among those whose figures are known", () => expect(truths.length).toBeGreaterThanOrEqual(9));

  test.each(truths)("%s has the figures that are known of it", async (file, truth) => {
    expect(await fileStatistics(bytesSource(file, sharedBytes(file)))).toEqual(near(truth));
  });

  test.each(truths.filter(([, { pods }]) => pods !== 0))(
    "%s has every pod in a task",
    async (file, truth) => {
      const { workflows } = await importTrace([bytesSource(file, sharedBytes(file))]);
      const pods = workflows[0]!.attempts!.reduce((sum, attempts) => sum + attempts, 0);
      expect(pods).toBe(truth["pods"]);
    },
  );
});
