import type { JsonObject } from "../../kit/json.js";
import { formatNamed, formatOf } from "./detect-format.js";
import { digestOf, type Source } from "./source.js";

/**
 * Figures of a recorded file as it stands, under the names of docs/trace-statistics.md.
 * @param format a name from `FORMATS`, or `auto`
 * @throws {InputError} UNKNOWN_FORMAT, and what the format throws
 */
export async function fileStatistics(source: Source, format = "auto"): Promise<JsonObject> {
  const known = format === "auto" ? await formatOf(source) : formatNamed(format);
  const { format: variant, ...figures } = await known.statistics(source);
  return { format: variant ?? known.name, sha256: await digestOf(source), ...figures };
}
