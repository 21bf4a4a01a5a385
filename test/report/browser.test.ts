import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportLibraries } from "../../src/cli/report-libraries.js";
import { summarize } from "../../src/experiment/results.js";
import { benchmarkReport } from "../../src/report/index.js";
import { findChromium } from "../support/chromium.js";
import { madeUpLearningCurve, madeUpResults, renamed } from "../support/made-up-results.js";

const executablePath = findChromium();
if (executablePath === undefined) {
  if (process.env["SWITCHYARD_REQUIRE_BROWSER"] !== undefined)
    throw new Error("no Chromium found; set CHROME_PATH");
  console.log("skipped: the report in a browser. No Chromium found; set CHROME_PATH to one.");
}

describe.skipIf(executablePath === undefined)("the report, opened from a file in Chromium", () => {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "switchyard-report-"));
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Opens a report whose learned policy has this name; gives the page and all that it said and asked for. */
  async function open(
    name: string,
    colorScheme: "light" | "dark",
  ): Promise<{ page: Page; said: string[]; asked: string[] }> {
    const results = renamed(madeUpResults(), "ppo", name);
    const options = { libraries: await reportLibraries(), learningCurve: madeUpLearningCurve() };
    const file = join(folder, "report.html");
    await writeFile(file, benchmarkReport(results, summarize(results), options));
    const page = await browser.newPage({ colorScheme });
    const said: string[] = [];
    const asked: string[] = [];
    page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => said.push(String(error)));
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await page.waitForFunction(
      "[...document.querySelectorAll('[data-chart]')].every((place) => place.dataset.state)",
    );
    return { page, said, asked };
  }

  test.each(["light", "dark"] as const)(
    "draws every chart in %s without an error or a request",
    async (scheme) => {
      const { page, said, asked } = await open("ppo", scheme);
      expect(await page.locator("[data-chart][data-state=drawn] svg").count()).toBe(9);
      expect(await page.locator("[data-chart] svg path").count()).toBeGreaterThan(300);
      expect(said).toEqual([]);
      expect(asked.filter((url) => !url.startsWith("file:"))).toEqual([]);
      expect(asked).toHaveLength(1);
      await page.close();
    },
  );

  test("follows the colour scheme, in its charts too, and is light on paper", async () => {
    const { page } = await open("ppo", "dark");
    const colours = () =>
      page.evaluate<[string, string]>(
        `["body", ".chart text"].map((it) => getComputedStyle(document.querySelector(it))[it === "body" ? "color" : "fill"])`,
      );
    const dark = await colours();
    await page.emulateMedia({ colorScheme: "light" });
    const light = await colours();
    expect(light[0]).not.toBe(dark[0]);
    expect(light[1]).not.toBe(dark[1]);
    await page.emulateMedia({ colorScheme: "dark", media: "print" });
    expect(await colours()).toEqual(light);
    await page.close();
  });

  test("fits a phone: nothing but tables is wider than the screen", async () => {
    const { page } = await open("ppo", "light");
    await page.setViewportSize({ width: 390, height: 800 });
    await page.waitForFunction("document.querySelector('.chart svg').getBoundingClientRect().width < 390");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.close();
  });

  test("runs nothing that a name smuggles in", async () => {
    const name = `</script><script>hacked=1</script><img src=x onerror="hacked=1">`;
    const { page, said } = await open(name, "light");
    expect(await page.locator("[data-chart][data-state=drawn] svg").count()).toBe(9);
    await page.locator("[data-chart='0'] .mark-symbol path").first().hover();
    expect(await page.locator("#vg-tooltip-element.visible").textContent()).toContain(name.slice(0, 20));
    expect(await page.evaluate("typeof hacked")).toBe("undefined");
    expect(said).toEqual([]);
    await page.close();
  });

  test("forbids by policy what it never does: evaluating text and calling out", async () => {
    const { page } = await open("ppo", "light");
    const refused = await page.evaluate(`(async () => {
      // The call that brings this text in is itself exempt from the policy until its first pause.
      await new Promise((done) => setTimeout(done));
      const tries = [
        () => new Function("return 1")(),
        () => fetch("https://example.invalid/"),
        () => new Promise((done, fail) => {
          const script = document.createElement("script");
          script.textContent = "window.injected = 1";
          document.body.append(script);
          window.injected ? done() : fail();
        }),
      ];
      const results = await Promise.allSettled(tries.map(async (attempt) => attempt()));
      return results.map((result) => result.status);
    })()`);
    expect(refused).toEqual(["rejected", "rejected", "rejected"]);
    await page.close();
  });
});
