import { stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../kit/errors.js";
import { perfettoTrace } from "../../report/perfetto.js";
import { writePieces } from "../../workload/atomic-file.js";
import { exportFormatOf, exportTrace } from "../../workload/export/index.js";
import { readRun } from "../inspect/read-run.js";

export interface ExportOptions {
  readonly input: string;
  readonly out: string;
  readonly to: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function exportTo({ input, out, to, json, quiet }: ExportOptions): Promise<void> {
  const folder = await stat(input).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const format = to === "perfetto" || (to === undefined && folder) ? "perfetto" : exportFormatOf(out, to);
  if (format === "perfetto") {
    await writePieces(out, perfettoTrace(await readRun(input)));
    if (json) process.stdout.write(`${JSON.stringify({ out, format }, null, 2)}\n`);
    else if (!quiet) process.stdout.write(`${out}: open it in https://ui.perfetto.dev\n`);
    return;
  }
  if (folder) {
    throw new InputError("NOT_A_FILE", {
      what: "the telemetry of a run can be written for Perfetto only",
      where: input,
      mend: `its tables are Arrow files as they are, e.g. ${join(input, "attempts.arrow")}`,
    });
  }
  const workflows = await exportTrace(input, format, out);
  if (json) process.stdout.write(`${JSON.stringify({ out, format, workflows }, null, 2)}\n`);
  else if (!quiet) process.stdout.write(`${out}: ${workflows.toLocaleString("en")} workflows\n`);
}
