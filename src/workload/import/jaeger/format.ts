import type { Format } from "../format.js";
import { ReportBuilder } from "../report.js";
import type { Source } from "../source.js";
import { readSpans, spanFigures } from "../spans/read-spans.js";
import { jaegerDocument } from "./document.js";
import { jaegerSpans } from "./spans.js";

/** Jaeger's JSON: what its API answers, and what its pages save. */
export const jaeger: Format = {
  name: "jaeger",
  title: "Jaeger JSON",

  sniff(head) {
    const text = Buffer.from(head).toString("latin1");
    return /^[^{[]{0,3}\s*[{[]/.test(text) && text.includes('"traceID"') && /"(?:spanID|spans)"/.test(text);
  },

  async *read(sources, reading) {
    const first = new Set(sources);
    const spansOf = async function* (source: Source) {
      const report = first.delete(source) ? reading.report : new ReportBuilder();
      yield [...jaegerSpans(await jaegerDocument(source, report))].map(({ span }) => span);
    };
    yield* readSpans(sources, spansOf, reading);
  },

  async statistics(source) {
    const document = await jaegerDocument(source, new ReportBuilder());
    const all = [...jaegerSpans(document)];
    return {
      format: document.shape === "single trace object" ? "jaeger-ui-trace-object" : "jaeger-ui-json",
      shape: document.shape,
      ...(await spanFigures(source, async function* () {
        yield all.map(({ span }) => span);
      })),
      span_warnings: all.reduce((sum, { warnings }) => sum + warnings, 0),
      follows_from_refs: all.reduce(
        (sum, { references }) => sum + references.filter((each) => each.follows).length,
        0,
      ),
      spans_with_several_refs: all.filter(({ references }) => references.length > 1).length,
    };
  },
};
