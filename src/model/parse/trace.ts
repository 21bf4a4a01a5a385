import { isAbsolute, join as joinPath, normalize, sep } from "node:path";
import type { TraceReplay } from "../scenario.js";
import type { NamedPools } from "./named-pools.js";
import { POSITIVE, PROBABILITY, quantity } from "./quantity.js";
import type { Reader } from "./reader.js";
import { ONE_ATTEMPT, retryOf } from "./retry.js";

export const TRACE_KEYS = [
  "path",
  "timeScale",
  "workScale",
  "repeat",
  "pools",
  "attemptFailure",
  "retry",
  "deadline",
] as const;

export function traceOf(reader: Reader, names: NamedPools, folder: string): TraceReplay {
  const short = !reader.isMap;
  const fields = short ? new Map<string, Reader>() : reader.fields("trace", TRACE_KEYS);
  const path = short ? reader : fields.get("path");
  if (path === undefined) reader.complain("the trace has no path", "e.g. path: traces/small.arrow");
  const [timeScale, workScale, repeat] = [
    fields.get("timeScale"),
    fields.get("workScale"),
    fields.get("repeat"),
  ];
  const [failure, retry, deadline] = [
    fields.get("attemptFailure"),
    fields.get("retry"),
    fields.get("deadline"),
  ];
  return {
    path: path === undefined ? "" : inside(path, folder),
    timeScale: timeScale === undefined ? 1 : quantity(timeScale, "number", POSITIVE, 1),
    workScale: workScale === undefined ? 1 : quantity(workScale, "number", POSITIVE, 1),
    repeat: repeat === undefined ? 1 : repeat.integer(1, 1_000_000, 1),
    pools: names.read(fields.get("pools")),
    attemptFailure: failure === undefined ? 0 : quantity(failure, "share", PROBABILITY, 0),
    retry: retry === undefined ? ONE_ATTEMPT : retryOf(retry),
    deadline: deadline === undefined ? Number.POSITIVE_INFINITY : quantity(deadline, "seconds", POSITIVE, 1),
  };
}

/** A path in a scenario names a file in its folder or below: a file from elsewhere must not reach further. */
function inside(reader: Reader, folder: string): string {
  const text = reader.text("");
  const plain = normalize(text);
  if (isAbsolute(plain) || plain === ".." || plain.startsWith(`..${sep}`) || text.includes("\0")) {
    reader.complain(
      `the path ${reader.shown} leaves the scenario's folder`,
      "put the trace beside the scenario or below",
    );
  }
  return joinPath(folder, plain);
}
