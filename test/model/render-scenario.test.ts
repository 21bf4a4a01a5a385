import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { scenarioDigest } from "../../src/model/digest.js";
import { parseScenario } from "../../src/model/parse-scenario.js";
import { portableScenario, renderScenario } from "../../src/model/render-scenario.js";
import type { Scenario } from "../../src/model/scenario.js";
import { swarm } from "../support/swarm.js";

const parse = (text: string): Scenario => parseScenario(text, { file: "scenario.yaml" });
const comesBack = (scenario: Scenario): void => {
  const text = renderScenario(scenario);
  expect(parse(text), text).toEqual(scenario);
};

const folder = new URL("../../scenarios/", import.meta.url);

/** Every noun at least once, with nothing as by default. */
const EVERYTHING = `
scenario: everything
horizon: 1 h
warmup: 2 min
sizes: known
decide: [route, dispatch, scale, hedge]
objective: { minimize: flowTime + 5 * failures }
pools:
  web: { replicas: 3, servers: 2, discipline: srpt, capacity: 40 }
  web-4: { servers: 2, discipline: las, price: 2 / hour }
  cloud:
    servers: 2
    speed: 1.5
    price: 0.001 / s
    idlePrice: 0.0005 / s
    setupPrice: 0.0002 / s
    startPrice: 0.3
    power: { busy: 300 W, idle: 80 W }
    attemptFailure: 1%
    loadFailure: 2%
    rateLimit: { rate: 10 / s, burst: 20, onLimit: reject }
    scaling: { min: 2, max: 9, every: 30 s, setup: exponential(1 min), teardown: 10 s, idleTimeout: uniform(1 min, 2 min) }
    stragglers: { share: 5%, slowdown: pareto(alpha = 3, low = 2) }
    drain: [{ from: 10 min, until: 11 min }]
    cache: { blocks: 100 }
  machines: { servers: 4, resources: { cpu: 16, memory: 64 GB }, packing: first-fit, backfill: true }
  old:
    breakdown: { every: exponential(1 h), lasts: lognormal(mean = 5 min, cv = 1.5), mode: busy, interrupted: fail }
    stragglers: { onset: exponential(1 min), slowdown: 10 }
  left:
  right: { servers: 3 }
  delay: { servers: unlimited }
queues:
  desk: { pools: [left, right], discipline: priority, capacity: 100, idling: true, duplicates: true }
workflows:
  order:
    arrivals: { batch: { of: { mmpp: { rates: [0, 2], switching: [[0, 1], [3, 0]] } }, size: { shares: [0.5, 0, 0.5] } } }
    deadline: 10 min
    timeout: gamma(mean = 20 min, cv = 0.4)
    priority: 3
    tasks:
      check:
        type: screening
        work: hyperexponential(weights = [0.1, 0.9], means = [5 s, 0.5 s])
        pools: { web: 1, cloud: 2.5 }
        values: { approve: 70%, reject: 30% }
        hedge: { after: { quantile: 95% }, cleanUp: 1 s }
        output: 3 MB
        cache: { keys: 1000, skew: 0.9, blocks: 8, saving: 60% }
      ship:
        after: { check: { value: approve } }
        work: erlang(3, 2 s)
        pools: [web, machines]
        needs: { cpu: 2, memory: 1 GB }
        retry: { attempts: 5, backoff: { first: 1 s, factor: 3, cap: 1 min, jitter: 20% }, work: same }
        timeout: 30 s
        scheduleToStart: exponential(1 min)
        optional: true
        compensate: { work: 2 s, retry: { attempts: unlimited, backoff: { draw: weibull(2, 4 s) } } }
      refuse: { after: { check: { value: reject } }, work: empirical([1 s, 2 s], weights = [3, 1]), changeover: 2 s, pools: [old] }
      route:
        after: { ship: done, refuse: failure }
        join: any
        oneOf: { quick: { work: 1 s, hedge: { after: 2 s } }, careful: { workflow: review } }
      poll: { after: [route], work: 1 s, repeat: { most: 4, until: "yes" }, values: { "yes": 0.5, "no": 0.5 } }
      many: { after: [route], workflow: review, forEach: { count: uniform(1, 9), join: 1 } }
  review:
    tasks:
      read: { work: 5 s }
      sign: { after: [read], work: 1 s, forEach: 3 }
  users:
    arrivals: { closed: { users: 12, think: exponential(5 s), ramp: 1 min } }
    tasks: { ask: { work: exponential(1 s), pools: [desk] } }
  bursts: { arrivals: { onOff: { rate: 3, on: exponential(1 s), off: 2 s } }, tasks: { serve: { work: 1 ms } } }
  day: { arrivals: { diurnal: { mean: 2, amplitude: 50% } }, tasks: { serve: { work: 1 ms } } }
  news: { arrivals: { flashCrowd: { base: 1, at: 10 min, rise: 1 s, peak: 5, decay: 1 min } }, tasks: { serve: { work: 1 ms } } }
  steps: { arrivals: { piecewise: { rates: [1, 0], lengths: [10, 20], repeat: true } }, tasks: { serve: { work: 1 ms } } }
  crowd: { arrivals: { hawkes: { base: 1, branching: 0.5, decay: 2 s } }, tasks: { serve: { work: 1 ms } } }
trace: { path: traces/small.arrow, timeScale: 0.5, workScale: 2, repeat: 3, pools: [delay], attemptFailure: 1%, deadline: 1 h }
transfers: { latency: 5 ms, bandwidth: 1 GB/s, price: 0.01 / GB }
weather:
  storm: { pools: [web], at: [{ from: 1 min, until: 2 min }], outage: fail }
  heat: { pools: [cloud], every: exponential(1 h), lasts: exponential(5 min), brownout: 50%, observed: false }
  flu: { every: exponential(1 h), lasts: exponential(5 min), failures: 5% }
  ice: { every: exponential(1 h), lasts: exponential(5 min), stragglers: { share: 5%, slowdown: 4 } }
`;

describe("a scenario's text makes the same scenario again", () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith(".yaml")))("%s", (name) =>
    comesBack(parse(readFileSync(new URL(name, folder), "utf8"))),
  );

  test("with every noun in it", () => comesBack(parse(EVERYTHING)));

  test("with what a replay may ask of a trace", () => {
    const trace = (settings: string) =>
      parse(
        `scenario: t\nhorizon: 1 h\npools: { a: { servers: 1, resources: { cpu: 8 } } }\ntrace: { path: t.arrow, ${settings} }\nobjective: { minimize: flowTime }\n`,
      );
    comesBack(
      trace("work: resampled, failures: recorded, needs: cpu, recordedSpeeds: { fast: 2, __proto__: 3 }"),
    );
    comesBack(trace("from: 10, until: 1 h, amplify: 3, jitter: uniform(0 s, 5 s)"));
    comesBack(trace("closed: { users: 4, think: exponential(2 s), ramp: 1 min }"));
  });

  test("of a swarm", () => {
    for (let seed = 1; seed <= 100; seed++) comesBack({ ...swarm(seed), name: `swarm-${seed}` });
  });

  test("pools that are alike are written once", () => {
    const text = renderScenario(parse(EVERYTHING));
    expect(text).toMatch(/replicas: 3/);
    expect(text).not.toMatch(/^ {2}web-1:/m);
  });
});

test("a scenario that replays a trace is portable: read beside a trace of that name, it has the same digest", () => {
  const text = readFileSync(new URL("wfcommons-replay.yaml", folder), "utf8");
  const scenario = parseScenario(text, { file: "scenario.yaml", folder: "/somewhere/else" });
  const portable = portableScenario(scenario);
  expect(portable).not.toContain("/somewhere");
  const read = parseScenario(portable, { file: "copy.yaml", folder: "/here" });
  expect(read.trace!.path).toMatch(/^\/here\/[^/]+$/);
  expect(scenarioDigest(read)).toBe(scenarioDigest(scenario));
});
