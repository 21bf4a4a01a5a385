import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { describe, expect, test } from "vitest";
import { reportLibraries } from "../../src/cli/report-libraries.js";
import { traceReport } from "../../src/report/index.js";
import { SummaryBuilder, type TraceWorkflow } from "../../src/workload/trace/index.js";
import { findChromium, untilTrue } from "../support/chromium.js";
import { flow, METADATA } from "../workload/made-up-workflows.js";

async function reportOf(flows: readonly TraceWorkflow[]): Promise<string> {
  const builder = new SummaryBuilder();
  for (const each of flows) builder.add(each);
  return traceReport(builder.summary("0".repeat(64)), METADATA, {
    name: "t.arrow",
    libraries: await reportLibraries(),
  });
}
const hostile = `</script><img src=x onerror="hacked=1">`;
const flows = Array.from({ length: 50 }, (_, i) =>
  flow([[], [0], [0]], { submitted: i ** 1.5, template: hostile, type: [hostile, "b", "c"] }),
);

describe("the page of a trace", () => {
  test("tells what is in it and how it was made", async () => {
    const page = await reportOf(flows);
    for (const part of [
      "50 workflows",
      "150 tasks",
      "1 distinct shape",
      "fork",
      "made up for a test",
      "{&quot;by&quot;:&quot;hand&quot;}",
    ])
      expect(page).toContain(part);
    expect(page).not.toContain(hostile);
  });

  test.each([
    ["of one workflow", [flow([[]])]],
    ["of no known work", [flow([[], [0]], { work: Float64Array.of(Number.NaN, Number.NaN) })]],
    ["of no workflow at all", []],
  ])("%s says so without a stumble", async (_, some) =>
    expect(await reportOf(some)).toContain("come at once"),
  );

  const executablePath = findChromium();
  if (executablePath === undefined)
    console.log("skipped: the page of a trace in a browser. No Chromium found; set CHROME_PATH to one.");
  test.skipIf(executablePath === undefined)(
    "draws its charts from a file, asking nothing of the network",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "switchyard-page-"));
      const browser = await chromium.launch({
        executablePath: executablePath!,
        args: ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"],
      });
      try {
        await writeFile(join(folder, "t.html"), await reportOf(flows));
        const page = await browser.newPage();
        const said: string[] = [];
        const asked: string[] = [];
        page.on("console", (message) => said.push(message.text()));
        page.on("pageerror", (error) => said.push(String(error)));
        page.on("request", (request) => asked.push(request.url()));
        await page.goto(pathToFileURL(join(folder, "t.html")).href);
        await untilTrue(
          page,
          "[...document.querySelectorAll('[data-chart]')].every((place) => place.dataset.state)",
        );
        expect(await page.locator("[data-chart][data-state=drawn] svg").count()).toBe(3);
        expect(await page.evaluate("typeof hacked")).toBe("undefined");
        expect(said).toEqual([]);
        expect(asked).toHaveLength(1);
      } finally {
        await browser.close();
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
});
