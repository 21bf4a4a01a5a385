import type { JsonObject } from "../../../kit/json.js";
import { Sum } from "../figures.js";
import type { Format, Reading, ReadWorkflow } from "../format.js";
import { type Nanos, onClock, parseInstant, rfc3339, secondsOf } from "../instant.js";
import { workOf } from "../settings.js";
import type { Source } from "../source.js";
import { beginsWithColumns, type Row, rowByRow, tableRows } from "../table.js";
import { workflowOf } from "../workflow-of.js";

const COLUMNS = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"] as const;

/** Calls of language models: when they came, and how many tokens they read and wrote. */
export const azureLlm2023: Format = {
  name: "azure-llm-2023",
  title: "Azure LLM inference trace 2023",
  settings: ["workModel"],
  sniff: (head) => beginsWithColumns(head, COLUMNS),

  read: (sources, reading) => rowByRow(sources, { columns: COLUMNS }, (row) => workflow(row, reading)),
  statistics,
};

function workflow(row: Row, reading: Reading): ReadWorkflow {
  const at = onClock(reading, instantOf(row));
  const promptTokens = row.whole("ContextTokens");
  const outputTokens = row.whole("GeneratedTokens");
  return workflowOf("inference", at, [
    {
      id: "0",
      type: "inference",
      parents: [],
      work: workOf(reading.settings.workModel, promptTokens, outputTokens),
      promptTokens,
      outputTokens,
      recordedReady: at,
      where: row.where,
    },
  ]);
}

function instantOf(row: Row): Nanos {
  const text = row.text("TIMESTAMP");
  return (
    parseInstant(text) ?? row.refuse("TIMESTAMP", `is ${JSON.stringify(text.slice(0, 60))}, no date and time`)
  );
}

async function statistics(source: Source): Promise<JsonObject> {
  const context = new Sum();
  const generated = new Sum();
  const count = { rows: 0, out_of_order: 0, equal_timestamps: 0 };
  let first: Nanos | null = null;
  let latest: Nanos | null = null;
  let last: Nanos | null = null;
  for await (const rows of tableRows(source, { columns: COLUMNS })) {
    for (const row of rows) {
      count.rows++;
      const at = instantOf(row);
      if (last !== null && at < last) count.out_of_order++;
      if (at === last) count.equal_timestamps++;
      last = at;
      if (first === null || at < first) first = at;
      if (latest === null || at > latest) latest = at;
      context.add(row.whole("ContextTokens"));
      generated.add(row.whole("GeneratedTokens"));
    }
  }
  const span = first === null || latest === null ? null : secondsOf(latest - first);
  return {
    ...count,
    tasks: count.rows,
    edges: 0,
    roots: count.rows,
    first: first === null ? null : rfc3339(first),
    last: latest === null ? null : rfc3339(latest),
    span_s: span,
    arrival_rate_per_s: span === null || span === 0 ? null : (count.rows - 1) / span,
    context_tokens: context.value,
    generated_tokens: generated.value,
  };
}
