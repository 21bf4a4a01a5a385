import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportLibraries } from "../../src/cli/report-libraries.js";
import { summarize } from "../../src/experiment/results.js";
import { benchmarkReport } from "../../src/report/index.js";
import { findChromium, untilTrue } from "../support/chromium.js";
import { madeUpLearningCurve, madeUpResults, renamed } from "../support/made-up-results.js";

const CHARTS = 2 * 8 + 2 + 1;
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

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
    more: BrowserContextOptions = {},
  ): Promise<{ page: Page; said: string[]; asked: string[] }> {
    const results = renamed(madeUpResults(), "ppo", name);
    const options = { libraries: await reportLibraries(), learningCurve: madeUpLearningCurve() };
    const file = join(folder, "report.html");
    await writeFile(file, benchmarkReport(results, summarize(results), options));
    const page = await browser.newPage({ colorScheme, ...more });
    const said: string[] = [];
    const asked: string[] = [];
    page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => said.push(String(error)));
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await untilTrue(
      page,
      "[...document.querySelectorAll('[data-chart]')].every((place) => place.dataset.state)",
    );
    return { page, said, asked };
  }

  test.each(["light", "dark"] as const)(
    "draws every chart in %s without an error or a request",
    async (scheme) => {
      const { page, said, asked } = await open("ppo", scheme);
      expect(await page.locator("[data-chart][data-state=drawn] svg").count()).toBe(CHARTS);
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
    await untilTrue(page, "document.querySelector('.chart svg').getBoundingClientRect().width < 390");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.close();
  });

  test.each([
    ["light", 1100],
    ["dark", 390],
  ] as const)(
    "breaks no rule of accessibility that axe knows, in %s and %d pixels wide",
    async (scheme, width) => {
      const { page } = await open("ppo", scheme, { bypassCSP: true, viewport: { width, height: 900 } });
      await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
      await page.evaluate(readFileSync(AXE, "utf8"));
      const violations = await page.evaluate(`
      axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
        .then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))`);
      expect(violations).toEqual([]);
      await page.close();
    },
  );

  test("picks a policy in all charts and tables of a scenario: by button, by keyboard, in a chart, in a legend", async () => {
    const { page, said } = await open("ppo", "light");
    const section = page.locator("#scenario-0");
    const picked = () => section.getAttribute("data-picked");
    /** Opacities of the means of the cost chart, top to bottom. */
    const opacities = () =>
      section
        .locator("[data-chart]")
        .first()
        .locator(".mark-symbol path")
        .evaluateAll((marks) => marks.map((mark) => Number(mark.getAttribute("opacity") ?? 1)));
    await section.getByRole("button", { name: "ppo" }).click();
    expect(await picked()).toBe("ppo");
    await expect.poll(opacities).toEqual([1, ...new Array(7).fill(0.12)]);
    expect(await section.locator("tbody tr.faded").count()).toBeGreaterThan(20);
    expect(await page.locator("#scenario-1 tr.faded").count()).toBe(0);

    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await picked()).toBe("shortest-expected-delay");
    expect(await section.locator("button[aria-pressed=true]").allTextContents()).toEqual([
      "shortest-expected-delay",
    ]);
    await page.keyboard.press("Escape");
    expect(await picked()).toBeNull();
    await expect.poll(opacities).toEqual(new Array(8).fill(1));

    await section.locator("[data-chart]").first().locator(".mark-symbol path").nth(2).click();
    expect(await picked()).toBe("least-work-left");
    await section.locator(".role-legend-label text", { hasText: /^random$/ }).click();
    expect(await picked()).toBe("random");
    expect(said).toEqual([]);
    await page.close();
  });

  test("zooms into the tail with Shift and the wheel, moves by dragging, and goes back", async () => {
    const { page } = await open("ppo", "light");
    const chart = page
      .locator("#scenario-0 figure", { hasText: "How often workflows take longer" })
      .locator(".chart");
    await chart.scrollIntoViewIfNeeded();
    const axis = async () => (await chart.locator(".role-axis-label text").allTextContents()).sort();
    const whole = await axis();
    const { x, y, width, height } = (await chart.locator("svg").boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.keyboard.down("Shift");
    await page.mouse.wheel(0, -300);
    await page.keyboard.up("Shift");
    await expect.poll(axis).not.toEqual(whole);
    const zoomed = await axis();
    await page.mouse.down();
    await page.mouse.move(x + width / 2 + 200, y + height / 2 + 60, { steps: 3 });
    await page.mouse.up();
    await expect.poll(axis).not.toEqual(zoomed);
    await page.mouse.dblclick(x + width / 2, y + height / 2);
    await expect.poll(axis).toEqual(whole);
    await page.close();
  });

  test("can be walked by keyboard: every stop is seen, and the first one skips to the results", async () => {
    const { page } = await open("ppo", "light");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the results");
    const stops = await page.evaluate<number>(
      `document.querySelectorAll("a, button, summary, [tabindex='0']").length`,
    );
    for (let stop = 0; stop < Math.min(stops, 40); stop++) {
      const outline = await page.evaluate<string>("getComputedStyle(document.activeElement).outlineStyle");
      expect(outline).toBe("solid");
      await page.keyboard.press("Tab");
    }
    await page.close();
  });

  test("moves nothing for who has asked for less motion", async () => {
    const { page } = await open("ppo", "light", { reducedMotion: "reduce" });
    const moves = await page.evaluate(`[...document.querySelectorAll("*")].filter((it) => {
      const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(it);
      return transitionDuration !== "0s" || animationName !== "none" || scrollBehavior === "smooth";
    }).map((it) => it.outerHTML.slice(0, 80))`);
    expect(moves).toEqual([]);
    await page.close();
  });

  test("prints on paper: charts at its width, configurations opened, controls left out", async () => {
    const { page } = await open("ppo", "dark");
    await page.emulateMedia({ media: "print" });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    await untilTrue(page, "document.querySelector('.chart svg').getAttribute('width') <= 640");
    expect(await page.evaluate("getComputedStyle(document.documentElement).colorScheme")).toBe("light");
    expect(await page.locator(".picker").first().isVisible()).toBe(false);
    expect(await page.locator("details.file pre").first().isVisible()).toBe(true);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await page.locator("details.file[open]").count()).toBe(0);
    expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(50_000);
    await page.close();
  });

  test("runs nothing that a name smuggles in", async () => {
    const name = `</script><script>hacked=1</script><img src=x onerror="hacked=1">`;
    const { page, said } = await open(name, "light");
    expect(await page.locator("[data-chart][data-state=drawn] svg").count()).toBe(CHARTS);
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
