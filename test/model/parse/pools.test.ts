import { describe, expect, test } from "vitest";
import { type Pool, UNLIMITED } from "../../../src/model/scenario.js";
import { type Expected, expectComplaint, parse, scenario } from "../../support/scenario-text.js";

const pools = (text: string) => parse(scenario({ pools: text, tasks: "{ t: { work: 1 s } }" }));
const one = (text: string): Pool => pools(`{ p: ${text} }`).pools[0]!;

describe("a pool", () => {
  test("of nothing said has one server, and no parts", () => {
    expect(one("")).toEqual({
      name: "p",
      servers: 1,
      capacity: Number.POSITIVE_INFINITY,
      speed: 1,
      price: 0,
      attemptFailure: 0,
      discipline: "fifo",
    });
  });

  test.each<[string, Partial<Pool>]>([
    ["{ servers: unlimited }", { servers: UNLIMITED }],
    [
      "{ price: 3.6 / hour, idlePrice: 1.8 / hour, setupPrice: 1, startPrice: 2 }",
      { price: 0.001, idlePrice: 0.0005, setupPrice: 1, startPrice: 2 },
    ],
    ["{ power: { busy: 0.3 kW, idle: 80 W } }", { power: { busy: 300, idle: 80 } }],
    ["{ power: { busy: 300 } }", { power: { busy: 300, idle: 0 } }],
    ["{ loadFailure: 10% }", { loadFailure: 0.1 }],
    [
      "{ resources: { cpu: 16, memory: 64 GB, gpu: 2 }, packing: worst-fit, backfill: true }",
      { resources: { cpu: 16, memory: 64e9, gpu: 2 }, packing: "worst-fit", backfill: true },
    ],
    ["{ rateLimit: { rate: 60 / min } }", { rateLimit: { rate: 1, burst: 1, onLimit: "wait" } }],
    [
      "{ rateLimit: { rate: 10 / s, burst: 20, onLimit: reject } }",
      { rateLimit: { rate: 10, burst: 20, onLimit: "reject" } },
    ],
    ["{ scaling: { max: 9, every: event } }", { servers: 1, scaling: { least: 1, most: 9, every: 0 } }],
    [
      "{ servers: 0, scaling: { min: 0, max: 9, every: 30 s, setup: exponential(1 min), teardown: 5 s, idleTimeout: 2 min } }",
      {
        servers: 0,
        scaling: {
          least: 0,
          most: 9,
          every: 30,
          setup: { kind: "exponential", mean: 60 },
          teardown: { kind: "deterministic", value: 5 },
          idleTimeout: { kind: "deterministic", value: 120 },
        },
      },
    ],
    [
      "{ breakdown: { every: exponential(1 h), lasts: 5 min } }",
      {
        breakdown: {
          every: { kind: "exponential", mean: 3600 },
          lasts: { kind: "deterministic", value: 300 },
          mode: "always",
          interrupted: "restart",
        },
      },
    ],
    [
      "{ stragglers: { share: 5%, slowdown: 10 } }",
      { stragglers: { share: 0.05, slowdown: { kind: "deterministic", value: 10 } } },
    ],
    [
      "{ stragglers: { onset: exponential(1 min), slowdown: uniform(2, 5) } }",
      {
        stragglers: {
          onset: { kind: "exponential", mean: 60 },
          slowdown: { kind: "uniform", low: 2, high: 5 },
        },
      },
    ],
    ["{ drain: { from: 10 min, until: 20 min } }", { drain: [{ from: 600, until: 1200 }] }],
    [
      "{ drain: [{ from: 0, until: 1 }, { from: 1, until: 2 }] }",
      {
        drain: [
          { from: 0, until: 1 },
          { from: 1, until: 2 },
        ],
      },
    ],
    ["{ cache: { blocks: 100 } }", { cacheBlocks: 100 }],
    [
      "{ discipline: ps, breakdown: { every: 1 h, lasts: 1 min, interrupted: resume } }",
      { discipline: "ps" },
    ],
  ])("%s", (written, meant) => {
    expect(one(written)).toMatchObject(meant);
  });

  test("with replicas is several, each with its own queue, and its name means all of them", () => {
    const {
      pools: made,
      queues,
      workflows,
    } = parse(
      scenario({
        pools: "{ web: { replicas: 3, servers: 2 }, db: {} }",
        tasks: "{ t: { work: 1 s, pools: web }, u: { work: 1 s, pools: [web-2, db] }, v: { work: 1 s } }",
      }),
    );
    expect(made.map(({ name, servers }) => [name, servers])).toEqual([
      ["web-1", 2],
      ["web-2", 2],
      ["web-3", 2],
      ["db", 1],
    ]);
    expect(queues).toBeUndefined();
    expect(workflows[0]!.tasks.map((task) => task.pools)).toEqual([
      [0, 1, 2],
      [1, 3],
      [0, 1, 2, 3],
    ]);
  });

  test("with server types is one a type, behind one central queue of its name", () => {
    const {
      pools: made,
      queues,
      workflows,
    } = parse(
      scenario({
        pools:
          "{ web: { servers: [{ count: 4, price: 2 }, { count: 2, speed: 2.5 }], price: 1, discipline: priority, capacity: 9 } }",
        tasks: "{ t: { work: 1 s, pools: { web: 2 } } }",
      }),
    );
    expect(made).toMatchObject([
      { name: "web-1", servers: 4, speed: 1, price: 2, discipline: "fifo" },
      { name: "web-2", servers: 2, speed: 2.5, price: 1, discipline: "fifo" },
    ]);
    expect(made[0]!.capacity).toBe(Number.POSITIVE_INFINITY);
    expect(queues).toEqual([{ name: "web", pools: [0, 1], discipline: "priority", capacity: 9 }]);
    expect(workflows[0]!.tasks[0]).toMatchObject({ pools: [0, 1], speeds: [2, 2] });
  });

  test("with replicas of server types is a queue a replica", () => {
    const { pools: made, queues } = pools("{ web: { replicas: 2, servers: [{ count: 1 }, { count: 2 }] } }");
    expect(made.map(({ name }) => name)).toEqual(["web-1-1", "web-1-2", "web-2-1", "web-2-2"]);
    expect(queues!.map(({ name, pools: members }) => [name, members])).toEqual([
      ["web-1", [0, 1]],
      ["web-2", [2, 3]],
    ]);
  });
});

describe("a wrong pool is refused with the place and the mend", () => {
  const tasks = "{ t: { work: 1 s } }";
  test.each<[string, string, Expected]>([
    [
      "no servers",
      "{ servers: 0 }",
      { what: /not a whole number from 1/, where: "x.yaml:3:24 > pools.p.servers" },
    ],
    [
      "servers beyond its scaling",
      "{ servers: 9, scaling: { max: 5, every: 1 } }",
      { what: /begins with 9 servers and scales from 1 to 5/ },
    ],
    [
      "scaling that goes nowhere",
      "{ scaling: { min: 5, max: 5, every: 1 } }",
      { what: /from 5 to 5/, mend: /max must be above/ },
    ],
    [
      "scaling without a tick",
      "{ scaling: { max: 5 } }",
      { what: /`every` is missing/, mend: /every: event/ },
    ],
    ["scaling between too many sizes", "{ scaling: { max: 500000, every: 1 } }", { what: /500000 sizes/ }],
    [
      "scaling without end",
      "{ servers: unlimited, scaling: { max: 5, every: 1 } }",
      { what: /without end of servers has no `scaling`/ },
    ],
    [
      "breakdowns without end",
      "{ servers: unlimited, breakdown: { every: 1 h, lasts: 1 s } }",
      { what: /no `breakdown`/ },
    ],
    ["breakdowns that last no time", "{ breakdown: { every: 1 h, lasts: 0 s } }", { what: /no time at all/ }],
    [
      "breakdowns of what shares",
      "{ discipline: ps, breakdown: { every: 1 h, lasts: 1 min } }",
      { what: /lose none when one breaks/, mend: /interrupted: resume/ },
    ],
    [
      "breakdowns while busy of what shares",
      "{ discipline: las, breakdown: { every: 1 h, lasts: 1 min, mode: busy, interrupted: resume } }",
      { what: /lose none/ },
    ],
    [
      "idle servers of what shares",
      "{ discipline: ps, scaling: { max: 5, every: 1, idleTimeout: 1 } }",
      { what: /none is idle by itself/ },
    ],
    [
      "machines that are preempted",
      "{ discipline: srpt, resources: { cpu: 4 } }",
      { what: /not preempted, and srpt does/, where: "x.yaml:3:27 > pools.p.discipline" },
    ],
    [
      "machines that scale",
      "{ resources: { cpu: 4 }, scaling: { max: 5, every: 1 } }",
      { what: /have no `scaling`/ },
    ],
    ["machines of nothing", "{ resources: {} }", { what: /no resource is named/ }],
    [
      "packing of nothing",
      "{ packing: first-fit }",
      { what: /`packing` is of machines/, mend: /resources:/ },
    ],
    [
      "a resource with a wrong unit",
      "{ resources: { memory: 3 s } }",
      { what: /"3 s" is not an amount of data/, mend: /20 MB/ },
    ],
    [
      "a resource that is unknown",
      "{ resources: { disk: 3 } }",
      { what: /no key "disk"/, mend: /cpu, memory, gpu/ },
    ],
    ["a bucket without a rate", "{ rateLimit: { burst: 3 } }", { what: /`rate` is missing/ }],
    [
      "stragglers of both kinds",
      "{ stragglers: { share: 5%, onset: 1 s, slowdown: 2 } }",
      { what: /a share of the attempts, or/ },
    ],
    [
      "an onset of stragglers where tasks share servers",
      "{ discipline: ps, stragglers: { onset: 1 s, slowdown: 2 } }",
      { what: /share servers \(ps\)/, mend: /share: 5%/ },
    ],
    [
      "stragglers with a time for a factor",
      "{ stragglers: { share: 5%, slowdown: 3 s } }",
      { what: /"3 s" is not a distribution/ },
    ],
    [
      "a drain that ends before it begins",
      "{ drain: { from: 9, until: 3 } }",
      { what: /ends at 3 s and begins at 9 s/ },
    ],
    [
      "drains that overlap",
      "{ drain: [{ from: 0, until: 5 }, { from: 3, until: 9 }] }",
      { what: /before the one ahead of it ends at 5 s/, where: "x.yaml:3:46 > pools.p.drain[1]" },
    ],
    [
      "a power without its busy part",
      "{ power: { idle: 3 W } }",
      { what: /`busy` is missing/, mend: /300 W/ },
    ],
    ["one server type", "{ servers: [{ count: 1 }] }", { what: /two or more/ }],
    ["a server type without a count", "{ servers: [{ count: 1 }, { speed: 2 }] }", { what: /has no count/ }],
    [
      "scaling of all server types",
      "{ servers: [{ count: 1 }, { count: 2 }], scaling: { max: 5, every: 1 } }",
      { what: /`scaling` is of one server type/ },
    ],
    ["too many replicas", "{ replicas: 30000 }", { what: /not a whole number from 1 to 20000/ }],
    [
      "a flag that is no flag",
      "{ resources: { cpu: 1 }, backfill: maybe }",
      { what: /"maybe" is neither true nor false/ },
    ],
  ])("%s", (_, written, expected) =>
    expectComplaint(scenario({ pools: `{ p: ${written} }`, tasks }), expected),
  );

  test.each<[string, string, Expected]>([
    [
      "a name that replicas take",
      "{ web-2: {}, web: { replicas: 2 } }",
      { what: /the name "web-2" is taken/ },
    ],
    [
      "too many pools in all",
      "{ a: { replicas: 15000 }, b: { replicas: 15000 } }",
      { what: /makes 30000 pools/ },
    ],
    [
      "an unknown pool, with all names",
      "{ web: { replicas: 2 } }",
      { what: /no pool "wbe"/, mend: /web-1, web-2, web; did you mean "web"/ },
    ],
    ["no pool", "{}", { what: /there are no pools/ }],
  ])("%s", (_, written, expected) =>
    expectComplaint(scenario({ pools: written, tasks: "{ t: { work: 1 s, pools: wbe } }" }), expected),
  );
});
