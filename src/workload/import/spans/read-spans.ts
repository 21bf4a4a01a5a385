import type { Reading, ReadWorkflow } from "../format.js";
import { groupByWorkflow } from "../group-by-workflow.js";
import type { Source } from "../source.js";
import type { Span } from "./span.js";
import { SpanFigures } from "./span-figures.js";
import { traceWorkflow } from "./trace-workflow.js";

/** The spans of a file, a portion at a time; the same ones each time. */
export type SpansOf = (source: Source) => AsyncIterable<readonly Span[]>;

/** Traces of the files as workflows; the spans of one may be spread over the files. */
export async function* readSpans(
  sources: readonly Source[],
  spansOf: SpansOf,
  reading: Reading,
): AsyncGenerator<ReadWorkflow> {
  for await (const { rows } of byTrace(sources, spansOf)) {
    const flow = traceWorkflow(rows, reading);
    if (flow !== null) yield flow;
  }
}

/** Figures that all formats of spans have. */
export async function spanFigures(source: Source, spansOf: SpansOf) {
  const figures = new SpanFigures();
  for await (const { rows } of byTrace([source], spansOf)) figures.add(rows);
  return figures.toObject();
}

function byTrace(sources: readonly Source[], spansOf: SpansOf) {
  async function* pass() {
    for (const source of sources) yield* spansOf(source);
  }
  return groupByWorkflow(pass, ({ trace }: Span) => trace, { where: sources[0]?.name ?? "" });
}
