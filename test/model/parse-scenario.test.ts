import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { parseScenario, scenarioJsonSchema, scenarioWarnings } from "../../src/model/index.js";
import { schemaComplaints } from "../support/json-schema.js";
import { complaints, type Expected, expectComplaint, parse, scenario } from "../support/scenario-text.js";

describe("a scenario file", () => {
  test.each(readdirSync("scenarios").filter((name) => name.endsWith(".yaml")))(
    "%s of the library is valid",
    (name) => {
      const text = readFileSync(join("scenarios", name), "utf8");
      const parsed = parseScenario(text, { file: name, folder: "scenarios" });
      expect(scenarioWarnings(parsed)).toEqual([]);
      expect(schemaComplaints(text)).toEqual([]);
      expect(text).toContain("$schema=./schema.json");
    },
  );

  test("gives seconds, per second and shares, whatever the units", () => {
    const { horizon, pools, workflows } = parse(
      [
        "scenario: units",
        "horizon: 1.5 h",
        "pools: { p: { price: 3.6 / hour, attemptFailure: 2% } }",
        "workflows:",
        "  w:",
        "    arrivals: { poisson: 120 / min }",
        "    deadline: 250 ms",
        "    tasks: { t: { work: 2 min, timeout: 0.25 day } }",
      ].join("\n"),
    );
    expect(horizon).toBe(5400);
    expect(pools[0]).toMatchObject({ price: 0.001, attemptFailure: 0.02 });
    expect(workflows[0]).toMatchObject({ arrivals: { kind: "poisson", rate: 2 }, deadline: 0.25 });
    expect(workflows[0]!.tasks[0]).toMatchObject({
      work: { kind: "deterministic", value: 120 },
      timeout: 21_600,
    });
  });

  test.each([
    ["exponential(250 ms)", { kind: "exponential", mean: 0.25 }],
    ["lognormal(mean = 120 ms, cv = 0.8)", { kind: "lognormal", mean: 0.12, cv: 0.8 }],
    ["{ lognormal: { mean: 120 ms, cv: 0.8 } }", { kind: "lognormal", mean: 0.12, cv: 0.8 }],
    ["gamma(1 s, cv = 2)", { kind: "gamma", mean: 1, cv: 2 }],
    ["erlang(stages = 3, mean = 1 s)", { kind: "erlang", stages: 3, mean: 1 }],
    ["uniform(1 s, 3 s)", { kind: "uniform", low: 1, high: 3 }],
    ["weibull(shape = 0.5, scale = 2 s)", { kind: "weibull", shape: 0.5, scale: 2 }],
    [
      "pareto(alpha = 2.5, low = 1 s)",
      { kind: "pareto", alpha: 2.5, low: 1, high: Number.POSITIVE_INFINITY },
    ],
    ["pareto(alpha = 1.1, low = 1 s, high = 1 h)", { kind: "pareto", alpha: 1.1, low: 1, high: 3600 }],
    [
      "hyperexponential(weights = [0.3, 0.7], means = [1 s, 100 ms])",
      { kind: "hyperexponential", weights: [0.3, 0.7], means: [1, 0.1] },
    ],
    ["empirical([1 s, 2 s], weights = [3, 1])", { kind: "empirical", values: [1, 2], weights: [3, 1] }],
    ["{ empirical: { values: [1 s, 2 s] } }", { kind: "empirical", values: [1, 2] }],
    ["50 ms", { kind: "deterministic", value: 0.05 }],
    ["deterministic(50 ms)", { kind: "deterministic", value: 0.05 }],
  ])("understands %s, in a map in braces and in a block", (written, meant) => {
    const inBraces = parse(scenario({ tasks: `{ t: { work: ${written}, pools: [a] } }` }));
    expect(inBraces.workflows[0]!.tasks[0]!.work).toEqual(meant);
    const inBlock = parse(scenario({ tasks: `\n      t:\n        work: ${written}` }));
    expect(inBlock.workflows[0]!.tasks[0]!.work).toEqual(meant);
  });

  test("puts tasks in topological order, and parents at their places", () => {
    const { workflows } = parse(
      scenario({
        tasks: "{ last: { work: 1, after: [b, a], join: any }, b: { work: 1, after: a }, a: { work: 1 } }",
      }),
    );
    expect(workflows[0]!.tasks.map(({ name, after, join }) => [name, after, join])).toEqual([
      ["a", [], 0],
      ["b", [0], 1],
      ["last", [1, 0], 1],
    ]);
  });

  test("gives the coefficients of a linear objective", () => {
    const { figures, weights, formula } = parse(
      scenario({ objective: '"(flowTime + 5*deadlineMisses)/2 - -0.2*cost"' }),
    ).objective;
    expect(figures).toEqual([{ metric: "flowTime" }, { metric: "deadlineMisses" }, { metric: "cost" }]);
    expect(weights).toEqual([0.5, 2.5, 0.2]);
    expect(formula).toBeNull();
  });

  test("reads metrics of one workflow, pool and type, each once", () => {
    const { figures, weights } = parse(
      scenario({ objective: `'flowTime("w") + 2 * attempts("b") + squaredInSystem("t") + flowTime("w")'` }),
    ).objective;
    expect(figures).toEqual([
      { metric: "flowTime", of: "w" },
      { metric: "attempts", of: "b" },
      { metric: "squaredInSystem", of: "t" },
    ]);
    expect(weights).toEqual([2, 2, 1]);
  });

  test("keeps what is no weighted sum as a formula over its figures", () => {
    const { figures, weights, formula } = parse(
      scenario({ objective: '"max(flowTime, 2 * cost) + p99 ^ 2"' }),
    ).objective;
    expect(figures).toEqual([{ metric: "flowTime" }, { metric: "cost" }, { metric: "p99" }]);
    expect(weights).toBeNull();
    expect(formula).toEqual({
      call: "add",
      of: [
        { call: "max", of: [{ figure: 0 }, { call: "multiply", of: [2, { figure: 1 }] }] },
        { call: "pow", of: [{ figure: 2 }, 2] },
      ],
    });
  });

  test("agrees with mathjs wherever it takes the short way round it", async () => {
    const { unit } = await import("mathjs");
    for (const text of [
      "250 ms",
      "2 s",
      "1.5 h",
      "10 min",
      "3 days",
      "2 weeks",
      "4 us",
      "1e3 ms",
      "7 minutes",
    ]) {
      const { horizon } = parse(scenario({}).replace("1 h", text));
      expect(horizon).toBeCloseTo(unit(text).toNumber("s"), 12);
    }
    for (const text of ["3 / s", "12/min", "0.4 / hour", "2 / ms", "2 Hz", "1 / month"]) {
      const { workflows } = parse(scenario({ arrivals: `{ poisson: ${text} }` }));
      const rate = workflows[0]!.arrivals;
      expect(rate).toMatchObject({ rate: expect.closeTo(unit(text).toNumber("s^-1"), 12) });
    }
    expect(parse(scenario({}).replace("1 h", "2 month")).horizon).toBeCloseTo(
      unit("2 month").toNumber("s"),
      3,
    );
  });
});

describe("a wrong scenario file is refused with the place and the mend", () => {
  test.each<[string, string, Expected]>([
    [
      "an unknown key",
      scenario({ more: "horizonn: 3" }),
      { what: /no key "horizonn"/, where: "x.yaml:8:1 > horizonn", mend: /did you mean "horizon"/ },
    ],
    [
      "an unknown key of a task",
      scenario({ tasks: "{ t: { work: 1, retries: 3 } }" }),
      { what: /no key "retries"/, where: "x.yaml:7:28 > workflows.w.tasks.t.retries", mend: /retry/ },
    ],
    [
      "a cycle, named in full",
      scenario({ tasks: "{ a: { work: 1, after: c }, b: { work: 1, after: a }, c: { work: 1, after: b } }" }),
      { what: /wait for each other: (a -> b -> c -> a|b -> c -> a -> b|c -> a -> b -> c)$/ },
    ],
    ["a task that waits for itself", scenario({ tasks: "{ a: { work: 1, after: a } }" }), { what: /a -> a/ }],
    [
      "a missing parent",
      scenario({ tasks: "{ charge: { work: 1 }, n: { work: 1, after: chargee } }" }),
      { what: /"chargee", which is no task/, mend: /did you mean "charge"/ },
    ],
    [
      "a negative time",
      scenario({ tasks: "{ t: { work: exponential(-1 s) } }" }),
      { what: /out of range/, where: "x.yaml:7:25 > workflows.w.tasks.t.work" },
    ],
    ["a time that is not a number", scenario({ tasks: "{ t: { work: .nan } }" }), { what: /is not a time/ }],
    ["an infinite time", scenario({ tasks: "{ t: { work: 1, timeout: .inf } }" }), { what: /out of range/ }],
    ["a wrong unit", scenario({}).replace("1 h", "3 kg"), { what: /"3 kg" is not a time/, mend: /250 ms/ }],
    [
      "an unknown pool",
      scenario({ tasks: "{ t: { work: 1, pools: [a, slow] } }" }),
      { what: /no pool "slow"/, mend: /pools: a, b/ },
    ],
    [
      "a pool without servers",
      scenario({ pools: "{ a: { servers: 0 } }" }),
      { what: /not a whole number from 1/, where: "x.yaml:3:24 > pools.a.servers" },
    ],
    ["a share above one", scenario({ pools: "{ a: { attemptFailure: 120% } }" }), { what: /out of range/ }],
    [
      "an unknown distribution",
      scenario({ tasks: "{ t: { work: expo(1 s) } }" }),
      { what: /no distribution is called "expo"/, mend: /exponential/ },
    ],
    [
      "a distribution short of a parameter",
      scenario({ tasks: "{ t: { work: lognormal(1 s) } }" }),
      { what: /lognormal needs cv/ },
    ],
    [
      "a distribution with bounds the wrong way",
      scenario({ tasks: "{ t: { work: uniform(3 s, 1 s) } }" }),
      { what: /low is 3 and high is 1/ },
    ],
    [
      "a distribution with an infinite mean",
      scenario({ tasks: "{ t: { work: pareto(alpha = 0.9, low = 1 s) } }" }),
      { what: /its mean is Infinity/ },
    ],
    [
      "an objective of nothing known",
      scenario({ objective: "flowTme" }),
      { what: /no metric "flowTme"/, mend: /did you mean "flowTime"/ },
    ],
    ["an objective with a constant", scenario({ objective: "flowTime + 3" }), { what: /constant 3/ }],
    ["an assignment in the objective", scenario({ objective: "cost = 3" }), { what: /not understood/ }],
    ["a call in the objective", scenario({ objective: `"import({}, {})"` }), { what: /not understood/ }],
    ["a name of JavaScript's", scenario({ objective: "constructor" }), { what: /no metric "constructor"/ }],
    ["a call of JavaScript's", scenario({ objective: '"toString(1)"' }), { what: /not understood/ }],
    [
      "a function with too many arguments",
      scenario({ objective: '"log(cost, 2)"' }),
      { what: /has 2 arguments/, mend: /takes 1/ },
    ],
    ["an objective of numbers", scenario({ objective: '"max(0, 0)"' }), { what: /costs nothing/ }],
    ["an infinite weight", scenario({ objective: "flowTime / 0" }), { what: /weight (Infinity|NaN)/ }],
    [
      "a workflow that nothing brings",
      scenario({ objective: `'flowTime("v")'` }),
      { what: /no workflow with arrivals "v"/, mend: /w/ },
    ],
    ["a pool that is not there", scenario({ objective: `'attempts("x")'` }), { what: /no pool "x"/ }],
    ["a type that is not there", scenario({ objective: `'inSystem("x")'` }), { what: /no task type "x"/ }],
    [
      "a metric of types alone",
      scenario({ objective: "inSystem" }),
      { what: /of one task type/, mend: /inSystem\("t"\)/ },
    ],
    [
      "a metric of nothing",
      scenario({ objective: '"flowTime(3)"' }),
      { what: /names nothing/, mend: /flowTime\("w"\)/ },
    ],
    ["a metric that has no parts", scenario({ objective: `'tardiness("w")'` }), { what: /whole scenario/ }],
    [
      "a warm-up longer than the horizon",
      scenario({ more: "warmup: 2 h" }),
      { what: /leaves nothing of the horizon/ },
    ],
    ["no arrivals at all", scenario({}).replace(/ {4}arrivals.*\n/, ""), { what: /nothing ever arrives/ }],
    [
      "a path that leaves the folder",
      scenario({ more: "trace: ../../etc/passwd" }),
      { what: /leaves the scenario's folder/ },
    ],
    [
      "an absolute path",
      scenario({ more: "trace: { path: /etc/passwd }" }),
      { what: /leaves the scenario's folder/ },
    ],
    [
      "a key given twice",
      "scenario: x\nscenario: y\n",
      { what: /unique/, where: "x.yaml:2:1", mend: /once/ },
    ],
    ["an empty file", "", { what: /the file is empty/ }],
    ["a list", "- a\n- b\n", { what: /must be a map/ }],
    ["a truncated file", "scenario: x\npools: { a: { servers: 2", { what: /flow|end/i }],
    [
      "an alias",
      "scenario: x\nhorizon: &h 1 h\nwarmup: *h\n",
      { what: /alias \*h is not read/, where: "x.yaml:3:9" },
    ],
    ["deep nesting", `scenario: ${"[".repeat(5000)}`, { what: /levels deep/ }],
    ["deep nesting by dashes", `scenario:\n${"- ".repeat(5000)}a`, { what: /levels deep/ }],
    ["a huge file", `scenario: ${"x".repeat(5_000_000)}`, { what: /characters, and at most/ }],
  ])("%s", (_, text, expected) => expectComplaint(text, expected));

  test("an alias bomb, at once", () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(10)}]`);
    expect(complaints(["l0: &l0 x", ...levels].join("\n"))[0]!.what).toMatch(/alias/);
  });

  test("all that is wrong is told at once", () => {
    const found = complaints(
      scenario({
        pools: "{ a: { speed: -1 } }",
        tasks: "{ t: { work: 3 kg, pools: nowhere } }",
        objective: "nothing",
      }),
    );
    expect(found.map(({ where }) => where!.split(" > ")[1])).toEqual([
      "pools.a.speed",
      "workflows.w.tasks.t.work",
      "workflows.w.tasks.t.pools",
      "objective.minimize",
    ]);
  });
});

test("what a random scenario says is what is parsed", () => {
  const time = fc.integer({ min: 1, max: 10_000 }).map((ms) => ms / 1000);
  const written = fc.record({
    servers: fc.integer({ min: 1, max: 50 }),
    speed: time,
    price: time,
    attemptFailure: fc.integer({ min: 0, max: 99 }).map((p) => p / 100),
  });
  const task = fc.record({
    work: time,
    after: fc.array(fc.nat(6), { maxLength: 3 }),
    attempts: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(
      fc.array(written, { minLength: 1, maxLength: 5 }),
      fc.array(task, { minLength: 1, maxLength: 6 }),
      time,
      (pools, tasks, rate) => {
        // Parents are earlier tasks, so there is no cycle.
        const parents = tasks.map(({ after }, t) => [...new Set(after.filter((p) => p < t))]);
        const document = {
          scenario: "random",
          horizon: 100,
          pools: Object.fromEntries(pools.map((pool, p) => [`p${p}`, pool])),
          workflows: {
            w: {
              arrivals: { poisson: rate },
              tasks: Object.fromEntries(
                tasks.map(({ work, attempts }, t) => [
                  `t${t}`,
                  {
                    work: { exponential: { mean: work } },
                    after: parents[t]!.map((p) => `t${p}`),
                    retry: { attempts },
                  },
                ]),
              ),
            },
          },
        };
        const parsed = parse(stringify(document));
        expect(parsed.pools.map(({ name: _, discipline: __, capacity: ___, ...rest }) => rest)).toEqual(
          pools,
        );
        expect(parsed.workflows[0]!.arrivals).toEqual({ kind: "poisson", rate });
        const order = parsed.workflows[0]!.tasks.map(({ name }) => Number(name.slice(1)));
        parsed.workflows[0]!.tasks.forEach(({ after, work, retry }, place) => {
          const t = order[place]!;
          expect(after.map((p) => order[p]!)).toEqual(parents[t]);
          expect(work).toEqual({ kind: "exponential", mean: tasks[t]!.work });
          expect(retry.attempts).toBe(tasks[t]!.attempts);
        });
      },
    ),
    { numRuns: 60 },
  );
});

test("the published schema is the one that the parser's keys make", () => {
  const published = JSON.parse(readFileSync("scenarios/schema.json", "utf8"));
  expect(published, "make it anew: npm run schema").toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
});
