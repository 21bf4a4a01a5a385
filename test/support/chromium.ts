import { existsSync } from "node:fs";
import type { Page } from "playwright-core";

/** Where a Chromium stands on this machine; undefined where none is found. `CHROME_PATH` goes first. */
export function findChromium(): string | undefined {
  return [
    process.env["CHROME_PATH"],
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/usr/bin/google-chrome-stable",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  ].find((path) => path !== undefined && existsSync(path));
}

/**
 * Waits until an expression is true in a page. Not by `page.waitForFunction`, which evaluates it in the page and is refused there by
 * a content security policy.
 */
export async function untilTrue(page: Page, expression: string, milliseconds = 30_000): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!(await page.evaluate(expression))) {
    if (performance.now() > end) throw new Error(`not true after ${milliseconds} ms: ${expression}`);
    await page.waitForTimeout(20);
  }
}
