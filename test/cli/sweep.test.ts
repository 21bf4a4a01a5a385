import { existsSync } from "node:fs";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.js";
import * as command from "./command.js";
import { TINY } from "./training/tiny-scenario.js";

const BY_TPE = ["-p", "sed", "-m", "tpe", "--json"];

describe.skipIf(!command.isBuilt("switchyard sweep"))("switchyard sweep", () => {
  const path = temporaryFolder("sweep", { "tiny.yaml": TINY });

  const begin = (out: string, ...more: readonly string[]) =>
    command.begin("sweep", path("tiny.yaml"), ...BY_TPE, "-o", path(out), ...more);
  const set = ["--set", "policy.failure=uniform(0,20)", "--set", "scenario.pools.fast.servers=integer(1,4)"];
  const small = [...set, "-n", "12", "--runs", "2"];
  const read = (out: string, file: string) => readFile(path(out, file), "utf8");

  test("gives the same result and the same page on one thread and on two", async () => {
    const one = await begin("one", ...small, "-t", "1").ended;
    expect(one.code, one.err).toBe(0);
    const two = await begin("two", ...small, "-t", "2").ended;
    expect(two.code, two.err).toBe(0);
    const told = JSON.parse(one.out);
    expect(JSON.parse(two.out)).toEqual({ ...told, out: path("two") });
    expect(told.trials).toHaveLength(12);
    expect(told.best.cost).toBe(Math.min(...told.trials.map(({ cost }: { cost: number }) => cost)));
    expect(await read("two", "report.html")).toBe(await read("one", "report.html"));
  }, 60_000);

  test("killed and resumed, it measures nothing twice, and ends as in one go", async () => {
    // What a run that was killed leaves: some trials, and half a line.
    await begin("killed", ...small, "-t", "1").ended;
    const lines = (await read("killed", "trials.ndjson")).trimEnd().split("\n");
    await writeFile(
      path("killed", "trials.ndjson"),
      lines
        .slice(0, 7)
        .map((line) => `${line}\n`)
        .join(""),
    );
    await appendFile(path("killed", "trials.ndjson"), '{"trial":7,"sha');
    const { code, err } = await begin("killed", ...small, "-t", "1", "--resume").ended;
    expect(code, err).toBe(0);
    expect(await read("killed", "trials.ndjson")).toBe(`${lines.join("\n")}\n`);
    expect(await read("killed", "best.json")).toBe(await read("one", "best.json"));
  }, 60_000);

  test("SIGINT ends it with 130; what is measured is on disk", async () => {
    const { child, ended } = begin("stopped", ...set, "-n", "5000", "--runs", "20", "-t", "1");
    const some = async () =>
      existsSync(path("stopped", "trials.ndjson")) && (await read("stopped", "trials.ndjson")) !== "";
    while (child.exitCode === null && !(await some()))
      await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    expect((await read("stopped", "trials.ndjson")).endsWith("}\n")).toBe(true);
  }, 60_000);

  test("other settings are not resumed, nor is an old sweep overwritten", async () => {
    const refused = async (...args: readonly string[]) =>
      JSON.parse((await begin("one", ...args).ended).out).error.code;
    expect(await refused(...small)).toBe("RUN_EXISTS");
    expect(await refused(...set, "-n", "13", "--runs", "2", "--resume")).toBe("OTHER_RUN");
  }, 60_000);
});
