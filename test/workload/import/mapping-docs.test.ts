import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bytesSource, importToFile, parseMapping } from "../../../src/workload/import/index.js";
import { readTrace, readTraceMetadata } from "../../../src/workload/trace/index.js";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "mapping-docs-"));
});
afterAll(() => rm(home, { recursive: true }));

const page = await readFile("docs/trace-mapping.md", "utf8");
/** Blocks of the page by the names that stand behind their languages. */
const files = new Map(
  [...page.matchAll(/```\w+ (\S+)\n([\s\S]*?)```/g)].map(([, name, text]) => [name!, text!] as const),
);

test.each([
  ["jobs", "csv"],
  ["steps", "csv"],
  ["calls", "ndjson"],
])("the example %s comes out as the page says", async (name, kind) => {
  const table = `${name}.${kind}`;
  const out = join(home, `${name}.arrow`);
  const mapping = parseMapping(files.get(`${name}.yaml`)!, `${name}.yaml`);
  const report = await importToFile([bytesSource(table, Buffer.from(files.get(table)!))], out, { mapping });
  const [submitted, work]: [number[], (number | null)[]] = [[], []];
  for await (const flow of readTrace(out)) {
    submitted.push(flow.submitted);
    for (const seconds of flow.work) work.push(Number.isNaN(seconds) ? null : seconds);
  }
  const { workflows, tasks, edges, warnings } = report;
  const { origin } = await readTraceMetadata(out);
  expect({
    workflows,
    tasks,
    edges,
    origin,
    submitted,
    work,
    warnings: warnings.map(({ code }) => code),
  }).toEqual(JSON.parse(files.get(`${name}.result`)!));
});
