import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Figure } from "../../bench/support/figure.js";

const { figures } = JSON.parse(readFileSync("bench/results/statistics.json", "utf8")) as {
  figures: readonly Figure[];
};

/** In percent, as the pages have it. */
const shown = (starts: string): string[] =>
  figures.filter(({ name }) => name.startsWith(starts)).map(({ value }) => `${value.toFixed(1)} %`);

test.each([
  ["t interval of a mean"],
  ["Fieller's"],
  ["Cohen's d"],
  ["Wilson's"],
  ["Stein's"],
  ["p99 of a run"],
  ["interquartile mean"],
  ["stopping rule: normal"],
  ["stopping rule: exponential"],
  ["stopping rule: lognormal"],
  ["certainty is kept"],
  ["the best is among the candidates"],
])("docs/statistics.md has what the bench found: %s", (starts) => {
  const page = readFileSync("docs/statistics.md", "utf8");
  const section = page.slice(page.indexOf("## How well it holds"));
  expect(shown(starts).length).toBeGreaterThan(0);
  for (const share of shown(starts)) expect(section).toContain(share);
});

test("so have the pages of experiments and of output analysis", () => {
  const experiments = readFileSync("docs/experiments.md", "utf8");
  for (const share of shown("stopping rule")) expect(experiments).toContain(share);
  const analysis = readFileSync("docs/output-analysis.md", "utf8");
  for (const share of shown("sequential replications")) expect(analysis).toContain(share);
});
