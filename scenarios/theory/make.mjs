// Writes the cases of `cases.json` as scenario files, one an experiment: those that a figure needs besides the case itself
// carry its name behind the case's. The same files come out every time.
//
//   npm run build && node scenarios/theory/make.mjs
import { readdir, readFile, unlink, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { readCases } from "../../dist/experiment/theory/case-file.js";
import { scenarioFiles } from "../../dist/experiment/theory/scenario-files.js";

const here = (name) => new URL(name, import.meta.url);
const cases = readCases(await readFile(here("cases.json")), "cases.json");
for (const name of await readdir(here("."))) if (name.endsWith(".yaml")) await unlink(here(name));
const files = cases.flatMap(scenarioFiles);
for (const { name, text } of files) await writeFile(here(name), text);
process.stdout.write(`${files.length} files in ${fileURLToPath(here("."))}\n`);
