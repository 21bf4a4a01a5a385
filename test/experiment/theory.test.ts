import { expect, test } from "vitest";
import { readCases } from "../../src/experiment/theory/case-file.js";
import { verify } from "../../src/experiment/theory/verify.js";

const file = (cases: unknown) =>
  readCases(new TextEncoder().encode(JSON.stringify({ simulator: cases })), "cases.json");
const options = { threads: 1, precision: 0.02, mostJobs: 4_000_000 };
/** M/M/1 at load 0.5, and M/D/1 at load 0.7, in closed form. */
const right = [
  {
    id: "mm1",
    family: "mm1",
    parameters: { lambda: 0.5, mu: 1 },
    expected: { mean_wait: 1, mean_sojourn: 2, utilisation: 0.5, sojourn_p95: 5.99146 },
  },
  {
    id: "md1",
    family: "mg1",
    parameters: { lambda: 0.7, service: { kind: "deterministic", value: 1 } },
    expected: { mean_wait: 0.7 / 0.6, p_wait: 0.7 },
  },
];

test("cases with right figures are met, by scenarios built from their parameters", async () => {
  const verdicts = await verify(file(right), options);
  expect(verdicts.flatMap(({ figures }) => figures.map(({ verdict }) => verdict))).toEqual(
    new Array(6).fill("met"),
  );
});

test("a figure that is wrong by a tenth is missed", async () => {
  const wrong = [{ ...right[0]!, expected: { mean_wait: 1.1, utilisation: 0.5 } }];
  const [verdict] = await verify(file(wrong), options);
  expect(verdict!.figures.map(({ figure, verdict: v }) => [figure, v])).toEqual([
    ["mean_wait", "missed"],
    ["utilisation", "met"],
  ]);
});

test("what this build does not know is said, not passed over", async () => {
  const [family, figure] = await verify(
    file([
      { ...right[0]!, family: "teleport" },
      { ...right[0]!, expected: { mean_wait: 1, magic: 7 } },
    ]),
    options,
  );
  expect(family!.notRun).toMatch(/teleport is not known/);
  expect(figure!.notMeasured).toEqual(["magic"]);
});
