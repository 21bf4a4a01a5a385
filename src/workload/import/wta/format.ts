import { InputError } from "../../../kit/errors.js";
import { headOf } from "../content.js";
import type { Format } from "../format.js";
import { groupByWorkflow } from "../group-by-workflow.js";
import { openParquet, type ParquetFile } from "../parquet.js";
import type { Source } from "../source.js";
import { taskFigures } from "./statistics.js";
import { workflowFigures, workloadFigures } from "./summaries.js";
import { isTaskFile, isWorkflowFile, type WtaTask, wtaTasks } from "./tasks.js";
import { toWorkflow } from "./to-workflow.js";

/** The Workflow Trace Archive: tasks in Parquet, and summaries, of which only the figures are read. */
export const wta: Format = {
  name: "wta",
  title: "Workflow Trace Archive Parquet",

  sniff(head) {
    const text = Buffer.from(head).toString("latin1");
    return text.startsWith("PAR1") || (/^\s*\{/.test(text) && text.includes('"total_resource_seconds"'));
  },

  async *read(sources, reading) {
    const files: { readonly name: string; readonly parquet: ParquetFile }[] = [];
    for (const source of sources) {
      if (!(await isParquet(source))) continue;
      const parquet = await openParquet(source);
      if (isTaskFile(parquet)) files.push({ name: source.name, parquet });
      else if (!isWorkflowFile(parquet)) throw otherColumns(source, parquet);
    }
    if (files.length === 0) {
      throw new InputError("NO_WORKLOAD", {
        what: "these files hold figures of the archive, and no tasks",
        where: sources[0]!.name,
        mend: "give the files of tasks/schema-1.0",
      });
    }
    const pass = async function* (): AsyncGenerator<readonly WtaTask[]> {
      for (const { name, parquet } of files) yield* wtaTasks(parquet, name);
    };
    for await (const { key, rows } of groupByWorkflow(pass, ({ workflow }) => workflow, {
      where: files[0]!.name,
    })) {
      const workflow = toWorkflow(key, rows, reading);
      if (workflow !== null) yield workflow;
    }
  },

  async statistics(source) {
    if (!(await isParquet(source))) return workloadFigures(source);
    const parquet = await openParquet(source);
    if (isTaskFile(parquet)) return taskFigures(parquet, source.name);
    if (isWorkflowFile(parquet)) return workflowFigures(parquet, source);
    throw otherColumns(source, parquet);
  },
};

const isParquet = async (source: Source): Promise<boolean> =>
  !/^\s*\{/.test(Buffer.from((await headOf(source)).subarray(0, 100)).toString("latin1"));

function otherColumns(source: Source, { columns }: ParquetFile): InputError {
  return new InputError("BAD_WTA", {
    what: "the Parquet file has neither the columns of tasks (id, workflow_id, ts_submit, runtime) nor those of workflows",
    where: source.name,
    mend: `it has ${[...columns.keys()].slice(0, 30).join(", ")}`,
  });
}
