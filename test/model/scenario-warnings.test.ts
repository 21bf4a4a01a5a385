import { describe, expect, test } from "vitest";
import { instability, scenarioWarnings } from "../../src/model/index.js";
import { parse, scenario } from "../support/scenario-text.js";

/** One pool of one server at speed 1, unless said otherwise; one workflow `w`. */
const given = (tasks: string, arrivals: string, pools = "{ p: {} }", more?: string) =>
  parse(
    scenario({
      pools,
      tasks,
      arrivals: `{ poisson: ${arrivals} / s }`,
      ...(more === undefined ? {} : { more }),
    }),
  );
const reasons = (...lines: Parameters<typeof given>) => instability(given(...lines)).map(({ what }) => what);

describe("there is no steady state", () => {
  test("where more work arrives than the pools can do", () => {
    const warnings = scenarioWarnings(parse(scenario({ arrivals: "{ poisson: 5 / s }" })));
    expect(warnings[0]!.what).toMatch(/more work arrives for a, b than they can do: 125.0 %/);
  });

  // Each row is stable at the first rate and unstable at the second; by hand, the border lies between.
  test.each<[string, string, number, number, string?, string?]>([
    // 1 + 0.5 + 0.25 = 1.75 attempts of 1 s: 0.571 / s.
    ["retries are work", "{ t: { work: 1 s, attemptFailure: 50%, retry: { attempts: 3 } } }", 0.57, 0.58],
    // 8 instances of 1 s: 0.125 / s.
    ["forEach is as often", "{ t: { work: 1 s, forEach: 8 } }", 0.12, 0.126],
    // uniform(1, 9) is 5 on average: 0.2 / s.
    ["a drawn count by its mean", '{ t: { work: 1 s, forEach: "uniform(1, 9)" } }', 0.19, 0.21],
    // Success half the time, three times at most: 1.75.
    ["repeats until a success", "{ t: { work: 1 s, attemptFailure: 50%, repeat: 3 } }", 0.57, 0.58],
    // Answers "yes" with 0.2: 1 + 0.8 = 1.8 repeats of at most 2.
    [
      "repeats until a value",
      "{ t: { work: 1 s, values: { yes: 20%, no: 80% }, repeat: { most: 2, until: yes } } }",
      0.55,
      0.56,
    ],
    // b runs in 30%: 1 + 0.3 * 2 = 1.6 s.
    [
      "a branch as often as its condition is met",
      "{ a: { work: 1 s, values: { x: 30%, y: 70% } }, b: { work: 2 s, after: { a: x } } }",
      0.62,
      0.63,
    ],
    // b or c, then d: 1 + 0.3 * 2 + 0.7 * 1 + 1 = 3.3 s; branches meet once.
    [
      "branches that meet count once",
      "{ a: { work: 1 s, values: { x: 30%, y: 70% } }, b: { work: 2 s, after: { a: x } }, c: { work: 1 s, after: { a: y } }, d: { work: 1 s, after: [b, c], join: any } }",
      0.3,
      0.31,
    ],
    // The handler runs in 10%: 1 + 0.1 * 10 = 2 s.
    [
      "a handler as often as there are failures",
      "{ a: { work: 1 s, attemptFailure: 10% }, h: { work: 10 s, after: { a: failure } } }",
      0.49,
      0.51,
    ],
    // Nobody decides, so the first: 3 s.
    [
      "the first alternative, where nobody decides",
      "{ t: { oneOf: { a: { work: 3 s }, b: { work: 1 s } } } }",
      0.33,
      0.34,
    ],
    [
      "the least alternative, where a policy decides",
      "{ t: { oneOf: { a: { work: 3 s }, b: { work: 1 s } } } }",
      0.99,
      1.01,
      "{ p: {} }",
      "decide: [branch]",
    ],
    // The fastest server type at affinity 2: 4 + 2 = 6 servers, 1 / 2 s each: 12 / s.
    [
      "a central queue is served by all its pools",
      "{ t: { work: 1 s, pools: { web: 2 } } }",
      11.9,
      12.1,
      "{ web: { servers: [{ count: 4 }, { count: 2 }] } }",
    ],
    // Up 9 of 10 minutes.
    [
      "broken servers do nothing",
      "{ t: { work: 1 s } }",
      0.89,
      0.91,
      "{ p: { breakdown: { every: exponential(9 min), lasts: 1 min } } }",
    ],
    // Half speed during half of the time: 0.75.
    [
      "brownouts are slow",
      "{ t: { work: 1 s } }",
      0.74,
      0.76,
      "{ p: {} }",
      "weather: { w: { every: 1 min, lasts: 1 min, brownout: 50% } }",
    ],
    // 1 + 0.1 * (11 - 1) = 2 s.
    [
      "stragglers take longer",
      "{ t: { work: 1 s } }",
      0.49,
      0.51,
      "{ p: { stragglers: { share: 10%, slowdown: 11 } } }",
    ],
    [
      "a scaled pool at its largest",
      "{ t: { work: 1 s } }",
      4.9,
      5.1,
      "{ p: { scaling: { max: 5, every: event } } }",
    ],
    // Two machines of 4 GPUs, 2 each: four at once.
    [
      "machines run as many as fit",
      "{ t: { work: 1 s, needs: { gpu: 2 } } }",
      3.9,
      4.1,
      "{ p: { servers: 2, resources: { gpu: 4 } } }",
    ],
    [
      "a rate limit lets so many through",
      "{ t: { work: 1 ms } }",
      9.9,
      10.1,
      "{ p: { servers: 9, rateLimit: { rate: 10 / s } } }",
    ],
  ])("%s", (_, tasks, stable, unstable, pools, more) => {
    expect(reasons(tasks, String(stable), pools, more)).toEqual([]);
    expect(reasons(tasks, String(unstable), pools, more)).toHaveLength(1);
  });

  test("calls are the work of the workflow called, wherever they nest", () => {
    // 2 * (1 + 3 * 0.5) = 5 s.
    const text = (rate: number) =>
      [
        "scenario: x",
        "horizon: 1 h",
        "pools: { p: {} }",
        "workflows:",
        "  leaf: { tasks: { t: { work: 0.5 s, forEach: 3 } } }",
        "  inner: { tasks: { a: { work: 1 s }, b: { workflow: leaf, after: a } } }",
        `  outer: { arrivals: { poisson: ${rate} / s }, tasks: { c: { workflow: inner, forEach: 2 } } }`,
      ].join("\n");
    expect(instability(parse(text(0.199)))).toEqual([]);
    expect(instability(parse(text(0.201)))).toHaveLength(1);
  });

  test("a set of pools is looked at where only it may do the work", () => {
    const tasks = "{ t: { work: 1 s, pools: [a] }, u: { work: 1 s, pools: [a, b] } }";
    // Together they could (0.8 * 2 < 3), but a alone cannot.
    expect(reasons(tasks, "1.2", "{ a: {}, b: { servers: 2 } }")[0]).toMatch(/for a than they can do: 120/);
    expect(reasons(tasks, "0.8", "{ a: {}, b: { servers: 2 } }")).toEqual([]);
  });

  test.each<[string, string, string?, string?]>([
    ["tasks that lose patience", "{ t: { work: 1 s, scheduleToStart: 5 s } }"],
    ["a pool with a bounded room", "{ t: { work: 1 s } }", "{ p: { capacity: 9 } }"],
    [
      "a queue with a bounded room",
      "{ t: { work: 1 s } }",
      "{ p: {} }",
      "queues: { q: { pools: p, capacity: 9 } }",
    ],
    ["a policy that may deny", "{ t: { work: 1 s } }", "{ p: {} }", "decide: [admit]"],
    [
      "a rate limit that rejects",
      "{ t: { work: 1 ms } }",
      "{ p: { servers: 99, rateLimit: { rate: 1 / s, onLimit: reject } } }",
    ],
  ])("but not for %s: what is too much does not wait", (_, tasks, pools, more) => {
    expect(reasons(tasks, "50", pools, more)).toEqual([]);
  });
});

describe("doubts are told, not refused", () => {
  const warned = (...lines: Parameters<typeof given>) =>
    scenarioWarnings(given(...lines)).map(({ what }) => what);
  const timed = (key: string, tasks: string) =>
    scenarioWarnings(
      parse(
        scenario({ tasks, arrivals: "{ poisson: 1 / min }" }).replace("    tasks:", `    ${key}\n    tasks:`),
      ),
    );

  test("a deadline that the mean work alone exceeds", () => {
    const [warning] = timed("deadline: 3 s", "{ a: { work: 4 s }, b: { work: 3 s, after: a } }");
    expect(warning!.what).toMatch(/shorter than the mean work on the critical path, 3.5 s/);
    expect(warning!.where).toBe("workflows.w.deadline");
  });

  test("a workflow timeout that the mean work alone exceeds", () => {
    const [warning] = timed("timeout: uniform(1 s, 2 s)", "{ a: { work: 4 s } }");
    expect(warning!.what).toMatch(/timeout of 1.5 s is shorter than .* 2 s/);
  });

  test.each([
    [
      "any of its parents is enough",
      "{ a: { work: 2 s }, b: { work: 9 s }, c: { work: 2 s, after: [a, b], join: any } }",
      4.6,
    ],
    [
      "two of three are enough",
      "{ a: { work: 2 s }, b: { work: 4 s }, c: { work: 9 s }, d: { work: 2 s, after: [a, b, c], join: 2 } }",
      4.6,
    ],
    ["the shortest alternative", "{ a: { oneOf: { x: { work: 9 s }, y: { work: 2 s } } } }", 1.1],
    [
      "what rarely runs is not waited for",
      "{ a: { work: 2 s, values: { x: 10%, y: 90% } }, b: { work: 9 s, after: { a: x } } }",
      1.1,
    ],
  ])("the critical path takes %s", (_, tasks, deadline) => {
    expect(timed(`deadline: ${deadline} s`, tasks)).toEqual([]);
  });

  test.each<[string, RegExp, ...Parameters<typeof given>]>([
    [
      "a timeout shorter than a mean attempt",
      /timeout of 1 s is shorter than a mean attempt .* 2 s/,
      "{ t: { work: 2 s, timeout: 1 s } }",
      "0.1",
    ],
    [
      "a scale decision without a scaled pool",
      /nobody is ever asked to scale/,
      "{ t: { work: 1 s } }",
      "0.1",
      "{ p: {} }",
      "decide: [scale]",
    ],
    [
      "a branch decision without alternatives",
      /nobody is ever asked to branch/,
      "{ t: { work: 1 s } }",
      "0.1",
      "{ p: {} }",
      "decide: [branch]",
    ],
    [
      "a hedge decision without hedges",
      /nobody is ever asked to hedge/,
      "{ t: { work: 1 s } }",
      "0.1",
      "{ p: {} }",
      "decide: [hedge]",
    ],
  ])("%s", (_, what, ...lines) => {
    expect(warned(...lines)).toEqual([expect.stringMatching(what)]);
  });

  test("a workflow that never runs", () => {
    const text = scenario({}).replace("  w:", "  idle: { tasks: { t: { work: 1 s } } }\n  w:");
    expect(scenarioWarnings(parse(text))[0]!.what).toMatch(/workflow idle never runs/);
  });
});
