import { parseResults } from "../experiment/read-results.js";
import type { BenchmarkResults } from "../experiment/results.js";
import { readBounded } from "./files.js";

/** Results are read up to this size, some 100 000 runs: a string cannot be much longer. */
const RESULTS_BYTES = 480 * 1024 * 1024;

/** The results of a benchmark from their file. @throws {InputError} NO_FILE, TOO_LARGE or BAD_RESULTS */
export async function readResults(path: string): Promise<BenchmarkResults> {
  return parseResults(new TextDecoder().decode(await readBounded(path, RESULTS_BYTES)), path);
}
