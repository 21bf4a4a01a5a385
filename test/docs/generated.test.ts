import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { generatedPages } from "../../docs/generate/pages.js";

const ROOT = resolve(import.meta.dirname, "../..");

test("the generated pages are what their sources say", { timeout: 240_000 }, async () => {
  for (const [path, text] of await generatedPages(ROOT)) {
    const file = join(ROOT, "docs", path);
    const stands = existsSync(file) ? readFileSync(file, "utf8") : "";
    expect(stands === text, `docs/${path} is stale: npm run docs`).toBe(true);
  }
});
