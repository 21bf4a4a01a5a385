import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { InputError } from "../../../src/kit/errors.js";
import { normalQuantile } from "../../../src/kit/normal.js";
import { generate, parseSynthesis, synthesize } from "../../../src/workload/synthesis/index.js";
import { loadTrace, type TraceWorkflow } from "../../../src/workload/trace/index.js";

const spec = (templates: string, more = "", types = "{ task: { work: exponential(1 s) } }") =>
  parseSynthesis(
    `synthesis: s\narrivals: { poisson: 1 / s }\n${more}\ntypes: ${types}\ntemplates: ${templates}\n`,
    "s.yaml",
  );
const FAMILIES = parseSynthesis(
  readFileSync(resolve(import.meta.dirname, "../../../scenarios/synthesis/families.yaml"), "utf8"),
  "families.yaml",
);
const one = (templates: string, types?: string): TraceWorkflow =>
  generate(spec(templates, "", types), { seed: 1, workflows: 1 }).next().value!;
const parents = ({ count, firstParent, parent }: TraceWorkflow) =>
  Array.from({ length: count }, (_, t) => [...parent.subarray(firstParent[t], firstParent[t + 1])]);

describe("families", () => {
  test("a chain, a fork-join and a map-reduce are what they are called", () => {
    expect(parents(one("{ t: { chain: { tasks: 3 } } }"))).toEqual([[], [0], [1]]);
    const types =
      "{ fork: { work: 1 s }, branch: { work: 1 s }, join: { work: 1 s }, map: { work: 1 s }, reduce: { work: 1 s } }";
    expect(parents(one("{ t: { forkJoin: { branches: 2, length: 2 } } }", types))).toEqual([
      [],
      [0],
      [1],
      [0],
      [3],
      [2, 4],
    ]);
    const shuffle = one("{ t: { mapReduce: { maps: 2, reduces: 2 } } }", types);
    expect([parents(shuffle), shuffle.type]).toEqual([
      [[], [], [0, 1], [0, 1]],
      ["map", "map", "reduce", "reduce"],
    ]);
  });

  test("a list of tasks is taken as it stands, copies and all", () => {
    const flow = one(
      "{ t: { tasks: { a: { type: task }, b: { type: task, times: 3, after: [a] }, c: { type: task, after: [a, b] } } } }",
    );
    expect(parents(flow)).toEqual([[], [0], [0], [0], [0, 1, 2, 3]]);
  });

  test("Montage of 2 x 2 images has 4 overlaps, and a mosaic at its end", () => {
    const parts = ["project", "diff", "concat", "model", "background", "table", "add", "shrink", "jpeg"];
    const flow = one(
      "{ t: { montage: { images: 4 } } }",
      `{ ${parts.map((part) => `${part}: { work: 1 s }`).join(", ")} }`,
    );
    const count = (type: string) => flow.type.filter((name) => name === type).length;
    expect(parts.map(count)).toEqual([4, 4, 1, 1, 4, 1, 1, 1, 1]);
    expect(parents(flow)[flow.type.indexOf("background")]).toHaveLength(2);
  });

  test("an agent plans as often as a geometric law cut at its most rounds says", () => {
    const types = "{ plan: { work: 1 s }, tool: { work: 1 s }, answer: { work: 1 s } }";
    const flows = [
      ...generate(spec("{ t: { agent: { calls: 2, success: 50%, most: 3 } } }", "", types), {
        seed: 3,
        workflows: 4000,
      }),
    ];
    const rounds = flows.map(({ type }) => type.filter((name) => name === "plan").length);
    // P(1) = 1/2, P(2) = P(3) = 1/4; five standard errors, so a false alarm in about a million.
    const share = (k: number) => rounds.filter((r) => r === k).length / 4000;
    expect(Math.abs(share(1) - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / 4000));
    expect(Math.abs(share(3) - 0.25)).toBeLessThan(5 * Math.sqrt(0.1875 / 4000));
    expect(
      flows.every(({ type, count }, w) => count === 3 * rounds[w]! + 1 && type.at(-1) === "answer"),
    ).toBe(true);
  });

  test("whatever the parameters, parents stand before their children and are distinct", () =>
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        for (const flow of generate(FAMILIES, { seed, workflows: 20 })) {
          parents(flow).forEach((list, t) => {
            expect(list.every((p) => p < t)).toBe(true);
            expect(new Set(list).size).toBe(list.length);
          });
          expect(flow.work.every((work) => work >= 0 && work < Number.POSITIVE_INFINITY)).toBe(true);
        }
      }),
      { numRuns: 50, seed: 1 },
    ));

  test("a series-parallel DAG has no N, which none may have", () => {
    for (const flow of generate(spec("{ t: { seriesParallel: { tasks: 15, parallel: 50% } } }"), {
      seed: 5,
      workflows: 100,
    })) {
      const above = parents(flow);
      // Two children that share a parent share all their parents: Valdes et al. 1982, of reduced vertex series-parallel DAGs.
      for (let a = 0; a < flow.count; a++)
        for (let b = 0; b < a; b++)
          if (above[a]!.some((p) => above[b]!.includes(p))) expect(above[a]).toEqual(above[b]);
    }
  });
});

describe("what is drawn", () => {
  test("templates come as their weights say, and types by their shares", () => {
    const flows = [
      ...generate(
        spec(
          "{ a: { weight: 3, chain: { tasks: 1 } }, b: { chain: { tasks: 1 }, types: { task: { task: 1, other: 4 } } } }",
          "",
          "{ task: { work: 1 s }, other: { work: 2 s } }",
        ),
        { seed: 1, workflows: 8000 },
      ),
    ];
    const near = (found: number, share: number, n: number) =>
      expect(Math.abs(found / n - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / n));
    const b = flows.filter(({ template }) => template === "b");
    near(b.length, 0.25, flows.length);
    near(b.filter(({ type }) => type[0] === "other").length, 0.8, b.length);
  });

  test("correlated work keeps its law, and its normal scores correlate as asked", () => {
    const flows = [
      ...generate(spec("{ t: { chain: { tasks: 2 } } }", "correlation: 60%"), { seed: 2, workflows: 20_000 }),
    ];
    const z = (work: number) => normalQuantile(1 - Math.exp(-work));
    let [sum, product] = [0, 0];
    for (const { work } of flows) {
      sum += work[0]!;
      product += z(work[0]!) * z(work[1]!);
    }
    // Five standard errors: 1 / sqrt(n) of an exponential mean; sqrt((1 + r^2) / n) of a product of normals.
    expect(Math.abs(sum / 20_000 - 1)).toBeLessThan(5 / Math.sqrt(20_000));
    expect(Math.abs(product / 20_000 - 0.6)).toBeLessThan(5 * Math.sqrt(1.36 / 20_000));
  });

  test("what follows a failed task is skipped", () => {
    const flows = [
      ...generate(spec("{ t: { chain: { tasks: 3 } } }", "", "{ task: { work: 1 s, failure: 30% } }"), {
        seed: 4,
        workflows: 5000,
      }),
    ];
    expect(
      flows.every(({ outcome }) => /^(succeeded,)*(succeeded|failed(,skipped)*)$/.test(outcome!.join())),
    ).toBe(true);
    const failed = flows.filter(({ outcome }) => outcome![0] === "failed").length;
    expect(Math.abs(failed / 5000 - 0.3)).toBeLessThan(5 * Math.sqrt(0.21 / 5000));
  });

  test("needs, deadlines and priorities are drawn; what is not said is unknown", () => {
    const flow = one(
      "{ t: { tasks: { a: , b: }, deadline: 5 s, priority: 2 } }",
      "{ a: { work: 1 s, memory: 1 GiB, cpu: 2 }, b: { work: 1 s, cpu: uniform(low = 1, high = 2) } }",
    );
    expect([flow.deadline, [...flow.priority!], [...flow.memory!], flow.cpu![0]]).toEqual([
      5,
      [2, 2],
      [2 ** 30, Number.NaN],
      2,
    ]);
    expect(flow.cpu![1]).toBeGreaterThan(1);
    expect(flow.outcome).toBeUndefined();
  });
});

describe("length and seed", () => {
  test("a longer run begins with the shorter one; a span ends it by time", () => {
    const take = (options: object) => [...generate(FAMILIES, { seed: 9, ...options })];
    const long = take({ workflows: 60 });
    expect(take({ workflows: 25 })).toEqual(long.slice(0, 25));
    expect(take({ span: long[40]!.submitted })).toEqual(long.slice(0, 41));
    expect(take({ workflows: 25 })).not.toEqual([...generate(FAMILIES, { seed: 10, workflows: 25 })]);
    expect([...generate(spec("{ t: { chain: { tasks: 1 } } }", "workflows: 7"), { seed: 1 })]).toHaveLength(
      7,
    );
  });

  test("the file has the same bytes for the same seed, says how it was made, and is not there where nothing came", async () => {
    const folder = mkdtempSync(join(tmpdir(), "synth-"));
    try {
      const path = (name: string) => join(folder, name);
      const made = await synthesize(FAMILIES, path("a.arrow"), { seed: 7, workflows: 300 }, "abc");
      await synthesize(FAMILIES, path("b.arrow"), { seed: 7, workflows: 300 }, "abc");
      expect(Buffer.compare(readFileSync(path("a.arrow")), readFileSync(path("b.arrow")))).toBe(0);
      const trace = loadTrace(readFileSync(path("a.arrow")));
      expect([trace.workflows, trace.rows]).toEqual([made.workflows, made.tasks]);
      expect(trace.metadata).toEqual({
        source: "synthesis families",
        provenance: [{ step: "synth", spec: "families", specSha256: "abc", seed: 7, workflows: 300 }],
        origin: null,
      });
      const nothing = await synthesize(FAMILIES, path("c.arrow"), { seed: 7, span: 1e-9 }, "abc").catch(
        (e: InputError) => e.code,
      );
      expect(nothing).toBe("NO_WORKFLOWS");
      expect(() => readFileSync(path("c.arrow"))).toThrow(/ENOENT/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
