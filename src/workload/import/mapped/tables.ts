import { headOf } from "../content.js";
import { groupByWorkflow } from "../group-by-workflow.js";
import type { Source } from "../source.js";
import { csvTable } from "./csv-table.js";
import type { ColumnName, Mapping, TableOptions } from "./mapping.js";
import { columnsOf } from "./mapping.js";
import { ndjsonTable } from "./ndjson-table.js";
import { parquetTable } from "./parquet-table.js";
import { type TableBlock, TextBlockBuilder } from "./table-block.js";

/** Rows of a block of rows that were grouped. */
const BLOCK_ROWS = 4096;

/** The rows of all files, one after another. */
export async function* tableBlocks(sources: readonly Source[], mapping: Mapping): AsyncGenerator<TableBlock> {
  const columns = columnsOf(mapping);
  for (let file = 0; file < sources.length; file++)
    yield* table(sources[file]!, file, columns, mapping.table);
}

/** The same rows with those of each workflow together, wherever they stand. */
export async function* groupedBlocks(
  sources: readonly Source[],
  mapping: Mapping,
): AsyncGenerator<TableBlock> {
  const columns = columnsOf(mapping);
  const key = columns.indexOf(mapping.fields.workflow!.column!);
  async function* pass(): AsyncGenerator<readonly TextRow[]> {
    for await (const block of tableBlocks(sources, mapping)) yield textRows(block);
  }
  const groups = groupByWorkflow(pass, ({ cells }) => (cells[key] ?? "").trim(), { where: sources[0]!.name });
  const builder = new TextBlockBuilder(columns.length);
  for await (const { rows } of groups) {
    for (const { cells, line, file } of rows) builder.add(cells, line, file);
    if (builder.records >= BLOCK_ROWS) yield builder.take();
  }
  if (builder.records > 0) yield builder.take();
}

async function* table(
  source: Source,
  file: number,
  columns: readonly ColumnName[],
  options: TableOptions,
): AsyncGenerator<TableBlock> {
  switch (options.format === "auto" ? await kindOf(source) : options.format) {
    case "csv":
      return yield* csvTable(source, file, columns, options);
    case "ndjson":
      return yield* ndjsonTable(source, file, columns);
    case "parquet":
      return yield* parquetTable(source, file, columns);
  }
}

async function kindOf(source: Source): Promise<"csv" | "ndjson" | "parquet"> {
  const head = Buffer.from(await headOf(source));
  if (head.toString("latin1", 0, 4) === "PAR1") return "parquet";
  return /^(?:\u00EF\u00BB\u00BF)?\s*\{/.test(head.toString("latin1", 0, 256)) ? "ndjson" : "csv";
}

interface TextRow {
  readonly cells: readonly (string | null)[];
  readonly line: number;
  readonly file: number;
}

function textRows({ cells, from, places, file }: TableBlock): TextRow[] {
  const { bytes, start, end, firstCell, line, records } = cells;
  const rows: TextRow[] = [];
  for (let r = from; r < records; r++) {
    rows.push({
      cells: places.map((place) => {
        const c = firstCell[r]! + place;
        return end[c]! < start[c]! ? null : bytes.toString("utf8", start[c], end[c]);
      }),
      line: line[r]!,
      file: typeof file === "number" ? file : file[r]!,
    });
  }
  return rows;
}
