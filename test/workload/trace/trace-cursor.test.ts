import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../../../src/kit/errors.js";
import {
  encodeTrace,
  loadTrace,
  type ReplayableTrace,
  scanTrace,
  type TraceCursor,
  traceCursor,
  traceFigures,
} from "../../../src/workload/trace/index.js";
import { flow, METADATA } from "../made-up-workflows.js";
import { foreignTrace, type Row } from "./foreign-trace.js";

const folder = mkdtempSync(join(tmpdir(), "cursor-"));
afterAll(() => rmSync(folder, { recursive: true }));

function onDisk(bytes: Uint8Array, name = "t.arrow"): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** The workflow at hand in words that do not depend on where its columns are cut. */
function shown({ index, at, columns: c }: TraceCursor) {
  const [from, to] = [c.firstRow[at]!, c.firstRow[at + 1]!];
  const tasks = Array.from({ length: to - from }, (_, t) => {
    const row = from + t;
    return {
      type: c.typeNames[c.type[row]!],
      number: c.type[row],
      work: c.work[row],
      parents: [...c.parents.subarray(c.parentFirst[row]!, c.parentFirst[row + 1]!)],
    };
  });
  const template = c.templateNames[c.template[at]!];
  const [submitted, deadline, priority] = [c.submitted[at], c.deadline[at], c.priority[at]];
  return { index, submitted, deadline, priority, template, tasks, digest: c.digest };
}

function walk(trace: ReplayableTrace) {
  const cursor = traceCursor(trace);
  const found = [];
  for (; cursor.index < traceFigures(trace).workflows; cursor.advance()) found.push(shown(cursor));
  return found;
}

/** Workflows of 1 to 9 tasks, some submitted together, in a file whose batches may cut them anywhere. */
const anyFile = fc
  .tuple(
    fc.array(fc.record({ tasks: fc.integer({ min: 1, max: 9 }), gap: fc.integer({ min: 0, max: 3 }) }), {
      minLength: 1,
      maxLength: 20,
    }),
    fc.integer({ min: 1, max: 12 }),
  )
  .map(([flows, batch]) => {
    let submitted = 5;
    const rows = flows.flatMap(({ tasks, gap }, w): Row[] => {
      submitted += gap;
      return Array.from({ length: tasks }, (_, t) => ({
        workflow: 3 * w,
        submitted,
        template: `template ${w % 3}`,
        task: t,
        after: t === 0 ? [] : [t - 1],
        work: w + t / 8,
        deadline: w % 2 === 0 ? null : 10 * w,
      }));
    });
    return { bytes: foreignTrace(rows, { batch }), flows: flows.length };
  });

describe("a trace on disk", () => {
  test("reads as the same trace in memory, wherever its batches are cut", () =>
    fc.assert(
      fc.property(anyFile, ({ bytes }) => {
        const trace = scanTrace(onDisk(bytes));
        const loaded = loadTrace(bytes);
        expect(walk(trace)).toEqual(walk(loaded));
        expect(traceFigures(trace)).toEqual(traceFigures(loaded));
        expect(trace.digest).toBe(loaded.digest);
        expect(trace.metadata).toEqual(loaded.metadata);
      }),
      { numRuns: 60 },
    ));

  test("is the same after any jump, by number or by time", () =>
    fc.assert(
      fc.property(
        anyFile,
        fc.array(fc.tuple(fc.boolean(), fc.nat(70)), { minLength: 1 }),
        ({ bytes, flows }, jumps) => {
          const disk = traceCursor(scanTrace(onDisk(bytes)));
          const memory = traceCursor(loadTrace(bytes));
          const both = (move: (cursor: TraceCursor) => void) => [disk, memory].forEach(move);
          for (const [byTime, to] of jumps) {
            both((cursor) => (byTime ? cursor.seekTime(to) : cursor.seek(to % (flows + 1))));
            expect(disk.index).toBe(memory.index);
            if (disk.index === flows) continue;
            expect(shown(disk)).toEqual(shown(memory));
            both((cursor) => cursor.advance());
            expect(disk.index).toBe(memory.index);
            if (disk.index < flows) expect(shown(disk)).toEqual(shown(memory));
          }
        },
      ),
      { numRuns: 60 },
    ));

  test("may be empty", () => {
    const trace = scanTrace(onDisk(encodeTrace([], METADATA), "empty.arrow"));
    expect(traceFigures(trace)).toMatchObject({ workflows: 0, rows: 0, totalWork: 0, unknownWork: -1 });
    expect(traceCursor(trace).index).toBe(0);
  });

  test("can be sent to another thread as it is", () => {
    const path = onDisk(encodeTrace([flow([[], [0]]), flow([[]])], METADATA), "sent.arrow");
    const trace = scanTrace(path);
    expect(walk(structuredClone(trace))).toEqual(walk(trace));
  });

  test("says where work is unknown, as in memory", () => {
    const flows = [flow([[]]), flow([[], [0]], { work: Float64Array.of(1, Number.NaN) })];
    const bytes = encodeTrace(flows, METADATA);
    expect(scanTrace(onDisk(bytes, "unknown.arrow")).figures.unknownWork).toBe(2);
    expect(traceFigures(loadTrace(bytes)).unknownWork).toBe(2);
  });

  test("is refused when it changes after it was scanned", () => {
    const path = onDisk(encodeTrace([flow([[], [0]])], METADATA), "changed.arrow");
    const trace = scanTrace(path);
    onDisk(encodeTrace([flow([[], [0]]), flow([[]])], METADATA), "changed.arrow");
    expect(() => traceCursor(trace)).toThrow(/the trace was changed while it was being read/);
    rmSync(path);
    expect(() => traceCursor(trace)).toThrow(/there is no such file/);
  });

  test.skipIf(process.platform !== "linux")("is never left open", async () => {
    const path = onDisk(encodeTrace([flow([[], [0]]), flow([[]])], METADATA), "open.arrow");
    const cursor = traceCursor(scanTrace(path));
    cursor.advance();
    const links = (await readdir("/proc/self/fd")).map((fd) =>
      readlink(`/proc/self/fd/${fd}`).catch(() => ""),
    );
    expect((await Promise.all(links)).filter((target) => target === path)).toEqual([]);
  });
});

describe("a file from anywhere, read from disk", () => {
  const good = encodeTrace(
    [flow([[], [0], [0, 1]], { submitted: 1 }), flow([[]], { submitted: 2 })],
    METADATA,
  );

  test("never does more harm than an InputError, whatever bytes are changed", () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const bytes = Uint8Array.from(good);
          for (const [at, value] of changes) bytes[at] = value;
          const path = onDisk(bytes, "harmed.arrow");
          try {
            const trace = scanTrace(path);
            expect(walk(trace)).toHaveLength(trace.figures.workflows);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
      { numRuns: 1000 },
    ));

  test("is refused wherever it is cut off", () => {
    for (let length = 0; length < good.length; length += 7) {
      expect(() => scanTrace(onDisk(good.subarray(0, length), "cut.arrow"))).toThrow(InputError);
    }
    expect(readFileSync(onDisk(good, "whole.arrow"))).toHaveLength(good.length);
    expect(() => scanTrace(join(folder, "nowhere.arrow"))).toThrow(/nowhere\.arrow: there is no such file/);
  });
});
