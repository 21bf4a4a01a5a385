import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TINY } from "./training/tiny-scenario.js";

const BIN = "dist/cli/bin.js";
const built = existsSync(BIN);
if (!built) console.log("skipped: switchyard train. It is not built: npm run build");

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe.skipIf(!built)("switchyard train", () => {
  let folder: string;
  const path = (name: string) => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "switchyard-train-"));
    await writeFile(path("tiny.yaml"), TINY);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const begin = (
    out: string,
    ...more: readonly string[]
  ): { child: ChildProcess; ended: Promise<Result> } => {
    const few = ["--validation-seeds", "1", "--final-seeds", "3", "-t", "1"];
    const args = ["train", path("tiny.yaml"), "-o", path(out), ...few, ...more];
    const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, NO_COLOR: "1" } });
    const ended = new Promise<Result>((resolve) => {
      let [out, err] = ["", ""];
      child.stdout.on("data", (text) => (out += text));
      child.stderr.on("data", (text) => (err += text));
      child.on("close", (code) => resolve({ code, out, err }));
    });
    return { child, ended };
  };
  const train = (out: string, ...more: readonly string[]) => begin(out, ...more).ended;
  const runOf = async (out: string) => JSON.parse(await readFile(join(path(out), "run.json"), "utf8"));
  const small = ["--hidden", "8", "--environments", "4", "--rollout", "64"];

  const long = ["-n", "100000000", "--environments", "4", "--rollout", "64", "--validate-every", "256"];
  /** Resolves when a run has stored a checkpoint, or has ended. */
  const stored = async (child: ChildProcess, out: string) => {
    while (child.exitCode === null && !existsSync(join(path(out), "checkpoint.json"))) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "%s stores a checkpoint and ends with %i",
    async (signal, code) => {
      const { child, ended } = begin(signal, ...long);
      await stored(child, signal);
      child.kill(signal);
      const result = await ended;
      expect(result.code).toBe(code);
      expect(result.err).toMatch(/stopped after \d+ decisions; go on with .*--resume/);
      const { decisions, finished, comparison } = await runOf(signal);
      expect({ finished, comparison }).toEqual({ finished: false, comparison: null });
      const { state } = JSON.parse(await readFile(join(path(signal), "checkpoint.json"), "utf8"));
      expect(state.done).toBe(decisions);
    },
    60_000,
  );

  test("killed at any moment and resumed, it gives the same policy as in one go", async () => {
    const args = [...small, "-n", "20000", "--validate-every", "256", "--json"];
    expect((await train("unharmed", ...args)).code).toBe(0);
    const { child, ended } = begin("killed", ...args);
    await stored(child, "killed");
    await new Promise((resolve) => setTimeout(resolve, 150));
    child.kill("SIGKILL");
    await ended;
    const resumed = await train("killed", ...args, "--resume");
    expect(resumed.code, resumed.err).toBe(0);
    expect((await runOf("killed")).learned).toEqual((await runOf("unharmed")).learned);
  }, 60_000);

  test("what has diverged ends with 1 and its name; the best before is kept", async () => {
    const { code, out } = await train(
      "diverged",
      ...small,
      "-n",
      "3000",
      "--learning-rate",
      "1e20",
      "--json",
    );
    expect(code).toBe(1);
    expect(JSON.parse(out).error).toMatchObject({ code: expect.stringMatching(/DIVERGED|COST|QUEUE/) });
  }, 60_000);

  test("a learner that is worse: the run says so, returns the heuristic, and packages the network only when told", async () => {
    const { code, err } = await train("worse", "-n", "256", ...small, "--learning-rate", "1e-9");
    expect(code, err).toBe(0);
    expect(err).toMatch(/the heuristic is better: this run returns/);
    const { returns, heuristics } = await runOf("worse");
    expect(returns).toBe("heuristic");
    const switchyard = (...args: readonly string[]) =>
      new Promise<Result>((resolve) => {
        const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, NO_COLOR: "1" } });
        let [out, err] = ["", ""];
        child.stdout.on("data", (text) => (out += text));
        child.stderr.on("data", (text) => (err += text));
        child.on("close", (code) => resolve({ code, out, err }));
      });
    const simulated = await switchyard("simulate", path("tiny.yaml"), "-p", path("worse"), "--json");
    expect(JSON.parse(simulated.out).policy).toBe(heuristics[0].policy);
    const exporting = ["policy", "export", path("worse"), "--version", "1.0.0", "-o", path("policies")];
    const refused = await switchyard(...exporting);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.err).toMatch(/is better than what this run learned.*\n.*--learned/);
    expect((await switchyard(...exporting, "--learned")).code).toBe(0);
  }, 60_000);
});
