import { describe, expect, test } from "vitest";
import { Meter } from "../../src/engine/meter.js";
import { settleAll } from "../../src/engine/stations.js";
import { placed } from "../../src/model/objective.js";
import { parseObjective } from "../support/objective-text.js";
import { pool, retry, scenario, task, workflow } from "../support/scenarios.js";
import { ScriptedEngine } from "../support/scripted-executor.js";

describe("workflows by source", () => {
  const meter = new Meter(1, 2, 0);
  const at = (now: number, source: number, by: 1 | -1) => {
    meter.advance(now);
    if (by === 1) meter.enter(source);
    else meter.leave(source);
  };
  // Of source 0: one in [0, 2), two in [2, 5), one in [5, 6). Of source 1: one in [3, 6) and from 7 on.
  at(0, 0, 1);
  at(2, 0, 1);
  at(3, 1, 1);
  at(5, 0, -1);
  at(6, 0, -1);
  at(6, 1, -1);
  at(7, 1, 1);
  meter.advance(10);

  test.each([
    ["flowTime", 0, 2 + 2 * 3 + 1],
    ["flowTime", 1, 3 + 3],
    ["flowTime", -1, 9 + 6],
    ["squaredFlowTime", 0, 2 + 4 * 3 + 1],
    ["squaredFlowTime", 1, 3 + 3],
    ["squaredFlowTime", -1, 15 + 6],
  ] as const)("%s of %i is %d", (metric, of, truth) => {
    expect(meter.total(metric, of)).toBe(truth);
    // Asking changes nothing.
    expect(meter.total(metric, of)).toBe(truth);
  });
});

describe("a script worked out by hand", () => {
  // One server. Task 1.x runs in [0, 3), 2.x waits in [1, 3), fails at 4, backs off until 6 and runs until 8; 3.x waits
  // from 5 and begins at once: it runs in [5, 7), so 2.x waits in [6, 7) and runs in [7, 8). Then nothing until 10.
  const play = (expression: string) => {
    const world = scenario(
      [pool("p", { price: 2, idlePrice: 0.5, power: { busy: 3, idle: 1 } }), pool("idle", { servers: 4 })],
      [workflow("w", [task("x", [0], { retry: retry(2, { first: 2 }) })], { deadline: 2.5 })],
    );
    const arriving = {
      ...world,
      workflows: [{ ...world.workflows[0]!, arrivals: { kind: "poisson", rate: 1 } as const }],
    };
    const objective = parseObjective(expression, arriving);
    const script = new ScriptedEngine({ ...arriving, objective });
    const inputs: [number, string][] = [
      [0, "submit w"],
      [1, "submit w"],
      [3, "end 1.x"],
      [4, "fail 2.x"],
      [5, "submit w"],
      [6, "wake 2.x"],
      [7, "end 3.x"],
      [8, "end 2.x"],
    ];
    for (const [at, input] of inputs) script.tell(at, input);
    const { engine } = script;
    engine.meter.advance(10);
    settleAll(engine.state);
    return engine.meter.charge(
      placed(objective, {
        workflow: () => 0,
        pool: (name) => engine.pools.names.indexOf(name),
        type: () => 0,
      }),
    );
  };

  test.each([
    // In the system: one in [0, 1), two in [1, 3), one in [3, 5), two in [5, 7), one in [7, 8).
    ["flowTime", 1 + 4 + 2 + 4 + 1],
    ['squaredFlowTime("w")', 1 + 8 + 2 + 8 + 1],
    // At stations: one in [0, 1), two in [1, 3), one in [3, 4), none in [4, 5), one in [5, 6), two in [6, 7), one in [7, 8).
    ['inSystem("x")', 1 + 4 + 1 + 0 + 1 + 2 + 1],
    ['squaredInSystem("x")', 1 + 8 + 1 + 0 + 1 + 4 + 1],
    ['inPool("p")', 10],
    ["waiting", 2 + 1],
    ['busyTime("p")', 4 + 3],
    ["busyTime", 7],
    ['onTime("idle")', 40],
    ['idleTime("p")', 3],
    ["idleTime", 3 + 40],
    ["cost", 2 * 7 + 0.5 * 3],
    ["energy", 3 * 7 + 3],
    ['attempts("p")', 4],
    ["attemptFailures", 1],
    ["retries", 1],
    ["succeeded", 3],
    // 1 ended at 3, half a second late; 2 at 8, due at 3.5; 3 at 7, due at 7.5.
    ['deadlineMisses("w")', 2],
    ["tardiness", 0.5 + 4.5],
    ["flowTime + 10 * deadlineMisses - cost / 2", 12 + 20 - 7.75],
    // Over the mean workflow of three, times three.
    ["max(waiting, tardiness)", 5],
    ["flowTime * deadlineMisses", 3 * (12 / 3) * (2 / 3)],
    ["max(0, deadlineMisses - 0.5)", 3 * (2 / 3 - 0.5)],
  ])("%s comes to %d", (expression, truth) => {
    expect(play(expression)).toBeCloseTo(truth, 12);
  });

  test("types are counted only where the objective asks for them", () => {
    expect(new ScriptedEngine(scenario([pool("p")], [])).engine.meter.byType).toBe(false);
  });
});

test("servers on and being set up are integrated until each change; without bound they are on while they are busy", () => {
  const meter = new Meter(2, 0, 0);
  meter.advance(4);
  meter.settleServers(0, 2, 1); // two on and one starting in [0, 4)
  meter.advance(6);
  meter.settle(0, 2, 0); // busy in [0, 6)
  meter.settleServers(0, 3, 0); // three on in [4, 6)
  meter.settle(1, 5, 0);
  meter.settleServers(1, 2 ** 31 - 1, 0);
  expect(meter.total("onTime", 0)).toBe(8 + 6);
  expect(meter.total("setupTime")).toBe(4);
  expect(meter.total("idleTime", 0)).toBe(14 - 12);
  expect(meter.total("onTime", 1)).toBe(30);
  expect(meter.total("idleTime")).toBe(2);
});
