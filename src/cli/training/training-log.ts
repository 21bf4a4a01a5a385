import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Progress } from "../../learn/learner.js";
import type { CurvePoint } from "../../learn/train.js";
import { eventFileHeader, scalarEvent } from "../../report/index.js";
import { Appender } from "../appender.js";
import { writeFileAtomic } from "../files.js";

const NDJSON = "log.ndjson";
const CSV = "log.csv";
const EVENTS = "tensorboard";

/** What is logged of an iteration, beside its figures. */
export interface LogEntry {
  readonly progress: Progress;
  /** Where it was validated. */
  readonly point: Pick<CurvePoint, "cost" | "unfinished"> | null;
  /** Of wall time since this process began to train. */
  readonly seconds: number;
}

/**
 * The log of a training run in its folder, an entry an iteration: as NDJSON, as CSV, and as event files that TensorBoard reads
 * (`tensorboard --logdir <folder>`). It is written in the background; `flush` waits for it.
 */
export class TrainingLog {
  private readonly columns: string[];
  private readonly files = new Appender();

  private constructor(
    private readonly folder: string,
    private readonly events: string,
    columns: readonly string[],
  ) {
    this.columns = [...columns];
  }

  /**
   * @param after where a run is resumed, the last iteration of its checkpoint: what was logged beyond it is cut off, since it
   *   is done again; null begins anew
   * @param wallTime seconds since 1970
   */
  static async open(folder: string, after: number | null, wallTime: number): Promise<TrainingLog> {
    await mkdir(join(folder, EVENTS), { recursive: true });
    const columns = await cutCsv(join(folder, CSV), after);
    await cutNdjson(join(folder, NDJSON), after);
    // TensorBoard reads the files of a folder in the order of the time in their names.
    let second = Math.floor(wallTime);
    const path = () => join(folder, EVENTS, `events.out.tfevents.${second}.switchyard`);
    while (existsSync(path())) second++;
    await writeFileAtomic(path(), eventFileHeader(wallTime));
    return new TrainingLog(folder, path(), columns);
  }

  /** @param wallTime seconds since 1970 */
  add({ progress, point, seconds }: LogEntry, wallTime: number): void {
    const { iteration, decisions, figures } = progress;
    const { cost, unfinished } = point ?? { cost: null, unfinished: null };
    const entry: Record<string, number | null> = {
      iteration,
      decisions,
      seconds,
      cost,
      unfinished,
      ...figures,
    };
    this.append(NDJSON, `${JSON.stringify(entry)}\n`);
    if (this.columns.length === 0) {
      this.columns.push(...Object.keys(entry));
      this.append(CSV, `${this.columns.join(",")}\n`);
    }
    this.append(CSV, `${this.columns.map((name) => cell(entry[name])).join(",")}\n`);
    const tags: Record<string, number> = {};
    for (const [name, value] of Object.entries(figures)) tags[`train/${name}`] = value;
    if (point !== null) {
      tags["validation/cost"] = point.cost;
      tags["validation/unfinished"] = point.unfinished;
    }
    this.append(this.events, scalarEvent(wallTime, decisions, tags));
  }

  /** A level to compare with, as a line of its own in TensorBoard. */
  level(name: string, value: number, step: number, wallTime: number): void {
    this.append(this.events, scalarEvent(wallTime, step, { [`validation/${name}`]: value }));
  }

  flush(): Promise<void> {
    return this.files.flush();
  }

  private append(file: string, data: string | Uint8Array): void {
    this.files.add(file === this.events ? file : join(this.folder, file), data);
  }
}

const cell = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value) ? "" : String(value);

async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}

async function cutNdjson(path: string, after: number | null): Promise<void> {
  const lines = after === null ? [] : await linesOf(path);
  const kept = lines.filter((line) => iterationOf(line) <= (after ?? 0));
  await writeFileAtomic(path, kept.map((line) => `${line}\n`).join(""));
}

/** Of an entry; one that was only half written when the process was killed is none, and goes. */
function iterationOf(line: string): number {
  try {
    return (JSON.parse(line) as { iteration: number }).iteration;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** @returns the columns that stand there already */
async function cutCsv(path: string, after: number | null): Promise<string[]> {
  const [header, ...rows] = after === null ? [] : await linesOf(path);
  if (header === undefined) {
    await writeFileAtomic(path, "");
    return [];
  }
  const columns = header.split(",");
  const whole = rows.filter(
    (row) => row.split(",").length === columns.length && Number(row.split(",", 1)[0]) <= (after ?? 0),
  );
  await writeFileAtomic(path, [header, ...whole].map((line) => `${line}\n`).join(""));
  return columns;
}
