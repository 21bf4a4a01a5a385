import { existsSync } from "node:fs";

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
