export { IMPORTERS, importTrace } from "./import-trace.js";
export { importWfFormat } from "./import-wfformat.js";
export type { Imported, Importer, ImportOptions, SourceFile } from "./importer.js";
export type { ImportReport } from "./report.js";
export type { WfInstance, WfTask } from "./wfformat/instance.js";
export { readWfInstance } from "./wfformat/read-instance.js";
export { type WfFormatStatistics, wfformatStatistics } from "./wfformat/statistics.js";
