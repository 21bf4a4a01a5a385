import { compile, type TopLevelSpec } from "vega-lite";
import { expect, test } from "vitest";
import { importances, parseDimension, sweep } from "../../src/experiment/sweep/index.js";
import type { ChartSpec } from "../../src/report/index.js";
import { sweepReport } from "../../src/report/index.js";

const dimensions = [
  "policy.failure=uniform(0,20)",
  "scenario.pools.fast.servers=integer(1,4)",
  "policy=choice(sed,jsq)",
].map(parseDimension);

async function pageOf(method: "random" | "halving", cost: (x: number) => number) {
  const trials = await sweep({ dimensions, method, trials: 30, seed: 1 }, async (jobs) =>
    jobs.map(({ settings }) => cost(settings["policy.failure"] as number)),
  );
  return sweepReport(
    {
      name: "a <b>",
      objective: "flowTime",
      subject: "sed",
      method,
      dimensions,
      trials,
      importances: importances(dimensions, trials),
    },
    { vega: "", vegaLite: "", vegaEmbed: "" },
  );
}

function specsOf(page: string): ChartSpec[] {
  const [, json] = /<script type="application\/json" id="chart-specs">([\s\S]*?)<\/script>/.exec(page)!;
  return JSON.parse(json!);
}

test.each([
  ["a sweep", "random", (x: number) => (x - 7) ** 2],
  ["one whose costs are all alike", "random", () => 3],
  ["one with costs that are no numbers", "random", (x: number) => (x < 10 ? Number.NaN : x)],
  ["one of which few went to the end", "halving", (x: number) => x],
] as const)("the charts of %s compile in Vega-Lite without a warning", async (_, method, cost) => {
  const warnings: unknown[] = [];
  const complain = (...said: unknown[]) => {
    warnings.push(said);
    return logger;
  };
  const quiet = () => logger;
  const logger = { level: quiet, error: complain, warn: complain, info: quiet, debug: quiet };
  for (const spec of specsOf(await pageOf(method, cost))) {
    compile({ ...spec, width: 600 } as unknown as TopLevelSpec, { logger: logger as never });
  }
  expect(warnings).toEqual([]);
});

test("the page names the best settings, ranks the trials, and escapes what it is given", async () => {
  const page = await pageOf("random", (x) => (x - 7) ** 2);
  expect(page).toContain("a &lt;b&gt;");
  expect(page).not.toContain("a <b>");
  expect(page).toMatch(/policy\.failure = (6|7)\.\d+/);
  expect(page).toMatch(/How much each setting matters/);
  const few = await pageOf("halving", (x) => x);
  expect(few).toMatch(/Too few trials were measured to the end to tell \(1\)/);
});
