// How large the page of a million attempts is, how soon it is ready, and what its frames cost. npm run bench:inspect [FOLDER]
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const folder = resolve(process.argv[2] ?? "out/bench/inspect");
const cli = (...args) =>
  execFileSync(process.execPath, ["dist/cli/bin.js", ...args], { stdio: ["ignore", "pipe", "inherit"] });
const run = join(folder, "run");
const page = join(folder, "page.html");
if (!existsSync(join(run, "attempts.arrow"))) {
  mkdirSync(folder, { recursive: true });
  const scenario = readFileSync("scenarios/outage-drill.yaml", "utf8").replace(
    "horizon: 2 h",
    "horizon: 28 h",
  );
  writeFileSync(join(folder, "long.yaml"), scenario);
  cli("simulate", join(folder, "long.yaml"), "-p", "sed+retry-soonest", "-o", run, "--features", "--json");
}
const began = performance.now();
cli("inspect", run, "--page", page, "--json");
const say = (name, text) => process.stdout.write(`${name.padEnd(34)}${text}\n`);
say("made in", `${((performance.now() - began) / 1000).toFixed(1)} s`);
say("size", `${(statSync(page).size / 1e6).toFixed(1)} MB`);

const executablePath = process.env.CHROME_PATH ?? "/usr/bin/chromium";
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--headless", "--disable-gpu"],
});
const tab = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const opened = performance.now();
await tab.goto(pathToFileURL(page).href);
await tab.waitForSelector("body[data-state=ready]");
say("ready after", `${((performance.now() - opened) / 1000).toFixed(2)} s`);

// What each frame's callback takes, with a pixel read so that drawing is done, not only asked for.
await tab.evaluate(`window.costs = [];
const ask = requestAnimationFrame.bind(window);
window.requestAnimationFrame = (draw) => ask((time) => {
  const began = performance.now();
  draw(time);
  document.getElementById("timeline").getContext("2d").getImageData(0, 0, 1, 1);
  costs.push(performance.now() - began);
});`);
await tab.locator("#timeline").focus();
const frames = async (name, keys) => {
  for (const [key, times] of keys) {
    for (let k = 0; k < times; k++) {
      await tab.keyboard.press(key);
      await tab.evaluate("new Promise((done) => setTimeout(done, 20))");
    }
  }
  const costs = (await tab.evaluate("costs.splice(0)")).sort((a, b) => a - b);
  const at = (share) =>
    `${costs[Math.min(costs.length - 1, Math.floor(share * costs.length))].toFixed(1)} ms`;
  say(name, `${costs.length} frames, median ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)}`);
};
await frames("the whole run", [["ArrowRight", 10]]);
await frames("zooming in", [["+", 24]]);
await frames("moving near by", [["ArrowRight", 40]]);
await frames("moving where bars are many", [
  ["-", 8],
  ["ArrowLeft", 20],
]);
await frames("moving from afar", [
  ["0", 1],
  ["+", 3],
  ["ArrowRight", 20],
]);
const chosen = performance.now();
await tab.selectOption("#outcome", "fault");
await tab.evaluate("new Promise((done) => requestAnimationFrame(() => done()))");
say("a filter", `${Math.round(performance.now() - chosen)} ms`);
say("heap", `${Math.round((await tab.evaluate("performance.memory.usedJSHeapSize")) / 1e6)} MB`);
await browser.close();
