import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { bytesSource, importTrace, type WorkModel } from "../../src/workload/import/index.js";
import { encodeTrace, loadTrace, renderTraceSummary, traceSummary } from "../../src/workload/trace/index.js";

const FOLDER = resolve(import.meta.dirname, "../../scenarios/traces");
const SMALL = resolve(FOLDER, "small.arrow");

interface Instance {
  readonly file: string;
  readonly sample: boolean;
}
interface Maker {
  instances(): Instance[];
  bytesOf(instance: Instance): Uint8Array;
}
interface GatewayMaker {
  log(): string;
  readonly WORK_MODEL: WorkModel;
}
const maker = (await import(resolve(FOLDER, "make.mjs"))) as Maker;

describe("the sample traces", () => {
  test("are what make.mjs makes, byte for byte", async () => {
    const all = maker.instances();
    const samples = all.filter(({ sample }) => sample);
    const committed = readdirSync(FOLDER).filter((name) => name.endsWith(".wfformat.json"));
    expect(committed.sort()).toEqual(samples.map(({ file }) => file).sort());
    for (const instance of samples) {
      expect(Buffer.compare(readFileSync(resolve(FOLDER, instance.file)), maker.bytesOf(instance))).toBe(0);
    }
    const files = all.map((instance) => bytesSource(instance.file, maker.bytesOf(instance)));
    const { workflows, metadata } = await importTrace(files, { strict: true });
    expect(Buffer.compare(readFileSync(SMALL), encodeTrace(workflows, metadata))).toBe(0);
  });

  test("and the calls of the gateway what make-gateway.mjs makes", async () => {
    const { log, WORK_MODEL } = (await import(resolve(FOLDER, "make-gateway.mjs"))) as GatewayMaker;
    const file = bytesSource("llm-gateway.jsonl", new TextEncoder().encode(log()));
    const { workflows, metadata } = await importTrace([file], {
      strict: true,
      settings: { workModel: WORK_MODEL },
    });
    const shipped = readFileSync(resolve(FOLDER, "llm-gateway.arrow"));
    expect(Buffer.compare(shipped, encodeTrace(workflows, metadata))).toBe(0);
  });

  test("can be told at a glance", () => {
    const text = renderTraceSummary(traceSummary(loadTrace(readFileSync(SMALL))));
    expect(text.split("\n").slice(0, 13)).toMatchInlineSnapshot(`
      [
        "workflows      96, 1,403 tasks, 1,995 edges",
        "submitted      over 20.26 min, one every 12.79 s on average",
        "work           2.188 h at speed 1, 6.481 servers busy on average",
        "shape          96 roots, 96 leaves, up to 8 levels and 16 tasks abreast",
        "arrivals       gaps of cv 0.99, peak 3.16 times the mean rate, dispersion 1.04",
        "over time      |▅ ▂▅▅ ▂▄  ▄▅▂ ▅▂▅▅█▂▂▇▅▅▂ ▄ ▄▂▂▄▂▂ ▄▇▇▇ ▄▅▄ ▂ ▂▂▄▄ ▄ ▂▄▄▂▂ ▄| 20.26 s each",
        "tasks each     mean 14.61, p50 13.50, p95 21.25, max 23.00",
        "critical path  mean 33.12 s, p50 23.96 s, p95 1.503 min, max 1.858 min",
        "parallelism    mean 2.354, p50 2.119, p95 4.647, max 5.318 (work by critical path)",
        "deadlines      none",
        "digest         cb8ec2684438ea35",
        "",
        "template         workflows  tasks",
      ]
    `);
  });
});

const python = spawnSync("python3", ["-c", "import pyarrow"], { encoding: "utf8" });
const noPython =
  python.error !== undefined
    ? "python3 is not installed"
    : python.status !== 0
      ? "pyarrow is not installed"
      : null;
if (noPython !== null) console.log(`skipped: the check of the sample trace with pyarrow (${noPython})`);

describe.skipIf(noPython !== null)("pyarrow", () => {
  test("opens the sample trace with the types of the format, and finds the same sums", () => {
    const script = `
import json, sys, pyarrow as pa, pyarrow.compute as pc
with pa.ipc.open_file(sys.argv[1]) as reader:
    table = reader.read_all()
    table.validate(full=True)
    print(json.dumps({
        "types": {field.name: str(field.type) for field in table.schema},
        "metadata": {k.decode(): v.decode() for k, v in table.schema.metadata.items()},
        "rows": table.num_rows,
        "work": pc.sum(table["work"]).as_py(),
        "edges": pc.sum(pc.list_value_length(table["after"])).as_py(),
        "templates": sorted(set(table["template"].to_pylist())),
        "unknownMemory": table["memory"].null_count,
    }))`;
    const { stdout, stderr } = spawnSync("python3", ["-c", script, SMALL], { encoding: "utf8" });
    expect(stderr).toBe("");
    const trace = loadTrace(readFileSync(SMALL));
    const found = JSON.parse(stdout);
    const name = "dictionary<values=string, indices=int32, ordered=0>";
    expect(found.types).toEqual({
      workflow: "int32",
      submitted: "double",
      template: name,
      task: "int32",
      type: name,
      after: "list<item: int32 not null>",
      work: "double",
      cpu: "double",
      memory: "double",
      bytesIn: "double",
      bytesOut: "double",
      priority: "int16",
      deadline: "double",
    });
    expect(found.metadata).toMatchObject({
      "switchyard.trace.version": "1",
      "switchyard.trace.origin": trace.metadata.origin,
    });
    expect(JSON.parse(found.metadata["switchyard.trace.provenance"])).toEqual(trace.metadata.provenance);
    expect([found.rows, found.edges, found.unknownMemory]).toEqual([
      trace.rows,
      trace.parents.length,
      trace.rows,
    ]);
    expect(found.work).toBeCloseTo(
      trace.work.reduce((a, b) => a + b),
      6,
    );
    expect(found.templates).toEqual([...trace.templateNames].sort());
  });

  test("writes a trace as docs/trace-format.md shows", () => {
    const folder = mkdtempSync(join(tmpdir(), "pyarrow-"));
    try {
      const text = readFileSync(resolve(FOLDER, "../../docs/trace-format.md"), "utf8");
      const [, script = ""] = /```python\n(.*?)```/s.exec(text) ?? [];
      expect(spawnSync("python3", ["-c", script], { cwd: folder, encoding: "utf8" }).stderr).toBe("");
      const { templateNames, work, parents, firstRow } = loadTrace(readFileSync(join(folder, "mine.arrow")));
      expect([templateNames, [...work], [...parents], [...firstRow]]).toEqual([
        ["build", "lint"],
        [12, 3, 1.5],
        [0],
        [0, 2, 3],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
