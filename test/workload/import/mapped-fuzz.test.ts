import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { InputError, InputErrors } from "../../../src/kit/errors.js";
import { SequentialStream } from "../../../src/kit/sequential-stream.js";
import { bytesSource, importToFile, parseMapping } from "../../../src/workload/import/index.js";
import { readTrace } from "../../../src/workload/trace/index.js";
import { JOB_MAPPING } from "./job-mapping.js";
import { mutated } from "./mutate.js";

/** A tenth of those of all formats: each case writes a file. */
const CASES = Math.ceil(Number(process.env["FUZZ_CASES"] ?? 2000) / 10);
const FIRST = Number(process.env["FUZZ_FIRST"] ?? 0);
const MOST_SECONDS = 5;

const ROWS = [
  { job: "j0", task: "a", after: "", at: 0, run: 1.5, kind: "map" },
  { job: "j0", task: "b", after: "a", at: 0, run: 0.25, kind: "reduce" },
  { job: "j1", task: "a", after: "b", at: 1500, run: 3, kind: "map" },
  { job: "j1", task: "b", after: "", at: 1500, run: 2, kind: "map" },
  { job: "j2", task: "a", after: "", at: 1600, run: 1e3, kind: "" },
  { job: "j0", task: "c", after: "a|b", at: 0, run: 7, kind: "map" },
];
const KEYS = ["job", "task", "after", "at", "run", "kind"] as const;

const text = (lines: readonly string[]) => new TextEncoder().encode(`${lines.join("\n")}\n`);
const TABLES: Readonly<Record<string, Uint8Array>> = {
  "t.csv": text([KEYS.join(), ...ROWS.map((row) => KEYS.map((key) => row[key]).join())]),
  "t.ndjson": text(ROWS.map((row) => JSON.stringify(row))),
  "t.parquet": new Uint8Array(
    parquetWriteBuffer({
      columnData: KEYS.map((name) => ({
        name,
        data: ROWS.map((row) => row[name]),
        type: name === "at" || name === "run" ? ("DOUBLE" as const) : ("STRING" as const),
      })),
    }),
  ),
};

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "mapped-fuzz-"));
});
afterAll(() => rm(home, { recursive: true }));

const complained = (error: unknown): error is Error =>
  error instanceof InputError || error instanceof InputErrors;

/** What was read of a table: how many workflows and tasks, and whether all is sound; null where it was refused. */
async function imported(name: string, bytes: Uint8Array, mapping: string) {
  const out = join(home, "t.arrow");
  try {
    const report = await importToFile([bytesSource(name, bytes)], out, {
      mapping: parseMapping(mapping, "m.yaml"),
    });
    let [workflows, tasks] = [0, 0];
    for await (const { submitted, work, count } of readTrace(out)) {
      workflows++;
      tasks += count;
      expect(submitted).toBeGreaterThanOrEqual(0);
      expect(work.some((seconds) => seconds < 0 || seconds === Number.POSITIVE_INFINITY)).toBe(false);
    }
    expect([workflows, tasks]).toEqual([report.workflows, report.tasks]);
    for (const { count, first } of [...report.skipped, ...report.warnings])
      expect([count > 0, first !== ""]).toEqual([true, true]);
    return report;
  } catch (error) {
    if (!complained(error)) throw error;
    expect(error.message.length).toBeGreaterThan(10);
    expect(error.message.length).toBeLessThan(20_000);
    return null;
  } finally {
    await rm(out, { force: true });
  }
}

test.each(Object.keys(TABLES))("%s is read whole under the mapping, undamaged", async (name) =>
  expect(await imported(name, TABLES[name]!, JOB_MAPPING)).toMatchObject({
    workflows: 3,
    tasks: 6,
    edges: 4,
  }),
);

test("a damaged table, or a damaged mapping, is made into a sound trace or refused with a reason", {
  timeout: 7_200_000,
}, async () => {
  const names = Object.keys(TABLES);
  let refused = 0;
  for (let i = FIRST; i < FIRST + CASES; i++) {
    const draw = new SequentialStream(`mapped-fuzz/${i}`);
    const name = names[i % names.length]!;
    const damagesMapping = draw.next() < 0.25;
    const bytes = damagesMapping ? TABLES[name]! : mutated(TABLES[name]!, draw);
    const mapping = damagesMapping
      ? new TextDecoder().decode(mutated(new TextEncoder().encode(JOB_MAPPING), draw))
      : JOB_MAPPING;
    const began = process.cpuUsage();
    try {
      if ((await imported(name, bytes, mapping)) === null) refused++;
      // Whatever became of it, nothing is left behind.
      expect(await readdir(home)).toEqual([]);
      const { user, system } = process.cpuUsage(began);
      expect((user + system) / 1e6).toBeLessThan(MOST_SECONDS);
    } catch (error) {
      const kept = join(tmpdir(), `mapped-fuzz-${i}-${name}`);
      await writeFile(kept, bytes);
      await writeFile(`${kept}.yaml`, mapping);
      throw new Error(`case ${i} (${name}), kept as ${kept}`, { cause: error });
    }
  }
  expect(refused / CASES).toBeGreaterThan(0.1);
  expect(refused / CASES).toBeLessThan(0.95);
});
