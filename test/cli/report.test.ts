import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type ReportOptions, report } from "../../src/cli/actions/report.js";
import { PNG_FONT, pngOf } from "../../src/cli/png.js";
import { readSwept, writeSwept } from "../../src/cli/swept-settings.js";
import { resultsText } from "../../src/experiment/results-text.js";
import { parseDimension } from "../../src/experiment/sweep/index.js";
import { InputError } from "../../src/kit/errors.js";
import type { SweptSettings } from "../../src/report/index.js";
import { madeUpResults } from "../support/made-up-results.js";

const canDraw = existsSync("node_modules/@resvg/resvg-js");
if (!canDraw) console.log("skipped: charts as PNG. resvg is not installed: npm install @resvg/resvg-js");

let folder: string;
const path = (...names: string[]) => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchyard-report-test-"));
  await writeFile(path("bench.json"), resultsText(madeUpResults({ scenarios: 1, seeds: 5 })));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs it and gives the files that it says it wrote. */
async function written(options: Partial<ReportOptions>): Promise<string[]> {
  const defaults = { theme: "light", width: 720, scale: 2, json: true, results: path("bench.json") } as const;
  const absent = { out: undefined, charts: undefined, format: undefined, training: undefined } as const;
  let text = "";
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((piece) => {
    text += piece;
    return true;
  });
  try {
    await report({
      ...defaults,
      ...absent,
      title: undefined,
      baseline: undefined,
      level: undefined,
      ...options,
    });
  } finally {
    spy.mockRestore();
  }
  return (JSON.parse(text) as { written: string[] }).written;
}

describe("switchyard report", () => {
  test("writes the page beside the results, or where it is told", async () => {
    expect(await written({})).toEqual([path("bench.html")]);
    expect(await written({ out: path("a", "page.html"), title: "Ours", baseline: "random" })).toEqual([
      path("a", "page.html"),
    ]);
    const page = await readFile(path("a", "page.html"), "utf8");
    expect(page).toContain("<title>Ours</title>");
    expect(page).toContain("Paired difference from random");
  });

  test("writes every chart as SVG, the same each time, light or dark", async () => {
    const first = await written({ charts: path("svg"), format: ["svg"] });
    expect(first).toHaveLength(8);
    const texts = await Promise.all(first.map((file) => readFile(file, "utf8")));
    expect(texts.every((text) => text.startsWith("<svg") && text.includes('width="720"'))).toBe(true);
    await written({ charts: path("svg"), format: ["svg"] });
    for (const [i, file] of first.entries())
      expect((await readFile(file, "utf8")) === texts[i], file).toBe(true);
    await written({ charts: path("svg"), format: ["svg"], theme: "dark" });
    expect(await readFile(first[0]!, "utf8")).toContain("#1a1d22");
  });

  test.skipIf(!canDraw)("writes pictures of the width times the scale", async () => {
    const files = await written({ charts: path("png"), format: ["png"], width: 500, scale: 1.5 });
    expect(await readdir(path("png"))).toHaveLength(files.length);
    for (const file of files) {
      const picture = await readFile(file);
      expect(picture.subarray(1, 4).toString()).toBe("PNG");
      expect(picture.readUInt32BE(16)).toBe(750);
    }
  });

  test.skipIf(!canDraw)("letters pictures in a face of its own, whatever fonts the machine has", async () => {
    const svg = (text: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text x="5" y="25" font-family="${PNG_FONT}">${text}</text></svg>`;
    const bare = await pngOf(svg("latency 99.9 %"), { scale: 1, systemFonts: false });
    expect(bare).toEqual(await pngOf(svg("latency 99.9 %"), { scale: 1 }));
    expect(bare).not.toEqual(await pngOf(svg(""), { scale: 1, systemFonts: false }));
  });

  test("draws the charts of a trace, and those of a sweep and a training from their folders", async () => {
    const trace = await written({
      results: "scenarios/traces/small.arrow",
      charts: path("trace"),
      format: ["svg"],
    });
    expect(trace.map((file) => basename(file))).toEqual([
      "trace-arrivals.svg",
      "trace-work.svg",
      "trace-parallelism.svg",
    ]);
    const swept: SweptSettings = {
      name: "payments",
      objective: "flowTime",
      subject: "sed over 2 runs",
      method: "random",
      dimensions: [parseDimension("policy.failure=uniform(0,20)")],
      trials: [3, Number.NaN, 2].map((cost, trial) => ({
        trial,
        settings: { "policy.failure": 5 * trial },
        share: 1,
        cost,
      })),
      importances: [],
    };
    await mkdir(path("swept"));
    await writeSwept(path("swept"), swept);
    expect(await readSwept(path("swept"))).toEqual(swept);
    const sweep = await written({ results: path("swept"), charts: path("sweep"), format: ["svg"] });
    expect(sweep.map((file) => basename(file))).toEqual(["sweep-trials.svg", "sweep-progress.svg"]);
    expect(await written({ results: path("swept") })).toEqual([path("swept", "report.html")]);
    await expect(written({ results: path("swept"), level: 0.9 })).rejects.toThrow(
      "--level is for the results",
    );
  });

  test("refuses what is no picture, no level and no policy", async () => {
    const refused = (options: Partial<ReportOptions>) => written(options).catch((error) => error);
    for (const options of [
      { width: 0 },
      { scale: 100 },
      { width: Number.NaN },
      { level: 2 },
      { baseline: "nobody" },
    ])
      expect(await refused(options)).toBeInstanceOf(InputError);
    expect((await refused({ results: path("none.json") })).code).toBe("NO_FILE");
  });
});
