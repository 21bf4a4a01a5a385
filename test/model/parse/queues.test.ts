import { expect, test } from "vitest";
import type { Queue } from "../../../src/model/scenario.js";
import { type Expected, expectComplaint, parse, scenario } from "../../support/scenario-text.js";

const text = (queues: string, pools = "{ a: {}, b: {}, c: { replicas: 2 } }") =>
  scenario({ pools, tasks: "{ t: { work: 1 s } }", more: `queues: ${queues}` });

test.each<[string, Omit<Queue, "name">]>([
  ["{ pools: a }", { pools: [0], discipline: "fifo" }],
  ["{ pools: [b, a], discipline: priority }", { pools: [1, 0], discipline: "priority" }],
  [
    "{ pools: [c, a], idling: true, duplicates: true, capacity: 9 }",
    { pools: [2, 3, 0], discipline: "fifo", idling: true, duplicates: true, capacity: 9 },
  ],
  ["{ pools: a, reconsider: true }", { pools: [0], discipline: "fifo", reconsider: true }],
  ["{ pools: a, reallocate: true, idling: false }", { pools: [0], discipline: "fifo", reallocate: true }],
])("a queue %s", (written, meant) => {
  expect(parse(text(`{ q: ${written} }`)).queues).toEqual([{ name: "q", ...meant }]);
});

test("tasks name a queue for all its pools, or some of its pools", () => {
  const { workflows } = parse(
    scenario({
      pools: "{ a: {}, b: {}, c: {} }",
      tasks: "{ t: { work: 1 s, pools: q }, u: { work: 1 s, pools: b }, v: { work: 1 s, pools: [q, c] } }",
      more: "queues: { q: { pools: [a, b] } }",
    }),
  );
  expect(workflows[0]!.tasks.map(({ pools }) => pools)).toEqual([[0, 1], [1], [0, 1, 2]]);
});

test.each<[string, string, Expected, string?]>([
  [
    "no pools",
    "{ q: { discipline: fifo } }",
    { what: /the queue q has no pools/, where: "x.yaml:8:14 > queues.q" },
  ],
  [
    "a pool in two queues",
    "{ q: { pools: a }, r: { pools: [b, a] } }",
    { what: /"a" serves the queue "q" already/, mend: /one queue/ },
  ],
  [
    "a server type in another queue",
    "{ q: { pools: w } }",
    { what: /"w-1" serves the queue "w" already/ },
    "{ w: { servers: [{ count: 1 }, { count: 2 }] } }",
  ],
  ["a name that is taken", "{ a: { pools: b } }", { what: /the name "a" is taken/ }],
  [
    "a discipline of its own",
    "{ q: { pools: a, discipline: srpt } }",
    { what: /"srpt" is not one of the choices/, mend: /fifo, priority/ },
  ],
  [
    "a pool with a discipline",
    "{ q: { pools: a } }",
    { what: /its discipline ps orders nothing/, mend: /to the queue/ },
    "{ a: { discipline: ps } }",
  ],
  [
    "a pool with a room",
    "{ q: { pools: a } }",
    { what: /nobody waits at it/, mend: /capacity to the queue/ },
    "{ a: { capacity: 3 } }",
  ],
  [
    "a pool without end",
    "{ q: { pools: a } }",
    { what: /nobody ever waits for the pool "a"/ },
    "{ a: { servers: unlimited } }",
  ],
  [
    "a limit that rejects",
    "{ q: { pools: a } }",
    { what: /its rate limit rejects nothing/, mend: /onLimit: wait/ },
    "{ a: { rateLimit: { rate: 1, onLimit: reject } } }",
  ],
  [
    "backfill",
    "{ q: { pools: a } }",
    { what: /`backfill` of the pool "a" means nothing/ },
    "{ a: { resources: { cpu: 1 }, backfill: true } }",
  ],
  [
    "reallocation with copies",
    "{ q: { pools: a, reallocate: true, duplicates: true } }",
    { what: /no second copies/ },
  ],
  ...[
    "resources: { cpu: 1 }",
    "scaling: { max: 3, every: 1 }",
    "rateLimit: { rate: 1 }",
    "cache: { blocks: 1 }",
  ].map((part): [string, string, Expected, string] => [
    `reallocation with ${part}`,
    "{ q: { pools: a, reallocate: true } }",
    { what: new RegExp(`the pool "a" has \`${part.split(":")[0]}\``) },
    `{ a: { ${part} } }`,
  ]),
])("a queue with %s is refused", (_, written, expected, pools) =>
  expectComplaint(text(written, pools), expected),
);
