import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InputError } from "../../../src/kit/errors.js";
import {
  encodeTrace,
  loadTrace,
  readTrace,
  type TraceWorkflow,
  TraceWriter,
} from "../../../src/workload/trace/index.js";
import { BATCH_ROWS } from "../../../src/workload/trace/row-collector.js";
import { TASK_NAMES, TASK_NUMBERS } from "../../../src/workload/trace/workflow.js";
import { anyTrace, flow, METADATA } from "../made-up-workflows.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trace-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function all(source: string | Uint8Array): Promise<TraceWorkflow[]> {
  const flows = [];
  for await (const workflow of readTrace(source)) flows.push(workflow);
  return flows;
}

/** What must come back: unknown is unknown, whether the column was absent or empty. */
function normal(workflow: TraceWorkflow) {
  const { count, firstParent, parent, submitted, template, deadline, type, work } = workflow;
  const unknown = new Float64Array(count).fill(Number.NaN);
  return {
    ...{ count, firstParent, parent, submitted, template, deadline, type, work },
    ...Object.fromEntries(TASK_NUMBERS.map((name) => [name, workflow[name] ?? unknown])),
    ...Object.fromEntries(TASK_NAMES.map((name) => [name, workflow[name] ?? new Array(count).fill(null)])),
    prefix: workflow.prefix ?? new Array(count).fill(null),
  };
}

/** A trace that fills more than two batches; workflow w has 1 + w % 50 tasks in a chain. */
function* long(workflows = 6_000): Generator<TraceWorkflow> {
  for (let w = 0; w < workflows; w++) {
    const count = 1 + (w % 50);
    yield flow(
      Array.from({ length: count }, (_, t) => (t === 0 ? [] : [t - 1])),
      {
        submitted: w / 8,
        template: `template-${w % 700}`,
        type: Array.from({ length: count }, (_, t) => `type-${w}-${t}`),
      },
    );
  }
}

describe("a trace", () => {
  test("comes back as it was written, and unknown stays unknown", () =>
    fc.assert(
      fc.asyncProperty(anyTrace, async (flows) => {
        const back = await all(encodeTrace(flows, METADATA));
        expect(back.map(normal)).toEqual(flows.map(normal));
      }),
    ));

  test("is the same bytes from memory and from the streaming writer, and the same again", async () => {
    const path = join(folder, "long.arrow");
    const writer = await TraceWriter.open(path, METADATA);
    for (const workflow of long()) await writer.write(workflow);
    expect(await readdir(folder)).not.toContain("long.arrow");
    const { tasks, workflows } = await writer.close();
    expect(workflows).toBe(6_000);
    expect(tasks).toBeGreaterThan(2 * BATCH_ROWS);
    expect(await readdir(folder)).toEqual(["long.arrow"]);
    expect(Buffer.compare(await readFile(path), encodeTrace(long(), METADATA))).toBe(0);
  });

  test("streams from a file what loads into memory", async () => {
    const path = join(folder, "long.arrow");
    const trace = loadTrace(await readFile(path), path);
    let w = 0;
    let row = 0;
    for await (const { count, submitted, template, type, work, firstParent, parent } of readTrace(path)) {
      expect(trace.firstRow[w]).toBe(row);
      expect(trace.submitted[w]).toBe(submitted);
      expect(trace.templateNames[trace.template[w]!]).toBe(template);
      const base = trace.parentFirst[row]!;
      for (let t = 0; t < count; t++, row++) {
        if (trace.work[row] !== work[t] || trace.typeNames[trace.type[row]!] !== type[t])
          throw new Error(`row ${row}`);
        if (trace.parentFirst[row + 1]! - base !== firstParent[t + 1])
          throw new Error(`parents of row ${row}`);
      }
      for (let e = 0; e < parent.length; e++)
        if (trace.parents[base + e] !== parent[e]) throw new Error(`edge ${e}`);
      w++;
    }
    expect([w, row]).toEqual([trace.workflows, trace.rows]);
    expect(trace.metadata).toEqual(METADATA);
    expect(trace.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  test("may be empty", () => {
    const trace = loadTrace(encodeTrace([], METADATA));
    expect([trace.workflows, trace.rows, [...trace.firstRow], [...trace.parentFirst]]).toEqual([
      0,
      0,
      [0],
      [0],
    ]);
  });

  test("has the priority that all tasks of a workflow share, and 0 where they share none", () => {
    const flows = [
      [7, 7],
      [7, 8],
      [Number.NaN, Number.NaN],
    ].map((list) => flow([[], [0]], { priority: Float64Array.from(list) }));
    expect([...loadTrace(encodeTrace(flows, METADATA)).priority]).toEqual([7, 0, 0]);
  });

  test("that is given up leaves nothing behind, nor harms what was there", async () => {
    const home = await mkdtemp(join(folder, "abort-"));
    await writeFile(join(home, "t.arrow"), "precious");
    const writer = await TraceWriter.open(join(home, "t.arrow"), METADATA);
    for (const workflow of long(3_000)) await writer.write(workflow);
    await writer.abort();
    expect(await readdir(home)).toEqual(["t.arrow"]);
    expect(await readFile(join(home, "t.arrow"), "utf8")).toBe("precious");
  });

  test.skipIf(process.platform !== "linux")("closes its file when the reader stops early", async () => {
    const path = join(folder, "long.arrow");
    const handles = async () => {
      const links = (await readdir("/proc/self/fd")).map((fd) =>
        readlink(`/proc/self/fd/${fd}`).catch(() => ""),
      );
      return (await Promise.all(links)).filter((target) => target === path).length;
    };
    for await (const { id } of readTrace(path)) {
      if (id < 3) continue;
      expect(await handles()).toBe(1);
      break;
    }
    expect(await handles()).toBe(0);
  });
});

describe("a trace file from anywhere", () => {
  const good = encodeTrace(
    [
      flow([[], [0], [0, 1]], { submitted: 1, cpu: Float64Array.of(1, Number.NaN, 2) }),
      flow([[]], { submitted: 2 }),
    ],
    METADATA,
  );

  test("never does more harm than an InputError, whatever bytes are changed", () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const bytes = Uint8Array.from(good);
          for (const [at, value] of changes) bytes[at] = value;
          try {
            const { rows, type, typeNames, parents, firstRow } = loadTrace(bytes);
            expect(type.every((index) => index >= 0 && index < typeNames.length)).toBe(true);
            expect(parents.every((p) => p >= 0 && p < rows)).toBe(true);
            expect(firstRow.at(-1)).toBe(rows);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
      { numRuns: 3000 },
    ));

  test("is refused wherever it is cut off, from memory and from disk", async () => {
    const path = join(folder, "cut.arrow");
    for (let length = 0; length < good.length; length++) {
      expect(() => loadTrace(good.subarray(0, length))).toThrow(InputError);
      if (length % 97 === 0) {
        await writeFile(path, good.subarray(0, length));
        await expect(all(path)).rejects.toThrow(InputError);
      }
    }
  });

  test.each([
    ["an empty file", new Uint8Array(0), "the file is empty"],
    ["a stream", Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0), "this is an Arrow IPC stream"],
    ["another format", new TextEncoder().encode('{"a": 1}'), "this is not an Arrow IPC file"],
    ["a file without its end", good.subarray(0, good.length - 6), "ARROW1 is missing at the end"],
  ])("says what it is: %s", (_, bytes, message) => {
    expect(() => loadTrace(bytes, "x.arrow")).toThrow(message);
  });

  test("that is not there is named", async () => {
    await expect(all(join(folder, "nowhere.arrow"))).rejects.toThrow(/nowhere\.arrow: there is no such file/);
  });
});
