import { readJson } from "../../../kit/json.js";
import { wholeOf } from "../content.js";
import { Entry, remark } from "../entry.js";
import type { ReportBuilder } from "../report.js";
import type { Source } from "../source.js";
import { idOf } from "./spans.js";

export interface JaegerTrace {
  readonly id: string | null;
  /** Whatever holds its processes. */
  readonly entry: Entry;
  readonly spans: readonly Entry[];
}

/** How a file holds its traces: exports of the API and of its pages differ. */
export type JaegerShape =
  | "data[] of traces"
  | "data{} single trace, UI-transformed"
  | "single trace object"
  | "array of traces";

export interface JaegerDocument {
  readonly name: string;
  readonly shape: JaegerShape;
  readonly traces: readonly JaegerTrace[];
}

/** Exports that were decorated nest the ancestors of a span within it, three levels each. */
const DEPTH = 1500;

/** @throws {InputError} BAD_JAEGER, and what `readJson` throws */
export async function jaegerDocument(source: Source, report: ReportBuilder): Promise<JaegerDocument> {
  const document = readJson(await wholeOf(source), source.name, { depth: DEPTH });
  remark(document, report);
  const [shape, entries] = shapeOf(Entry.elements(document, "BAD_JAEGER"), Array.isArray(document.value));
  const traces = entries.map((entry): JaegerTrace => {
    if (!entry.has("spans")) entry.fail("spans", "is missing");
    return { id: idOf(entry, "traceID"), entry, spans: entry.children("spans") };
  });
  return { name: source.name, shape, traces };
}

function shapeOf(top: readonly Entry[], list: boolean): readonly [JaegerShape, readonly Entry[]] {
  if (list) return ["array of traces", top];
  const [root] = top;
  const data = root!.value("data") ?? null;
  if (data === null) return ["single trace object", top];
  if (Array.isArray(data)) return ["data[] of traces", root!.children("data")];
  return ["data{} single trace, UI-transformed", [root!.required("data")]];
}
