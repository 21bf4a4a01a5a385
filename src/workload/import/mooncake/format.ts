import type { JsonObject } from "../../../kit/json.js";
import { Extent, Sum } from "../figures.js";
import type { Format, Reading, ReadWorkflow } from "../format.js";
import { workOf } from "../settings.js";
import type { Source } from "../source.js";
import { workflowOf } from "../workflow-of.js";
import { BLOCK_TOKENS, type Request, requestsOf } from "./request.js";

/** Calls of a language model with the blocks of their prompts, of which a cache may hold some. */
export const mooncake: Format = {
  name: "mooncake",
  title: "Mooncake trace (JSON lines)",
  settings: ["workModel"],

  sniff(head) {
    const line = Buffer.from(head).toString("utf8").split(/\r?\n/, 1)[0]!;
    return (
      /^\uFEFF?\s*\{/.test(line) &&
      ["timestamp", "input_length", "hash_ids"].every((key) => line.includes(`"${key}"`))
    );
  },

  async *read(sources, reading) {
    for (const source of sources) {
      for await (const requests of requestsOf(source)) {
        for (const request of requests) yield workflow(request, reading);
      }
    }
  },

  statistics,
};

function workflow(request: Request, { report, settings }: Reading): ReadWorkflow {
  const { timestamp, inputLength, outputLength, blocks, where } = request;
  if (blocks.length !== Math.ceil(inputLength / BLOCK_TOKENS)) {
    report.warn(
      "BLOCKS_DIFFER",
      `a prompt has more or fewer blocks than one for every ${BLOCK_TOKENS} tokens; both are kept`,
      () => where,
    );
  }
  const at = timestamp / 1000;
  return workflowOf("inference", at, [
    {
      id: "0",
      type: "inference",
      parents: [],
      work: workOf(settings.workModel, inputLength, outputLength),
      promptTokens: inputLength,
      outputTokens: outputLength,
      prefix: blocks,
      recordedReady: at,
      where,
    },
  ]);
}

async function statistics(source: Source): Promise<JsonObject> {
  const times = new Extent();
  const input = new Sum();
  const output = new Sum();
  const met = new Set<number>();
  const count = {
    rows: 0,
    out_of_order: 0,
    equal_timestamps: 0,
    hash_ids: 0,
    hash_ids_met_before: 0,
    blocks_differ: 0,
  };
  let last = Number.NaN;
  for await (const requests of requestsOf(source)) {
    for (const { timestamp, inputLength, outputLength, blocks } of requests) {
      count.rows++;
      if (timestamp < last) count.out_of_order++;
      if (timestamp === last) count.equal_timestamps++;
      last = timestamp;
      times.add(timestamp);
      input.add(inputLength);
      output.add(outputLength);
      if (blocks.length !== Math.ceil(inputLength / BLOCK_TOKENS)) count.blocks_differ++;
      count.hash_ids += blocks.length;
      for (const block of blocks) {
        if (met.has(block)) count.hash_ids_met_before++;
        met.add(block);
      }
    }
  }
  return {
    ...count,
    tasks: count.rows,
    edges: 0,
    roots: count.rows,
    first_ms: times.first,
    last_ms: times.last,
    span_s: times.count > 0 ? (times.greatest - times.least) / 1000 : null,
    arrival_rate_per_s: times.rate === null ? null : times.rate * 1000,
    input_tokens: input.value,
    output_tokens: output.value,
    distinct_hash_ids: met.size,
  };
}
