import { stat } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { InputError } from "../../kit/errors.js";
import type { RunRecord } from "../../report/inspect/run-record.js";
import { recordedRun } from "./recorded-run.js";
import { simulatedRun } from "./simulated-run.js";

/**
 * A run from what a user names: the folder that `simulate --out` wrote, one of the tables in it, or a trace whose tasks have
 * recorded times.
 * @throws {InputError} NO_FILE, NO_TELEMETRY, NO_RECORDED_TIMES, TOO_LARGE, and what reading throws
 */
export async function readRun(path: string): Promise<RunRecord> {
  const found = await stat(path).catch(() => null);
  if (found === null) {
    throw new InputError("NO_FILE", {
      what: "there is no such file or folder",
      where: path,
      mend: "record a run with `switchyard simulate SCENARIO --out FOLDER`",
    });
  }
  if (found.isDirectory()) return simulatedRun(path);
  if (extname(path) === ".arrow") {
    const { arrowMetadata } = await import("../query/arrow-as-parquet.js");
    if ((await arrowMetadata(path)).has("switchyard.telemetry")) return simulatedRun(dirname(path));
  }
  return recordedRun(path);
}
