import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { FAMILY_PARTS } from "../../../src/workload/synthesis/families/family.js";
import { generate, parseSynthesis } from "../../../src/workload/synthesis/index.js";
import { FAMILY_KEYS } from "../../../src/workload/synthesis/parse-spec.js";

const text = readFileSync(resolve(import.meta.dirname, "../../../docs/synthesis.md"), "utf8");

test("the specs that docs/synthesis.md shows are read, and make workloads", () => {
  const shown = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml]) => yaml!);
  expect(shown.length).toBeGreaterThan(0);
  for (const yaml of shown) {
    const spec = parseSynthesis(yaml, "docs/synthesis.md");
    expect([...generate(spec, { seed: 1, workflows: 100 })]).toHaveLength(100);
  }
});

test("docs/synthesis.md names every family with its keys and parts", () => {
  for (const [family, keys] of Object.entries(FAMILY_KEYS)) {
    const row = text.split("\n").find((line) => line.startsWith(`| \`${family}\` |`))!;
    const named = [...keys, ...FAMILY_PARTS[family as keyof typeof FAMILY_KEYS]];
    expect(named.filter((name) => !row.includes(`\`${name}\``))).toEqual([]);
  }
});
