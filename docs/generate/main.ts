/** `npm run docs`: writes the generated pages. Run it in the project's root. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generatedPages } from "./pages.js";

const root = process.cwd();
for (const [path, text] of await generatedPages(root)) {
  const file = join(root, "docs", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stdout.write(`docs/${path}\n`);
}
