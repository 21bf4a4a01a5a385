import { expect, test } from "vitest";
import { bytesSource, importTrace } from "../../../src/workload/import/index.js";

const table = (calls: string) =>
  bytesSource(
    "invocations.csv",
    new TextEncoder().encode(`HashOwner,HashApp,HashFunction,Trigger,1,2\no,a,f,http,2,${calls}\n`),
  );

test("calls of a minute come evenly within it", async () => {
  const { workflows } = await importTrace([table("1")]);
  expect(workflows.map(({ submitted }) => submitted)).toEqual([0, 30, 75]);
});

// 2^64 in a cell would become as many rows: memory would be full long before the last.
test.each(["1000001", "18446744073709551616", "1e300"])("%s calls of a minute are refused", async (calls) =>
  expect(importTrace([table(calls)])).rejects.toThrow(/invocations\.csv:2.*minute 2/),
);
