import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { RunRecord } from "../../src/report/inspect/run-record.js";
import { perfettoTrace } from "../../src/report/perfetto.js";
import { type MadeUpAttempt, madeUpRun } from "./inspect/made-up-run.js";

interface Event {
  readonly ph: string;
  readonly name: string;
  readonly cat?: string;
  readonly id?: number;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly bp?: string;
  readonly s?: string;
  readonly args: Record<string, unknown>;
}
/**
 * What the Trace Event Format (Google 2016) lets each phase hold, and no field beside: times are microseconds since the beginning and no
 * more exact than a nanosecond, processes and threads whole numbers, colours those that have reserved names.
 */
const micros = z
  .number()
  .min(0)
  .refine(
    (time) => Math.abs(time * 1e3 - Math.round(time * 1e3)) < 1e-3 * Math.max(1, time * 1e-6),
    "finer than a nanosecond",
  );
const whole = z.int().min(0);
const place = { pid: whole, tid: whole };
const text = z.string().min(1);
const args = z.record(text, z.union([z.string(), z.number(), z.boolean()]));
const metadataOf = (name: string, fields: z.ZodRawShape) =>
  z.strictObject({ ph: z.literal("M"), name: z.literal(name), ...place, args: z.strictObject(fields) });
const EVENT = z.union([
  metadataOf("process_name", { name: text }),
  metadataOf("process_sort_index", { sort_index: z.int() }),
  metadataOf("thread_name", { name: text }),
  z.strictObject({
    ph: z.literal("X"),
    cat: text,
    name: text,
    ...place,
    ts: micros,
    dur: micros,
    cname: z.enum(["grey", "terrible"]).optional(),
    args,
  }),
  z.strictObject({
    ph: z.literal("i"),
    s: z.enum(["g", "p", "t"]),
    cat: text,
    name: text,
    ...place,
    ts: micros,
    args: args.optional(),
  }),
  z.strictObject({ ph: z.enum(["s", "t"]), cat: text, name: text, id: whole, ...place, ts: micros }),
  z.strictObject({
    ph: z.literal("f"),
    bp: z.literal("e"),
    cat: text,
    name: text,
    id: whole,
    ...place,
    ts: micros,
  }),
  z.strictObject({ ph: z.literal("b"), cat: text, id: whole, name: text, ...place, ts: micros, args }),
  z.strictObject({ ph: z.literal("e"), cat: text, id: whole, name: text, ...place, ts: micros }),
  z.strictObject({
    ph: z.literal("C"),
    name: text,
    pid: whole,
    ts: micros,
    args: z.record(text, z.number()),
  }),
]);
const TRACE = z.strictObject({
  displayTimeUnit: z.enum(["ms", "ns"]),
  otherData: z.record(z.string(), z.string()),
  traceEvents: z.array(EVENT),
});

const eventsOf = (run: RunRecord): Event[] =>
  (JSON.parse([...perfettoTrace(run)].join("")) as { traceEvents: Event[] }).traceEvents;

/**
 * The rules of the Trace Event Format and of Perfetto's importer of it, as far as they concern what is written here: what breaks them is
 * dropped or drawn wrong. (Perfetto's own trace_processor is not at hand offline.)
 */
function complaintsAbout(events: readonly Event[]): string[] {
  const found: string[] = [];
  const complain = (event: Event, what: string) => found.push(`${what}: ${JSON.stringify(event)}`);
  const track = ({ pid, tid }: Event) => `${pid}/${tid}`;
  const nanoseconds = (microseconds: number) => Math.round(microseconds * 1e3);
  const processes = new Set(events.filter(({ name }) => name === "process_name").map(({ pid }) => pid));
  const threads = new Set(events.filter(({ name }) => name === "thread_name").map(track));
  for (const event of events) {
    if (!["M", "X", "b", "e", "s", "t", "f", "C", "i"].includes(event.ph)) complain(event, "unknown phase");
    if (!processes.has(event.pid)) complain(event, "process without a name");
    if (event.ph !== "M" && !(event.ts >= 0)) complain(event, "no instant");
    if (["X", "s", "t", "f"].includes(event.ph) && !threads.has(track(event)))
      complain(event, "track without a name");
  }
  // Complete events of one track nest or are apart; here none may overlap.
  const slices = new Map<string, Event[]>();
  for (const event of events.filter(({ ph }) => ph === "X")) {
    if (!(event.dur >= 0)) complain(event, "negative duration");
    slices.set(track(event), [...(slices.get(track(event)) ?? []), event]);
  }
  for (const own of slices.values()) {
    own.sort((a, b) => a.ts - b.ts || a.dur - b.dur);
    own.reduce((before, event) => {
      if (nanoseconds(event.ts) < nanoseconds(before.ts) + nanoseconds(before.dur))
        complain(event, "overlaps another");
      return event;
    });
  }
  // A flow begins once, ends once, in order of time, and each step is bound to a slice that encloses it.
  const flows = new Map<number, Event[]>();
  for (const event of events.filter(({ ph }) => "stf".includes(ph)))
    flows.set(event.id!, [...(flows.get(event.id!) ?? []), event]);
  for (const steps of flows.values()) {
    if (!/^st*f$/.test(steps.map(({ ph }) => ph).join(""))) complain(steps[0]!, "flow without begin or end");
    if (steps.some((step, k) => k > 0 && step.ts < steps[k - 1]!.ts))
      complain(steps[0]!, "flow back in time");
    if (steps.at(-1)!.bp !== "e") complain(steps.at(-1)!, "the end of a flow is bound to the slice after it");
    for (const step of steps) {
      const bound = (slices.get(track(step)) ?? []).some(
        (slice) => slice.ts <= step.ts && step.ts <= slice.ts + slice.dur,
      );
      if (!bound) complain(step, "flow that leads nowhere");
    }
  }
  const spans = new Map<string, string>();
  for (const event of events.filter(({ ph }) => ph === "b" || ph === "e")) {
    const key = `${event.cat} ${event.id}`;
    spans.set(key, (spans.get(key) ?? "") + event.ph);
  }
  for (const [key, phases] of spans) if (phases !== "be") found.push(`span ${key} is ${phases}`);
  return found;
}

const attempt: fc.Arbitrary<MadeUpAttempt> = fc
  .record({
    workflow: fc.integer({ min: 0, max: 5 }),
    pool: fc.integer({ min: 0, max: 2 }),
    ready: fc.double({ min: 0, max: 50, noNaN: true }),
    wait: fc.double({ min: 0, max: 5, noNaN: true }),
    service: fc.double({ min: 0, max: 9, noNaN: true }),
    outcome: fc.constantFrom("succeeded", "failed", "timed out", "cancelled"),
    never: fc.boolean(),
  })
  .map(({ wait, service, never, ...rest }) => {
    const started = rest.ready + wait;
    const cancelled = never && rest.outcome === "cancelled";
    return {
      ...rest,
      started: cancelled ? Number.NaN : started,
      ended: cancelled ? started : started + service,
    };
  });
const flowed = (attempts: readonly MadeUpAttempt[]) =>
  madeUpRun(attempts, {
    flows: Array.from({ length: 6 }, () => [0, 70] as const),
    pools: ["p", "q", "r"].map((name) => ({ name, servers: 2 })),
    spells: [{ name: "storm", effect: "outage", pools: [1], from: 3, until: 8 }],
  });

describe("a run for Perfetto", () => {
  test("keeps the rules of the format, whatever was run", () =>
    fc.assert(
      fc.property(fc.array(attempt, { minLength: 1, maxLength: 40 }), (attempts) => {
        const events = eventsOf(flowed(attempts));
        expect(complaintsAbout(events)).toEqual([]);
        expect(events.filter(({ ph, cat }) => ph === "X" && cat === "attempt")).toHaveLength(
          attempts.filter(({ started }) => !Number.isNaN(started)).length,
        );
      }),
    ));

  test("holds what the format lets each kind of event hold, and nothing else, whatever was run", () =>
    fc.assert(
      fc.property(fc.array(attempt, { minLength: 1, maxLength: 40 }), (attempts) => {
        const file = JSON.parse([...perfettoTrace(flowed(attempts))].join(""));
        const { error } = TRACE.safeParse(file);
        expect(error === undefined ? "" : z.prettifyError(error)).toBe("");
      }),
    ));

  test.each<[string, Record<string, unknown>]>([
    ["seconds as text", { ts: "1" }],
    ["a time before the beginning", { ts: -1 }],
    ["a time finer than a nanosecond", { ts: 1.00002 }],
    ["a thread that is no number", { tid: "server 1" }],
    ["a field that the format does not know", { duration: 3 }],
    ["a colour without a name", { cname: "#f00" }],
  ])("the format does not let a slice have %s", (_, odd) => {
    const [slice] = eventsOf(flowed([{ workflow: 0, ready: 0, started: 1, ended: 2 }])).filter(
      ({ ph }) => ph === "X",
    );
    expect(EVENT.safeParse(slice).success).toBe(true);
    expect(EVENT.safeParse({ ...slice, ...odd }).success).toBe(false);
  });

  test("the rules would notice what breaks them", () => {
    const events = eventsOf(
      flowed([
        { workflow: 0, ready: 0, started: 1, ended: 2 },
        { workflow: 0, ready: 2, started: 2, ended: 4 },
      ]),
    );
    const broken = (of: (event: Event) => Event | null) =>
      complaintsAbout(events.flatMap((event) => of(event) ?? []));
    expect(broken((event) => (event.ph === "f" ? null : event))).not.toEqual([]);
    expect(broken((event) => (event.ph === "X" ? { ...event, dur: 9e6 } : event))).not.toEqual([]);
    expect(
      broken((event) => (event.ph === "t" || event.ph === "s" ? { ...event, ts: 9e9 } : event)),
    ).not.toEqual([]);
    expect(broken((event) => (event.name === "thread_name" ? null : event))).not.toEqual([]);
    expect(broken((event) => (event.ph === "e" ? null : event))).not.toEqual([]);
  });

  test("counts who waits and who runs as they do", () =>
    fc.assert(
      fc.property(fc.array(attempt, { minLength: 1, maxLength: 30 }), (attempts) => {
        const events = eventsOf(flowed(attempts));
        for (const [p, pid] of [3, 4, 5].entries()) {
          const own = attempts.filter(({ pool }) => pool === p);
          for (const name of ["waiting", "running"]) {
            const steps = events.filter(
              (event) => event.ph === "C" && event.name === name && event.pid === pid,
            );
            for (const { ts, args } of steps) {
              const t = ts / 1e6;
              const near = (a: number, b: number) => Math.abs(a - b) < 2e-9;
              // At an instant that is not one of theirs to the nanosecond there is no doubt who counts.
              const spans = own.map(({ ready, started, ended }) =>
                name === "waiting" ? [ready, Number.isNaN(started) ? ended : started] : [started, ended],
              );
              const sure = spans.filter(([a, b]) => a! <= t && t < b! && !near(a!, t) && !near(b!, t)).length;
              const doubtful = spans.filter(([a, b]) => near(a!, t) || near(b!, t)).length;
              expect(args[name]).toBeGreaterThanOrEqual(sure);
              expect(args[name]).toBeLessThanOrEqual(sure + doubtful);
            }
            if (steps.length > 0) expect(steps.at(-1)!.args[name]).toBe(0);
          }
        }
      }),
    ));

  test("has a track a server, workflows as spans and flows, faults and weather as instants", () => {
    const events = eventsOf(
      flowed([
        { workflow: 0, ready: 0, started: 0, ended: 2, outcome: "failed" },
        { workflow: 1, ready: 1, started: 1, ended: 3 },
        { workflow: 0, ready: 2, started: 2.5, ended: 4, attempt: 2, pool: 1 },
      ]),
    );
    const names = events.filter(({ name }) => name === "process_name").map(({ args }) => args["name"]);
    expect(names).toEqual(["workflows", "weather", "p", "q", "r"]);
    const slices = events.filter(({ ph, cat }) => ph === "X" && cat === "attempt");
    expect(slices.map(({ name, pid, tid, ts, dur }) => [name, pid, tid, ts, dur])).toEqual([
      ["pay", 3, 1, 0, 2e6],
      ["pay", 3, 2, 1e6, 2e6],
      ["pay", 4, 1, 2.5e6, 1.5e6],
    ]);
    expect(slices[2]!.args).toEqual({
      workflow: "order 0",
      task: 0,
      outcome: "succeeded",
      waited: 0.5,
      attempt: 2,
    });
    expect(events.filter(({ ph }) => "stf".includes(ph)).map(({ ph, id, pid }) => [ph, id, pid])).toEqual([
      ["s", 1, 3],
      ["f", 1, 4],
    ]);
    expect(events.filter(({ ph }) => ph === "i").map(({ name, ts }) => [name, ts])).toEqual([
      ["pay failed", 2e6],
      ["storm begins", 3e6],
      ["storm ends", 8e6],
    ]);
  });
});
