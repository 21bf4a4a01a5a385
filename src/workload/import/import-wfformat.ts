import { importTrace } from "./import-trace.js";
import type { Imported, ImportOptions, SourceFile } from "./importer.js";

/** Workflows from one or more WfFormat instances: `importTrace`, with the format known. */
export function importWfFormat(
  files: SourceFile | readonly SourceFile[],
  options: Partial<ImportOptions> = {},
): Imported {
  return importTrace("bytes" in files ? [files] : files, { ...options, format: "wfformat" });
}
