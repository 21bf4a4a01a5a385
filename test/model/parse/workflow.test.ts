import { describe, expect, test } from "vitest";
import type { TaskTemplate } from "../../../src/model/scenario.js";
import { type Expected, expectComplaint, parse, scenario } from "../../support/scenario-text.js";

const POOLS =
  "{ a: {}, b: { speed: 2 }, m: { resources: { cpu: 4, memory: 8 GB } }, c: { cache: { blocks: 9 } } }";
const tasks = (text: string): readonly TaskTemplate[] =>
  parse(scenario({ pools: POOLS, tasks: text })).workflows[0]!.tasks;
const last = (text: string): TaskTemplate => tasks(text).at(-1)!;
const answers = "t: { work: 1 s, values: { yes: 75%, no: 25% } }";

describe("a task", () => {
  test("of nothing but work has nothing else", () => {
    expect(last("{ t: { work: 1 s, pools: a } }")).toEqual({
      name: "t",
      after: [],
      join: 0,
      type: "t",
      work: { kind: "deterministic", value: 1 },
      pools: [0],
      attemptFailure: 0,
      retry: {
        attempts: 1,
        backoff: { first: 0, factor: 1, cap: Number.POSITIVE_INFINITY, jitter: 0 },
        work: "fresh",
      },
      timeout: Number.POSITIVE_INFINITY,
    });
  });

  test.each<[string, Partial<TaskTemplate>]>([
    ["pools: { b: 2, a: 0.5 }", { pools: [1, 0], speeds: [2, 0.5] }],
    ["hedge: { cleanUp: 1 s }", { hedge: { cleanUp: { kind: "deterministic", value: 1 } } }],
    ["hedge: { after: 2 s }", { hedge: { after: { kind: "deterministic", value: 2 } } }],
    [
      "hedge: { after: exponential(2 s), cleanUp: 1 s }",
      { hedge: { after: { kind: "exponential", mean: 2 }, cleanUp: { kind: "deterministic", value: 1 } } },
    ],
    ["hedge: { after: { exponential: 2 s } }", { hedge: { after: { kind: "exponential", mean: 2 } } }],
    ["hedge: { after: { quantile: 95% } }", { hedge: { after: { quantile: 0.95 } } }],
    ["needs: { cpu: 2, memory: 4 GB }", { needs: { cpu: 2, memory: 4e9 } }],
    ["output: 20 MB", { bytesOut: 20e6 }],
    ["cache: { keys: 10 }", { cache: { keys: 10, skew: 1, blocks: 1, saving: 1 } }],
    [
      "cache: { keys: 10, skew: 0, blocks: 3, saving: 80% }",
      { cache: { keys: 10, skew: 0, blocks: 3, saving: 0.8 } },
    ],
    ["changeover: 2 s, pools: [a, b]", { changeover: { kind: "deterministic", value: 2 } }],
    ["values: { yes: 75%, no: 0.25 }", { values: { names: ["yes", "no"], weights: [0.75, 0.25] } }],
    ["optional: true", { optional: true }],
    ["forEach: 8", { forEach: { count: { kind: "deterministic", value: 8 }, join: "all" } }],
    ["forEach: uniform(1, 9)", { forEach: { count: { kind: "uniform", low: 1, high: 9 }, join: "all" } }],
    [
      "forEach: { uniform: { low: 1, high: 9 } }",
      { forEach: { count: { kind: "uniform", low: 1, high: 9 }, join: "all" } },
    ],
    ["forEach: { count: 8, join: 5 }", { forEach: { count: { kind: "deterministic", value: 8 }, join: 5 } }],
    [
      "forEach: { count: 8, join: any }",
      { forEach: { count: { kind: "deterministic", value: 8 }, join: "any" } },
    ],
    ["repeat: 5", { repeat: { most: 5 } }],
    ["values: { yes: 1 }, repeat: { most: 5, until: yes }", { repeat: { most: 5, until: "yes" } }],
  ])("with %s", (written, meant) => {
    expect(last(`{ t: { work: 1 s, ${written} } }`)).toMatchObject(meant);
  });

  test("that may run anywhere may run wherever it fits", () => {
    const pools = "{ a: {}, small: { resources: { cpu: 4 } }, large: { resources: { cpu: 16 } } }";
    const places = (cpu: number) =>
      parse(scenario({ pools, tasks: `{ t: { work: 1 s, needs: { cpu: ${cpu} } } }` })).workflows[0]!
        .tasks[0]!.pools;
    expect(places(4)).toEqual([0, 1, 2]);
    expect(places(9)).toEqual([0, 2]);
  });

  test("is undone by work of its own, in its own pools", () => {
    const { compensate } = last(
      "{ t: { work: 1 s, pools: b, compensate: { work: 2 s, retry: { attempts: 9 } } } }",
    );
    expect(compensate).toMatchObject({
      type: "t.compensate",
      work: { kind: "deterministic", value: 2 },
      pools: [1],
      retry: { attempts: 9 },
    });
  });

  test("of alternatives or a call has no work of its own", () => {
    const { workflows } = parse(
      scenario({
        tasks:
          "{ t: { oneOf: { x: { work: 1 s, pools: a }, y: { workflow: sub } } }, u: { workflow: sub, after: t } }",
      }).replace("  w:", "  sub: { tasks: { s: { work: 1 s } } }\n  w:"),
    );
    const [t, u] = workflows[1]!.tasks;
    const nothing = { kind: "deterministic", value: 0 };
    expect(t).toMatchObject({
      work: nothing,
      oneOf: [
        { name: "x", type: "t.x", pools: [0] },
        { name: "y", call: 0, work: nothing },
      ],
    });
    expect(u).toMatchObject({ work: nothing, call: 0, after: [0] });
  });
});

describe("an edge", () => {
  test.each<[string, TaskTemplate["conditions"]]>([
    ["t", undefined],
    ["{ t: success }", undefined],
    ["{ t: failure }", ["failure"]],
    ["{ t: done }", ["done"]],
    ["{ t: yes }", [{ value: "yes" }]],
    ["{ t: { value: no } }", [{ value: "no" }]],
  ])("after: %s", (written, conditions) => {
    expect(last(`{ ${answers}, u: { work: 1 s, after: ${written} } }`).conditions).toEqual(conditions);
  });

  test("may ask for numbers and truths as values", () => {
    const text =
      "{ t: { work: 1 s, values: { 404: 50%, true: 50% } }, u: { work: 1, after: { t: 404 } }, v: { work: 1, after: { t: true } } }";
    expect(tasks(text).map(({ conditions }) => conditions?.[0])).toEqual([
      undefined,
      { value: "404" },
      { value: "true" },
    ]);
  });

  test.each([
    [
      "an alternative's",
      "t: { oneOf: { x: { work: 1, values: { yes: 1 } }, y: { work: 1, values: { no: 1 } } } }",
    ],
    ["what ends a loop", "t: { work: 1, values: { yes: 50%, maybe: 50% }, repeat: { most: 3, until: yes } }"],
    ["a called workflow's", "t: { workflow: sub }"],
    ["what a call within a call answers", "t: { workflow: over }"],
  ])("may ask for a value that is %s", (_, parent) => {
    const text = scenario({ tasks: `{ ${parent}, u: { work: 1 s, after: { t: yes } } }` }).replace(
      "  w:",
      "  sub: { tasks: { s: { work: 1 s, values: { yes: 1 } } } }\n  over: { tasks: { s: { workflow: sub } } }\n  w:",
    );
    expect(parse(text).workflows[2]!.tasks[1]!.conditions).toEqual([{ value: "yes" }]);
  });

  test("joins all edges, any, or a number of them", () => {
    const joined = (join: string) =>
      last(
        `{ a: { work: 1 }, b: { work: 1 }, c: { work: 1 }, d: { work: 1, after: [a, b, c], join: ${join} } }`,
      ).join;
    expect(["all", "any", "2"].map(joined)).toEqual([3, 1, 2]);
  });

  test.each([
    ["any of them", "{ t: yes }", "{ t: no }", "any"],
    ["the same outcome twice", "{ t: yes }", "{ t: yes }", "all"],
    ["an outcome and a narrower one", "{ t: yes }", "t", "all"],
    ["an outcome and none in particular", "{ t: failure }", "{ t: done }", "all"],
  ])("meets others: %s", (_, u, v, join) => {
    expect(
      last(
        `{ ${answers}, u: { work: 1, after: ${u} }, v: { work: 1, after: ${v} }, z: { work: 1, after: [u, v], join: ${join} } }`,
      ).name,
    ).toBe("z");
  });
});

describe("a wrong task is refused with the place and the mend", () => {
  test.each<[string, string, Expected]>([
    [
      "a value that nobody answers",
      `{ ${answers}, u: { work: 1, after: { t: maybe } } }`,
      {
        what: /t never answers "maybe"/,
        mend: /yes, no/,
        where: "x.yaml:7:89 > workflows.w.tasks.u.after.t",
      },
    ],
    [
      "a value of a task without any",
      "{ t: { work: 1 }, u: { work: 1, after: { t: sucess } } }",
      { what: /never answers "sucess"/, mend: /success, failure, done/ },
    ],
    [
      "a value of many instances",
      `{ t: { work: 1, values: { yes: 1 }, forEach: 3 }, u: { work: 1, after: { t: yes } } }`,
      { what: /never answers "yes"/ },
    ],
    [
      "a value that does not end the loop",
      "{ t: { work: 1, values: { yes: 50%, no: 50% }, repeat: { most: 3, until: yes } }, u: { work: 1, after: { t: no } } }",
      { what: /never answers "no"/ },
    ],
    [
      "a value called like an outcome",
      "{ t: { work: 1, values: { failure: 1 } } }",
      { what: /cannot be called "failure"/ },
    ],
    [
      "values that make no whole",
      "{ t: { work: 1, values: { yes: 50%, no: 40% } } }",
      { what: /sum to 0.9/ },
    ],
    [
      "a loop until what is never answered",
      "{ t: { work: 1, repeat: { most: 3, until: yes } } }",
      { what: /never answers "yes"/, mend: /`values`/ },
    ],
    [
      "a loop without a bound",
      "{ t: { work: 1, values: { yes: 1 }, repeat: { until: yes } } }",
      { what: /no bound/ },
    ],
    [
      "both branches at once",
      `{ ${answers}, u: { work: 1, after: { t: yes } }, v: { work: 1, after: { t: no } }, z: { work: 1, after: [u, v] } }`,
      { what: /z can never run: it waits until t both answers "yes" and answers "no"/, mend: /join: any/ },
    ],
    [
      "success and failure at once",
      "{ t: { work: 1 }, u: { work: 1, after: { t: failure } }, v: { work: 1, after: [t, u] } }",
      { what: /until t both succeeds and fails/ },
    ],
    [
      "branches that meet through others",
      `{ ${answers}, u: { work: 1, after: { t: yes } }, v: { work: 1, after: { t: no } }, x: { work: 1, after: u }, z: { work: 1, after: [x, v] } }`,
      { what: /z can never run/ },
    ],
    ["no work", "{ t: { pools: a } }", { what: /task t has no work/ }],
    [
      "work beside alternatives",
      "{ t: { work: 1, oneOf: { x: { work: 1 }, y: { work: 1 } } } }",
      { what: /`oneOf` in place of work, so `work` is of nothing/, mend: /to the alternatives/ },
    ],
    [
      "a retry beside a call",
      "{ t: { workflow: w, retry: { attempts: 3 } } }",
      { what: /so `retry` is of nothing/ },
    ],
    [
      "a call beside alternatives",
      "{ t: { workflow: w, oneOf: { x: { work: 1 }, y: { work: 1 } } } }",
      { what: /both oneOf and workflow/ },
    ],
    ["one alternative", "{ t: { oneOf: { x: { work: 1 } } } }", { what: /there are 1 alternatives/ }],
    [
      "alternatives in an alternative",
      "{ t: { oneOf: { x: { work: 1, oneOf: {} }, y: { work: 1 } } } }",
      { what: /an alternative has no key "oneOf"/ },
    ],
    [
      "calls among alternatives that run many times",
      "{ t: { forEach: 2, oneOf: { x: { workflow: w }, y: { work: 1 } } } }",
      { what: /runs many times cannot be a workflow/ },
    ],
    [
      "many instances that repeat",
      "{ t: { work: 1, forEach: 2, repeat: 2 } }",
      { what: /both forEach and repeat/, mend: /workflow of its own/ },
    ],
    [
      "more instances needed than there are",
      "{ t: { work: 1, forEach: { count: 3, join: 4 } } }",
      { what: /4 of 3 instances/ },
    ],
    ["too many instances", "{ t: { work: 1, forEach: 1000000 } }", { what: /1000000 times at once/ }],
    ["a count with a unit", "{ t: { work: 1, forEach: 3 s } }", { what: /"3 s" is not a distribution/ }],
    ["a call of nothing", "{ t: { workflow: v } }", { what: /no workflow "v"/, mend: /workflows: w/ }],
    [
      "a compensation that answers",
      "{ t: { work: 1, compensate: { work: 1, values: { yes: 1 } } } }",
      { what: /a compensation has no key "values"/ },
    ],
    [
      "a compensation without work",
      "{ t: { work: 1, compensate: { timeout: 3 s } } }",
      { what: /the compensation of t has no work/ },
    ],
    [
      "more than any machine has",
      "{ t: { work: 1, needs: { cpu: 9 } } }",
      { what: /more than a machine of any pool has: 9 of cpu, and one of "m" has 4/ },
    ],
    [
      "a pool that it never fits",
      "{ t: { work: 1, pools: [m], needs: { memory: 9 GB } } }",
      { what: /"m" can never start task t: 9000000000 of memory/ },
    ],
    [
      "needs where there are no machines",
      "{ t: { work: 1, pools: [a], needs: { cpu: 1 } } }",
      { what: /none of its pools has machines with resources/ },
    ],
    [
      "a cache where there is none",
      "{ t: { work: 1, pools: [a], cache: { keys: 3 } } }",
      { what: /none of its pools has a cache/, mend: /blocks: 10000/ },
    ],
    [
      "a changeover of several servers",
      "{ t: { work: 1, pools: [s], changeover: 1 s } }",
      { what: /the pool "s" has several/, mend: /replicas/ },
    ],
    [
      "a changeover of shared servers",
      "{ t: { work: 1, pools: [q], changeover: 1 s } }",
      { what: /in the pool "q" several tasks run at once/ },
    ],
    ["a pool named twice", "{ t: { work: 1, pools: [a, a] } }", { what: /"a" is named twice/ }],
    ["a queue and its pool", "{ t: { work: 1, pools: [r, r-1] } }", { what: /"r-1" is named twice/ }],
    ["a factor that is none", "{ t: { work: 1, pools: { a: fast } } }", { what: /"fast" is not a number/ }],
    [
      "a quantile of all",
      "{ t: { work: 1, hedge: { after: { quantile: 100% } } } }",
      { what: /out of range/ },
    ],
    [
      "an output of what runs many times",
      "{ t: { work: 1, forEach: 3, output: 1 MB } }",
      { what: /nothing is fetched/, mend: /collects/ },
    ],
    ["a hedge that says nothing", "{ t: { work: 1, hedge: {} } }", { what: /it says nothing/ }],
  ])("%s", (_, written, expected) => {
    const pools =
      "{ a: {}, s: { servers: 2 }, q: { discipline: ps }, r: { replicas: 2 }, m: { resources: { cpu: 4, memory: 8 GB } } }";
    expectComplaint(scenario({ pools, tasks: written }), expected);
  });
});
