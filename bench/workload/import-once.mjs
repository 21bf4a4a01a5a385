/**
 * One import in a process of its own, run by import.bench.ts:
 *
 *     import-once.mjs switchyard|duckdb LOG.csv FOLDER
 *
 * FOLDER has the mapping as columns.yaml, and takes what is made. Prints one JSON object: seconds by the clock and of
 * processor time (all threads, the system included), resident memory at its peak in MB, and a checksum; seconds are 0 where
 * DuckDB is not installed.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const [who, csv, folder] = process.argv.slice(2);
console.log(
  JSON.stringify({
    ...(await (who === "duckdb" ? duckdb : switchyard)()),
    megabytes: process.resourceUsage().maxRSS / 1024,
  }),
);

async function switchyard() {
  const { fileSource, importToFile, parseMapping } = await import("../../dist/workload/import/index.js");
  const out = join(folder, "t.arrow");
  const mapping = parseMapping(readFileSync(join(folder, "columns.yaml"), "utf8"), "columns.yaml");
  const took = await timed(async () => importToFile([await fileSource(csv)], out, { mapping }));
  return { ...took, checksum: statSync(out).size };
}

async function duckdb() {
  let DuckDBInstance;
  try {
    ({ DuckDBInstance } = await import("@duckdb/node-api"));
  } catch {
    return { seconds: 0, processorSeconds: 0, checksum: 0 };
  }
  const out = join(folder, "t.parquet");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const took = await timed(() =>
    connection.run(`COPY (SELECT * FROM read_csv('${csv}')) TO '${out}' (FORMAT parquet)`),
  );
  const reader = await connection.runAndReadAll(`SELECT count(*)::INTEGER FROM '${out}'`);
  return { ...took, checksum: Number(reader.getRows()[0][0]) };
}

async function timed(act) {
  const [started, used] = [performance.now(), process.cpuUsage()];
  await act();
  const { user, system } = process.cpuUsage(used);
  return { seconds: (performance.now() - started) / 1e3, processorSeconds: (user + system) / 1e6 };
}
