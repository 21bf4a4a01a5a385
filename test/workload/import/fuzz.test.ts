import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { InputError } from "../../../src/kit/errors.js";
import { SequentialStream } from "../../../src/kit/sequential-stream.js";
import { parquetOf } from "../../../src/workload/export/parquet.js";
import {
  bytesSource,
  FORMATS,
  type Format,
  fileStatistics,
  formatOf,
  type Imported,
  importTrace,
} from "../../../src/workload/import/index.js";
import { encodeTrace, loadTrace } from "../../../src/workload/trace/index.js";
import { flow, METADATA } from "../made-up-workflows.js";
import { MADE_UP, recordedSamples } from "./fuzz-samples.js";
import { mutated } from "./mutate.js";
import { wtaBytes } from "./wta-bytes.js";

/** Over all formats; `npm run test:fuzz` takes 100 000. */
const CASES = Number(process.env["FUZZ_CASES"] ?? 2000);
const FIRST = Number(process.env["FUZZ_FIRST"] ?? 0);
/** A long run says how far it is, each so many cases. */
const PROGRESS = 2500;
/** A file of a few kilobytes is read in milliseconds; a reader that takes seconds for it is on its way to hang. */
const MOST_SECONDS = 5;
const MOST_BYTES = 1024 ** 3;

interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly format: Format;
}

const samples = new Map<string, Sample[]>();

beforeAll(async () => {
  const all = [
    ...Object.entries(MADE_UP).map(([name, text]) => [name, new TextEncoder().encode(text)] as const),
    ["exported.parquet", await exportedParquet()] as const,
    ["tasks.parquet", archivedParquet()] as const,
    ...recordedSamples(),
  ];
  for (const [name, bytes] of all) {
    const format = await formatOf(bytesSource(name, bytes)).catch(() => null);
    if (format === null) continue;
    const list = samples.get(format.name) ?? [];
    samples.set(format.name, list);
    list.push({ name, bytes, format });
  }
});

async function exportedParquet(): Promise<Uint8Array> {
  async function* flows() {
    yield flow([[], [0]], { prefix: [Int32Array.of(1, 2), null], outcome: ["succeeded", null] });
    yield flow([[]], { submitted: 3.5 });
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of parquetOf(flows(), METADATA)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const archivedParquet = (): Uint8Array =>
  wtaBytes([
    { id: 1n, flow: 7n, submit: 1000, runtime: 500, wait: 20 },
    { id: 2n, flow: 7n, submit: 1500, runtime: 1000, parents: [1n] },
    { id: 3n, flow: 8n, submit: 3000, runtime: -1, type: null },
    { id: 4n, flow: 7n, submit: 2500, runtime: 0, parents: [1n, 2n] },
  ]);

/** Reads it: what comes of it, or the complaint; anything else is thrown on. */
async function read(name: string, bytes: Uint8Array, format: string): Promise<Imported | InputError> {
  try {
    return await importTrace([bytesSource(name, bytes)], { format });
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

describe("a damaged file of any format", () => {
  test("that is read is made into a sound trace; any other is refused with a reason and a place", {
    timeout: 7_200_000,
  }, async () => {
    const formats = [...samples.values()];
    let refused = 0;
    for (let i = FIRST; i < FIRST + CASES; i++) {
      if (i > FIRST && (i - FIRST) % PROGRESS === 0) {
        console.log(`${i - FIRST} of ${CASES} cases, ${refused} refused`);
        // Bytes in memory are read without ever waiting, and what is said goes out when something waits.
        await pause(50);
      }
      const list = formats[i % formats.length]!;
      const draw = new SequentialStream(`fuzz/${i}`);
      const { name, bytes, format } = list[draw.integer(list.length)]!;
      const damaged = mutated(bytes, draw);
      const began = process.cpuUsage();
      try {
        if (format.read !== undefined) {
          const result = await read(name, damaged, format.name);
          if (result instanceof InputError) {
            refused++;
            expect(result.message.length).toBeGreaterThan(10);
            expect(result.message.length).toBeLessThan(20_000);
          } else soundly(result);
        }
        await fileStatistics(bytesSource(name, damaged), format.name).catch((error: unknown) => {
          if (!(error instanceof InputError)) throw error;
        });
        const { user, system } = process.cpuUsage(began);
        expect((user + system) / 1e6).toBeLessThan(MOST_SECONDS);
        expect(process.memoryUsage.rss()).toBeLessThan(MOST_BYTES);
      } catch (error) {
        const kept = join(tmpdir(), `fuzz-${i}-${name.replace(/[^\w.-]/g, "_")}`);
        writeFileSync(kept, damaged);
        throw new Error(`case ${i} (${name} as ${format.name}), kept as ${kept}`, { cause: error });
      }
    }
    // A mutation that nothing minds tells as little as one that everything dies of.
    expect(refused / CASES).toBeGreaterThan(0.1);
    expect(refused / CASES).toBeLessThan(0.95);
  });

  test("of every format that is read is among them", () =>
    expect(
      FORMATS.filter(({ name, read }) => read !== undefined && !samples.has(name)).map(({ name }) => name),
    ).toEqual([]));
});

/** The trace can be written and read back, and has what the report says. */
function soundly({ workflows, metadata, report }: Imported): void {
  const trace = loadTrace(encodeTrace(workflows, metadata));
  expect([trace.workflows, trace.rows, trace.parents.length]).toEqual([
    report.workflows,
    report.tasks,
    report.edges,
  ]);
  for (const { submitted, work } of workflows) {
    expect(submitted).toBeGreaterThanOrEqual(0);
    expect(work.some((seconds) => seconds < 0 || seconds === Number.POSITIVE_INFINITY)).toBe(false);
  }
  for (const { count, first } of [...report.skipped, ...report.warnings]) {
    expect(count).toBeGreaterThan(0);
    expect(first).not.toBe("");
  }
}
