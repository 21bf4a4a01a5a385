import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../../src/cli/actions/simulate.js";
import { readRun } from "../../../src/cli/inspect/read-run.js";
import { explainDecision } from "../../../src/report/inspect/decision.js";
import { inspectPage } from "../../../src/report/inspect/inspect-page.js";
import type { RunRecord } from "../../../src/report/inspect/run-record.js";
import { summarizeRun } from "../../../src/report/inspect/summary.js";
import { findChromium } from "../../support/chromium.js";

const executablePath = findChromium();
if (executablePath === undefined) {
  if (process.env["SWITCHYARD_REQUIRE_BROWSER"] !== undefined)
    throw new Error("no Chromium found; set CHROME_PATH");
  console.log("skipped: a run's page in a browser. No Chromium found; set CHROME_PATH to one.");
}

const SCENARIO = `
scenario: drill
horizon: 5 min
pools:
  east: { servers: 3, attemptFailure: 10% }
  west: { servers: 3 }
weather:
  down: { pools: east, at: { from: 60 s, until: 120 s }, outage: fail }
workflows:
  order:
    arrivals: { poisson: 2 / s }
    deadline: 6 s
    tasks:
      pay: { work: exponential(1 s), retry: { attempts: 5, backoff: { first: 1 s } } }
      ship: { after: pay, work: exponential(1 s), retry: { attempts: 5, backoff: { first: 1 s } } }
objective: { minimize: flowTime }
decide: [route]
`;

describe.skipIf(executablePath === undefined)("the page of a run, opened from a file in Chromium", () => {
  let folder: string;
  let browser: Browser;
  let run: RunRecord;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "switchyard-inspect-"));
    await writeFile(join(folder, "drill.yaml"), SCENARIO);
    const out = join(folder, "run");
    const said = { json: false, quiet: true };
    const write = process.stdout.write;
    process.stdout.write = () => true;
    try {
      await simulate({
        path: join(folder, "drill.yaml"),
        policy: "sed",
        seed: 1,
        out,
        every: 1,
        features: true,
        antithetic: false,
        ...said,
      });
    } finally {
      process.stdout.write = write;
    }
    run = await readRun(out);
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(
    shown = run,
    colorScheme: "light" | "dark" = "light",
  ): Promise<{ page: Page; said: string[]; asked: string[] }> {
    const file = join(folder, "page.html");
    await writeFile(file, inspectPage(shown));
    const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 800 } });
    const said: string[] = [];
    const asked: string[] = [];
    page.on("console", (message) => {
      // What a test that reads pixels brings about itself.
      if (!message.text().includes("willReadFrequently")) said.push(`${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => said.push(String(error)));
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    // By selector: text that is evaluated while waiting is what the page's policy forbids.
    await page.waitForSelector("body[data-state=ready]");
    await frame(page);
    return { page, said, asked };
  }
  /** When what was asked for has been drawn. */
  const frame = (page: Page) =>
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  /** Colours on the timeline with how many pixels each has, the most frequent first. */
  const colours = (page: Page) =>
    page.evaluate<[string, number][]>(`(() => {
      const canvas = document.getElementById("timeline");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const found = new Map();
      for (let i = 0; i < data.length; i += 4) {
        const key = data[i] + "," + data[i + 1] + "," + data[i + 2];
        found.set(key, (found.get(key) ?? 0) + 1);
      }
      return [...found].sort((a, b) => b[1] - a[1]).slice(0, 40);
    })()`);
  // As it is laid out: that is what people read.
  // biome-ignore lint/performance/useDomNodeTextContent: a test of what is seen
  const text = (page: Page, selector: string) => page.locator(selector).innerText();

  test.each(["light", "dark"] as const)(
    "draws the whole run in %s without an error or a request",
    async (scheme) => {
      const { page, said, asked } = await open(run, scheme);
      const ink = (await colours(page)).map(([colour]) => colour);
      const surface = scheme === "light" ? "255,255,255" : "26,29,34";
      expect(ink[0]).toBe(surface);
      // Attempts that ran, the weather that struck, what went wrong.
      expect(ink).toContain(scheme === "light" ? "10,97,169" : "116,187,243");
      expect(ink.length).toBeGreaterThan(15);
      expect(await text(page, "header.head")).toContain(
        `${run.workflows.count.toLocaleString("en")} workflows`,
      );
      expect(said).toEqual([]);
      expect(asked).toHaveLength(1);
      await page.close();
    },
  );

  test("lists the slowest workflows, and tells the story of one", async () => {
    const { page, said } = await open();
    const [slowest] = summarizeRun(run, 1).slowest;
    await page.locator(".rows button").first().click();
    expect(await text(page, "#panel h2 >> nth=0")).toContain(slowest!.name);
    expect(await page.locator(".gantt li").count()).toBe(slowest!.attempts);
    // Its attempts; then why the first is where it is.
    await page.locator(".gantt button").first().click();
    expect(await page.locator(".gantt button").first().getAttribute("aria-pressed")).toBe("true");
    expect(await text(page, "dl.attempt")).toMatch(/attempt\s+1 of pay\s+where\s+(east|west)/);
    const row = run.decisions.workflow.indexOf(slowest!.row);
    const why = explainDecision(run, row);
    expect(await text(page, ".decisions details[open]")).toContain(why.because);
    expect(await page.locator(".decisions details[open] > table tr").count()).toBe(why.candidates.length);
    await page.keyboard.press("Escape");
    expect(await text(page, "#panel h2 >> nth=0")).toBe("Where time went");
    expect(said).toEqual([]);
    await page.close();
  });

  test("shows an attempt that is clicked, and what a pointer is on", async () => {
    const { page } = await open();
    await page.locator(".rows button").first().click();
    const name = await text(page, "#panel h2 >> nth=0");
    await page.locator(".gantt button").first().click();
    await frame(page);
    // Its outline is where it is: the ink that nothing else on the timeline has in a line of some length.
    const place = await page.evaluate<[number, number]>(`(() => {
      const canvas = document.getElementById("timeline");
      const ctx = canvas.getContext("2d");
      const { data } = ctx.getImageData(0, 0, canvas.width, canvas.height);
      const dark = (x, y) => { const i = 4 * (y * canvas.width + x); return data[i] + data[i + 1] + data[i + 2] < 110; };
      for (let y = 230; y < canvas.height - 20; y++)
        for (let x = 160; x < canvas.width - 10; x++)
          if (Array.from({ length: 6 }, (_, k) => dark(x + k, y)).every(Boolean) && dark(x, y + 3)) return [x + 4, y + 5];
      return [0, 0];
    })()`);
    expect(place[0]).toBeGreaterThan(0);
    const box = (await page.locator("#timeline").boundingBox())!;
    await page.mouse.move(box.x + place[0], box.y + place[1]);
    expect(await text(page, "#tip")).toContain(name.split(" late")[0]!.trim());
    await page.keyboard.press("Escape");
    await page.mouse.click(box.x + place[0], box.y + place[1]);
    expect(await text(page, "#panel h2 >> nth=0")).toBe(name);
    expect(await page.locator("dl.attempt").count()).toBe(1);
    await page.close();
  });

  test("goes everywhere by keys alone, and says where it is", async () => {
    const { page, said } = await open();
    await page.locator("#timeline").focus();
    const status = () => page.locator("#status").textContent();
    await page.keyboard.press("n");
    expect(await status()).toMatch(/^order \d+.*(failed|timed out|late)/);
    await page.keyboard.press("]");
    expect(await status()).toMatch(/^order \d+/);
    const before = await colours(page);
    for (const key of ["+", "+", "w", "ArrowRight", "d", "-", "s", "Home", "End", "0", "z", "p", "["]) {
      await page.keyboard.press(key);
    }
    await frame(page);
    expect(await colours(page)).not.toEqual(before);
    await page.keyboard.press("/");
    await page.keyboard.type("order 3");
    await page.keyboard.press("Enter");
    expect(await status()).toMatch(/^order 3/);
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    expect(await page.locator("dialog[open]").count()).toBe(1);
    expect(said).toEqual([]);
    await page.close();
  });

  test("filters by outcome and pool", async () => {
    const { page } = await open();
    const blue = async () => (await colours(page)).find(([colour]) => colour === "10,97,169")?.[1] ?? 0;
    const all = await blue();
    await page.selectOption("#outcome", "fault");
    await frame(page);
    expect(await blue()).toBeLessThan(all);
    await page.selectOption("#outcome", "all");
    await page.selectOption("#pool", "1");
    await frame(page);
    const box = (await page.locator("#timeline").boundingBox())!;
    await page.mouse.move(box.x + 400, box.y + 230);
    expect(await text(page, "#tip")).not.toContain("east");
    await page.close();
  });

  test("meets the rules of accessibility that a machine can hold it to", async () => {
    const { page } = await open();
    await page.locator(".rows button").first().click();
    // Its policy forbids scripts from elsewhere: this one comes by the debugger.
    await page.evaluate(await axe());
    const found = await page.evaluate<{ id: string; nodes: unknown[] }[]>(
      "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) })))",
    );
    expect(found).toEqual([]);
    await page.close();
  });

  test("fits a phone", async () => {
    const { page } = await open();
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.close();
  });

  test("runs nothing that a name smuggles in", async () => {
    const name = `</script><script>hacked=1</script><img src=x onerror="hacked=1">`;
    const hostile = {
      ...run,
      title: name,
      policy: name,
      sources: [name],
      pools: run.pools.map((pool) => ({ ...pool, name })),
      taskNames: { [name]: [name, name] },
      spells: run.spells.map((spell) => ({ ...spell, name, effect: name })),
    };
    const { page, said } = await open(hostile);
    await page.locator(".rows button").first().click();
    await page.locator(".gantt button").first().click();
    expect(await text(page, "#panel")).toContain(name.slice(0, 20));
    expect(await page.evaluate("typeof hacked")).toBe("undefined");
    expect(said).toEqual([]);
    await page.close();
  });

  test("forbids by policy what it never does: evaluating text and calling out", async () => {
    const { page } = await open();
    const refused = await page.evaluate(`(async () => {
      await new Promise((done) => setTimeout(done));
      const tries = [() => new Function("return 1")(), () => fetch("https://example.invalid/")];
      const results = await Promise.allSettled(tries.map(async (attempt) => attempt()));
      return results.map((result) => result.status);
    })()`);
    expect(refused).toEqual(["rejected", "rejected"]);
    await page.close();
  });

  test("an empty run has a page, too", async () => {
    const { madeUpRun } = await import("./made-up-run.js");
    const { page, said } = await open(madeUpRun([]));
    await page.locator("#timeline").focus();
    for (const key of ["+", "n", "]", "0", "z"]) await page.keyboard.press(key);
    await frame(page);
    expect(said).toEqual([]);
    await page.close();
  });
});

async function axe(): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
}
