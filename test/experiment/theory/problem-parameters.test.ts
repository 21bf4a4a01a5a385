import { describe, expect, test } from "vitest";
import { theoryModel } from "../../../src/experiment/theory/families/index.js";
import { notExponential } from "../../../src/learn/dynamic-programming/index.js";

const made = (family: string, parameters: Readonly<Record<string, unknown>>) =>
  theoryModel({ id: "mine", family, parameters, extra: {}, expected: {}, ci95: {} })!;

const PAIR = { lambda: [0.3, 0.4], mu: [1, 1.5], hold: [1, 2] };
const ROUTES = { lambda: 1, mu: [3, 1], fail_cost: 1 };
const SKILLS = { variant: "W", lambda: [0.5, 0.8, 0.6], hold: [3, 1, 2] };
const SERVERS = { mu: 1, hold: 1, c: 2, gamma: 1, e_on: 1, e_su: 1, kappa: 0 };

describe("a control problem whose parameters are not understood is refused, with what, where and the mend", () => {
  test.each<[string, string, Readonly<Record<string, unknown>>, string]>([
    ["a name that means nothing", "B1", { lambda: 1, mu: [1, 2], servers: 3 }, "servers"],
    ["a rate of 0", "B1", { lambda: 0, mu: [1, 2] }, "lambda"],
    ["a text for a number", "B2", { lambda: 1, mu: ["2", 1] }, "mu.0"],
    ["lists of other lengths", "B2", { lambda: 1, mu: [2, 1], hold: [1] }, "hold"],
    ["half a server", "B2", { lambda: 1, mu: [2, 1], servers: [1, 0.5] }, "servers.1"],
    ["patience of one class", "B3", { variant: "abandon", ...PAIR, theta: [1], r: [1, 1] }, "theta"],
    [
      "a set-up where nothing is set up",
      "B3",
      { variant: "linear", ...PAIR, setup_rate: [1, 1] },
      "setup_rate",
    ],
    ["no such variant", "B4", { ...SKILLS, variant: "M" }, "variant"],
    ["a class that nobody serves", "B4", { ...SKILLS, skills: [{ 0: 1 }, { 1: 1 }] }, "skills"],
    [
      "a class that is not there",
      "B4",
      {
        ...SKILLS,
        skills: [
          { 0: 1, 1: 1 },
          { 2: 1, 3: 1 },
        ],
      },
      "skills",
    ],
    ["phases without their switches", "B6", { ...SERVERS, mmpp: { lambda: [1, 2] } }, "mmpp.switch"],
    [
      "two ways of arriving",
      "B6",
      { ...SERVERS, lambda: 1, mmpp: { lambda: [1, 2], switch: [1, 1] } },
      "lambda",
    ],
    ["an environment that does not change", "B7", { ...ROUTES, p_fail: [[0.1, 0.5], 0] }, "p_fail.0"],
    ["work that always fails", "B7", { ...ROUTES, p_fail: [1, 0] }, "p_fail.0"],
    ["rewards of one class", "B8", { variant: "trunk", lambda: [1, 1], mu: 1, c: 2, R: [1] }, "R"],
    ["a bound of a queue that has none", "B8", { variant: "naor", lambda: 1, mu: 1, R: 5, C: 1, K: 9 }, "K"],
    ["three servers", "B9", { variant: "exp", lambda: 1, mu: [1, 1, 1], delta: null, d: 0, e: 0 }, "mu"],
  ])("%s, in %s", (_, family, parameters, name) => {
    let refusal: unknown;
    try {
      made(family, parameters);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: "BAD_CASES", exitCode: 2 });
    expect(JSON.stringify(refusal)).toContain(name);
    expect(String((refusal as Error).message)).toMatch(/case mine > parameters/);
    expect(String((refusal as Error).message)).toMatch(/this problem has|known here/);
  });
});

describe("but what the families' statements allow is a problem, which is a Markov chain", () => {
  test.each<[string, string, Readonly<Record<string, unknown>>]>([
    ["who never loses patience", "B3", { variant: "abandon", ...PAIR, theta: [0, 0.3], r: [0, 3] }],
    [
      "three classes that are set up for",
      "B3",
      { variant: "setup", lambda: [0.1, 0.2, 0.1], mu: [1, 2, 1], hold: [1, 2, 3], setup_rate: [1, 2, 1] },
    ],
    [
      "a W-model",
      "B4",
      {
        ...SKILLS,
        skills: [
          { 0: 1.5, 1: 1 },
          { 1: 1.2, 2: 1 },
        ],
      },
    ],
    [
      "copies that are released at once",
      "B9",
      { variant: "exp", lambda: 0.9, mu: [1, 0.6], delta: null, d: 0, e: 0 },
    ],
    ["a route that is dead at times", "B7", { ...ROUTES, p_fail: [[0, 1], 0.05], env_rate: [0.1, 0.3] }],
    [
      "a route that is better at first sight than later, or worse",
      "B7",
      { ...ROUTES, p_fail: [[0.6, 0.1], 0], env_rate: [0.1, 0.3] },
    ],
  ])("%s, in %s", (_, family, parameters) => {
    for (const { scenario, memory } of made(family, parameters).experiments) {
      expect(notExponential(scenario)).toBeNull();
      expect(memory).toBeLessThan(Number.POSITIVE_INFINITY);
    }
  });
});
