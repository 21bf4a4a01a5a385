import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.js";
import { begin, command, isBuilt } from "./command.js";
import { TINY } from "./training/tiny-scenario.js";

describe.skipIf(!isBuilt("switchyard train"))("switchyard train", () => {
  const path = temporaryFolder("train", { "tiny.yaml": TINY });

  const beginTraining = (out: string, ...more: readonly string[]) => {
    const few = [
      "--validation-seeds",
      "1",
      "--final-seeds",
      "3",
      ...(more.includes("-t") ? [] : ["-t", "1"]),
    ];
    return begin("train", path("tiny.yaml"), "-o", path(out), ...few, ...more);
  };
  const train = (out: string, ...more: readonly string[]) => beginTraining(out, ...more).ended;
  const runOf = async (out: string) => JSON.parse(await readFile(path(out, "run.json"), "utf8"));
  const small = ["--hidden", "8", "--environments", "4", "--rollout", "64"];

  const long = ["-n", "100000000", "--environments", "4", "--rollout", "64", "--validate-every", "256"];
  /** Resolves when a run has stored a checkpoint, or has ended. */
  const stored = async (child: ChildProcess, out: string) => {
    while (child.exitCode === null && !existsSync(path(out, "checkpoint.json"))) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  test.each([
    ["SIGINT", 130, "1"],
    ["SIGTERM", 143, "2"],
  ] as const)(
    "%s stores a checkpoint and ends with %i, on %s threads",
    async (signal, code, threads) => {
      const { child, ended } = beginTraining(signal, ...long, "-t", threads);
      await stored(child, signal);
      child.kill(signal);
      const result = await ended;
      expect(result.code).toBe(code);
      expect(result.err).toMatch(/stopped after \d+ decisions; go on with .*--resume/);
      const { decisions, finished, comparison } = await runOf(signal);
      expect({ finished, comparison }).toEqual({ finished: false, comparison: null });
      const { state } = JSON.parse(await readFile(path(signal, "checkpoint.json"), "utf8"));
      expect(state.done).toBe(decisions);
    },
    60_000,
  );

  test.each<[string, number, string, readonly string[]]>([
    ["network", 150, "2", [...small, "-n", "20000", "--validate-every", "256"]],
    // Late enough for a round to be over, as a rule.
    ["table", 2000, "1", ["-a", "table", "--teacher", "jsq", "-n", "70000"]],
  ])(
    "killed at any moment and resumed, a %s is the same as in one go; on other threads, too",
    async (name, wait, threads, more) => {
      const args = [...more, "--json"];
      expect((await train(`unharmed-${name}`, ...args)).code).toBe(0);
      const out = `killed-${name}`;
      const { child, ended } = beginTraining(out, ...args, "-t", threads);
      await stored(child, out);
      await new Promise((resolve) => setTimeout(resolve, wait));
      child.kill("SIGKILL");
      await ended;
      const resumed = await train(out, ...args, "--resume");
      expect(resumed.code, resumed.err).toBe(0);
      expect((await runOf(out)).learned).toEqual((await runOf(`unharmed-${name}`)).learned);
    },
    60_000,
  );

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
    const simulated = await command("simulate", path("tiny.yaml"), "-p", path("worse"), "--json");
    expect(JSON.parse(simulated.out).policy).toBe(heuristics[0].policy);
    const exporting = ["policy", "export", path("worse"), "--version", "1.0.0", "-o", path("policies")];
    const refused = await command(...exporting);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.err).toMatch(/is better than what this run learned.*\n.*--learned/);
    expect((await command(...exporting, "--learned")).code).toBe(0);
  }, 60_000);
});
