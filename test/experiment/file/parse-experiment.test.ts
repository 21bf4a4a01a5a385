import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseExperiment } from "../../../src/experiment/file/parse-experiment.js";
import { parseGate } from "../../../src/experiment/file/parse-gate.js";
import { experimentJsonSchema, gateJsonSchema } from "../../../src/experiment/file/schema.js";
import { InputError, type InputErrors } from "../../../src/kit/errors.js";
import { schemaComplaints } from "../../support/json-schema.js";

const FOLDER = "scenarios/experiments";
const read = (file: string): string => readFileSync(`${FOLDER}/${file}`, "utf8");

describe("the files that ship", () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".yaml"));

  test.each(files)("%s is right, and its schema agrees", (file) => {
    const text = read(file);
    const isGate = /^gate:/m.test(text);
    expect(() => (isGate ? parseGate(text, file) : parseExperiment(text, file))).not.toThrow();
    expect(schemaComplaints(text, isGate ? gateJsonSchema() : experimentJsonSchema())).toEqual([]);
    expect(text).toContain(`$schema=./${isGate ? "gate" : "experiment"}.schema.json`);
  });

  test("have schemas beside them, which are the ones that the parsers' keys make", () => {
    expect(JSON.parse(read("experiment.schema.json"))).toEqual(
      JSON.parse(JSON.stringify(experimentJsonSchema())),
    );
    expect(JSON.parse(read("gate.schema.json"))).toEqual(JSON.parse(JSON.stringify(gateJsonSchema())));
  });
});

test("an experiment that says little compares every heuristic on 30 seeds by the objective", () => {
  expect(parseExperiment("experiment: a\nscenarios: x.yaml\n", "e.yaml")).toMatchObject({
    name: "a",
    scenarios: [{ text: "x.yaml", where: "e.yaml:2:12 > scenarios" }],
    overrides: [],
    policies: null,
    seeds: { first: 1, count: 30 },
    metric: "objective",
    baseline: { text: "best-heuristic" },
    comparisons: [],
    level: 0.95,
  });
});

test("overrides keep what they set as it is written, calls and lists too", () => {
  const { overrides } = parseExperiment(
    `experiment: a
scenarios: [x.yaml, y.yaml]
overrides:
  as-is:
  other: { pools.fast.servers: 3, workflows.w.tasks.t.work: "lognormal(mean = 1 s, cv = 1)", decide: [route, admit] }
  call: { workflows.w.tasks.t.work: lognormal(mean = 1 s, cv = 1) }
`,
    "e.yaml",
  );
  expect(overrides.map(({ settings }) => Object.fromEntries(settings))).toEqual([
    {},
    {
      "pools.fast.servers": 3,
      "workflows.w.tasks.t.work": "lognormal(mean = 1 s, cv = 1)",
      decide: ["route", "admit"],
    },
    { "workflows.w.tasks.t.work": "lognormal(mean = 1 s, cv = 1)" },
  ]);
});

const EXPERIMENT = "experiment: a\nscenarios: x.yaml\n";
const GATE = "gate: a\nscenarios: x.yaml\ncandidate: sed\nchampion: jsq\n";

describe("what is wrong in a file is told with its place and its mend", () => {
  const complaintsOf = (parse: () => unknown) => {
    try {
      parse();
    } catch (error) {
      if (error instanceof InputError)
        return { code: error.code, complaints: (error as InputErrors).complaints };
      throw error;
    }
    throw new Error("nothing was complained about");
  };

  test.each<[text: string, where: string, what: RegExp, mend: RegExp]>([
    ["scenarios: x.yaml", "e.yaml:1:1", /needs `experiment`/, /experiment: routing-rules/],
    ["experiment: a", "e.yaml:1:1", /needs `scenarios`/, /list scenario files/],
    [`${EXPERIMENT}polices: [jsq]`, "e.yaml:3:1 > polices", /no key "polices"/, /did you mean "policies"/],
    [`${EXPERIMENT}policies: [jqs]`, "e.yaml:3:12 > policies[0]", /jqs/, /did you mean "jsq"/],
    [`${EXPERIMENT}policies: [jsq, jsq]`, "e.yaml:3:17 > policies[1]", /listed twice/, /once/],
    [`${EXPERIMENT}policies: []`, "e.yaml:3:11 > policies", /0 entries/, /from 1 to/],
    [`${EXPERIMENT}seeds: 0`, "e.yaml:3:8 > seeds", /not a whole number from 1/, /^$/],
    [
      `${EXPERIMENT}seeds: { first: 99999999999, count: 3 }`,
      "e.yaml:3:8 > seeds",
      /are not all from 0/,
      /training/,
    ],
    [`${EXPERIMENT}metric: p999`, "e.yaml:3:9 > metric", /not one of the choices/, /did you mean "p9[059]"/],
    [`${EXPERIMENT}level: 95`, "e.yaml:3:8 > level", /out of range/, /at most/],
    [`${EXPERIMENT}stop: { of: means }`, "e.yaml:3:7 > stop", /needs `halfWidth`/, /halfWidth: 1%/],
    [`${EXPERIMENT}stop: { halfWidth: 150% }`, "e.yaml:3:20 > stop.halfWidth", /between 0 and 100 %/, /1%/],
    [`${EXPERIMENT}stop: { best: 100% }`, "e.yaml:3:15 > stop.best", /between 0 and 100 %/, /best: 1%/],
    [`${EXPERIMENT}stop: { best: 1%, of: means }`, "e.yaml:3:7 > stop", /no half-width/, /leave out/],
    [
      `${EXPERIMENT}stop: { halfWidth: 1%, atMost: 20 }`,
      "e.yaml:3:32 > stop.atMost",
      /less than the 30/,
      /raise/,
    ],
    [`${EXPERIMENT}seeds: 3\nstop: { halfWidth: 1% }`, "e.yaml:4:7 > stop", /too few/, /at least 10/],
    [
      `${EXPERIMENT}comparisons: [{ policy: sed }]`,
      "e.yaml:3:15 > comparisons[0]",
      /needs `against`/,
      /against: jsq/,
    ],
    [`${EXPERIMENT}overrides: { "a b": {} }`, "e.yaml:3:14 > overrides.a b", /no name/, /letters/],
    [
      `${EXPERIMENT}overrides: { a: { scenario: x } }`,
      "e.yaml:3:19 > overrides.a.scenario",
      /cannot be overridden/,
      /e.g./,
    ],
    [`${EXPERIMENT}overrides: {}`, "e.yaml:3:12 > overrides", /0 overrides/, /none at all/],
  ])("experiment %j", (text, where, what, mend) => {
    const { code, complaints } = complaintsOf(() => parseExperiment(text, "e.yaml"));
    expect(code).toBe("BAD_EXPERIMENT");
    const found = complaints.find((one) => one.where === where);
    expect(found, JSON.stringify(complaints)).toBeDefined();
    expect(found!.what).toMatch(what);
    expect(found!.mend ?? "").toMatch(mend);
  });

  test.each<[text: string, where: string, what: RegExp, mend: RegExp]>([
    [GATE, "g.yaml:1:1", /lets everything pass/, /nonInferior: 2%/],
    [
      "gate: a\nscenarios: x.yaml\nchampion: jsq\nrequire: { nonInferior: 1% }",
      "g.yaml:1:1",
      /needs `candidate`/,
      /policy/,
    ],
    [`${GATE}require: { nonInferior: 0% }`, "g.yaml:5:25 > require.nonInferior", /out of range/, /above 0/],
    [`${GATE}require: { superior: maybe }`, "g.yaml:5:22 > require.superior", /not one of/, /every, some/],
    [`${GATE}limits: { p99: 3 }`, "g.yaml:5:16 > limits.p99", /must be a map/, /name: value/],
    [`${GATE}stop: { best: 1% }`, "g.yaml:5:9 > stop.best", /no key "best"/, /halfWidth/],
    [`${GATE}limits: { p99: { atMost: soon } }`, "g.yaml:5:26 > limits.p99.atMost", /no bound/, /20 s/],
    [
      `${GATE}limits: { p99: { atMost: 1, atLeast: 2 } }`,
      "g.yaml:5:16 > limits.p99",
      /has 2/,
      /atMost: 20 s/,
    ],
    [`${GATE}limits: { q99: { atMost: 1 } }`, "g.yaml:5:11 > limits.q99", /no key "q99"/, /p99/],
    [`${GATE}alpha: 0.9\nrequire: { superior: every }`, "g.yaml:5:8 > alpha", /out of range/, /at most 0.25/],
  ])("gate %j", (text, where, what, mend) => {
    const { code, complaints } = complaintsOf(() => parseGate(text, "g.yaml"));
    expect(code).toBe("BAD_GATE");
    const found = complaints.find((one) => one.where === where);
    expect(found, JSON.stringify(complaints)).toBeDefined();
    expect(found!.what).toMatch(what);
    expect(found!.mend ?? "").toMatch(mend);
  });

  test("everything at once", () => {
    const text = "experiment: a b\nseeds: x\nmetric: y\nlevel: z\n";
    expect(complaintsOf(() => parseExperiment(text, "e.yaml")).complaints).toHaveLength(5);
  });

  test.each(["", "- a", "x: [", "a: 1\na: 2", `a: ${"[".repeat(50)}`])(
    "what is no such file is refused: %j",
    (text) => {
      expect(() => parseExperiment(text, "e.yaml")).toThrow(InputError);
      expect(() => parseGate(text, "g.yaml")).toThrow(InputError);
    },
  );
});

test("limits are numbers, shares and times", () => {
  const text = `${GATE}limits:
  p99: { atMost: 2 min }
  failures: { atMost: 0.5% }
  objective: { atMost: 7 }
  succeeded: { atLeast: 99% }
`;
  const { limits } = parseGate(text, "g.yaml").requirements;
  expect(
    Object.fromEntries(limits.map(({ figure, atMost, atLeast }) => [figure, atMost ?? atLeast])),
  ).toEqual({
    p99: 120,
    failures: 0.005,
    objective: 7,
    succeeded: 0.99,
  });
});
