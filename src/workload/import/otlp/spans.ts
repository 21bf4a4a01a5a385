import type { JsonObject, JsonValue } from "../../../kit/json.js";
import { Entry, remark } from "../entry.js";
import type { Nanos } from "../instant.js";
import type { ReportBuilder } from "../report.js";
import type { Span, SpanKind } from "../spans/span.js";
import type { Document } from "./documents.js";

const BAD = "BAD_OTLP";

/** A span and how it was written, for figures. */
export interface OtlpSpan {
  readonly span: Span;
  readonly entry: Entry;
}

/**
 * The spans of a document: an export request of OTLP/JSON, or several in a list; keys in camelCase or snake_case.
 * @throws {InputError} BAD_OTLP
 */
export function* otlpSpans({ document, name }: Document, report: ReportBuilder): Generator<OtlpSpan> {
  remark(document, report);
  for (const request of Entry.elements(document, BAD)) {
    for (const resource of children(request, "resourceSpans")) {
      const service = attribute(resource.child("resource"), "service.name");
      for (const scope of [
        ...children(resource, "scopeSpans"),
        ...children(resource, "instrumentationLibrarySpans"),
      ]) {
        for (const entry of children(scope, "spans"))
          yield { span: spanOf(entry, service, name, report), entry };
      }
    }
  }
}

/** Whether a document may hold spans: files of the collector hold metrics and logs as well. */
export function holdsSpans({ document }: Document): boolean {
  const requests: readonly JsonValue[] = Array.isArray(document.value) ? document.value : [document.value];
  return requests.some((request) =>
    ["resourceSpans", "resource_spans"].some((key) => (request as JsonObject | null)?.[key] !== undefined),
  );
}

function spanOf(entry: Entry, service: string | null, file: string, report: ReportBuilder): Span {
  const id = (key: string) => {
    const text = textOf(entry, key)?.toLowerCase() ?? null;
    return text === null || /^0+$/.test(text) ? null : text;
  };
  const start = instant(entry, "startTimeUnixNano", report);
  return {
    trace: id("traceId") ?? entry.fail("traceId", "is missing, or 0"),
    id: id("spanId") ?? entry.fail("spanId", "is missing, or 0"),
    parent: id("parentSpanId"),
    service,
    operation: entry.name("name") ?? "(unnamed)",
    start,
    end: instant(entry, "endTimeUnixNano", report),
    failed: isError(entry.child("status")),
    detached: false,
    kind: kindOf(entry),
    file,
  };
}

/** The key as it stands: in camelCase, or in snake_case as writers in Python have it. */
export function keyOf(entry: Entry, camel: string): string {
  if (entry.has(camel)) return camel;
  const snake = camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return entry.has(snake) ? snake : camel;
}

const children = (entry: Entry, key: string): Entry[] => entry.children(keyOf(entry, key));
const textOf = (entry: Entry, key: string): string | null => entry.name(keyOf(entry, key));

function attribute(resource: Entry | null, key: string): string | null {
  for (const entry of resource?.children("attributes") ?? []) {
    if (entry.text("key") !== key) continue;
    const value = entry.child("value");
    return value === null ? null : textOf(value, "stringValue");
  }
  return null;
}

/** Text of a whole number of nanoseconds, as the format wants it, or a number. */
function instant(entry: Entry, camel: string, report: ReportBuilder): Nanos {
  const key = keyOf(entry, camel);
  const value = entry.value(key) ?? null;
  if (value === null || value === "") return entry.fail(key, "is missing");
  if (typeof value === "string" && /^\d{1,20}$/.test(value)) return inRange(BigInt(value), entry, key);
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) {
    if (!Number.isSafeInteger(value)) {
      report.warn(
        "ROUNDED_TIME",
        "a time is written with an exponent: its last digits are those of a double",
        () => entry.where(key),
      );
    }
    return inRange(BigInt(value), entry, key);
  }
  return entry.fail(
    key,
    `must be a whole number of nanoseconds since 1970, got ${JSON.stringify(value).slice(0, 40)}`,
  );
}

const MOST_NANOS = 2n ** 64n;
/** Year 2262, as far as instants go that are whole nanoseconds in 64 bits with a sign. */
const LAST = 2n ** 63n;

function inRange(at: Nanos, entry: Entry, key: string): Nanos {
  if (at < LAST) return at;
  return entry.fail(key, at < MOST_NANOS ? "lies beyond the year 2262" : "has more than 64 bits");
}

function isError(status: Entry | null): boolean {
  const code = status?.value("code");
  return code === 2 || code === "2" || code === "STATUS_CODE_ERROR";
}

const KINDS: readonly SpanKind[] = [null, "internal", "server", "client", "producer", "consumer"];

function kindOf(entry: Entry): SpanKind {
  const value = entry.value("kind");
  if (typeof value === "number") return KINDS[value] ?? null;
  const name = String(value ?? "")
    .replace(/^SPAN_KIND_/, "")
    .toLowerCase();
  return KINDS.find((kind) => kind === name) ?? KINDS[Number(name || "0")] ?? null;
}
