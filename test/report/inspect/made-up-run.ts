import type { RunRecord } from "../../../src/report/inspect/run-record.js";

export interface MadeUpAttempt {
  readonly workflow: number;
  readonly task?: number;
  readonly pool?: number;
  readonly outcome?: string;
  readonly ready: number;
  readonly started: number;
  readonly ended: number;
  readonly attempt?: number;
}

const OUTCOMES = ["succeeded", "failed", "timed out", "cancelled"];
const NO = { count: 0, time: new Float64Array(0) };
const none = new Int32Array(0);

/** A run of attempts that a test names. Workflows are as long as their attempts, unless it says otherwise. */
export function madeUpRun(
  attempts: readonly MadeUpAttempt[],
  more: Partial<Pick<RunRecord, "spells" | "pools" | "title">> & {
    readonly flows?: readonly (readonly [submitted: number, ended: number, due?: number])[];
  } = {},
): RunRecord {
  const integers = (of: (one: MadeUpAttempt) => number) => Int32Array.from(attempts, of);
  const numbers = (of: (one: MadeUpAttempt) => number) => Float64Array.from(attempts, of);
  const flows =
    more.flows ??
    Array.from({ length: 1 + Math.max(-1, ...attempts.map(({ workflow }) => workflow)) }, (_, w) => {
      const own = attempts.filter(({ workflow }) => workflow === w);
      return [
        Math.min(...own.map(({ ready }) => ready)),
        Math.max(...own.map(({ ended }) => ended)),
      ] as const;
    });
  const pools = 1 + Math.max(0, ...attempts.map(({ pool = 0 }) => pool));
  return {
    title: more.title ?? "made up",
    policy: "jsq",
    sources: ["order"],
    pools: more.pools ?? Array.from({ length: pools }, (_, p) => ({ name: "pqrstuvw"[p]!, servers: 2 })),
    outcomes: OUTCOMES,
    taskNames: { order: ["pay", "ship"] },
    attempts: {
      count: attempts.length,
      workflow: integers(({ workflow }) => workflow),
      task: integers(({ task = 0 }) => task),
      instance: integers(() => 0),
      attempt: integers(({ attempt = 1 }) => attempt),
      copy: integers(() => 0),
      pool: integers(({ pool = 0 }) => pool),
      outcome: integers(({ outcome = "succeeded" }) => OUTCOMES.indexOf(outcome)),
      ready: numbers(({ ready }) => ready),
      started: numbers(({ started }) => started),
      ended: numbers(({ ended }) => ended),
    },
    workflows: {
      count: flows.length,
      source: new Int32Array(flows.length),
      serial: Int32Array.from(flows, (_, w) => w),
      succeeded: new Int8Array(flows.length).fill(1),
      submitted: Float64Array.from(flows, ([submitted]) => submitted),
      ended: Float64Array.from(flows, ([, ended]) => ended),
      due: Float64Array.from(flows, ([, , due]) => due ?? Number.POSITIVE_INFINITY),
    },
    decisions: {
      ...NO,
      kinds: [],
      kind: none,
      workflow: none,
      task: none,
      pool: none,
      serial: none,
      option: none,
      candidates: none,
      chosen: none,
      propensity: NO.time,
    },
    candidates: [],
    spells: more.spells ?? [],
    series: { ...NO, pool: none, running: none, waiting: none, servers: none },
  };
}
