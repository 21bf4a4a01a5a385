import { InputError } from "../../../kit/errors.js";
import { type JsonDocument, readJson } from "../../../kit/json.js";
import { wholeOf } from "../content.js";
import { linesOf } from "../lines.js";
import type { ReportBuilder } from "../report.js";
import type { Source } from "../source.js";

export interface Document {
  readonly document: JsonDocument;
  /** The file, and the line where a line is a document. */
  readonly name: string;
}

/**
 * The JSON documents of a file: one a line, as the collector's file exporter writes them, or one over all lines. A last
 * line that is cut off, by a collector that was stopped, is left out and told; integers that a double cannot hold are text.
 * @throws {InputError} what `readJson` throws
 */
export async function* documentsOf(source: Source, report: ReportBuilder): AsyncGenerator<Document> {
  let any = false;
  let held: { readonly text: string; readonly line: number } | null = null;
  for await (const { first, lines } of linesOf(source)) {
    for (let i = 0; i < lines.length; i++) {
      if (lines[i]!.trim() === "") continue;
      if (held !== null) {
        const document = lineDocument(held.text, `${source.name}:${held.line}`);
        // What begins on one line and goes on is one document.
        if (document instanceof InputError) {
          if (any) throw document;
          yield wholeDocument(await wholeOf(source), source.name);
          return;
        }
        any = true;
        yield { document, name: `${source.name}:${held.line}` };
      }
      held = { text: lines[i]!, line: first + i };
    }
  }
  if (held === null) {
    yield wholeDocument(new Uint8Array(0), source.name);
    return;
  }
  const where = `${source.name}:${held.line}`;
  const document = lineDocument(held.text, any ? where : source.name);
  if (!(document instanceof InputError)) yield { document, name: any ? where : source.name };
  else if (any && document.what.includes("unexpected end of input"))
    report.skip("a last line that is not complete", where);
  else throw document;
}

function lineDocument(text: string, name: string): JsonDocument | InputError {
  try {
    return readJson(Buffer.from(text), name, { wideIntegers: "text" });
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

const wholeDocument = (bytes: Uint8Array, name: string): Document => ({
  document: readJson(bytes, name, { wideIntegers: "text" }),
  name,
});
