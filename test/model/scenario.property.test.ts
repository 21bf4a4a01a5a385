import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMap, isScalar, isSeq, parseDocument, visit } from "yaml";
import { InputErrors } from "../../src/kit/errors.js";
import { instability, parseScenario, type Scenario, scenarioWarnings } from "../../src/model/index.js";
import { schemaComplaints } from "../support/json-schema.js";

const library = readdirSync("scenarios")
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => readFileSync(join("scenarios", name), "utf8"));
const anyOfThem = fc.constantFrom(...library);
/** With calls in quotes: the parser needs none in maps in braces, plain YAML does. */
const quoted = anyOfThem.map((text) =>
  text.replace(/"?\b((?:exponential|uniform|lognormal|gamma|erlang|fixed)\([^()\n]*\))"?/g, '"$1"'),
);

/** The scenario, or undefined where it is refused as the user's to mend. Anything else that is thrown is ours. */
function accepted(text: string): Scenario | undefined {
  try {
    return parseScenario(text, { file: "x.yaml", folder: "here" });
  } catch (error) {
    if (!(error instanceof InputErrors)) throw error;
    expect(error.exitCode).toBe(2);
    expect(error.complaints.length).toBeGreaterThan(0);
    for (const { what, where } of error.complaints) {
      expect(what).not.toMatch(/undefined|\[object/);
      expect(where).toMatch(/^x\.yaml/);
    }
    return undefined;
  }
}

/** What is accepted is whole: every index has something behind it, and its doubts can be told. */
function expectWhole(scenario: Scenario): void {
  const { pools, workflows, queues = [], weather = [] } = scenario;
  const isPool = (p: number) => expect(pools[p], `pool ${p}`).toBeDefined();
  for (const { pools: members } of [...queues, ...weather]) members.forEach(isPool);
  for (const { tasks } of workflows)
    tasks.forEach((task, t) => {
      for (const parent of task.after) expect(parent).toBeLessThan(t);
      expect(task.join).toBeLessThanOrEqual(task.after.length);
      if (task.conditions !== undefined) expect(task.conditions).toHaveLength(task.after.length);
      for (const spec of [
        task,
        ...(task.oneOf ?? []),
        ...(task.compensate === undefined ? [] : [task.compensate]),
      ]) {
        expect(spec.pools.length).toBeGreaterThan(0);
        spec.pools.forEach(isPool);
        if (spec.speeds !== undefined) expect(spec.speeds).toHaveLength(spec.pools.length);
      }
      for (const { call } of [task, ...(task.oneOf ?? [])])
        if (call !== undefined) expect(workflows[call]).toBeDefined();
    });
  expect(instability(scenario)).toBeInstanceOf(Array);
  expect(scenarioWarnings(scenario)).toBeInstanceOf(Array);
}

describe("a scenario that was mutated is refused or whole, never a crash", () => {
  const junk = fc.constantFrom<unknown>(
    ...[
      null,
      true,
      0,
      -1,
      1,
      2.5,
      1e300,
      Number.NaN,
      "",
      "x",
      "3 kg",
      "5%",
      "1 s",
      "unlimited",
      "any",
      "__proto__",
    ],
    ...[
      "constructor",
      "exponential(1 s)",
      "uniform(2, 1)",
      [],
      [[]],
      ["x", "x"],
      {},
      { x: {} },
      { value: {} },
    ],
  );

  test("by other values, dropped and doubled keys, wherever they stand", () => {
    let refused = 0;
    let whole = 0;
    fc.assert(
      fc.property(
        quoted,
        fc.array(fc.tuple(fc.nat(), fc.nat(3), junk), { minLength: 1, maxLength: 2 }),
        (text, edits) => {
          const document = parseDocument(text);
          for (const [where, how, value] of edits) {
            const places: (() => void)[] = [];
            visit(document, {
              Pair(_, pair, path) {
                const parent = path.at(-1);
                places.push(() => {
                  if (how === 0) pair.value = document.createNode(value);
                  else if (how === 1 && isMap(parent)) parent.delete(pair.key);
                  else if (how === 2)
                    pair.key = document.createNode(typeof value === "object" ? "other" : value);
                  else if (isMap(parent) && isScalar(pair.key))
                    parent.items.push(document.createPair(`${pair.key.value}-again`, pair.value));
                });
              },
              Seq(_, seq) {
                places.push(() => {
                  if (isSeq(seq)) seq.add(document.createNode(value));
                });
              },
            });
            places[where % Math.max(1, places.length)]?.();
          }
          const mutated = document.toString();
          const scenario = accepted(mutated);
          if (scenario === undefined) refused++;
          else {
            whole++;
            expectWhole(scenario);
            // What the parser takes, the schema that editors use takes too.
            expect(schemaComplaints(mutated)).toEqual([]);
          }
        },
      ),
      { numRuns: 500, seed: 20_261_125 },
    );
    // Both happen often, or this would test nothing.
    expect(refused).toBeGreaterThan(100);
    expect(whole).toBeGreaterThan(40);
  });

  test("by characters that were dropped, doubled or swapped", () => {
    const edit = fc.tuple(fc.nat(), fc.nat(2), fc.constantFrom(..."{}[]:,- #&*!|>'\"%@\n\t0a(="));
    fc.assert(
      fc.property(anyOfThem, fc.array(edit, { minLength: 1, maxLength: 4 }), (text, edits) => {
        let mutated = text;
        for (const [where, how, character] of edits) {
          const at = where % mutated.length;
          mutated =
            mutated.slice(0, at) + (how === 1 ? "" : character) + mutated.slice(how === 2 ? at : at + 1);
        }
        const scenario = accepted(mutated);
        if (scenario !== undefined) expectWhole(scenario);
      }),
      { numRuns: 300, seed: 20_261_126 },
    );
  });
});
