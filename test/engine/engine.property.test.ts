import fc from "fast-check";
import { expect, test } from "vitest";
import type { DecisionView } from "../../src/model/decision-view.js";
import { DISCIPLINE_NAMES, type Discipline, type Scenario } from "../../src/model/scenario.js";
import { auditEngine } from "../support/engine-audit.js";
import { exponential, pool, retry, scenario, task, workflow } from "../support/scenarios.js";
import { ScriptedEngine } from "../support/scripted-executor.js";

/** Small, and everything in it at once: queues of every order, choices, joins, retries, full rooms, impatience, failures. */
const crowded = ({ decide, disciplines, capacity }: Crowd): Scenario =>
  scenario(
    [
      pool("p", { servers: 2, discipline: disciplines[0]! }),
      pool("q", { discipline: disciplines[1]!, speed: 0.5, capacity }),
      pool("r", { servers: 2, discipline: disciplines[2]!, capacity: 2 * capacity }),
    ],
    [
      workflow("v", [task("a", [0, 1], { retry: retry(2, { first: 1 }) }), task("b", [1], { after: [0] })], {
        priority: 1,
      }),
      workflow("w", [
        task("c", [0], { work: exponential(3) }),
        task("d", [0, 1, 2], { scheduleToStart: exponential(1) }),
        task("e", [2], { retry: retry(3) }),
        task("f", [0, 2], { after: [0, 1, 2], join: 2, work: exponential(0.5) }),
        task("g", [1], { after: [0, 3], join: 1, retry: retry(3, { first: 2, cap: 2 }) }),
      ]),
    ],
    { decide },
  );

interface Crowd {
  readonly decide: Scenario["decide"];
  readonly disciplines: readonly Discipline[];
  readonly capacity: number;
}

/** A journal of inputs: whatever is possible, chosen by the numbers. Every input is followed by an audit. */
function drive(engine: ScriptedEngine, choices: readonly number[]): { inputs: string[]; answers: string[] } {
  const inputs: string[] = [];
  const answers: string[] = [];
  choices.forEach((choice) => {
    const { point, running, sleeping, held, patient } = engine;
    const possible =
      point === null
        ? [
            ...["v", "w"].map((name) => `submit ${name}`),
            ...[...running.keys()]
              .filter((name) => !held.has(name))
              .sort()
              .flatMap((name) => [`end ${name}`, `fail ${name}`, `end ${name}`]),
            ...[...sleeping.keys()].sort().map((name) => `wake ${name}`),
            ...[...patient.keys()].sort().map((name) => `lose ${name}`),
          ]
        : engine.candidates(point).flatMap((_, i) => (point.allowed(i) ? [`choose #${i}`] : []));
    const input = possible[choice % possible.length]!;
    inputs.push(input);
    answers.push(engine.tell(answers.length, input));
    if (engine.point === null) auditEngine(engine.engine);
  });
  return { inputs, answers };
}

const firstAllowed = (point: DecisionView): string =>
  `choose #${Array.from({ length: point.count }, (_, i) => i).find((i) => point.allowed(i))}`;

/** Lets everything that is in flight succeed. */
function drain(engine: ScriptedEngine, at: number): void {
  for (let steps = 0; engine.point !== null || engine.running.size > 0 || engine.sleeping.size > 0; steps++) {
    if (steps > 10_000) throw new Error("it never ends");
    const running = [...engine.running.keys()].find((name) => !engine.held.has(name));
    const [sleeping] = engine.sleeping.keys();
    if (engine.point !== null) engine.tell(at, firstAllowed(engine.point));
    else if (running !== undefined) engine.tell(at, `end ${running}`);
    else {
      engine.tell(at, `wake ${sleeping}`);
      engine.sleeping.delete(sleeping!);
    }
  }
}

const crowds: fc.Arbitrary<Crowd> = fc.record({
  decide: fc.subarray<"route" | "dispatch">(["route", "dispatch"]),
  disciplines: fc.array(fc.constantFrom(...DISCIPLINE_NAMES), { minLength: 3, maxLength: 3 }),
  capacity: fc.constantFrom(1, 2, Number.POSITIVE_INFINITY),
});
const choices = fc.array(fc.nat(1000), { maxLength: 150 });

test("the engine's books agree with a recount after every input, and nothing is left when all has ended", () =>
  fc.assert(
    fc.property(crowds, choices, (crowd, script) => {
      const engine = new ScriptedEngine(crowded(crowd));
      drive(engine, script);
      drain(engine, script.length);
      auditEngine(engine.engine);
      const { meter, pools, queues } = engine.engine;
      expect([meter.workflows, meter.waiting, ...pools.running, ...queues.waiting]).toEqual(
        new Array(2 + 2 * pools.count).fill(0),
      );
      expect(meter.submitted).toBe(meter.succeeded + meter.failures);
      expect([meter.spending, ...queues.queuedWork, ...pools.runningWork]).toEqual(
        new Array(1 + 2 * pools.count).fill(0),
      );
    }),
    { numRuns: 600 },
  ));

test("the same inputs give the same commands, also of an engine that has had a life before", () =>
  fc.assert(
    fc.property(crowds, choices, choices, (crowd, script, past) => {
      const fresh = new ScriptedEngine(crowded(crowd));
      const first = drive(fresh, script);
      const used = new ScriptedEngine(crowded(crowd));
      drive(used, past);
      drain(used, past.length);
      used.renumber();
      const again = first.inputs.map((input, n) => used.tell(past.length + n, input));
      expect(again).toEqual(first.answers);
    }),
    { numRuns: 300 },
  ));

test("memory follows what is in flight, not what has passed", () => {
  const engine = new ScriptedEngine(
    crowded({
      decide: ["route", "dispatch"],
      disciplines: ["fifo", "lifo", "ps"],
      capacity: Number.POSITIVE_INFINITY,
    }),
  );
  const usedAfter = (from: number, to: number) => {
    for (let at = from; at < to; at++) {
      for (const name of ["v", "w", "w"]) {
        engine.tell(at, `submit ${name}`);
        while (engine.point !== null) engine.tell(at, firstAllowed(engine.point));
      }
      drain(engine, at);
    }
    const { flows, tasks, attempts } = engine.engine;
    return [flows.extent, flows.source.length, tasks.flow.length, attempts.task.length];
  };
  const early = usedAfter(0, 1);
  expect(usedAfter(1, 3000)).toEqual(early);
});
