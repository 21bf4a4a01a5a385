import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SwitchyardError } from "../../src/kit/errors.js";
import { DECISION_KINDS } from "../../src/model/scenario.js";
import { HEURISTICS, heuristic, tuningGrid } from "../../src/policy/catalogue.js";

const complaint = (spec: string): { code: string; what: string; mend: string | undefined } => {
  try {
    heuristic(spec);
  } catch (error) {
    if (error instanceof SwitchyardError) return error;
    throw error;
  }
  throw new Error(`${spec} was taken`);
};

describe("a policy as written", () => {
  test.each([
    ["jsq", "jsq"],
    ["power-of-d", "power-of-d(d=2)"],
    ["sed(failure=4)", "sed(price=0,failure=4)"],
    ["cmu", "cmu"],
    ["cmu(gold=3, basic = 0.5)", "cmu(basic=0.5,gold=3)"],
    ["cmu(cost.gold=3)", "cmu(gold=3)"],
    ["cmu-theta(gold=3,theta.gold=0.5,penalty.basic=2)", "cmu-theta(gold=3,theta.gold=0.5,penalty.basic=2)"],
    ["cmu(a=b=2)", "cmu(a=b=2)"],
    ["threshold(slow pool=3)", "threshold(slow pool=3)"],
    ["naor(cost=2,gold=9)", "naor(reward=10,cost=2,gold=9)"],
    ["sed + cmu(gold=3) + target-utilisation(share=0.5)", "sed+cmu(gold=3)+target-utilisation(share=0.5)"],
  ])("%s is %s", (spec, name) => {
    expect(heuristic(spec).name).toBe(name);
    expect(heuristic(name).name).toBe(name);
  });

  test("makes the kinds of all its parts, the first of each kind", () => {
    const policy = heuristic("sed+cmu(gold=3)+target-utilisation+jsq");
    expect(policy.kinds).toEqual(["route", "dispatch", "scale"]);
  });

  test.each([
    ["jsk", "UNKNOWN_POLICY", /jsq/],
    ["sed(falure=4)", "UNKNOWN_KNOB", /failure/],
    ["sed(=4)", "UNKNOWN_KNOB", /failure/],
    ["sed(failure=-1)", "BAD_KNOB", /from 0 to/],
    ["power-of-d(d=1.5)", "BAD_KNOB", /an integer/],
    ["cmu(gold)", "UNKNOWN_KNOB|BAD_KNOB", /./],
    ["cmu(gold=many)", "BAD_KNOB", /holding cost/],
    ["cmu(gold=-1)", "BAD_KNOB", /from 0 to/],
    ["cmu(=1)", "UNKNOWN_KNOB", /./],
    ["cmu(gold=1,gold=2)", "BAD_KNOB", /once/],
    ["cmu-theta(theta.gold=0)", "BAD_KNOB", /abandons/],
    ["weighted-fair(gold=0)", "BAD_KNOB", /share/],
    ["jsq(2)", "UNKNOWN_KNOB", /./],
    ["power-of-d(d=2,d=3)", "BAD_KNOB", /once/],
  ])("%s is refused: %s", (spec, code, mend) => {
    const error = complaint(spec);
    expect(error.code).toMatch(new RegExp(`^(${code})$`));
    expect(`${error.mend}`).toMatch(mend);
  });
});

describe("the catalogue", () => {
  test("names every heuristic once, and makes each as it is named", () => {
    const names = HEURISTICS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, kinds, meaning } of HEURISTICS) {
      const policy = heuristic(name);
      expect(policy.kinds).toEqual(kinds);
      expect(policy.name.split("(")[0]).toBe(name);
      expect(meaning).toMatch(/^[^.]+$/);
    }
  });

  test("has several for every kind of decision", () => {
    for (const kind of DECISION_KINDS) {
      expect(HEURISTICS.filter(({ kinds }) => kinds.includes(kind)).length).toBeGreaterThanOrEqual(4);
    }
  });

  test("says of each knob what it means, within what range, and what to try", () => {
    for (const { knobs, weights } of HEURISTICS) {
      for (const knob of knobs) {
        const [low, high] = knob.range;
        for (const value of [knob.default, ...knob.grid]) {
          expect(
            value >= low && value <= high && !(knob.integer === true && value % 1 !== 0),
            knob.name,
          ).toBe(true);
        }
        expect(knob.grid.length).toBeGreaterThan(0);
        expect(knob.meaning).not.toBe("");
      }
      for (const each of weights) expect(each.meaning).not.toBe("");
    }
  });

  test("has a grid of specs that can be made, each another policy", () => {
    for (const entry of HEURISTICS) {
      const names = tuningGrid(entry).map((spec) => heuristic(spec).name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test("is what the page on heuristics says, kind by kind", () => {
    const page = readFileSync(new URL("../../docs/heuristics.md", import.meta.url), "utf8");
    const sections = new Map(page.split(/^## /m).map((part) => [part.split("\n")[0], part]));
    for (const kind of DECISION_KINDS) {
      const rows = sections
        .get(kind)!
        .split("\n")
        .filter((line) => line.startsWith("| `"));
      const entries = HEURISTICS.filter(({ kinds }) => kinds.includes(kind));
      expect(rows).toHaveLength(entries.length);
      for (const [k, { name, meaning, knobs, weights }] of entries.entries()) {
        expect(rows[k]).toContain(`| \`${name}\` | ${meaning} |`);
        for (const knob of knobs)
          expect(rows[k]).toContain(`\`${knob.name}=${knob.default}\` ${knob.meaning}`);
        for (const each of weights) expect(rows[k]).toContain(each.meaning);
      }
    }
  });
});
