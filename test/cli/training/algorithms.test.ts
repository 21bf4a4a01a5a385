import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { exportPolicy } from "../../../src/cli/actions/policy.js";
import { type TrainOptions, train } from "../../../src/cli/actions/train.js";
import { policyArgument } from "../../../src/cli/policy-argument.js";
import { trainTable } from "../../../src/cli/training/train-table.js";
import { learnedSource, readTrainingRun } from "../../../src/cli/training/training-run.js";
import { makePolicy } from "../../../src/experiment/policy-source.js";
import { play } from "../../../src/learn/play.js";
import { finalSeeds } from "../../../src/learn/trainer.js";
import { parseScenario } from "../../../src/model/index.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { TINY } from "./tiny-scenario.js";

const path = temporaryFolder("algorithms", { "tiny.yaml": TINY });

const networks = { decisions: 3000, hidden: "8" };
const few: Readonly<Partial<Record<TrainOptions["algorithm"], Partial<TrainOptions>>>> = {
  ppo: { ...networks, environments: 4, rollout: 64 },
  a2c: { ...networks, environments: 4 },
  imitate: { ...networks, environments: 4, rollout: 64, lessons: 1000, teacher: "jsq" },
  reinforce: { ...networks, sequences: 2, rollouts: 3, horizon: 5 },
  dqn: { ...networks, memory: 2000 },
  knobs: { rounds: 3, population: 4, runs: 1, heuristic: "sed" },
};
const algorithms = Object.keys(few) as TrainOptions["algorithm"][];

const run = (algorithm: TrainOptions["algorithm"], out: string, more: Partial<TrainOptions> = {}) =>
  train({
    algorithm,
    path: path("tiny.yaml"),
    out: path(out),
    seed: 1,
    backend: "auto",
    validationSeeds: 1,
    finalSeeds: 3,
    threads: 1,
    resume: false,
    tune: false,
    json: false,
    quiet: true,
    ...few[algorithm],
    ...more,
  });

/** The log without its wall times. */
const logOf = async (out: string) =>
  (await readFile(path(out, "log.ndjson"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => ({ ...JSON.parse(line), seconds: 0 }));

describe.each(algorithms)("training by %s", (algorithm) => {
  test("measures the heuristics, logs, and returns the better of the two", async () => {
    const told = await run(algorithm, algorithm);
    expect(told).toMatchObject({ algorithm, finished: true, diverged: null, comparison: { seeds: 3 } });
    expect(told.heuristics.length).toBeGreaterThan(10);
    expect(told.heuristics[0]!.cost).toBeLessThanOrEqual(told.heuristics[1]!.cost);
    const { learned, heuristic } = told.comparison!;
    expect(told.returns).toBe(learned < heuristic.cost ? "learned" : "heuristic");
    const { source } = await policyArgument(path(algorithm));
    if (told.returns === "heuristic") {
      expect(source).toEqual({ kind: "heuristic", spec: told.heuristics[0]!.policy });
    } else expect(source.kind).toBe(algorithm === "knobs" ? "heuristic" : "learned");
    const files = (await readdir(path(algorithm))).sort();
    expect(files).toEqual(["checkpoint.json", "log.csv", "log.ndjson", "run.json", "tensorboard"]);
    expect((await logOf(algorithm)).length).toBeGreaterThan(1);
  });

  test("stopped by the clock and resumed, it gives the same policy and the same log", async () => {
    const out = `${algorithm}-parts`;
    expect(await run(algorithm, out, { maxMinutes: 0 })).toMatchObject({ finished: false });
    const resumed = await run(algorithm, out, { resume: true });
    const once = JSON.parse(await readFile(path(algorithm, "run.json"), "utf8"));
    expect(JSON.parse(JSON.stringify(resumed))).toEqual({ ...once, command: resumed.command });
    expect(await logOf(out)).toEqual(await logOf(algorithm));
  });
});

const built = existsSync("dist/experiment/table-worker.js");
if (!built) console.log("skipped: training by table. It is not built: npm run build");

describe.skipIf(!built)("training by table", () => {
  const options = { decisions: 60_000, teacher: "jsq" };

  test("learns one that runs from its folder, and the same again when it is resumed", async () => {
    const told = await run("table", "table", options);
    const { learned, ...rest } = told;
    if (learned.kind !== "table") throw new Error("it is no table");
    expect(learned.otherwise).toBe("jsq");
    expect(learned.table.entries.length).toBeGreaterThan(50);
    expect(rest).toMatchObject({ finished: true, comparison: { seeds: 3 }, best: { decisions: 60_000 } });
    const resumed = await run("table", "table", { ...options, resume: true });
    expect(resumed.learned).toEqual(learned);

    // Read back from its folder it decides as the one in memory.
    const scenario = parseScenario(TINY, { file: "tiny.yaml" });
    const source = learnedSource(await readTrainingRun(path("table")));
    const costs = finalSeeds(3).map((seed) => play(scenario, makePolicy(source), seed).objective);
    expect(costs.reduce((sum, cost) => sum + cost, 0) / 3).toBeCloseTo(told.comparison!.learned, 12);
    expect(told.comparison!.learned).toBeLessThan(1.2 * told.comparison!.heuristic.cost);

    // Packaged, it is the same policy.
    const packaged = await exportPolicy({
      run: path("table"),
      version: "1.0.0",
      name: "tiny",
      out: path("policies"),
      bench: undefined,
      owner: "tests",
      commit: undefined,
      learned: true,
      json: false,
      quiet: true,
    });
    const { source: read } = await policyArgument(packaged);
    expect(read).toEqual({ ...source, name: "tiny@1.0.0" });
  });

  test("stopped by the clock after a round it has a table of it, and resumed it comes to the one in one go", async () => {
    const more = { ...options, decisions: 70_000 };
    const whole = await run("table", "table-whole", more);
    const part = await run("table", "table-parts", { ...more, maxMinutes: 0 });
    expect(part).toMatchObject({ finished: false, decisions: 62_500, learned: { kind: "table" } });
    const resumed = await run("table", "table-parts", { ...more, resume: true });
    expect({ ...resumed, command: "" }).toEqual({ ...whole, command: "" });
    expect(await logOf("table-parts")).toEqual(await logOf("table-whole"));
  });

  test("stopped before its first round is over, it says so", () => {
    const scenario = parseScenario(TINY, { file: "tiny.yaml" });
    const context = {
      loaded: { scenario },
      rivals: [],
      from: null,
      validation: { seeds: 1, every: 1 },
      threads: 1,
      stop: AbortSignal.abort(),
      told: () => true,
      store() {},
      say() {},
    };
    return expect(
      trainTable({ kind: "table", start: "jsq", seed: 1, decisions: 1e6 }, context),
    ).rejects.toMatchObject({ code: "STOPPED" });
  });
});

describe("refused before anything runs:", () => {
  test("to begin where a run is", () =>
    expect(run("ppo", "ppo")).rejects.toMatchObject({
      code: "RUN_EXISTS",
      mend: expect.stringMatching("--resume"),
    }));

  test.each<[string, TrainOptions["algorithm"], Partial<TrainOptions>]>([
    ["setting: plan.learning.settings.seed is 9, and was 1", "ppo", { seed: 9 }],
    ["setting: validation.seeds is 2, and was 1", "ppo", { validationSeeds: 2 }],
    ["algorithm", "a2c", {}],
    ["backend", "ppo", { backend: "plain" }],
  ])("to resume with another %s", (what, algorithm, more) =>
    expect(run(algorithm, "ppo", { resume: true, ...more })).rejects.toMatchObject({
      code: "OTHER_RUN",
      what: `the checkpoint was made with another ${what}`,
    }),
  );

  test("to resume where nothing is", () =>
    expect(run("ppo", "nowhere", { resume: true })).rejects.toMatchObject({
      code: "NO_CHECKPOINT",
      mend: expect.stringMatching(/^begin without --resume/),
    }));

  test.each([-1, Number.NaN])("to stop after %d minutes", (maxMinutes) =>
    expect(run("ppo", "timeless", { maxMinutes })).rejects.toMatchObject({
      code: "BAD_SETTING",
      where: "--max-minutes",
    }),
  );

  test("to go on from a damaged checkpoint", async () => {
    await run("ppo", "damaged", { maxMinutes: 0 });
    const file = path("damaged", "checkpoint.json");
    await writeFile(file, (await readFile(file, "utf8")).slice(0, 1000));
    await expect(run("ppo", "damaged", { resume: true })).rejects.toMatchObject({ code: "BAD_CHECKPOINT" });
  });
});
