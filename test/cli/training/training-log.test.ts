import { appendFile, mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { TrainingLog } from "../../../src/cli/training/training-log.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchyard-log-"));
});
const lines = async (file: string) => (await readFile(join(folder, file), "utf8")).trimEnd().split("\n");

/** Logs iterations `from` to `to`, every second one validated. */
async function logged(from: number, to: number, after: number | null, wallTime = 1000): Promise<void> {
  const log = await TrainingLog.open(folder, after, wallTime);
  for (let iteration = from; iteration <= to; iteration++) {
    const progress = { iteration, decisions: 10 * iteration, figures: { kl: 0.5, loss: Number.NaN } };
    log.add(
      {
        progress,
        point: iteration % 2 === 0 ? { cost: iteration, unfinished: 0 } : null,
        seconds: iteration,
      },
      wallTime + iteration,
    );
  }
  await log.flush();
}

test("an iteration is a line of NDJSON and a row of CSV; what is no number is left empty", async () => {
  await logged(1, 2, null);
  expect((await lines("log.ndjson")).map((line) => JSON.parse(line))).toEqual([
    { iteration: 1, decisions: 10, seconds: 1, cost: null, unfinished: null, kl: 0.5, loss: null },
    { iteration: 2, decisions: 20, seconds: 2, cost: 2, unfinished: 0, kl: 0.5, loss: null },
  ]);
  expect(await lines("log.csv")).toEqual([
    "iteration,decisions,seconds,cost,unfinished,kl,loss",
    "1,10,1,,,0.5,",
    "2,20,2,2,0,0.5,",
  ]);
});

test("resumed, what was logged beyond the checkpoint is cut off, also a line that was half written", async () => {
  await logged(1, 5, null);
  await appendFile(join(folder, "log.ndjson"), '{"iteration":6,"deci');
  await appendFile(join(folder, "log.csv"), "6,60");
  await logged(4, 4, 3);
  const iterations = (await lines("log.ndjson")).map((line) => JSON.parse(line).iteration);
  expect(iterations).toEqual([1, 2, 3, 4]);
  expect((await lines("log.csv")).map((row) => row.split(",")[0])).toEqual(["iteration", "1", "2", "3", "4"]);
});

test("begun anew in a folder, an old log goes", async () => {
  await logged(1, 5, null);
  await logged(1, 1, null);
  expect(await lines("log.ndjson")).toHaveLength(1);
  expect(await lines("log.csv")).toHaveLength(2);
});

test("each process has an event file of its own, named by its time", async () => {
  await logged(1, 2, null);
  await logged(3, 3, 2);
  await logged(4, 4, 3, 2000);
  expect((await readdir(join(folder, "tensorboard"))).sort()).toEqual([
    "events.out.tfevents.1000.switchyard",
    "events.out.tfevents.1001.switchyard",
    "events.out.tfevents.2000.switchyard",
  ]);
});
