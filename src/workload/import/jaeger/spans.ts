import type { Entry } from "../entry.js";
import type { Nanos } from "../instant.js";
import type { Span, SpanKind } from "../spans/span.js";
import type { JaegerDocument, JaegerTrace } from "./document.js";

/** A reference of a span to another. */
export interface Reference {
  readonly follows: boolean;
  readonly trace: string;
  readonly span: string;
}

/** A span and what is figured of it besides. */
export interface JaegerSpan {
  readonly span: Span;
  readonly references: readonly Reference[];
  readonly warnings: number;
}

/** @throws {InputError} BAD_JAEGER */
export function* jaegerSpans({ traces, name }: JaegerDocument): Generator<JaegerSpan> {
  for (const trace of traces) {
    const services = servicesOf(trace);
    for (const entry of trace.spans) yield spanOf(entry, trace, services, name);
  }
}

function spanOf(
  entry: Entry,
  trace: JaegerTrace,
  services: ReadonlyMap<string, string | null>,
  file: string,
): JaegerSpan {
  const own = idOf(entry, "traceID") ?? trace.id ?? entry.fail("traceID", "is missing");
  const references = referencesOf(entry, own);
  const parent =
    references.find((each) => !each.follows && each.trace === own) ??
    references.find((each) => each.trace === own) ??
    references[0] ??
    null;
  const start = micros(entry, "startTime");
  const duration = micros(entry, "duration");
  const process = entry.id("processID");
  const inline = entry.child("process")?.name("serviceName") ?? null;
  const tags = tagsOf(entry);
  return {
    span: {
      trace: own,
      id: idOf(entry, "spanID") ?? entry.fail("spanID", "is missing"),
      // Of another trace, it is missing in this one.
      parent: parent === null ? null : parent.trace === own ? parent.span : `${parent.trace}/${parent.span}`,
      service: inline ?? (process === null ? null : (services.get(process) ?? null)),
      operation: entry.name("operationName") ?? "(unnamed)",
      start,
      end: start + duration,
      failed: tags.get("error") === "true",
      detached: parent?.follows === true,
      kind: KINDS.find((kind) => kind === tags.get("span.kind")?.toLowerCase()) ?? null,
      file,
    },
    references,
    warnings: entry.texts("warnings").length,
  };
}

const KINDS: readonly SpanKind[] = ["internal", "server", "client", "producer", "consumer"];

function servicesOf({ entry }: JaegerTrace): ReadonlyMap<string, string | null> {
  return new Map(
    (entry?.child("processes")?.members() ?? []).map(([id, process]) => [id, process.name("serviceName")]),
  );
}

/** References but those to nothing; what an export hangs on them, whole chains of ancestors, is not read. */
function referencesOf(entry: Entry, own: string): readonly Reference[] {
  const found = entry.children("references").flatMap((reference): Reference[] => {
    const span = idOf(reference, "spanID");
    if (span === null) return [];
    return [
      {
        follows: reference.text("refType")?.toUpperCase() === "FOLLOWS_FROM",
        trace: idOf(reference, "traceID") ?? own,
        span,
      },
    ];
  });
  // As it was before there were references.
  const parent = found.length > 0 ? null : idOf(entry, "parentSpanID");
  return parent === null ? found : [{ follows: false, trace: own, span: parent }];
}

function tagsOf(entry: Entry): ReadonlyMap<string, string> {
  return new Map(
    entry
      .children("tags")
      .filter((tag) => ["error", "span.kind"].includes(tag.text("key") ?? ""))
      .map((tag) => [tag.text("key")!, String(tag.value("value") ?? "")]),
  );
}

/** An id without the zeros it begins with: some writers drop them. Null where absent, or all zeros. */
export function idOf(entry: Entry, key: string): string | null {
  const text = entry.id(key)?.toLowerCase().replace(/^0+/, "") ?? "";
  return text === "" ? null : text;
}

function micros(entry: Entry, key: string): Nanos {
  const value = entry.value(key) ?? null;
  if (value === null) return entry.fail(key, "is missing");
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value) * 1000n;
  if (typeof value === "string" && /^-?\d{1,15}$/.test(value)) return BigInt(value) * 1000n;
  return entry.fail(key, `must be a whole number of microseconds, got ${JSON.stringify(value).slice(0, 40)}`);
}
