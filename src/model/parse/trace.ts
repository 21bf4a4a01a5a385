import { isAbsolute, join as joinPath, normalize, sep } from "node:path";
import type { TraceReplay } from "../scenario.js";
import { closedOf } from "./arrivals.js";
import { distribution } from "./distribution.js";
import type { NamedPools } from "./named-pools.js";
import { NOT_NEGATIVE, POSITIVE, PROBABILITY, quantity } from "./quantity.js";
import { given, type Reader } from "./reader.js";
import { ONE_ATTEMPT, retryOf } from "./retry.js";

export const TRACE_KEYS = [
  "path",
  "timeScale",
  "workScale",
  "repeat",
  "from",
  "until",
  "amplify",
  "jitter",
  "pools",
  "attemptFailure",
  "retry",
  "deadline",
  "work",
  "recordedSpeeds",
  "failures",
  "needs",
  "closed",
  "prefixSaving",
] as const;

/** More copies of a trace than this are a mistake. */
const MOST_COPIES = 10_000;

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
  const jitter = fields.get("jitter");
  return {
    path: path === undefined ? "" : inside(path, folder),
    timeScale: timeScale === undefined ? 1 : quantity(timeScale, "number", POSITIVE, 1),
    workScale: workScale === undefined ? 1 : quantity(workScale, "number", POSITIVE, 1),
    repeat: repeat === undefined ? 1 : repeat.integer(1, 1_000_000, 1),
    ...sliceOf(fields.get("from"), fields.get("until")),
    amplify: fields.get("amplify")?.integer(1, MOST_COPIES, 1) ?? 1,
    jitter: jitter === undefined ? { kind: "deterministic", value: 0 } : distribution(jitter),
    pools: names.read(fields.get("pools")),
    attemptFailure: failure === undefined ? 0 : quantity(failure, "share", PROBABILITY, 0),
    retry: retry === undefined ? ONE_ATTEMPT : retryOf(retry),
    deadline: deadline === undefined ? Number.POSITIVE_INFINITY : quantity(deadline, "seconds", POSITIVE, 1),
    ...chosen(fields.get("work"), "work", "recorded", "resampled"),
    ...given("recordedSpeeds", fields.get("recordedSpeeds"), speedsOf),
    ...chosen(fields.get("failures"), "failures", "drawn", "recorded"),
    ...chosen(fields.get("needs"), "needs", "nothing", "cpu"),
    ...closedLoop(fields),
    ...given("prefixSaving", fields.get("prefixSaving"), (share) => quantity(share, "share", PROBABILITY, 0)),
  };
}

/** One of two words, of which the first is what stands where nothing is said. */
function chosen<Name extends string, Word extends string>(
  reader: Reader | undefined,
  name: Name,
  usual: string,
  other: Word,
): { readonly [name in Name]?: Word } {
  if (reader === undefined) return {};
  const word = reader.text(usual);
  if (word !== usual && word !== other)
    reader.complain(`${name} is ${reader.shown}`, `write ${usual} or ${other}`);
  return word === other ? ({ [name]: other } as { readonly [name in Name]?: Word }) : {};
}

function speedsOf(reader: Reader): Record<string, number> {
  const speeds = reader
    .entries("recordedSpeeds")
    .map(({ key, value }) => [key, quantity(value, "number", POSITIVE, 1)] as const);
  return Object.fromEntries(speeds);
}

function closedLoop(fields: ReadonlyMap<string, Reader>) {
  const closed = fields.get("closed");
  if (closed === undefined) return {};
  for (const key of ["timeScale", "amplify", "jitter", "from", "until"])
    fields
      .get(key)
      ?.complain(`${key} says when workflows come, and in a closed loop users do`, "remove one of them");
  return { closed: closedOf(closed) };
}

function sliceOf(from: Reader | undefined, until: Reader | undefined) {
  const begin = from === undefined ? 0 : quantity(from, "seconds", NOT_NEGATIVE, 0);
  const end = until === undefined ? Number.POSITIVE_INFINITY : quantity(until, "seconds", POSITIVE, 1);
  if (begin >= end) until?.complain(`the slice ends at ${end} s and begins at ${begin} s`, "end it later");
  return { from: begin, until: end };
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
