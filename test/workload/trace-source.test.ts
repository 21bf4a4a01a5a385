import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { play } from "../../src/learn/play.js";
import { parseScenario } from "../../src/model/index.js";
import { Names } from "../../src/model/names.js";
import type { TraceReplay } from "../../src/model/scenario.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { Recorder } from "../../src/sim/recorder.js";
import { telemetryDigest } from "../../src/sim/telemetry.js";
import { encodeTrace, loadTrace, type ReplayableTrace, scanTrace } from "../../src/workload/trace/index.js";
import { TraceSource } from "../../src/workload/trace-source.js";
import { deterministic, exponential, replay } from "../support/scenarios.js";
import { flow, METADATA } from "./made-up-workflows.js";
import { foreignTrace } from "./trace/foreign-trace.js";

const folder = mkdtempSync(join(tmpdir(), "replay-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Workflows submitted at these recorded seconds; workflow w is a chain of 1 + w % 3 tasks of work w + 1. */
function recorded(times: readonly number[]): ReplayableTrace {
  const flows = times.map((submitted, w) =>
    flow(
      Array.from({ length: 1 + (w % 3) }, (_, t) => (t === 0 ? [] : [t - 1])),
      { submitted, work: new Float64Array(1 + (w % 3)).fill(w + 1), template: `w${w}` },
    ),
  );
  return loadTrace(encodeTrace(flows, METADATA));
}

const source = (trace: ReplayableTrace, rest: Partial<TraceReplay> = {}, seed = 1) =>
  new TraceSource(trace, replay("t.arrow", rest), "expected", new Names(), seed);

/** What comes, and when, up to a number of workflows. */
function played(from: TraceSource, most = 1000) {
  const found = [];
  for (; from.nextAt < Number.POSITIVE_INFINITY && found.length < most; from.advance()) {
    found.push({
      at: from.nextAt,
      serial: from.serial,
      deadline: from.deadline(),
      graph: from.graph(),
    });
  }
  return found;
}
/** The same in words, which compare fast. */
const told = (from: TraceSource, most?: number) =>
  played(from, most).map(({ at, serial, deadline, graph }) => {
    const { name, types, join, child, meanWork, upwardRank, recordedWork } = graph;
    return [at, serial, deadline, name, types, join, child, meanWork, upwardRank, recordedWork].join(" | ");
  });
const times = (from: TraceSource) => played(from).map(({ at }) => at);
const names = (from: TraceSource) => played(from).map(({ graph }) => graph.name);

describe("a replayed trace", () => {
  test("comes as it was recorded, from its first submission on, times and work scaled", () => {
    const trace = recorded([100, 101, 104]);
    expect(times(source(trace))).toEqual([0, 1, 4]);
    expect(times(source(trace, { timeScale: 0.5 }))).toEqual([0, 0.5, 2]);
    const [, second] = played(source(trace, { workScale: 10 }));
    expect([...second!.graph.recordedWork!]).toEqual([20, 20]);
  });

  test("begins again one mean gap after its last submission", () => {
    expect(times(source(recorded([100, 101, 104]), { repeat: 2, timeScale: 2 }))).toEqual([
      0, 2, 8, 12, 14, 20,
    ]);
  });

  test("is cut by recorded time; a repeated slice begins again where it ended", () => {
    const trace = recorded([100, 101, 104, 106, 110]);
    expect(times(source(trace, { from: 1, until: 6 }))).toEqual([0, 3]);
    expect(times(source(trace, { from: 2 }))).toEqual([2, 4, 8]);
    expect(times(source(trace, { from: 1, until: 6, repeat: 3, timeScale: 0.5 }))).toEqual([
      0, 1.5, 2.5, 4, 5, 6.5,
    ]);
    expect(names(source(trace, { from: 1, until: 6, repeat: 2 }))).toEqual(["w1", "w2", "w1", "w2"]);
    expect(times(source(trace, { until: 20, repeat: 2 }))).toEqual([0, 1, 4, 6, 10, 20, 21, 24, 26, 30]);
  });

  test("is refused where the slice is empty, or work is unknown", () => {
    expect(() => source(recorded([100, 101]), { from: 5 })).toThrow(
      /no workflow of the trace was submitted from 5 s until Infinity s after the first.*the last was submitted 1 s/s,
    );
    const unknown = loadTrace(
      encodeTrace([flow([[]]), flow([[]], { work: Float64Array.of(Number.NaN) })], METADATA),
    );
    expect(() => source(unknown)).toThrow(/t\.arrow > row 1: the work of a task is unknown/);
  });

  test("shows policies mean work by type, of the whole trace", () => {
    const trace = loadTrace(
      encodeTrace(
        [1, 2, 6].map((work, w) => flow([[]], { submitted: w, type: ["a"], work: Float64Array.of(work) })),
        METADATA,
      ),
    );
    const [only] = played(source(trace, { from: 2, workScale: 2 }));
    expect([...only!.graph.meanWork]).toEqual([6]);
    expect([...only!.graph.recordedWork!]).toEqual([12]);
  });
});

describe("amplified", () => {
  const trace = recorded([0, 1, 1, 4, 9]);

  test("each workflow comes so often, with a graph that its copies share, under a serial of its own", () => {
    const all = played(source(trace, { amplify: 3 }));
    expect(all.map(({ at }) => at)).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1, 4, 4, 4, 9, 9, 9]);
    expect(all.map(({ serial }) => serial)).toEqual(all.map((_, i) => i));
    expect(all[1]!.graph).toBe(all[0]!.graph);
    expect(all[2]!.graph).toBe(all[0]!.graph);
  });

  test("a fixed jitter shifts each copy by so much after the one before; at one instant what was added first goes first", () => {
    const from = source(trace, { amplify: 3, jitter: deterministic(4) });
    const all = played(from).map(({ at, graph }) => `${graph.name}@${at}`);
    expect(all.join(" ")).toBe(
      "w0@0 w1@1 w2@1 w0@4 w3@4 w1@5 w2@5 w0@8 w3@8 w1@9 w2@9 w4@9 w3@12 w4@13 w4@17",
    );
  });

  test("originals stay where they were, and a drawn jitter has the distribution that is said of it", () => {
    const many = recorded(Array.from({ length: 2000 }, (_, w) => 3 * w));
    const of = (seed: number) => played(source(many, { amplify: 2, jitter: exponential(7) }, seed), 1e6);
    const all = of(1);
    expect(all).toHaveLength(4000);
    expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).sort((a, b) => a - b));
    const comings = new Map<string, number[]>();
    for (const { at, graph } of all) comings.set(graph.name, [...(comings.get(graph.name) ?? []), at]);
    const jitters = [...comings].map(([name, [first, second]]) => {
      expect(first).toBe(3 * Number(name.slice(1)));
      return second! - first!;
    });
    // 2,000 exponentials: the standard error of their mean is 7 / sqrt(2000), and 4.5 of them are missed once in 150,000.
    const mean = jitters.reduce((sum, x) => sum + x, 0) / jitters.length;
    expect(Math.abs(mean - 7)).toBeLessThan((4.5 * 7) / Math.sqrt(2000));
    expect(of(1)).toEqual(all);
    expect(of(2).map(({ at }) => at)).not.toEqual(all.map(({ at }) => at));
  });

  test("each pass and each copy has a jitter of its own", () => {
    const all = played(source(recorded([0]), { repeat: 4, amplify: 4, jitter: exponential(1), until: 1000 }));
    const jitters = all.map(({ at }) => at % 1000).filter((at) => at > 0);
    expect(new Set(jitters).size).toBe(12);
    const again = played(
      source(recorded([0]), { repeat: 2, amplify: 4, jitter: exponential(1), until: 1000 }),
    );
    expect(again.map(({ at }) => at)).toEqual(all.slice(0, 8).map(({ at }) => at));
  });

  test("keeps the marginal: what comes is what was recorded, each so often", () => {
    const counts = new Map<string, number>();
    for (const name of names(source(trace, { amplify: 4, jitter: exponential(2), repeat: 3 })))
      counts.set(name, (counts.get(name) ?? 0) + 1);
    expect([...counts.values()]).toEqual([12, 12, 12, 12, 12]);
  });
});

describe("streamed from disk", () => {
  const rows = Array.from({ length: 400 }, (_, w) =>
    Array.from({ length: 1 + (w % 5) }, (_, t) => ({
      workflow: w,
      submitted: Math.floor(w / 3) * 2,
      task: t,
      after: t === 0 ? [] : [t - 1],
      work: 1 + ((w * 7 + t) % 11) / 4,
      template: `w${w}`,
    })),
  ).flat();
  const bytes = foreignTrace(rows, { batch: 37 });
  const path = join(folder, "long.arrow");
  writeFileSync(path, bytes);
  const whole: Partial<TraceReplay> = {
    repeat: 3,
    amplify: 3,
    jitter: exponential(9),
    from: 11,
    until: 200,
    timeScale: 0.7,
  };

  test.each<Partial<TraceReplay>>([{}, { repeat: 2 }, { from: 31, until: 99 }, whole])(
    "it is the replay from memory: %o",
    (how) =>
      expect(told(source(scanTrace(path), how), 5000)).toEqual(told(source(loadTrace(bytes), how), 5000)),
  );

  test.each([0, 1, 100, 777, 1100, 2530, 2560])(
    "saved after %d workflows it goes on bit for bit, on disk and in memory, in a source that stood elsewhere",
    (after) => {
      const first = source(scanTrace(path), whole);
      played(first, after);
      const saved = structuredClone(first.save());
      const rest = told(first, 5000);
      for (const trace of [scanTrace(path), loadTrace(bytes)]) {
        const again = source(trace, whole);
        played(again, 1234);
        again.restore(saved);
        expect(told(again, 5000)).toEqual(rest);
      }
    },
  );

  test("a run gives the same telemetry, byte for byte", () => {
    const text = readFileSync("scenarios/wfcommons-replay.yaml", "utf8");
    const parsed = parseScenario(text, { file: "x", folder: "scenarios" });
    const scenario = {
      ...parsed,
      horizon: 7200,
      trace: { ...parsed.trace!, amplify: 2, jitter: exponential(60), repeat: 2 },
    };
    const digest = (trace: ReplayableTrace) => {
      const recorder = new Recorder();
      play(scenario, heuristic("sed+edf"), 7, { recorder, trace });
      return telemetryDigest(recorder);
    };
    const { path: file } = parsed.trace!;
    expect(digest(scanTrace(file))).toBe(digest(loadTrace(readFileSync(file), file)));
  });
});
