import { orNone } from "../counts.js";
import type { Format } from "../format.js";
import { ReportBuilder } from "../report.js";
import type { Source } from "../source.js";
import { readSpans, spanFigures } from "../spans/read-spans.js";
import type { Span } from "../spans/span.js";
import { type Document, documentsOf } from "./documents.js";
import { holdsSpans, keyOf, type OtlpSpan, otlpSpans } from "./spans.js";

/** OpenTelemetry's OTLP/JSON: one export request, or one a line as the collector's file exporter writes them. */
export const otlp: Format = {
  name: "otlp",
  title: "OpenTelemetry OTLP/JSON",

  sniff: (head) => /"resource(?:Spans|_spans)"\s*:/.test(Buffer.from(head).toString("latin1")),

  async *read(sources, reading) {
    // Files are read more than once, and what they are to be told of is told once.
    const first = new Set(sources);
    const spansOf = (source: Source) =>
      spansIn(source, first.delete(source) ? reading.report : new ReportBuilder());
    yield* readSpans(sources, spansOf, reading);
  },

  async statistics(source) {
    const written = new WrittenFigures();
    const figures = await spanFigures(source, (file) => spansIn(file, new ReportBuilder(), written.once()));
    const lines = written.documents > 1 || /\.(?:ndjson|jsonl)(?:\.\w+)?$/.test(source.name);
    return { format: lines ? "otlp-ndjson" : "otlp-json", ...figures, ...written.toObject() };
  },
};

/** Hears of each document and each span as it is written. */
interface Listener {
  document(document: Document): void;
  span(span: OtlpSpan): void;
}

async function* spansIn(
  source: Source,
  report: ReportBuilder,
  listener: Listener | null = null,
): AsyncGenerator<readonly Span[]> {
  for await (const document of documentsOf(source, report)) {
    listener?.document(document);
    if (!holdsSpans(document)) {
      report.skip("a document without spans", document.name);
      continue;
    }
    const spans: Span[] = [];
    for (const span of otlpSpans(document, report)) {
      listener?.span(span);
      spans.push(span.span);
    }
    yield spans;
  }
}

/** Figures of how a file is written. */
class WrittenFigures implements Listener {
  documents = 0;
  private snake = 0;
  private events = 0;
  private links = 0;
  private readonly kinds = new Map<string, number>();
  private readonly lengths = new Map<string, number>();
  private asked = false;

  /** Itself for the first reading, nobody for those after it. */
  once(): Listener | null {
    if (this.asked) return null;
    this.asked = true;
    return this;
  }

  document({ document }: Document): void {
    this.documents++;
    const { value } = document;
    const request = Array.isArray(value) ? value[0] : value;
    if (typeof request === "object" && request !== null && "resource_spans" in request) this.snake++;
  }

  span({ entry }: OtlpSpan): void {
    this.events += entry.children("events").length;
    this.links += entry.children("links").length;
    const kind = entry.value("kind") ?? null;
    const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
    add(this.kinds, orNone(kind === null ? null : String(kind)));
    const length = (key: string) => entry.text(keyOf(entry, key))?.length ?? 0;
    add(this.lengths, `${length("traceId")}/${length("spanId")}`);
  }

  toObject() {
    return {
      documents: this.documents,
      documents_with_snake_case_keys: this.snake,
      span_kinds: Object.fromEntries(this.kinds),
      span_events: this.events,
      span_links: this.links,
      id_text_lengths: Object.fromEntries(this.lengths),
    };
  }
}
