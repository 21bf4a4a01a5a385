import { describe, expect, test } from "vitest";
import { fidelity } from "../../src/experiment/fidelity.js";
import { play } from "../../src/learn/play.js";
import { parseScenario } from "../../src/model/index.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { Recorder } from "../../src/sim/recorder.js";
import { Simulation } from "../../src/sim/simulation.js";
import { encodeTrace, loadTrace, type TraceWorkflow } from "../../src/workload/trace/index.js";
import { rows } from "../support/witness.js";
import { flow, METADATA } from "../workload/made-up-workflows.js";

const traceOf = (...flows: readonly TraceWorkflow[]) => loadTrace(encodeTrace(flows, METADATA));
const scenarioOf = (settings: string, pools = "a: { servers: 100 }, b: { servers: 100 }") =>
  parseScenario(
    `scenario: t\nhorizon: 24 h\npools: { ${pools} }\ntrace: { path: t.arrow, ${settings} }\nobjective: { minimize: flowTime }\n`,
    { file: "t.yaml", folder: "." },
  );

/** What happened to each attempt: workflow, task, attempt, pool, outcome, start, end. */
function attemptsOf(
  settings: string,
  trace: ReturnType<typeof traceOf>,
  policy = "jsq",
  pools?: string,
  seed = 1,
) {
  const recorder = new Recorder();
  play(scenarioOf(settings, pools), heuristic(policy), seed, { trace, recorder });
  return rows(recorder.attempts).map(({ workflow, task, attempt, pool, outcome, started, ended }) => ({
    workflow,
    task,
    attempt,
    pool: recorder.poolNames[pool]!,
    outcome: recorder.outcomeNames[outcome]!,
    started,
    took: ended - started,
  }));
}

describe("work", () => {
  const works = [1, 2, 4, 8];
  const trace = traceOf(
    ...Array.from({ length: 400 }, (_, i) =>
      flow([[], []], { submitted: i, type: ["x", "y"], work: Float64Array.of(works[i % 4]!, 100) }),
    ),
  );

  test("is drawn from that of the type where it is resampled, each value as often as it was", () => {
    const took = attemptsOf("work: resampled", trace).filter(({ task }) => task === 0);
    const counts = works.map((work) => took.filter((a) => Math.abs(a.took - work) < 1e-9).length);
    expect(counts.reduce((a, b) => a + b)).toBe(400);
    // Chi-square with 3 degrees of freedom, one in ten thousand by chance; the seed is fixed.
    expect(counts.reduce((sum, n) => sum + (n - 100) ** 2 / 100, 0)).toBeLessThan(21.1);
    expect(
      attemptsOf("work: resampled", trace)
        .filter(({ task }) => task === 1)
        .every(({ took }) => Math.abs(took - 100) < 1e-9),
    ).toBe(true);
  });

  test("resampled is the same whoever decides, and another on another seed", () => {
    const drawn = (policy: string, seed: number) =>
      attemptsOf("work: resampled", trace, policy, "a: { servers: 100 }, b: { servers: 100 }", seed)
        .sort((a, b) => a.workflow - b.workflow || a.task - b.task)
        .map(({ took }) => Math.round(took * 1e6));
    expect(drawn("jsq", 1)).toEqual(drawn("round-robin", 1));
    expect(drawn("jsq", 1)).not.toEqual(drawn("jsq", 2));
  });

  test("resampled may be unknown of some tasks of a type, but not of all", () => {
    const some = traceOf(flow([[], []], { type: ["x", "x"], work: Float64Array.of(3, Number.NaN) }));
    expect(attemptsOf("work: resampled", some).map(({ took }) => took)).toEqual([3, 3]);
    expect(() => attemptsOf("work: recorded", some)).toThrow(/work of a task is unknown/);
    const none = traceOf(flow([[], []], { type: ["x", "y"], work: Float64Array.of(3, Number.NaN) }));
    expect(() => attemptsOf("work: resampled", none)).toThrow(/no work is known at all/);
  });

  test("is freed of the speed of the pool on which it was recorded", () => {
    const recorded = traceOf(
      flow([[], [], []], { work: Float64Array.of(6, 6, 6), recordedPool: ["fast", "slow", null] }),
    );
    const took = attemptsOf("recordedSpeeds: { fast: 2, slow: 0.5 }", recorded)
      .sort((a, b) => a.task - b.task)
      .map((a) => a.took);
    expect(took).toEqual([12, 3, 6]);
  });
});

describe("failures", () => {
  const trace = traceOf(
    flow([[], [0], []], {
      work: Float64Array.of(1, 1, 1),
      attempts: Float64Array.of(3, 1, 2),
      outcome: ["succeeded", "succeeded", "succeeded"],
    }),
    flow([[], [0]], { attempts: Float64Array.of(2, 1), outcome: ["failed", "skipped"] }),
  );

  test("are replayed as often as they were recorded, and what never succeeded never does", () => {
    const attempts = attemptsOf("failures: recorded", trace).map(
      ({ workflow, task, attempt, outcome }) => `${workflow}.${task} ${attempt} ${outcome}`,
    );
    expect(attempts.sort()).toEqual([
      "0.0 1 failed",
      "0.0 2 failed",
      "0.0 3 succeeded",
      "0.1 1 succeeded",
      "0.2 1 failed",
      "0.2 2 succeeded",
      "1.0 1 failed",
      "1.0 2 failed",
    ]);
  });

  test("are drawn where nothing else is said", () =>
    expect(attemptsOf("attemptFailure: 0", trace).every(({ outcome }) => outcome === "succeeded")).toBe(
      true,
    ));
});

describe("cores", () => {
  test("are taken as they were used: what does not fit waits", () => {
    const trace = traceOf(
      ...[6, 4, 2].map((cpu, i) =>
        flow([[]], { submitted: i, work: Float64Array.of(10), cpu: Float64Array.of(cpu) }),
      ),
    );
    const starts = (settings: string) =>
      attemptsOf(settings, trace, "jsq", "m: { servers: 1, resources: { cpu: 8 } }").map(
        ({ started }) => started,
      );
    expect(starts("needs: cpu")).toEqual([0, 10, 10]);
    expect(starts("needs: nothing")).toEqual([0, 1, 2]);
  });

  test("more than any machine has are refused with the number", () => {
    const trace = traceOf(flow([[]], { cpu: Float64Array.of(9) }));
    expect(() => attemptsOf("needs: cpu", trace, "jsq", "m: { servers: 1, resources: { cpu: 8 } }")).toThrow(
      /used 9 cores, and no machine/,
    );
  });
});

describe("prefixes on record", () => {
  const blocks = (...ids: readonly number[]) => [Int32Array.from(ids)];
  const trace = traceOf(
    ...[blocks(1, 2, 3, 4), blocks(1, 2, 9, 4), blocks(7), [null], blocks(1, 2, 3, 4)].map((prefix, i) =>
      flow([[]], { submitted: 100 * i, work: Float64Array.of(8), prefix }),
    ),
  );
  const took = (size: number) =>
    attemptsOf("prefixSaving: 50%", trace, "jsq", `c: { servers: 1, cache: { blocks: ${size} } }`).map(
      (a) => a.took,
    );

  test("spare work as far as the pool holds them, from the first on", () => {
    // Nothing is held; then two of four before the first that is not; nothing; nothing asked for; all four.
    expect(took(100)).toEqual([8, 6, 8, 8, 4]);
    // What stands at the end of a prefix goes first: of the first one its first block is left, until another comes.
    expect(took(1)).toEqual([8, 7, 8, 8, 8]);
  });

  test("are seen by policies as the share that a pool holds", () => {
    const pools = "a: { servers: 9, cache: { blocks: 100 } }, b: { servers: 9, cache: { blocks: 100 } }";
    const used = attemptsOf("prefixSaving: 50%", trace, "locality", pools);
    expect(used[1]!.pool).toBe(used[0]!.pool);
    expect(used[4]!.pool).toBe(used[0]!.pool);
  });

  test("want a cache", () =>
    expect(() => attemptsOf("prefixSaving: 50%", trace)).toThrow(/none of its pools has a cache/));
});

describe("a closed loop", () => {
  const trace = traceOf(
    ...Array.from({ length: 7 }, (_, i) => flow([[]], { submitted: 100 * i, work: Float64Array.of(4) })),
  );

  test("submits the next workflow when a user is free for it, whatever the recorded times", () => {
    const attempts = attemptsOf("closed: { users: 2, think: 1 s }", trace);
    expect(attempts.map(({ started }) => started)).toEqual([1, 1, 6, 6, 11, 11, 16]);
  });

  test("goes on from a snapshot to the bit", () => {
    const scenario = scenarioOf(
      "closed: { users: 2, think: exponential(1 s) }, repeat: 3",
      "a: { servers: 1 }, b: { servers: 1 }",
    );
    const whole = new Simulation({ ...scenario, decide: [] }, { seed: 5, trace });
    whole.advance();
    const halves = new Simulation({ ...scenario, decide: [] }, { seed: 5, trace });
    halves.advanceBy(15);
    const rest = new Simulation({ ...scenario, decide: [] }, { seed: 5, trace });
    rest.restore(halves.snapshot());
    rest.advance();
    expect(rest.outcome()).toEqual(whole.outcome());
    expect(whole.outcome().workflows.succeeded).toBe(21);
  });

  test("has no use for recorded times", () =>
    expect(() => scenarioOf("closed: { users: 2, think: 1 s }, timeScale: 2")).toThrow(
      /in a closed loop users do/,
    ));
});

describe("the pools of the record", () => {
  test("are where as-recorded sends tasks; elsewhere it joins the shorter queue", () => {
    const trace = traceOf(
      ...Array.from({ length: 6 }, (_, i) =>
        flow([[]], { submitted: i, recordedPool: [["b", "a", "gone"][i % 3]!] }),
      ),
    );
    const pools = attemptsOf("", trace, "as-recorded").map(({ pool }) => pool);
    expect([pools[0], pools[1], pools[3], pools[4]]).toEqual(["b", "a", "b", "a"]);
  });
});

describe("fidelity", () => {
  /** A trace whose recorded times are those of a run of this very simulator. */
  function recordedBy(pools: string, cpu?: number) {
    const plain = Array.from({ length: 300 }, (_, i) =>
      flow([[], [0]], {
        submitted: i * 1.3,
        work: Float64Array.of(1 + (i % 5), 2),
        ...(cpu === undefined ? {} : { cpu: Float64Array.of(1 + (i % cpu), 1) }),
      }),
    );
    const rows = attemptsOf(cpu === undefined ? "" : "needs: cpu", traceOf(...plain), "round-robin", pools);
    const times = new Map(rows.map((row) => [`${row.workflow}.${row.task}`, row]));
    const flows = plain.map((each, w) => {
      const [a, b] = [times.get(`${w}.0`)!, times.get(`${w}.1`)!];
      return {
        ...each,
        recordedPool: [a.pool, b.pool],
        recordedReady: Float64Array.of(each.submitted, a.started + a.took),
        recordedStart: Float64Array.of(a.started, b.started),
        recordedEnd: Float64Array.of(a.started + a.took, b.started + b.took),
      };
    });
    const columns = (name: "recordedReady" | "recordedStart" | "recordedEnd") =>
      Float64Array.from(flows.flatMap((each) => [...each[name]]));
    return {
      trace: traceOf(...flows),
      times: {
        ready: columns("recordedReady"),
        start: columns("recordedStart"),
        end: columns("recordedEnd"),
      },
    };
  }
  const options = { servers: null, backfill: false, policy: heuristic("as-recorded"), seed: 3 };

  test.each([
    ["servers", "a: { servers: 2 }, b: { servers: 2 }", undefined],
    ["cores", "a: { servers: 1, resources: { cpu: 8 } }", 4],
  ])("is perfect where the record is a run of the same %s", (_, pools, cpu) => {
    const { trace, times } = recordedBy(pools, cpu);
    const report = fidelity(trace, times, options);
    expect(report.compared).toBe(600);
    expect(report.wait.recorded.mean).toBeGreaterThan(0.01);
    expect(report.wait.meanSize).toBeLessThan(1e-9);
    expect(report.wait.rankCorrelation).toBeCloseTo(1, 9);
    expect(report.flowTime.meanSize).toBeLessThan(1e-9);
    expect(report.pools.map(({ servers }) => servers)).toEqual(cpu === undefined ? [2, 2] : [8]);
  });

  test("tells that waits shrink where there are more servers than there were", () => {
    const { trace, times } = recordedBy("a: { servers: 2 }, b: { servers: 2 }");
    const { wait } = fidelity(trace, times, { ...options, servers: { a: 20, b: 20 } });
    expect(wait.simulated.mean).toBe(0);
    expect(wait.meanDifference).toBeCloseTo(-wait.recorded.mean, 9);
    expect(wait.rankCorrelation).toBeNull();
  });

  test("needs waits on record, and pools by their names", () => {
    const trace = traceOf(flow([[]]));
    const unknown = Float64Array.of(Number.NaN);
    expect(() => fidelity(trace, { ready: unknown, start: unknown, end: unknown }, options)).toThrow(
      /no task of the trace has a recorded ready time/,
    );
    const { trace: good, times } = recordedBy("a: { servers: 2 }, b: { servers: 2 }");
    expect(() => fidelity(good, times, { ...options, servers: { c: 1 } })).toThrow(
      /no task of the trace ran in a pool called "c"/,
    );
  });
});
