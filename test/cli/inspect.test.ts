import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableFromIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { inspect } from "../../src/cli/actions/inspect.js";
import { simulate } from "../../src/cli/actions/simulate.js";
import type { ExplainedDecision } from "../../src/report/inspect/decision.js";
import type { WorkflowStory } from "../../src/report/inspect/story.js";
import type { RunSummary } from "../../src/report/inspect/summary.js";
import { TraceWriter } from "../../src/workload/trace/index.js";
import { flow, METADATA } from "../workload/made-up-workflows.js";

const SCENARIO = `
scenario: drill
horizon: 4 min
pools:
  east: { servers: 2, attemptFailure: 10% }
  west: { servers: 2 }
weather:
  down: { pools: east, at: { from: 60 s, until: 90 s }, outage: fail }
workflows:
  order:
    arrivals: { poisson: 1 / s }
    deadline: 5 s
    tasks:
      pay: { work: exponential(1 s), retry: { attempts: 5, backoff: { first: 1 s } } }
      ship: { after: pay, work: exponential(1 s), retry: { attempts: 5, backoff: { first: 1 s } } }
objective: { minimize: flowTime }
decide: [route]
`;

describe("switchyard inspect", () => {
  let folder: string;
  const path = (...names: string[]) => join(folder, ...names);
  const options = {
    page: undefined,
    perfetto: undefined,
    workflow: undefined,
    decision: undefined,
    slowest: 10,
    json: false,
    quiet: false,
  };

  async function said(act: () => Promise<unknown>): Promise<string> {
    let text = "";
    const spy = vi.spyOn(process.stdout, "write").mockImplementation((piece) => {
      text += piece;
      return true;
    });
    try {
      await act();
    } finally {
      spy.mockRestore();
    }
    return text;
  }
  const ask = (more: object, run = path("run")) => said(() => inspect({ ...options, run, ...more }));
  const json = async <T>(more: object): Promise<T> => JSON.parse(await ask({ json: true, ...more })) as T;
  const rows = async (table: string) => tableFromIPC(await readFile(path("run", `${table}.arrow`))).toArray();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "switchyard-inspect-test-"));
    await writeFile(path("drill.yaml"), SCENARIO);
    const run = { path: path("drill.yaml"), policy: "sed", seed: 1, every: 1, antithetic: false };
    await said(() => simulate({ ...run, out: path("run"), features: true, json: false, quiet: true }));
    await said(() => simulate({ ...run, out: path("plain"), json: false, quiet: true }));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("sums up what telemetry says", async () => {
    const summary = await json<RunSummary>({});
    const attempts = await rows("attempts");
    const workflows = await rows("workflows");
    expect(summary.attempts.count).toBe(attempts.length);
    expect(summary.attempts.outcomes["failed"]).toBe(
      attempts.filter(({ outcome }) => outcome === "failed").length,
    );
    expect(summary.workflows.ended).toBe(workflows.length);
    expect(summary.workflows.late).toBe(workflows.filter(({ ended, due }) => ended > due).length);
    const flowTimes = workflows.map(({ submitted, ended }) => ended - submitted).sort((a, b) => b - a);
    expect(summary.slowest.map(({ flowTime }) => flowTime)).toEqual(flowTimes.slice(0, 10));
    for (const { flowTime, spent } of summary.slowest) {
      expect(spent.service + spent.wasted + spent.waiting + spent.pauses).toBeCloseTo(flowTime, 9);
    }
    expect(summary.disturbances).toMatchObject([
      { name: "down", effect: "outage", from: 60, until: 90, pools: ["east"] },
    ]);
    const east = summary.pools.find(({ name }) => name === "east")!;
    const own = attempts.filter(({ pool }) => pool === "east");
    expect(east.busy * summary.span).toBeCloseTo(
      own.reduce((sum, { started, ended }) => sum + ended - started, 0),
      6,
    );
  });

  test("tells a workflow's story in order of time", async () => {
    const { slowest } = await json<RunSummary>({});
    const number = slowest[0]!.name.split(" ")[1]!;
    const story = await json<WorkflowStory>({ workflow: number });
    expect(story.flowTime).toBe(slowest[0]!.flowTime);
    const decisions = (await rows("decisions")).filter(({ workflow }) => String(workflow) === number);
    expect(story.decided.map(({ serial }) => serial)).toEqual(decisions.map(({ serial }) => serial));
    const text = await ask({ workflow: `order ${number}` });
    const times = [...text.matchAll(/^ *([\d.]+) s {2}/gm)].map(([, time]) => Number(time));
    expect(times.length).toBeGreaterThanOrEqual(2 + decisions.length + 2 * story.attempted.length);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test("explains a decision by what the policy saw and made of it", async () => {
    const chosen = (await rows("candidates.route")).filter((row) => row.chosen === 1);
    for (const row of chosen.slice(0, 50)) {
      const told = await json<ExplainedDecision>({ decision: row.decision });
      const own = told.candidates.find((candidate) => candidate.chosen)!;
      expect(told.sense).toBe("least");
      expect(own.score).toBe(row.score);
      expect(own.label).toBe(row.pool);
      expect(own.features["pool.idleServers"]).toBeCloseTo(Math.expm1(row["pool.idleServers"]), 6);
      const scores = told.candidates.flatMap(({ score }) => (score === null ? [] : [score]));
      expect(own.score).toBe(Math.min(...scores));
    }
    expect(await ask({ decision: chosen[0]!.decision })).toMatch(/decision \d+ {2}route of order \d+, pay/);
  });

  test("says what was not recorded", async () => {
    expect(await ask({ decision: 3 }, path("plain"))).toMatch(/simulate --features/);
  });

  test("writes the page beside the run, or where it is told, or not at all", async () => {
    expect(await ask({})).toContain("page in");
    expect(await readFile(path("run", "inspect.html"), "utf8")).toMatch(/^<!doctype html>/);
    await ask({ page: path("own.html"), json: true });
    expect(existsSync(path("own.html"))).toBe(true);
    await ask({ page: false }, path("plain"));
    await ask({ workflow: "3" }, path("plain"));
    expect(existsSync(path("plain", "inspect.html"))).toBe(false);
  });

  test("the same run gives the same page", async () => {
    await ask({ page: path("again.html") });
    expect(await readFile(path("again.html"), "utf8")).toBe(
      await readFile(path("run", "inspect.html"), "utf8"),
    );
  });

  test("writes a trace for Perfetto with every attempt", async () => {
    await ask({ perfetto: path("run.json") });
    const { traceEvents } = JSON.parse(await readFile(path("run.json"), "utf8")) as {
      traceEvents: { ph: string; cat: string }[];
    };
    const slices = traceEvents.filter(({ ph, cat }) => ph === "X" && cat === "attempt");
    expect(slices).toHaveLength((await rows("attempts")).length);
  });

  test("reads a table of the folder, and a trace with recorded times", async () => {
    expect(await ask({ page: false }, path("run", "attempts.arrow"))).toContain("drill");
    const writer = await TraceWriter.open(path("recorded.arrow"), METADATA);
    for (const submitted of [0, 5]) {
      const times = {
        recordedStart: Float64Array.of(submitted + 1, submitted + 3),
        recordedEnd: Float64Array.of(submitted + 2, submitted + 4),
      };
      await writer.write(flow([[], [0]], { submitted, ...times }));
    }
    await writer.close();
    const text = await ask({ page: path("recorded.html") }, path("recorded.arrow"));
    expect(text).toMatch(/workflows +2: 0 failed/);
    expect(await readFile(path("recorded.html"), "utf8")).toContain("2</b> workflows");
  });

  test.each([
    [{ run: "nowhere" }, "NO_FILE"],
    [{ run: "." }, "NO_TELEMETRY"],
    [{ run: "scenarios/traces/small.arrow" }, "NO_RECORDED_TIMES"],
    [{ decision: 1e9 }, "NO_SUCH_DECISION"],
    [{ workflow: "order 99999" }, "NO_SUCH_WORKFLOW"],
    [{ workflow: "nonsense" }, "NO_SUCH_WORKFLOW"],
  ])("%j ends with %s", async (more, code) => {
    await expect(ask(more)).rejects.toMatchObject({ code, exitCode: 2 });
  });
});
