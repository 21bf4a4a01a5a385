import fc from "fast-check";
import { expect, test } from "vitest";
import type { Scenario } from "../../src/model/scenario.js";
import { auditEngine } from "../support/engine-audit.js";
import { pool, retry, scenario, task, workflow } from "../support/scenarios.js";
import { ScriptedEngine } from "../support/scripted-executor.js";

/** Small, and everything in it at once: queues of both orders, choices, joins, retries, failures. */
const crowded = (decide: Scenario["decide"]): Scenario =>
  scenario(
    [pool("p", { servers: 2 }), pool("q", { discipline: "lifo" }), pool("r")],
    [
      workflow("v", [task("a", [0, 1], { retry: retry(2, { first: 1 }) }), task("b", [1], { after: [0] })]),
      workflow("w", [
        task("c", [0]),
        task("d", [0, 1, 2]),
        task("e", [2], { retry: retry(3) }),
        task("f", [0, 2], { after: [0, 1, 2], join: 2 }),
        task("g", [1], { after: [0, 3], join: 1 }),
      ]),
    ],
    { decide },
  );

/** A journal of inputs: whatever is possible, chosen by the numbers. Every input is followed by an audit. */
function drive(engine: ScriptedEngine, choices: readonly number[]): { inputs: string[]; answers: string[] } {
  const inputs: string[] = [];
  const answers: string[] = [];
  choices.forEach((choice) => {
    const { point, running, sleeping } = engine;
    const possible =
      point === null
        ? [
            ...["v", "w"].map((name) => `submit ${name}`),
            ...[...running.keys()].sort().flatMap((name) => [`end ${name}`, `fail ${name}`, `end ${name}`]),
            ...[...sleeping.keys()].sort().map((name) => `wake ${name}`),
          ]
        : engine.candidates(point).map((_, i) => `choose #${i}`);
    const input = possible[choice % possible.length]!;
    inputs.push(input);
    answers.push(engine.tell(answers.length, input));
    if (engine.point === null) auditEngine(engine.engine);
  });
  return { inputs, answers };
}

/** Lets everything that is in flight succeed. */
function drain(engine: ScriptedEngine, at: number): void {
  for (let steps = 0; engine.point !== null || engine.running.size > 0 || engine.sleeping.size > 0; steps++) {
    if (steps > 10_000) throw new Error("it never ends");
    const [running] = engine.running.keys();
    const [sleeping] = engine.sleeping.keys();
    if (engine.point !== null) engine.tell(at, "choose #0");
    else if (running !== undefined) engine.tell(at, `end ${running}`);
    else {
      engine.tell(at, `wake ${sleeping}`);
      engine.sleeping.delete(sleeping!);
    }
  }
}

const decides: fc.Arbitrary<Scenario["decide"]> = fc.subarray(["route", "dispatch"]);
const choices = fc.array(fc.nat(1000), { maxLength: 150 });

test("the engine's books agree with a recount after every input, and nothing is left when all has ended", () =>
  fc.assert(
    fc.property(decides, choices, (decide, script) => {
      const engine = new ScriptedEngine(crowded(decide));
      drive(engine, script);
      drain(engine, script.length);
      auditEngine(engine.engine);
      const { meter, pools } = engine.engine;
      expect([meter.workflows, meter.waiting, ...pools.running, ...pools.waiting]).toEqual(
        new Array(2 + 2 * pools.count).fill(0),
      );
      expect(meter.submitted).toBe(meter.succeeded + meter.failures);
      expect([meter.spending, ...pools.queuedWork, ...pools.runningWork]).toEqual(
        new Array(1 + 2 * pools.count).fill(0),
      );
    }),
    { numRuns: 300 },
  ));

test("the same inputs give the same commands, also of an engine that has had a life before", () =>
  fc.assert(
    fc.property(decides, choices, choices, (decide, script, past) => {
      const fresh = new ScriptedEngine(crowded(decide));
      const first = drive(fresh, script);
      const used = new ScriptedEngine(crowded(decide));
      drive(used, past);
      drain(used, past.length);
      used.renumber();
      const again = first.inputs.map((input, n) => used.tell(past.length + n, input));
      expect(again).toEqual(first.answers);
    }),
    { numRuns: 200 },
  ));

test("memory follows what is in flight, not what has passed", () => {
  const engine = new ScriptedEngine(crowded(["route", "dispatch"]));
  const usedAfter = (from: number, to: number) => {
    for (let at = from; at < to; at++) {
      for (const name of ["v", "w", "w"]) {
        engine.tell(at, `submit ${name}`);
        while (engine.point !== null) engine.tell(at, "choose #0");
      }
      drain(engine, at);
    }
    const { flows, tasks, attempts } = engine.engine;
    return [flows.extent, flows.source.length, tasks.flow.length, attempts.task.length];
  };
  const early = usedAfter(0, 1);
  expect(usedAfter(1, 3000)).toEqual(early);
});
