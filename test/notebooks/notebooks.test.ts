import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

/*
 * The notebooks are run by a real kernel where one has been made present (`npm run notebooks -- --install`), as .ci/run does;
 * what is stored is looked at anywhere.
 */
interface Output {
  readonly output_type: string;
  readonly data?: Readonly<Record<string, unknown>>;
}
interface Cell {
  readonly cell_type: string;
  readonly source: readonly string[];
  readonly execution_count?: number | null;
  readonly outputs?: readonly Output[];
}

const NAMES = readdirSync("notebooks").filter((name) => name.endsWith(".ipynb"));
const codeOf = (name: string): readonly Cell[] =>
  (JSON.parse(readFileSync(`notebooks/${name}`, "utf8")) as { cells: Cell[] }).cells.filter(
    ({ cell_type }) => cell_type === "code",
  );

describe.each(NAMES)("%s", (name) => {
  const cells = codeOf(name);
  const outputs = cells.flatMap(({ outputs = [] }) => outputs);

  test("is stored as it was run, from top to bottom, without an error", () => {
    expect(cells.map(({ execution_count }) => execution_count)).toEqual(cells.map((_, i) => i + 1));
    expect(outputs.filter(({ output_type }) => output_type === "error")).toEqual([]);
  });

  test("shows what it asks to be shown: charts as Vega-Lite and as a picture", () => {
    for (const { source, outputs = [] } of cells) {
      const shown = source.join("").match(/^await (chart|table)\(/gm) ?? [];
      expect(outputs, source.join("")).toHaveLength(shown.length);
    }
    const charts = outputs.filter(({ data = {} }) => "application/vnd.vegalite.v5+json" in data);
    expect(charts.length).toBeGreaterThan(0);
    for (const { data } of charts) expect(String((data!["image/svg+xml"] as string[])[0])).toMatch(/^<svg/);
  });

  test("imports the package by its name, and never asks what time it is", () => {
    const text = cells.map(({ source }) => source.join("")).join("\n");
    expect(text).toContain('from "switchyard"');
    expect(text).not.toMatch(/Date\.now|new Date|performance\.now|Math\.random/);
  });
});

test("on a real kernel the notebooks give the figures that are stored", {
  timeout: 600_000,
}, async (context) => {
  const { kernelIsHere } = (await import("../../notebooks/run.mjs" as string)) as { kernelIsHere(): boolean };
  if (!kernelIsHere()) {
    const required = process.env["SWITCHYARD_REQUIRE_NOTEBOOKS"] === "1";
    expect(required, "no kernel: npm run notebooks -- --install").toBe(false);
    console.log("skipped: running the notebooks. No kernel is here: npm run notebooks -- --install");
    context.skip();
  }
  const run = promisify(execFile)(process.execPath, ["notebooks/run.mjs", "--check"]);
  const { stdout } = await run.catch((failed: { stdout: string; stderr: string }) => ({
    stdout: `${failed.stdout}\n${failed.stderr}`,
  }));
  expect(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.replace(/^notebooks\/[\w-]+\.ipynb /, "")),
  ).toEqual(NAMES.map(() => "as stored"));
});
