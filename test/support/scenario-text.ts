import { expect } from "vitest";
import { type Complaint, InputErrors } from "../../src/kit/errors.js";
import { parseScenario, type Scenario } from "../../src/model/index.js";
import { schemaComplaints } from "./json-schema.js";

/** Parses a scenario named `x.yaml`; what the parser accepts, the published schema must accept too. */
export function parse(text: string): Scenario {
  const scenario = parseScenario(text, { file: "x.yaml", folder: "here" });
  expect(schemaComplaints(text)).toEqual([]);
  return scenario;
}

/** A whole scenario from some lines of it. */
export function scenario(lines: {
  pools?: string;
  tasks?: string;
  more?: string;
  objective?: string;
  arrivals?: string;
}): string {
  return [
    "scenario: x",
    "horizon: 1 h",
    `pools: ${lines.pools ?? "{ a: { servers: 2 }, b: { speed: 2 } }"}`,
    "workflows:",
    "  w:",
    `    arrivals: ${lines.arrivals ?? "{ poisson: 0.5 / s }"}`,
    `    tasks: ${lines.tasks ?? "{ t: { work: 1 s } }"}`,
    ...(lines.objective === undefined ? [] : [`objective: { minimize: ${lines.objective} }`]),
    ...(lines.more === undefined ? [] : [lines.more]),
  ].join("\n");
}

/** What is wrong with a scenario; it must be refused as the user's to mend. */
export function complaints(text: string): readonly Complaint[] {
  try {
    parseScenario(text, { file: "x.yaml", folder: "here" });
  } catch (error) {
    expect(error).toBeInstanceOf(InputErrors);
    expect((error as InputErrors).exitCode).toBe(2);
    return (error as InputErrors).complaints;
  }
  throw new Error("the scenario was accepted");
}

export interface Expected {
  readonly what: RegExp;
  readonly where?: string;
  readonly mend?: RegExp;
}

/** Expects a complaint among those about `text`, with its place and its mend. */
export function expectComplaint(text: string, expected: Expected): void {
  const all = complaints(text);
  const found = all.find(({ what }) => expected.what.test(what));
  expect(found, JSON.stringify(all)).toBeDefined();
  if (expected.where !== undefined) expect(found!.where).toBe(expected.where);
  if (expected.mend !== undefined) expect(found!.mend).toMatch(expected.mend);
  for (const { where } of all) expect(where).toMatch(/^x\.yaml/);
}
