import type { TraceWorkflow } from "../trace/index.js";
import { type Cell, EXPORTED_COLUMNS } from "./columns.js";

const PORTION = 64 * 1024;

/**
 * A trace as comma-separated values (RFC 4180), a row a task under the names of docs/trace-format.md. Parents are joined
 * by blanks, what is unknown is empty, and numbers are written so that they read back to the last bit. Metadata is lost.
 */
export async function* csvOf(flows: AsyncIterable<TraceWorkflow>): AsyncGenerator<string> {
  let text = `${EXPORTED_COLUMNS.map(({ name }) => name).join(",")}\n`;
  let n = 0;
  for await (const flow of flows) {
    for (let t = 0; t < flow.count; t++) {
      text += `${EXPORTED_COLUMNS.map(({ of }) => cell(of(flow, t, n))).join(",")}\n`;
      if (text.length < PORTION) continue;
      yield text;
      text = "";
    }
    n++;
  }
  yield text;
}

function cell(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return value.join(" ");
  return /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
