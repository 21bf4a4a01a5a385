import type { JsonObject } from "../../../kit/json.js";
import { Sum } from "../figures.js";
import type { Format, Reading, ReadWorkflow } from "../format.js";
import { workOf } from "../settings.js";
import type { Source } from "../source.js";
import { beginsWithColumns, type Row, tableRows } from "../table.js";
import { workflowOf } from "../workflow-of.js";
import { parseUtc, type UtcInstant, utcText } from "./utc.js";

const COLUMNS = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"] as const;

/** Calls of language models: when they came, and how many tokens they read and wrote. */
export const azureLlm2023: Format = {
  name: "azure-llm-2023",
  title: "Azure LLM inference trace 2023",
  settings: ["workModel"],
  sniff: (head) => beginsWithColumns(head, COLUMNS),

  async *read(sources, reading) {
    for (const source of sources) {
      for await (const rows of tableRows(source, { columns: COLUMNS })) {
        for (const row of rows) yield workflow(row, reading);
      }
    }
  },

  statistics,
};

function workflow(row: Row, { since, settings }: Reading): ReadWorkflow {
  const { seconds, nanoseconds } = instantOf(row);
  const at = since(seconds, nanoseconds / 1e9);
  const promptTokens = row.whole("ContextTokens");
  const outputTokens = row.whole("GeneratedTokens");
  return workflowOf("inference", at, [
    {
      id: "0",
      type: "inference",
      parents: [],
      work: workOf(settings.workModel, promptTokens, outputTokens),
      promptTokens,
      outputTokens,
      recordedReady: at,
      where: row.where,
    },
  ]);
}

function instantOf(row: Row): UtcInstant {
  const text = row.text("TIMESTAMP");
  return (
    parseUtc(text) ?? row.refuse("TIMESTAMP", `is ${JSON.stringify(text.slice(0, 60))}, no date and time`)
  );
}

async function statistics(source: Source): Promise<JsonObject> {
  const context = new Sum();
  const generated = new Sum();
  const count = { rows: 0, out_of_order: 0, equal_timestamps: 0 };
  let first: UtcInstant | null = null;
  let latest: UtcInstant | null = null;
  let last: UtcInstant | null = null;
  for await (const rows of tableRows(source, { columns: COLUMNS })) {
    for (const row of rows) {
      count.rows++;
      const at = instantOf(row);
      const step = last === null ? 1 : difference(at, last);
      if (step < 0) count.out_of_order++;
      if (step === 0) count.equal_timestamps++;
      last = at;
      if (first === null || difference(at, first) < 0) first = at;
      if (latest === null || difference(at, latest) > 0) latest = at;
      context.add(row.whole("ContextTokens"));
      generated.add(row.whole("GeneratedTokens"));
    }
  }
  const span = first === null || latest === null ? null : difference(latest, first) / 1e9;
  return {
    ...count,
    tasks: count.rows,
    edges: 0,
    roots: count.rows,
    first: first === null ? null : utcText(first),
    last: latest === null ? null : utcText(latest),
    span_s: span,
    arrival_rate_per_s: span === null || span === 0 ? null : (count.rows - 1) / span,
    context_tokens: context.value,
    generated_tokens: generated.value,
  };
}

/** Nanoseconds; exact over less than 104 days. */
const difference = (a: UtcInstant, b: UtcInstant): number =>
  (a.seconds - b.seconds) * 1e9 + (a.nanoseconds - b.nanoseconds);
