import { spawnSync } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { KeyedStream } from "../../src/kit/random.js";
import { against, atLeast, atMost, type Figure, type Size, size } from "../support/figure.js";

/** A job log, each row a workflow of its own, and one with workflows of some ten tasks that name their parents. */
const LOGS = {
  jobs: {
    mapping: `columns:
  submitted: submit
  work: runtime
  cpu: cpus
  type: type
  priority: priority
`,
    async write(path: string, rows: number): Promise<void> {
      await writeRows(path, "id,submit,runtime,cpus,type,priority,user", rows, (stream, id, at) => {
        const [cpus, type] = [1 + Math.floor(stream.next() * 64), Math.floor(stream.next() * 40)];
        const runtime = (-120 * Math.log(stream.next())).toFixed(3);
        return `${id},${at.toFixed(3)},${runtime},${cpus},type-${type},${type % 5},user${cpus * 7}\n`;
      });
    },
  },
  workflows: {
    mapping: `columns:
  workflow: job
  task: task
  parents: { column: parents, separator: " " }
  submitted: submit
  work: runtime
  type: type
`,
    async write(path: string, rows: number): Promise<void> {
      let [job, task, left] = [-1, 0, 0];
      let submitted = "";
      await writeRows(path, "job,task,parents,submit,runtime,type", rows, (stream, _id, at) => {
        if (left-- === 0) {
          job++;
          task = 0;
          left = Math.floor(stream.next() * 19);
          submitted = at.toFixed(3);
        }
        const parents =
          task === 0 ? [] : [...new Set([task - 1, Math.floor(stream.next() * task)])].map((p) => `t${p}`);
        const runtime = (-30 * Math.log(stream.next())).toFixed(3);
        return `j${job},t${task++},${parents.join(" ")},${submitted},${runtime},step-${task % 12}\n`;
      });
    },
  },
} as const;

/**
 * Tables imported by a mapping: rows a second and resident memory of a process that does nothing else, beside DuckDB's own
 * CSV to Parquet on one thread, on the same file in the same run.
 */
export async function importBench(which: Size): Promise<Figure[]> {
  const rows = size(which, { smoke: 20_000, real: 10_000_000 });
  const folder = mkdtempSync(join(tmpdir(), "import-bench-"));
  try {
    const figures: Figure[] = [];
    for (const [name, { mapping, write }] of Object.entries(LOGS)) {
      const csv = join(folder, "log.csv");
      await write(csv, rows);
      writeFileSync(join(folder, "columns.yaml"), mapping);
      const own = measured("switchyard", csv, folder);
      const figure = figureOf(`${name}, ${rows} rows of CSV imported`, rows, own);
      const judged: Figure = {
        ...figure,
        goals: [
          atLeast(500_000, "rows/s of processor time", figure.value),
          atMost(500, "MB resident at the peak", own.megabytes),
        ],
      };
      const peer = measured("duckdb", csv, folder);
      if (peer.seconds > 0) {
        const duckdb = figureOf(`${name} by DuckDB, CSV to Parquet on one thread`, rows, peer);
        figures.push(against(judged, duckdb), duckdb);
      } else {
        console.log("skipped: the comparison with DuckDB (@duckdb/node-api is not installed)");
        figures.push(judged);
      }
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** By processor time, which what else the machine does lengthens less than the clock's. */
function figureOf(name: string, rows: number, { processorSeconds, seconds, checksum }: Measured): Figure {
  const byClock = Math.round(rows / seconds).toLocaleString("en-US");
  const value = rows / processorSeconds;
  return { name, unit: `rows/s of processor time (${byClock} by the clock)`, value, checksum };
}

interface Measured {
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly megabytes: number;
  readonly checksum: number;
}

/** In a process of its own, whose peak of memory is the import's. */
function measured(who: "switchyard" | "duckdb", csv: string, folder: string): Measured {
  const args = ["bench/workload/import-once.mjs", who, csv, folder];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`the import failed: ${stderr}`);
  return JSON.parse(stdout) as Measured;
}

async function writeRows(
  path: string,
  header: string,
  rows: number,
  row: (stream: KeyedStream, id: number, at: number) => string,
): Promise<void> {
  const stream = KeyedStream.named(42, "import");
  const out = createWriteStream(path);
  let text = `${header}\n`;
  let at = 0;
  for (let id = 0; id < rows; id++) {
    at -= 0.1 * Math.log(stream.next());
    text += row(stream, id, at);
    if (text.length > 2 ** 20) {
      if (!out.write(text)) await new Promise<void>((resolve) => out.once("drain", () => resolve()));
      text = "";
    }
  }
  out.end(text);
  await finished(out);
}
