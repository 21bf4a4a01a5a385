import { describe, expect, it } from "vitest";
import { parseSweepFile } from "../../../src/experiment/sweep/index.js";
import { InputErrors, SwitchyardError } from "../../../src/kit/errors.js";

const told = (text: string): string => {
  try {
    parseSweepFile(text, "sweep.yaml");
  } catch (error) {
    if (error instanceof InputErrors)
      return `${error.code} ${error.complaints.map((c) => `${c.where} ${c.what}`)}`;
    if (error instanceof SwitchyardError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "read";
};

describe("a sweep's file", () => {
  it("has a domain for each path", () => {
    expect(
      parseSweepFile("set:\n  policy: choice(sed, jsq)\n  policy.failure: uniform(0, 20)\n", "sweep.yaml"),
    ).toEqual([
      { path: "policy", domain: { kind: "choice", values: ["sed", "jsq"] } },
      { path: "policy.failure", domain: { kind: "range", low: 0, high: 20, log: false, integer: false } },
    ]);
  });

  it("may be written in braces", () => {
    expect(parseSweepFile("set: { policy.failure: uniform(0, 20) }", "sweep.yaml")).toHaveLength(1);
  });

  it("is refused with the place of what is wrong", () => {
    expect(told("set: { policy.failure: [uniform(0, 20)\n")).toMatch(/^BAD_YAML sweep.yaml:2:1/);
    expect(told("sets: {}\n")).toMatch(/^BAD_SWEEP sweep.yaml:1:1.*"sets"/);
    expect(told("- policy\n")).toMatch(/^BAD_SWEEP sweep.yaml:1:1/);
    expect(told("set:\n  policy.failure: 3\n")).toMatch(/^BAD_SWEEP sweep.yaml:2:19 > set.policy.failure/);
    expect(told("set:\n  policy.failure: uniform(5, 2)\n")).toMatch(/^BAD_DOMAIN .*sweep.yaml:2:19/s);
  });
});
