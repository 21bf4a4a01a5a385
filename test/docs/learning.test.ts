import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Verdict {
  readonly id: string;
  readonly bestRule: string;
  readonly ruleGap: number;
  readonly median: number;
  readonly worst: number;
}

const { figures } = JSON.parse(readFileSync("bench/results/learning.json", "utf8")) as {
  figures: readonly { readonly verdict: Verdict }[];
};

/** Percent: what rounds to 0 has no sign. */
const percent = (value: number, digits: number): string => value.toFixed(digits).replace(/^-(?=0\.0+$)/, "");

test("docs/learning.md tells of every control problem what bench:learning found", () => {
  const page = readFileSync("docs/learning.md", "utf8");
  const rows = page.split("\n").filter((line) => /^\| B\d-/.test(line));
  expect(rows).toHaveLength(figures.length);
  figures.forEach(({ verdict: { id, bestRule, ruleGap, median, worst } }, k) => {
    const [, name, , rule, middle, last] = rows[k]!.split("|").map((cell) => cell.trim());
    expect([name, rule, middle, last]).toEqual([
      id,
      `${percent(ruleGap, 2)} (\`${bestRule}\`)`,
      percent(median, 3),
      percent(worst, 3),
    ]);
  });
});
