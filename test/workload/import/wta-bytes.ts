import { parquetWriteBuffer } from "hyparquet-writer";

/** A task of the Workflow Trace Archive. */
export interface WtaRow {
  readonly id: bigint;
  readonly flow: bigint;
  readonly submit: number;
  readonly runtime: number;
  readonly wait?: number;
  readonly parents?: readonly bigint[];
  readonly children?: readonly bigint[];
  readonly type?: string | null;
}

const lists = (data: readonly (readonly bigint[])[], name: string) => ({
  name,
  data: data.map((list) => [...list]),
});

/** What the archive's tasks look like, with the parents or the children of each. */
export function wtaBytes(
  rows: readonly WtaRow[],
  { edges = "parents", ids = "INT64", groupRows = 3 } = {},
): Uint8Array {
  const list = edges === "parents" ? rows.map((r) => r.parents ?? []) : rows.map((r) => r.children ?? []);
  return new Uint8Array(
    parquetWriteBuffer({
      rowGroupSize: groupRows,
      schema: [
        { name: "root", num_children: 7 },
        { name: "id", type: ids as "INT64", repetition_type: "OPTIONAL" },
        { name: "workflow_id", type: "INT64", repetition_type: "OPTIONAL" },
        { name: "ts_submit", type: "INT64", repetition_type: "OPTIONAL" },
        { name: "runtime", type: "INT64", repetition_type: "OPTIONAL" },
        { name: "wait_time", type: "INT64", repetition_type: "OPTIONAL" },
        { name: "type", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
        { name: edges, converted_type: "LIST", repetition_type: "OPTIONAL", num_children: 1 },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        { name: "element", type: "INT64", repetition_type: "OPTIONAL" },
      ],
      columnData: [
        { name: "id", data: rows.map(({ id }) => (ids === "DOUBLE" ? Number(id) : id)) },
        { name: "workflow_id", data: rows.map(({ flow }) => flow) },
        { name: "ts_submit", data: rows.map(({ submit }) => BigInt(submit)) },
        { name: "runtime", data: rows.map(({ runtime }) => BigInt(runtime)) },
        { name: "wait_time", data: rows.map(({ wait = -1 }) => BigInt(wait)) },
        { name: "type", data: rows.map(({ type = "step" }) => type) },
        lists(list, edges),
      ],
    }),
  );
}
